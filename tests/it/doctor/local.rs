//! The lines that nobody has to be asked about: the files, and the ledger.

use insta::assert_snapshot;

use super::{CAMPAIGN, TOKEN, complaints, healthy, redact, sick_of};
use crate::harness::process::Running;
use crate::harness::server::Server;

#[test]
fn problems_of_the_files_are_counted_and_the_rest_is_looked_at_all_the_same() {
    let project = healthy().campaign(&CAMPAIGN.replace("recipients: people.csv", "recipients: nobody.csv"));
    assert_snapshot!(complaints(&sick_of(&project, &[])), @"
    ✗ files          1 problem
                     → see them with their lines: tidings check campaign.yaml
    21 checks: 20 fine, 1 failed
    code 2
    ");
}

#[test]
fn a_sender_that_is_wrong_is_not_asked_about() {
    let project = healthy().campaign(&CAMPAIGN.replace("\"106540352242922\"", "\"../../me\""));
    assert_snapshot!(complaints(&sick_of(&project, &[])), @"
    ? rest           not looked at: the file does not say rightly which number sends
    ✗ files          1 problem
                     → see them with their lines: tidings check campaign.yaml
    4 checks: 2 fine, 1 failed, 1 unknown
    code 2
    ");
}

#[test]
fn a_ledger_that_is_none_fails() {
    let project = healthy().file("ledger.sqlite", "this is no ledger, it is a letter");
    let ran = project.tidings(["doctor", "campaign.yaml", "--sandbox", "--ledger", "ledger.sqlite"]);
    assert_snapshot!(complaints(&ran), @"
    ? limit          100000 people in 24 hours; how many are left is not known
    ✗ ledger         ledger.sqlite is not a ledger: it is no SQLite file, or a
                     damaged one
                     → nothing is sent without a ledger: see to the rights of its
                       folder, bring back a backup, or name another place with
                       --ledger
    21 checks: 19 fine, 1 failed, 1 unknown
    code 2
    ");
}

#[test]
fn looking_makes_no_ledger() {
    let project = healthy();
    let before = project.tree();
    sick_of(&project, &[]).code(0).stdout_has("none yet; the first run makes .tidings/ledger.sqlite");
    assert_eq!(project.tree(), before);
}

#[test]
fn what_stops_the_campaign_is_told_with_what_lifts_it() {
    let stopped = healthy();
    stopped.tidings(["stop", "campaign.yaml"]).code(0);
    assert_snapshot!(complaints(&sick_of(&stopped, &[])), @"
    ✗ stops          the kill switch is on for this campaign
                     → once that is mended: tidings resume campaign.yaml
                       --acknowledge stop
    22 checks: 21 fine, 1 failed
    code 2
    ");

    let server = Server::start(&["--token", "another"]);
    let latched = healthy().env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    latched.send(&server).code(77);
    let ran = latched.tidings(["doctor", "campaign.yaml", "--ledger", "ledger.sqlite", "--sandbox"]);
    let _redacted = redact(&ran);
    assert_snapshot!(complaints(&ran), @"
    ✗ stops          stopped on [minute]: WhatsApp does not accept the
                     token (code 190: Invalid OAuth access token - Cannot parse
                     access token; its source still gives the same)
                     → once that is mended: tidings resume campaign.yaml --ledger
                       ledger.sqlite --acknowledge 1
    22 checks: 21 fine, 1 failed
    code 77
    ");
}

#[test]
fn a_ledger_of_the_other_kind_fails() {
    let server = Server::start(&[]);
    let project = healthy().env("WHATSAPP_ACCESS_TOKEN", TOKEN);
    project.send(&server).code(0);
    let doctor = ["doctor", "campaign.yaml", "--ledger", "ledger.sqlite"];
    let here = project.tidings(doctor.into_iter().chain(["--api-url", &*server.url]));
    here.stdout_has("✓ ledger         ledger.sqlite, undamaged");
    // Without a token nobody is asked.
    let mut real = project.command(doctor);
    let real = Running::start(real.env_remove("WHATSAPP_ACCESS_TOKEN"), project.share()).end();
    let told: Vec<_> = real.stdout.lines().skip_while(|line| !line.contains(" ledger ")).take(3).collect();
    assert_snapshot!(told.join("\n"), @"
    ✗ ledger         it is one of rehearsals, and takes people for messaged who were
                     not
                     → name another with --ledger
    ");
}
