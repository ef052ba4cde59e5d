//! The lines that nobody has to be asked about: the files, and the ledger.

use insta::assert_snapshot;

use super::{CAMPAIGN, complaints, healthy, sick_of};

#[test]
fn problems_of_the_files_are_counted_and_the_rest_is_looked_at_all_the_same() {
    let project = healthy().campaign(&CAMPAIGN.replace("recipients: people.csv", "recipients: nobody.csv"));
    assert_snapshot!(complaints(&sick_of(&project, &[])), @"
    ✗ files          1 problem
                     → see them with their lines: tidings check campaign.yaml
    20 checks: 19 fine, 1 failed
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
    3 checks: 1 fine, 1 failed, 1 unknown
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
