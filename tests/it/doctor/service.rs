//! The service's lines: whether it answers, its clock, its version.

use insta::assert_snapshot;
use jiff::civil::date;
use tidings::cloud::version::{Life, life};

use super::{CAMPAIGN, complaints, healthy, sick, sick_of};
use crate::harness::lister::Lister;

#[test]
fn nobody_answers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let ran = healthy().with_token().tidings(["doctor", "campaign.yaml", "--api-url", &url]);
    let _redacted = ran.redact();
    assert_snapshot!(complaints(&ran), @"
    ✗ connection     http://127.0.0.1:[port] does not answer (Connection refused (os
                     error 111))
                     → look at the network, at a firewall or proxy on the way, and
                       at --api-url
    ? rest           not looked at: nobody answers
    5 checks: 3 fine, 1 failed, 1 unknown
    code 2
    ");
}

#[test]
fn a_wrong_clock_is_found() {
    assert_snapshot!(sick("clock"), @"
    ✗ clock          this machine is 10 min behind WhatsApp's clock
                     → set it, and let it be kept right: timedatectl set-ntp true
    22 checks: 21 fine, 1 failed
    code 2
    ");
}

#[test]
fn a_version_that_has_ended_is_found() {
    assert_snapshot!(sick("api-version"), @"
    ? token          WhatsApp does not tell (code 2635: (#2635) You are calling a
                     deprecated version of the API.)
    ✗ api-version    WhatsApp does not answer to v26.0 any more (code 2635: (#2635)
                     You are calling a deprecated version of the API.)
                     → write `api_version: v26.0` under `sender`, after a rehearsal
    ? rest           not looked at: WhatsApp would not tell
    9 checks: 6 fine, 1 failed, 2 unknown
    code 2
    ");
    let old = healthy().campaign(&CAMPAIGN.replace("v26.0", "v20.0"));
    assert_snapshot!(complaints(&sick_of(&old, &[])), @"
    ✗ api-version    v20.0 ended on 2026-09-24
                     → write `api_version: v26.0` under `sender`, after a rehearsal
    22 checks: 21 fine, 1 failed
    code 2
    ");
    let ancient = healthy().campaign(&CAMPAIGN.replace("v26.0", "v3.2"));
    sick_of(&ancient, &[]).code(2).stdout_has("v3.2 ended long ago");
    let newer = healthy().campaign(&CAMPAIGN.replace("v26.0", "v99.0"));
    sick_of(&newer, &[]).code(0).stdout_has("? api-version    v99.0 is newer than this version of tidings");
}

#[test]
fn a_version_is_worth_a_word_in_its_last_90_days() {
    let end = date(2028, 7, 29);
    assert_eq!(life("v25.0", date(2028, 4, 29)), Life::Until(end));
    assert_eq!(life("v25.0", date(2028, 4, 30)), Life::EndsSoon(end));
    assert_eq!(life("v25.0", date(2028, 7, 28)), Life::EndsSoon(end));
    assert_eq!(life("v25.0", end), Life::Over(Some(end)));
    assert_eq!(life("v26.0", date(2030, 1, 1)), Life::Open);
    assert_eq!(life("v19.0", date(2026, 1, 1)), Life::Over(None));
    assert_eq!(life("v27.0", date(2026, 1, 1)), Life::Unknown);
}

#[test]
fn a_stranger_that_answers_makes_nothing_fail() {
    let lister = Lister::new(|_, _| ("200 OK", b"<html>Please sign in</html>".to_vec()));
    let ran = healthy().with_token().tidings(["doctor", "campaign.yaml", "--api-url", &lister.url]);
    assert_snapshot!(complaints(&ran), @"
    ? token          not understood: HTTP 200 with an answer that is no answer to a
                     batch of questions
    ? clock          the answer has no `Date`
    ? number         not understood: HTTP 200 with an answer that is no phone number
    ? account        not understood: HTTP 200 with an answer that is no list of
                     phone numbers
    ? webhook        not understood: HTTP 200 with an answer that is no list of apps
    ? template       not understood: HTTP 200 with an answer that is no list of
                     templates
    ? media          1013859600285441: HTTP 200 with an answer that is no media file
    13 checks: 6 fine, 7 unknown
    code 0
    ");
}

#[test]
fn an_answer_without_end_is_not_read() {
    let lister = Lister::new(|_, _| ("200 OK", vec![b' '; 9 * 1024 * 1024]));
    let ran = healthy().with_token().tidings(["doctor", "campaign.yaml", "--api-url", &lister.url]);
    ran.code(0).stdout_has("an answer has more than 262144 bytes");
}
