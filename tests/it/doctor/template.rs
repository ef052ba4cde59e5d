//! The templates' lines: as they are at WhatsApp, and as the lock file has them.

use insta::assert_snapshot;
use serde_json::json;

use super::{complaints, healthy, lock, sick, sick_of, visit_us};
use crate::harness::project::Project;
use crate::harness::server::Server;

#[test]
fn a_template_that_may_not_be_sent_fails() {
    assert_snapshot!(sick("template-paused"), @"
    ✗ template       visit_us: may not be sent, it is PAUSED (en_US)
                     → WhatsApp Manager > Message templates shows why; a paused
                       template comes back by itself after some hours, or is lifted
                       there
    ! template-lock  templates.lock.json is not up to date: visit_us
                     → tidings templates pull campaign.yaml --sandbox
    22 checks: 20 fine, 1 worth a look, 1 failed
    code 2
    ");
    assert_snapshot!(sick("template-missing"), @"
    ✗ template       visit_us: WhatsApp has none in en_US
                     → look in WhatsApp Manager > Message templates: name and
                       language code must be spelt as there
    ! template-lock  templates.lock.json is not up to date: visit_us
                     → tidings templates pull campaign.yaml --sandbox
    22 checks: 20 fine, 1 worth a look, 1 failed
    code 2
    ");
}

#[test]
fn a_template_that_people_do_not_like_is_worth_a_look() {
    assert_snapshot!(sick("template-red"), @"
    ! template       visit_us: approved, utility, en_US, quality red
                     → people block or report its messages: WhatsApp pauses a
                       template whose quality stays low
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn a_lock_file_that_is_not_up_to_date_is_told() {
    let mut now = visit_us();
    now["components"][1]["text"] = json!("Our shop is closed.");
    let at_whatsapp = Project::empty().file("now.lock.json", lock(vec![now]));
    let path = at_whatsapp.path("now.lock.json");
    let server = Server::start(&["--templates", path.to_str().expect("a path")]);
    let project = healthy().with_token();
    let ran = project.tidings(["doctor", "campaign.yaml", "--api-url", &server.url]);
    let _redacted = ran.redact();
    assert_snapshot!(complaints(&ran), @"
    ! template-lock  templates.lock.json is not up to date: visit_us
                     → tidings templates pull campaign.yaml --api-url
                       http://127.0.0.1:[port]
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn without_a_lock_file_wording_is_not_checked() {
    let project = healthy();
    std::fs::remove_file(project.path("templates.lock.json")).expect("a lock file");
    let ran = sick_of(&project, &[]);
    assert_snapshot!(complaints(&ran), @"
    ! template-lock  there is no templates.lock.json: wording and parameters are not
                     checked
                     → tidings templates pull campaign.yaml --sandbox
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}
