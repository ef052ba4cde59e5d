//! The token's lines: whose, what for, how long, and the proof of the app secret.

use insta::assert_snapshot;

use super::{CAMPAIGN, complaints, healthy, redact, sick, sick_of};
use crate::harness::lister::Lister;
use crate::harness::people;

#[test]
fn an_expired_token_ends_the_look() {
    assert_snapshot!(sick("token-expired"), @"
    ✗ token          made up for the simulator: WhatsApp does not accept it (code
                     190: Error validating access token: Session has expired.)
                     → make one for a system user, which lasts: Business settings >
                       Users > System users > Generate token, with both WhatsApp
                       permissions; tokens from the App Dashboard end within 24
                       hours
    ? rest           not looked at: WhatsApp would not tell
    9 checks: 7 fine, 1 failed, 1 unknown
    code 77
    ");
}

#[test]
fn a_persons_token_is_temporary() {
    let ran = sick_of(&healthy(), &["token-user"]);
    let _redacted = redact(&ran);
    assert_snapshot!(complaints(&ran), @"
    ! token          a person's, which is temporary, app Rehearsal
                     (1234567890123456), made up for the simulator
                     → make one for a system user, which lasts: Business settings >
                       Users > System users > Generate token, with both WhatsApp
                       permissions; tokens from the App Dashboard end within 24
                       hours
    ! expiry         the token ends on [minute], in 60 min
                     → as above
    22 checks: 20 fine, 2 worth a look
    code 0
    ");
}

#[test]
fn a_token_that_ends_soon_is_worth_a_look() {
    let ran = sick_of(&healthy(), &["token-expires-soon"]);
    let _redacted = redact(&ran);
    assert_snapshot!(complaints(&ran), @"
    ! expiry         the token ends on [minute], in 60 min
                     → make one for a system user, which lasts: Business settings >
                       Users > System users > Generate token, with both WhatsApp
                       permissions; tokens from the App Dashboard end within 24
                       hours
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    let ran = sick_of(&healthy(), &["data-access-ends"]);
    assert_snapshot!(complaints(&ran), @"
    ! data-access    the token's access to data ends on [minute], in 60
                     min
                     → make one for a system user, which lasts: Business settings >
                       Users > System users > Generate token, with both WhatsApp
                       permissions; tokens from the App Dashboard end within 24
                       hours
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn a_token_that_ends_before_the_campaign_would_is_told() {
    let slow = healthy().campaign(&format!("{CAMPAIGN}send: {{ rate: 1/s }}\n")).recipients(people::csv(0..4000));
    let ran = sick_of(&slow, &["token-expires-soon"]);
    let _redacted = redact(&ran);
    assert_snapshot!(complaints(&ran), @"
    ! expiry         the token ends on [minute], in 60 min; the campaign
                     takes until [minute]
                     → make one for a system user, which lasts: Business settings >
                       Users > System users > Generate token, with both WhatsApp
                       permissions; tokens from the App Dashboard end within 24
                       hours
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn nobody_may_be_told_about_the_token_and_nothing_fails_for_it() {
    assert_snapshot!(sick("token-opaque"), @"
    ? token          WhatsApp does not tell (code 100: (#100) You must provide an
                     app access token, or a user access token that is an owner or
                     developer of the app)
    19 checks: 18 fine, 1 unknown
    code 0
    ");
}

#[test]
fn a_token_that_may_not_read_the_number_fails_also_where_nothing_is_told_of_it() {
    let ran = sick_of(&healthy(), &["token-opaque", "scope-management"]);
    ran.code(77);
    let told = complaints(&ran);
    let permissions = told.lines().skip_while(|line| !line.starts_with('✗')).take(5).collect::<Vec<_>>().join("\n");
    assert_snapshot!(permissions, @"
    ✗ permissions    the token may not read the number (code 200: (#200) You do not
                     have the necessary permissions required to do this.)
                     → assign the system user to the number's account (Business
                       settings > Accounts > WhatsApp accounts), and generate the
                       token anew with both WhatsApp permissions
    ");
}

#[test]
fn a_missing_permission_fails() {
    assert_snapshot!(sick("scope-messaging"), @"
    ✗ permissions    the token lacks whatsapp_business_messaging
                     → generate the token anew and tick the permission, for an app
                       that has it
    22 checks: 21 fine, 1 failed
    code 77
    ");
    assert_snapshot!(sick("scope-management"), @"
    ✗ permissions    the token lacks whatsapp_business_management
                     → generate the token anew and tick the permission, for an app
                       that has it
    ? number         WhatsApp does not tell (code 200: (#200) You do not have the
                     necessary permissions required to do this.)
    ? account        WhatsApp does not tell (code 200: (#200) You do not have the
                     necessary permissions required to do this.)
    ? webhook        WhatsApp does not tell (code 200: (#200) You do not have the
                     necessary permissions required to do this.)
    ? template       WhatsApp does not tell (code 200: (#200) You do not have the
                     necessary permissions required to do this.)
    ? media          1013859600285441: code 200: (#200) You do not have the
                     necessary permissions required to do this.
    16 checks: 10 fine, 1 failed, 5 unknown
    code 77
    ");
    assert_snapshot!(sick("wrong-account"), @"
    ✗ permissions    the token's permissions do not hold for account 102290129340398
                     → assign the system user to that account (Business settings >
                       Accounts > WhatsApp accounts), and generate the token anew
    22 checks: 21 fine, 1 failed
    code 77
    ");
}

#[test]
fn an_app_that_demands_proofs_gets_them() {
    assert_snapshot!(sick("proof-required"), @"
    ? token          WhatsApp does not tell (code 100: API calls from the server
                     require an appsecret_proof argument)
    ✗ app-secret     the app demands a proof of its secret, and WHATSAPP_APP_SECRET
                     is not set (code 100: API calls from the server require an
                     appsecret_proof argument)
                     → export WHATSAPP_APP_SECRET with the secret from App Dashboard
                       > App settings > Basic; or switch off `Require app secret`
                       under Advanced
    ? rest           not looked at: WhatsApp would not tell
    9 checks: 6 fine, 1 failed, 2 unknown
    code 77
    ");
    let with_secret = healthy().env("WHATSAPP_APP_SECRET", "an-app-secret-of-some-length");
    let ran = sick_of(&with_secret, &["proof-required"]);
    ran.code(0).stdout_has("✓ app-secret     every request proves that WHATSAPP_APP_SECRET is known");
    let ran = sick_of(&with_secret, &["proof-wrong"]);
    assert_snapshot!(complaints(&ran), @"
    ? token          WhatsApp does not tell (code 100: Invalid appsecret_proof
                     provided in the API argument)
    ✗ app-secret     WHATSAPP_APP_SECRET is not the secret of the token's app (code
                     100: Invalid appsecret_proof provided in the API argument)
                     → copy the app secret from App Dashboard > App settings >
                       Basic, of the app that the token was made for
    ? rest           not looked at: WhatsApp would not tell
    9 checks: 6 fine, 1 failed, 2 unknown
    code 77
    ");
    assert!(!ran.stdout.contains("an-app-secret-of-some-length"));
}

#[test]
fn without_a_token_the_rest_is_not_looked_at() {
    let ran = healthy().tidings(["doctor", "campaign.yaml"]);
    assert_snapshot!(complaints(&ran), @"
    ✗ token          the environment variable WHATSAPP_ACCESS_TOKEN is not set;
                     export it, or name another source under `sender.token`
                     → a token for a system user comes from Business settings >
                       Users > System users > Generate token
    ? rest           not looked at: there is no token to ask with
    6 checks: 4 fine, 1 failed, 1 unknown
    code 77
    ");
}

#[test]
fn the_token_stands_in_no_address() {
    let token = super::TOKEN;
    let lister = Lister::new(|_, _| ("404 Not Found", Vec::new()));
    let project = healthy().env("WHATSAPP_ACCESS_TOKEN", token);
    project.tidings(["doctor", "campaign.yaml", "--api-url", &lister.url]);
    let heads = lister.heads();
    assert!(heads.len() >= 4, "{heads:?}");
    for head in heads {
        let (line, headers) = head.split_once("\r\n").expect("a request line");
        assert!(!line.contains(token), "{line}");
        assert_eq!(headers.matches(token).count(), 1, "once, as the bearer");
    }
}

#[test]
fn what_repeats_the_token_is_not_shown() {
    let token = super::TOKEN;
    let answer = serde_json::json!({ "error": {
        "code": 190, "fbtrace_id": "A1", "message": format!("Malformed access token {token}"),
    } });
    let lister = Lister::new(move |_, _| ("401 Unauthorized", answer.to_string().into_bytes()));
    let project = healthy().env("WHATSAPP_ACCESS_TOKEN", token);
    let ran = project.tidings(["doctor", "campaign.yaml", "--api-url", &lister.url]);
    ran.code(77).stdout_has("Malformed access token [token]");
    assert!(!ran.stdout.contains(token) && !ran.stderr.contains(token));
}
