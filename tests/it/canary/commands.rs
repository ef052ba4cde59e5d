//! Every command, as it should be used and as it should not.

use super::replies::{refusal, taken, told};
use super::server::Answer;
use super::source::{Mood, Source};
use super::stage::{Stage, TOKEN};

pub struct Path {
    pub name: &'static str,
    pub source: Source,
    pub prepare: fn(Stage) -> Stage,
    pub answer: Answer,
    /// What is run, in order; `URL` stands for the server.
    pub lines: Vec<Vec<String>>,
    /// How the last of them ends.
    pub code: i32,
}

/// A line as one would type it.
fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn path(name: &'static str, lines: &[&str], code: i32) -> Path {
    let lines = lines.iter().map(|line| words(line)).collect();
    Path { name, source: Source::Variable, prepare: |stage| stage, answer: taken, lines, code }
}

impl Path {
    fn from(self, source: Source) -> Self {
        Self { source, ..self }
    }

    fn with(self, prepare: fn(Stage) -> Stage) -> Self {
        Self { prepare, ..self }
    }

    fn answered(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }
}

const SEND: &str = "run campaign.yaml --yes --ledger ledger.sqlite --api-url URL";

pub fn paths() -> Vec<Path> {
    [well(), no_token(), stores(), doctor(), misplaced(), refused(), broken()].into_iter().flatten().collect()
}

/// Nothing is wrong.
fn well() -> Vec<Path> {
    vec![
        path("init", &["init fresh"], 0),
        path("check", &["check campaign.yaml"], 0),
        path("check that tells all", &["check campaign.yaml --verbose --json"], 0),
        path("check for a build server", &["check campaign.yaml --report-junit junit.xml"], 0),
        path("preview", &["preview campaign.yaml"], 0),
        path("preview in JSON", &["preview campaign.yaml --json"], 0),
        path("preview of a row", &["preview campaign.yaml --row 2 --json"], 0),
        path("preview as a page and a plan", &["preview campaign.yaml --html page.html --out spring.plan"], 0),
        path("a dry run", &["run campaign.yaml --dry-run"], 0),
        path("a rehearsal", &["run campaign.yaml --sandbox --yes"], 0),
        path("a rehearsal with faults", &["run campaign.yaml --sandbox --yes --fault 131026=100%"], 3),
        path("a saved plan", &["preview campaign.yaml --out spring.plan", &format!("{SEND} --plan spring.plan")], 0),
        path("a run twice", &[SEND, SEND], 0),
        path("a seed", &["seed campaign.yaml --to +12025550199 --ledger ledger.sqlite --api-url URL"], 0),
        path("a seed in the sandbox", &["seed campaign.yaml --to +12025550199 --sandbox"], 0),
        path(
            "stop and resume",
            &[
                "stop campaign.yaml --ledger ledger.sqlite",
                "resume campaign.yaml --ledger ledger.sqlite --acknowledge stop",
                SEND,
            ],
            0,
        ),
        path(
            "what stops a campaign",
            &["stop campaign.yaml --ledger ledger.sqlite", "resume campaign.yaml --ledger ledger.sqlite"],
            0,
        ),
        path("doubts", &[SEND, "resolve campaign.yaml --ledger ledger.sqlite"], 0).answered(|_| Vec::new()),
        path("doubts given up", &[SEND, "resolve campaign.yaml --ledger ledger.sqlite --give-up"], 0)
            .answered(|_| Vec::new()),
        path("somebody forgotten", &[SEND, "forget +12025550101 campaign.yaml --yes --ledger ledger.sqlite", SEND], 0),
        path("everybody purged", &[SEND, "purge --older-than 1h campaign.yaml --yes --ledger ledger.sqlite"], 0),
        path(
            "templates of the sandbox",
            &[
                "templates pull campaign.yaml --sandbox",
                "templates list",
                "templates show hello_world",
                "templates diff campaign.yaml --sandbox",
            ],
            0,
        ),
        path("a schema", &["schema"], 0),
        path("completions", &["completions bash"], 0),
        path("a manual page", &["man run"], 0),
        path("help", &["run --help"], 0),
        path("the version", &["--version"], 0),
    ]
}

