//! The number's lines: whether it can send, how fast, to how many, and whose it is.

use insta::assert_snapshot;

use super::{CAMPAIGN, complaints, healthy, sick, sick_of};
use crate::harness::people;
use crate::harness::server::Server;

#[test]
fn a_number_that_cannot_send_fails() {
    assert_snapshot!(sick("number-disconnected"), @"
    ✗ number         Rehearsal, +1 555-010-0100: cannot send, its status is
                     DISCONNECTED
                     → WhatsApp Manager > Phone numbers shows why; a number that is
                       not registered is registered there
    22 checks: 21 fine, 1 failed
    code 2
    ");
    assert_snapshot!(sick("number-unknown"), @"
    ✗ number         WhatsApp knows no number 106540352242922, or the token may not
                     see it
                     → compare `sender.phone_number_id` with WhatsApp Manager > API
                       setup, and see that the token's system user is assigned to
                       its account
    ✗ account        number 106540352242922 is not one of account 102290129340398's
                     → compare `sender.phone_number_id` and
                       `sender.business_account_id` with WhatsApp Manager: templates
                       and webhooks are the account's
    17 checks: 15 fine, 2 failed
    code 2
    ");
    assert_snapshot!(sick("number-on-premise"), @"
    ✗ platform       the number is at home on a server of the business, not with the
                     Cloud API
                     → move it: Meta's guide is called `Migrating an on-premises
                       number to the Cloud API`
    22 checks: 21 fine, 1 failed
    code 2
    ");
}

#[test]
fn a_status_that_nobody_knows_is_worth_a_look() {
    assert_snapshot!(sick("number-flagged"), @"
    ! number         Rehearsal, +1 555-010-0100: its status is FLAGGED
                     → WhatsApp Manager > Phone numbers shows why; a number that is
                       not registered is registered there
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn a_low_quality_is_worth_a_look() {
    assert_snapshot!(sick("quality-yellow"), @"
    ! quality        middling: people block or report the number
                     → send to those who asked for it, and less often; WhatsApp
                       Manager > Insights shows which messages
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    assert_snapshot!(sick("quality-red"), @"
    ! quality        low: many people block or report the number
                     → stop marketing until it is better: WhatsApp may limit the
                       number, and pauses its templates
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn a_rate_above_the_numbers_is_worth_a_look() {
    let fast = healthy().campaign(&format!("{CAMPAIGN}send: {{ rate: 200/s }}\n"));
    assert_snapshot!(complaints(&sick_of(&fast, &[])), @"
    ! throughput     the campaign sends 200 messages a second, and the number may
                     send 80 (STANDARD)
                     → write `rate: 80/s` under `send`, or less: WhatsApp refuses
                       the rest, and asks to wait
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    assert_snapshot!(sick("throughput-none"), @"
    ! throughput     the number may send nothing yet (NOT_APPLICABLE)
                     → register it in WhatsApp Manager > Phone numbers
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}

#[test]
fn more_people_than_the_limit_leaves_are_worth_a_look() {
    let many = healthy().recipients(people::csv(0..60));
    assert_snapshot!(complaints(&sick_of(&many, &["tier-low"])), @"
    ! limit          50 people in 24 hours, 50 of them left by this ledger; the
                     campaign has 60 to go
                     → send it in parts, a day each: WhatsApp refuses what goes
                       beyond; the limit grows with good quality and a verified
                       business
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    sick_of(&healthy(), &["tier-low"]).code(0).stdout_has("50 people in 24 hours, 50 of them left by this ledger");
}

#[test]
fn what_the_ledger_has_sent_is_taken_off_the_limit() {
    let (project, server) = (healthy().with_token(), Server::start(&[]));
    project.send(&server).code(0);
    let ran =
        project.tidings(["doctor", "campaign.yaml", "--sandbox", "--sick", "tier-low", "--ledger", "ledger.sqlite"]);
    ran.code(0).stdout_has("50 people in 24 hours, 47 of them left by this ledger");
}

#[test]
fn health_says_what_is_wrong_and_what_to_do() {
    assert_snapshot!(sick("health-limited"), @"
    ! health         messages are limited; business: The business has not passed
                     business verification
                     → Start the business verification in the business settings.
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    assert_snapshot!(sick("health-blocked"), @"
    ✗ health         messages are blocked; waba: There is an error with the payment
                     method
                     → Add a new payment method to the account.
    22 checks: 21 fine, 1 failed
    code 2
    ");
}

#[test]
fn a_number_of_another_account_fails() {
    assert_snapshot!(sick("number-of-another-account"), @"
    ✗ account        number 106540352242922 is not one of account 102290129340398's
                     → compare `sender.phone_number_id` and
                       `sender.business_account_id` with WhatsApp Manager: templates
                       and webhooks are the account's
    22 checks: 21 fine, 1 failed
    code 2
    ");
}

#[test]
fn without_an_account_what_is_the_accounts_is_not_known() {
    let server = Server::start(&[]);
    let project =
        healthy().with_token().campaign(&CAMPAIGN.replace("  business_account_id: \"102290129340398\"\n", ""));
    let ran = project.tidings(["doctor", "campaign.yaml", "--api-url", &server.url]);
    assert_snapshot!(complaints(&ran), @r#"
    ? account        not looked at, nor templates and webhooks: the account is not
                     known
                     → add `business_account_id: "…"` under `sender`: the id of the
                       WhatsApp business account, from WhatsApp Manager > API setup
    19 checks: 18 fine, 1 unknown
    code 0
    "#);
}
