//! What is looked at: a campaign, or what the campaigns of a folder share.

use insta::assert_snapshot;

use super::complaints;
use crate::harness::project::Project;

const SENDER: &str =
    "sender: { phone_number_id: \"106540352242922\", business_account_id: \"1\", api_version: v26.0 }\n";

#[test]
fn without_a_file_the_number_that_campaigns_share_is_looked_at() {
    let project = Project::empty().file("tidings.yaml", SENDER);
    for arguments in [&["doctor", "--sandbox"][..], &["doctor", "tidings.yaml", "--sandbox"]] {
        let ran = project.tidings(arguments.iter().copied());
        assert_eq!(complaints(&ran), "18 checks: 18 fine\ncode 0");
        assert!(!ran.stdout.contains("template"), "{}", ran.stdout);
    }
    let broken = Project::empty().file("tidings.yaml", SENDER.replace("phone_number_id", "phone_nmber_id"));
    assert_snapshot!(complaints(&broken.tidings(["doctor", "--sandbox"])), @"
    ? rest           not looked at: the file does not say rightly which number sends
    ✗ files          1 problem
                     → see them with their lines: tidings check tidings.yaml
    3 checks: 1 fine, 1 failed, 1 unknown
    code 2
    ");
}

#[test]
fn without_either_it_says_which_file_it_wants() {
    let ran = Project::empty().tidings(["doctor"]);
    assert_snapshot!(ran.code(2).stderr, @"error: there is no tidings.yaml here that says which number sends: name a campaign file, tidings doctor FILE");
    let ran = Project::empty().file("tidings.yaml", "send: { rate: 10/s }\n").tidings(["doctor"]);
    assert_snapshot!(ran.code(2).stderr, @"error: tidings.yaml does not say which number sends: name a campaign file, tidings doctor FILE");
    let ran = Project::empty().tidings(["doctor", "spring.yaml"]);
    assert_snapshot!(ran.code(2).stderr, @"error: there is no campaign file spring.yaml");
}

#[test]
fn an_illness_needs_a_simulator() {
    Project::new().tidings(["doctor", "campaign.yaml", "--sick", "clock"]).code(2).stderr_has("--sandbox");
}
