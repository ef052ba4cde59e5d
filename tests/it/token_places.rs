//! How the place of a token is written, and where a token itself is written that never should be.

use crate::harness::project::Project;

fn token() -> String {
    format!("EAA{}", "Gm0PX4Zc".repeat(20))
}

/// What `check` says to a project that has the token written somewhere; never the token.
#[track_caller]
fn refusal(project: &Project) -> String {
    let mut told = String::new();
    for arguments in
        [&["check", "campaign.yaml"][..], &["check", "campaign.yaml", "--json"], &["run", "campaign.yaml", "--yes"]]
    {
        let ran = project.tidings(arguments.iter().copied());
        ran.code(2);
        for said in [&ran.stdout, &ran.stderr] {
            assert!(!said.contains("Gm0PX4Zc"), "{said}");
        }
        if told.is_empty() {
            told = ran.stderr.clone();
        }
    }
    told
}

fn with_token(written: &str) -> Project {
    Project::new().sender(&format!("token: {written}"))
}

#[test]
fn a_token_in_a_campaign_its_defaults_or_its_recipients_is_refused_with_the_line() {
    let token = token();
    let campaign = with_token(&token);
    let prefixed = with_token(&format!("\"env:{token}\""));
    let command = with_token(&format!("{{ command: [echo, {token}] }}"));
    let defaults = Project::new().file("tidings.yaml", format!("# shared\nsender: {{ token: {token} }}\n"));
    let cell = Project::new().recipients(format!("phone,note\n+12025550101,hi\n+12025550102,see {token} \n"));
    let link = format!("phone,link\n+12025550101,\"https://example.com/?access_token={token}\"\n");
    let link = Project::new().recipients(link);
    let header = Project::new().recipients(format!("phone,{token}\n+12025550101,x\n"));
    let told: Vec<_> = [campaign, prefixed, command, defaults, cell, link, header].iter().map(refusal).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    error: this looks like an access token; a campaign file never holds one
    --> campaign.yaml:4:10
     = take it out, have Meta revoke it, and name its source:
       `token: env:WHATSAPP_ACCESS_TOKEN`

    1 problem; nothing was sent

    error: this looks like an access token; a campaign file never holds one
    --> campaign.yaml:4:15
     = take it out, have Meta revoke it, and name its source:
       `token: env:WHATSAPP_ACCESS_TOKEN`

    1 problem; nothing was sent

    error: this looks like an access token; a campaign file never holds one
    --> campaign.yaml:4:28
     = take it out, have Meta revoke it, and name its source:
       `token: env:WHATSAPP_ACCESS_TOKEN`

    1 problem; nothing was sent

    error: this looks like an access token; a campaign file never holds one
    --> tidings.yaml:2:18
     = take it out, have Meta revoke it, and name its source:
       `token: env:WHATSAPP_ACCESS_TOKEN`

    1 problem; nothing was sent

    error: row 3 holds what looks like an access token; a recipients file never does
    --> people.csv:3:18
     = take it out, have Meta revoke it, and name its source in the campaign:
       `sender: { token: env:WHATSAPP_ACCESS_TOKEN }`

    1 problem; nothing was sent

    error: row 2 holds what looks like an access token; a recipients file never does
    --> people.csv:2:49
     = take it out, have Meta revoke it, and name its source in the campaign:
       `sender: { token: env:WHATSAPP_ACCESS_TOKEN }`

    1 problem; nothing was sent

    error: row 1 holds what looks like an access token; a recipients file never does
    --> people.csv:1:7
     = take it out, have Meta revoke it, and name its source in the campaign:
       `sender: { token: env:WHATSAPP_ACCESS_TOKEN }`

    1 problem; nothing was sent
    ");
}

#[test]
fn a_row_with_a_token_is_not_skipped_but_stops_the_file() {
    let recipients = "recipients: people.csv";
    let skipping = Project::new().campaign_with(recipients, "recipients: { file: people.csv, on_invalid: skip }");
    refusal(&skipping.recipients(format!("phone,note\n+12025550101,{}\n+12025550102,x\n", token())));
}

#[test]
fn long_codes_in_recipients_are_no_tokens() {
    let code = "aB3".repeat(60);
    let people = format!("phone,code,short\n+12025550101,{code},EAA1234567\n+12025550102,xEAA{code},EAA-and-more\n");
    Project::new().recipients(people).tidings(["check", "campaign.yaml"]).code(0);
}