/// The source gives no token.
fn no_token() -> Vec<Path> {
    let templates = "templates pull campaign.yaml --api-url URL";
    let seed = "seed campaign.yaml --to +12025550199 --ledger ledger.sqlite --api-url URL";
    vec![
        path("no variable", &[SEND], 77).from(Source::Nowhere),
        path("no variable for templates", &[templates], 77).from(Source::Nowhere),
        path("no variable for a seed", &[seed], 77).from(Source::Nowhere),
        path("a variable of two lines", &[SEND], 77)
            .with(|stage| stage.with(|project| project.env("CANARY", format!("{TOKEN}\n{TOKEN}")))),
        path("a variable with a space", &[SEND], 77)
            .with(|stage| stage.with(|project| project.env("CANARY", format!("Bearer {TOKEN}")))),
        path("a variable with an accent", &[SEND], 77)
            .with(|stage| stage.with(|project| project.env("CANARY", format!("{TOKEN}é")))),
        path("a variable that is no text", &[SEND], 77)
            .with(|stage| stage.with(|project| project.env("CANARY", not_utf8()))),
        path("a file of two lines", &[SEND], 77)
            .from(Source::File)
            .with(|stage| stage.keeping(format!("{TOKEN}\n{TOKEN}\n").as_bytes())),
        path("a file with quotes and a name", &[SEND], 77)
            .from(Source::File)
            .with(|stage| stage.keeping(format!("TOKEN = \"{TOKEN}\"").as_bytes())),
        path("a file that is no text", &[SEND], 77)
            .from(Source::File)
            .with(|stage| stage.keeping(&[TOKEN.as_bytes(), b"\xff"].concat())),
        path("a file in UTF-16", &[SEND], 77)
            .from(Source::File)
            .with(|stage| stage.keeping(&TOKEN.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())),
        path("a file that is far too long", &[SEND], 77)
            .from(Source::File)
            .with(|stage| stage.keeping(TOKEN.repeat(1_000).as_bytes())),
        path("a file for templates that is no token", &[templates], 77)
            .from(Source::File)
            .with(|stage| stage.keeping(format!("{TOKEN} {TOKEN}").as_bytes())),
        path("a command that says too much", &[SEND], 77)
            .from(Source::Command)
            .with(|stage| stage.keeping(TOKEN.repeat(1_000).as_bytes())),
        path("a command that answers in JSON", &[SEND], 77)
            .from(Source::Command)
            .with(|stage| stage.keeping(format!("{{ \"token\": \"{TOKEN}\" }}").as_bytes())),
        path("a command that fails after it answered", &[SEND], 77).from(Source::Command).with(|stage| {
            stage.with(|project| {
                let yaml = "command: [sh, -c, \"echo $CANARY; echo no such token: $CANARY >&2; exit 3\"]";
                project.env("CANARY", TOKEN).campaign_with("  token: ", &format!("  token: {{ {yaml} }} # "))
            })
        }),
        path("a command that fails and tells in pieces", &[SEND], 77).from(Source::Command).with(|stage| {
            stage.with(|project| {
                let script = "echo $CANARY; echo $CANARY | fold -w 20 >&2; echo $CANARY | base64 -w 30 >&2; exit 3";
                let yaml = format!("command: [sh, -c, \"{script}\"]");
                project.env("CANARY", TOKEN).campaign_with("  token: ", &format!("  token: {{ {yaml} }} # "))
            })
        }),
        path("a command that is not there", &[SEND], 77).from(Source::Command).with(|stage| {
            stage.with(|project| {
                project.campaign_with("  token: ", "  token: { command: [no-such-program, secret] } # ")
            })
        }),
    ]
}

/// A store lets nobody in, or gives something else.
fn stores() -> Vec<Path> {
    use Mood::{Confused, Misleading, Obliging, Refusing, Withholding};
    let templates = "templates pull campaign.yaml --api-url URL";
    let moods =
        [("refuses", Refusing), ("withholds", Withholding), ("misleads", Misleading), ("is confused", Confused)];
    let each = moods.into_iter().flat_map(|(name, mood)| {
        [
            Source::Vault(mood),
            Source::VaultToken(mood),
            Source::VaultPod(mood),
            Source::Conjur(mood),
            Source::ConjurPod(mood),
        ]
        .map(|source| path(name, &[SEND], 77).from(source))
    });
    let asked = [Source::Vault(Refusing), Source::VaultToken(Withholding), Source::Conjur(Confused)];
    let pulls = asked.map(|source| path("templates with a store that does not give", &[templates], 77).from(source));
    let obliging = [Source::VaultToken(Obliging), Source::VaultPod(Obliging), Source::ConjurPod(Obliging)];
    let obliging = obliging.map(|source| path("a store that obliges", &[SEND], 0).from(source));
    each.chain(pulls).chain(obliging).collect()
}

fn not_utf8() -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec([TOKEN.as_bytes(), b"\xff"].concat())
}

