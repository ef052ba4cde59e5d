//! The webhook's line.

use insta::assert_snapshot;

use super::sick;

#[test]
fn an_account_that_nobody_listens_to_is_worth_a_look() {
    assert_snapshot!(sick("webhook-none"), @"
    ! webhook        no app is subscribed to the account
                     → subscribe your app in App Dashboard > WhatsApp >
                       Configuration: only webhooks tell whether messages arrive,
                       and who opts out
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    assert_snapshot!(sick("webhook-other"), @"
    ! webhook        Helpdesk is subscribed, but not the token's app
                     → subscribe your app in App Dashboard > WhatsApp >
                       Configuration: only webhooks tell whether messages arrive,
                       and who opts out
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
}