#[test]
fn a_place_that_is_written_wrong_is_refused_with_what_is_right() {
    let mut told = Vec::new();
    for written in [
        "vault:secret/whatsapp",
        "vault:whatsapp#token",
        "vault:#token",
        "vault:secret/whatsapp#",
        "vault:secret/../sys/raw#token",
        "vault:/secret/whatsapp#token",
        "vault:secret//whatsapp#token",
        "vault:secret/whatsapp?version=2#token",
        "\"vault:secret/what%2Fsapp#token\"",
        "\"vault:secret/whatsapp#token#2\"",
        "conjur:",
        "conjur:/prod/token",
        "conjur:prod/../token",
        "conjur:org:variable:prod/token",
        "file:$HOME/token",
        "file:$CREDENTIALS_DIRECTORY/../token",
        "s3://bucket/token",
    ] {
        let ran = with_token(written).tidings(["check", "campaign.yaml"]);
        let line = ran.code(2).stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default().to_owned();
        told.push(format!("{written}\n    {line}"));
        ran.stderr_has("campaign.yaml:4:1");
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    vault:secret/whatsapp
        error: `vault:` needs a field behind its path: `vault:MOUNT/PATH#FIELD`
    vault:whatsapp#token
        error: `vault:` must be followed by a mount and a path: `vault:MOUNT/PATH#FIELD`
    vault:#token
        error: `vault:` must be followed by a mount and a path: `vault:MOUNT/PATH#FIELD`
    vault:secret/whatsapp#
        error: the field in `vault:MOUNT/PATH#FIELD` must be a field's name
    vault:secret/../sys/raw#token
        error: the path in `vault:MOUNT/PATH#FIELD` has parts that no path in Vault has
    vault:/secret/whatsapp#token
        error: the path in `vault:MOUNT/PATH#FIELD` has parts that no path in Vault has
    vault:secret//whatsapp#token
        error: the path in `vault:MOUNT/PATH#FIELD` has parts that no path in Vault has
    vault:secret/whatsapp?version=2#token
        error: the path in `vault:MOUNT/PATH#FIELD` has parts that no path in Vault has
    "vault:secret/what%2Fsapp#token"
        error: the path in `vault:MOUNT/PATH#FIELD` has parts that no path in Vault has
    "vault:secret/whatsapp#token#2"
        error: the field in `vault:MOUNT/PATH#FIELD` must be a field's name
    conjur:
        error: this colon starts no value
    conjur:/prod/token
        error: `conjur:` must be followed by a variable's id, such as
    conjur:prod/../token
        error: `conjur:` must be followed by a variable's id, such as
    conjur:org:variable:prod/token
        error: write the variable's id behind `conjur:` without account and kind: they
    file:$HOME/token
        error: only `$CREDENTIALS_DIRECTORY/` is filled in in a path; write any other
    file:$CREDENTIALS_DIRECTORY/../token
        error: `$CREDENTIALS_DIRECTORY/` must be followed by a credential's name,
    s3://bucket/token
        error: this does not say where the token is; the token itself never stands in a
    "#);
}

#[test]
fn a_place_that_is_written_right_is_accepted_and_shown() {
    for written in [
        "vault:secret/whatsapp#token",
        "vault:team/kv/a b/whatsapp#access token",
        "conjur:token",
        "conjur:prod/whatsapp:eu/token",
        "file:$CREDENTIALS_DIRECTORY/whatsapp",
        "file:/run/secrets/whatsapp",
    ] {
        let project = with_token(written);
        crate::schema::accepts(&std::fs::read_to_string(project.path("campaign.yaml")).expect("a campaign"));
        let ran = project.tidings(["check", "campaign.yaml", "--verbose"]);
        // Long values go on in the next line of their column.
        let column = ran.code(0).stdout.lines().filter_map(|line| line.get(28..)).collect::<Vec<_>>();
        let shown = column.join(" ").replace("campaign.yaml:4", " ");
        let packed = |text: &str| text.split_whitespace().collect::<String>();
        assert!(packed(&shown).contains(&packed(written)), "no `{written}` in {shown}");
    }
}