/// A look at everything, whatever there is to see.
fn doctor() -> Vec<Path> {
    let doctor = "doctor campaign.yaml --api-url URL --ledger ledger.sqlite";
    let ills = [
        ("token-expired", 77),
        ("token-user", 0),
        ("scope-messaging", 77),
        ("number-disconnected", 2),
        ("health-blocked", 2),
    ];
    let sick = ills.map(|(ill, code)| {
        let lines = [format!("doctor campaign.yaml --sandbox --sick {ill}")];
        path(ill, &lines.each_ref().map(String::as_str), code)
    });
    let asked = [
        Source::Variable,
        Source::File,
        Source::Credential,
        Source::Command,
        Source::Vault(Mood::Obliging),
        Source::VaultToken(Mood::Obliging),
        Source::VaultPod(Mood::Obliging),
        Source::Conjur(Mood::Obliging),
        Source::ConjurPod(Mood::Obliging),
    ];
    let well = asked.map(|source| path("a look by every way in", &[doctor], 2).from(source).answered(told));
    let other = vec![
        path("a look in JSON", &[&format!("{doctor} --json")], 2).answered(told),
        path("a look before a run that goes on", &[SEND], 0).answered(told),
        path("a look before a run that ends", &[SEND], 77)
            .answered(|request| refusal(request, "401 Unauthorized", 190, 463)),
        path("a look that is refused", &[doctor], 77)
            .answered(|request| refusal(request, "401 Unauthorized", 190, 463)),
        path("a look that is not allowed", &[doctor], 77).answered(|request| refusal(request, "403 Forbidden", 200, 0)),
        path("a look without a proof", &[doctor], 77).answered(|request| {
            let body = format!(
                r#"{{"error":{{"message":"Invalid appsecret_proof {}","code":100,"fbtrace_id":"A"}}}}"#,
                request.head
            );
            let body = body.replace("\r\n", " ");
            vec![
                format!(
                    "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                )
                .into_bytes(),
            ]
        }),
        path("a look at a stranger", &[doctor], 2)
            .answered(|request| vec![format!("{}\r\n\r\n", request.token).into_bytes()]),
        path("a look elsewhere", &[doctor], 0).answered(|request| {
            vec![
                format!("HTTP/1.1 307 Away\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", request.elsewhere)
                    .into_bytes(),
            ]
        }),
        path("a look without a token", &[doctor], 77).from(Source::Nowhere),
        path("a look with a store that refuses", &[doctor], 77).from(Source::Vault(Mood::Refusing)),
        path(
            "a look at a sick simulator in JSON",
            &["doctor campaign.yaml --sandbox --sick template-paused --json"],
            2,
        ),
    ];
    sick.into_iter().chain(well).chain(other).collect()
}

/// The token stands where it must never stand.
fn misplaced() -> Vec<Path> {
    fn campaign(stage: Stage, what: &str, with: &str) -> Stage {
        stage.with(|project| project.campaign_with(what, with))
    }
    let check = "check campaign.yaml";
    vec![
        path("in the campaign file", &[check], 2)
            .with(|stage| campaign(stage, "  token: env:CANARY", &format!("  token: {TOKEN}"))),
        path("in the campaign file, to be sent", &[SEND], 2)
            .with(|stage| campaign(stage, "  token: env:CANARY", &format!("  token: \"{TOKEN}\""))),
        path("as a variable's name", &[check], 2).with(|stage| campaign(stage, "env:CANARY", &format!("env:{TOKEN}-"))),
        path("after a scheme that is none", &[check], 2)
            .with(|stage| campaign(stage, "env:CANARY", &format!("token:{TOKEN}"))),
        path("with Bearer before it", &[check], 2)
            .with(|stage| campaign(stage, "env:CANARY", &format!("\"Bearer {TOKEN}\""))),
        path("in a list", &[check], 2).with(|stage| campaign(stage, "env:CANARY", &format!("[{TOKEN}]"))),
        path("under a key that is none", &[check], 2)
            .with(|stage| campaign(stage, "recipients:", &format!("access_token: {TOKEN}\nrecipients:"))),
        path("as a key", &[check], 2).with(|stage| campaign(stage, "recipients:", &format!("{TOKEN}: x\nrecipients:"))),
        path("in place of the number", &[check], 2)
            .with(|stage| campaign(stage, "\"106540352242922\"", &format!("\"{TOKEN}\""))),
        path("in place of the version", &[check], 2)
            .with(|stage| campaign(stage, "recipients:", &format!("  api_version: {TOKEN}\nrecipients:"))),
        path("in a comment", &[check], 2)
            .with(|stage| campaign(stage, "recipients:", &format!("# {TOKEN}\nrecipients:"))),
        path("in an expression", &[check], 2).with(|stage| {
            campaign(stage, "    languages", &format!("    body: [\"{{{{ '{TOKEN}' }}}}\"]\n    languages"))
        }),
        path("in an expression that does not end", &[check], 2)
            .with(|stage| campaign(stage, "    languages", &format!("    body: [\"{{{{ {TOKEN}\"]\n    languages"))),
        path("in YAML that is none", &[check], 2)
            .with(|stage| campaign(stage, "recipients:", &format!("  {TOKEN}\n - : {TOKEN}\nrecipients:"))),
        path("in the defaults", &[check], 2).with(|stage| {
            stage.with(|project| project.file("tidings.yaml", format!("sender: {{ token: {TOKEN} }}\n")))
        }),
        path("in a cell", &[check], 2)
            .with(|stage| stage.with(|project| project.recipients(format!("phone,note\n+12025550101,{TOKEN}\n")))),
        path("in a cell, to be sent", &[SEND], 2)
            .with(|stage| stage.with(|project| project.recipients(format!("phone,note\n+12025550101,{TOKEN}\n")))),
        path("in place of a phone", &[check], 2)
            .with(|stage| stage.with(|project| project.recipients(format!("phone\n{TOKEN}\n")))),
        path("as a column's name", &[check], 2)
            .with(|stage| stage.with(|project| project.recipients(format!("phone,{TOKEN}\n+12025550101,x\n")))),
        path("in a recipients file that is previewed", &["preview campaign.yaml"], 2)
            .with(|stage| stage.with(|project| project.recipients(format!("phone,note\n+12025550101,{TOKEN}\n")))),
    ]
}

/// The server refuses, and repeats the token.
fn refused() -> Vec<Path> {
    let templates = "templates pull campaign.yaml --api-url URL";
    let seed = "seed campaign.yaml --to +12025550199 --ledger ledger.sqlite --api-url URL";
    vec![
        path("a token that ended", &[SEND, SEND], 77)
            .answered(|request| refusal(request, "401 Unauthorized", 190, 463)),
        path("a token that ended, and what stops", &[SEND, "resume campaign.yaml --ledger ledger.sqlite"], 0)
            .answered(|request| refusal(request, "401 Unauthorized", 190, 463)),
        path("a seed that is refused", &[seed], 77).answered(|request| refusal(request, "401 Unauthorized", 190, 463)),
        path("templates that are refused", &[templates], 77)
            .answered(|request| refusal(request, "401 Unauthorized", 190, 463)),
        path("templates of nobody", &[templates], 2).answered(|request| refusal(request, "400 Bad Request", 100, 33)),
        path("templates not allowed", &[templates], 77).answered(|request| refusal(request, "403 Forbidden", 200, 0)),
        path("templates of a stranger", &[templates], 2).answered(|request| {
            vec![format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<p>{}</p>", request.token).into_bytes()]
        }),
        path("templates elsewhere", &[templates], 2).answered(|request| {
            vec![
                format!("HTTP/1.1 307 Away\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", request.elsewhere)
                    .into_bytes(),
            ]
        }),
        path(
            "templates compared with a refusal",
            &["templates pull campaign.yaml --sandbox", "templates diff campaign.yaml --api-url URL"],
            77,
        )
        .answered(|request| refusal(request, "401 Unauthorized", 190, 0)),
    ]
}

/// Something else is wrong.
fn broken() -> Vec<Path> {
    vec![
        path("no such file", &["run nowhere.yaml --yes"], 2),
        path("no such option", &["run campaign.yaml --frobnicate"], 2),
        path(
            "an address that is none",
            &["run campaign.yaml --yes --ledger ledger.sqlite --api-url ftp://example.com"],
            2,
        ),
        path(
            "an address without TLS",
            &["run campaign.yaml --yes --ledger ledger.sqlite --api-url http://example.com"],
            2,
        ),
        path("a ledger that is a folder", &["run campaign.yaml --yes --ledger tmp --api-url URL"], 74),
        path("a ledger that is none", &["run campaign.yaml --yes --ledger people.csv --api-url URL"], 74),
        path(
            "a plan that is none",
            &["run campaign.yaml --yes --plan people.csv --ledger ledger.sqlite --api-url URL"],
            2,
        ),
        path("nobody to ask", &["run campaign.yaml --ledger ledger.sqlite --api-url URL"], 2),
        path("no recipients file", &[SEND], 2)
            .with(|stage| stage.with(|project| project.campaign_with("people.csv", "nobody.csv"))),
        path("a report that cannot be written", &[SEND], 74)
            .with(|stage| stage.with(|project| project.file("reports", ""))),
    ]
}
