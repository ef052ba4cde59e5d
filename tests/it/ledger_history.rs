//! What the ledger remembers of a campaign's newest messages.

use tidings::cloud::Endpoint;
use tidings::cloud::outcome::{Cause, Outcome, Refusal};
use tidings::ledger::{
    Addressee, Claim, Claimed, Content, Decision, Ledger, PlanId, PlanKey, Scope, Settlement, Verdict,
};
use tidings::policy::threshold::Trouble;

use crate::harness::ledger::{Home, addressee, key, phone, plan};

/// How a message is settled: `R`efused, in `D`oubt, put `B`ack, or accepted; `?` is left without an outcome.
fn settle(ledger: &mut Ledger, plan: PlanId, at: i64, letters: &str) {
    let run = ledger.begin_run(plan, at).expect("a run");
    let claim = Claim { plan, run, count: letters.len() };
    let claimed = ledger.commit(&[], Some(claim), at).expect("a claim").claimed;
    assert_eq!(claimed.len(), letters.len());
    let settled: Vec<_> =
        claimed.into_iter().zip(letters.chars()).filter_map(|(of, how)| settlement(of, how, at)).collect();
    ledger.commit(&settled, None, at).expect("a commit");
}

fn settlement(claimed: Claimed, how: char, settled_at: i64) -> Option<Settlement> {
    let no = |code| Refusal { code, subcode: None, detail: "no".to_owned(), trace: None, retry_after_s: None };
    let (outcome, verdict) = match how {
        'R' => (Outcome::Refused(no(131_026)), Verdict::Refused),
        'D' => (Outcome::InDoubt { cause: Cause::Lost, why: "reset".to_owned() }, Verdict::InDoubt),
        'B' => (Outcome::Refused(no(130_429)), Verdict::PutBack { due_at: 1 }),
        '?' => return None,
        _ => (Outcome::Accepted { wamid: format!("wamid.{}", claimed.row), message_status: None }, Verdict::Accepted),
    };
    Some(Settlement { claimed, outcome, verdict, settled_at })
}

fn last(ledger: &Ledger, plan: PlanId, count: u32) -> String {
    let last = ledger.last_settled(plan, count).expect("a memory");
    last.into_iter()
        .map(|trouble| trouble.map_or('.', |trouble| if trouble == Trouble::Refused { 'R' } else { 'D' }))
        .collect()
}

fn plan_of(ledger: &mut Ledger, key: &PlanKey<'_>, people: std::ops::Range<u64>) -> PlanId {
    let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template: "{}" };
    let mut staging = ledger.stage(key, 0).expect("staging");
    for person in people {
        let recipient = phone(person);
        let to = Addressee { occurrence: key.occurrence, ..addressee(person + 2, person + 1, &recipient) };
        staging.message(&to, &content).expect("a message");
    }
    staging.open(0).expect("an open plan")
}

#[test]
fn the_newest_are_told_oldest_first_and_no_more_than_asked_for() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..20);
    settle(&mut ledger, plan, 1_000, "R..D");
    settle(&mut ledger, plan, 2_000, ".DR");
    for (count, expected) in [(0, ""), (1, "R"), (4, "D.DR"), (7, "R..D.DR"), (500, "R..D.DR")] {
        assert_eq!(last(&ledger, plan, count), expected);
    }
}

#[test]
fn a_message_counts_once_as_it_stands_and_not_while_it_waits() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..4);
    settle(&mut ledger, plan, 1_000, "RBB.");
    assert_eq!(last(&ledger, plan, 10), "R.");
    // Two come again, one of them in vain.
    settle(&mut ledger, plan, 2_000, "DB");
    assert_eq!(last(&ledger, plan, 10), "R.D");
}

#[test]
fn doubts_that_a_death_left_and_those_that_are_held_count_and_what_was_given_up_does_not() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..6);
    settle(&mut ledger, plan, 1_000, ".???R");
    assert_eq!(last(&ledger, plan, 10), ".R");
    ledger.recover(2_000, "it died").expect("a recovery");
    assert_eq!(last(&ledger, plan, 10), ".DDDR");
    let doubts = ledger.doubts("spring").expect("doubts");
    ledger.decide(&doubts[..1], Decision::Hold, 3_000).expect("a decision");
    ledger.decide(&doubts[1..2], Decision::GiveUp, 3_000).expect("a decision");
    assert_eq!(last(&ledger, plan, 10), ".DDR");
    ledger.decide(&doubts[2..], Decision::Resend, 3_000).expect("a decision");
    assert_eq!(last(&ledger, plan, 10), ".DR");
    settle(&mut ledger, plan, 4_000, ".");
    assert_eq!(last(&ledger, plan, 10), ".DR.");
}

#[test]
fn every_plan_and_occurrence_of_a_campaign_counts_and_no_other_campaign() {
    let home = Home::new();
    let mut ledger = home.open();
    let first = plan(&mut ledger, 0..3);
    settle(&mut ledger, first, 1_000, "R.D");
    let summer = plan_of(&mut ledger, &key("summer"), 0..5);
    settle(&mut ledger, summer, 2_000, "DDDDD");
    let again = PlanKey { occurrence: "2026-05", ..key("spring") };
    let second = plan_of(&mut ledger, &again, 0..2);
    settle(&mut ledger, second, 3_000, ".R");
    let third = plan(&mut ledger, 2..9);
    assert_eq!((last(&ledger, third, 10), last(&ledger, summer, 10)), ("R.D.R".to_owned(), "DDDDD".to_owned()));
    assert_eq!(last(&ledger, third, 4), ".D.R");
}

#[test]
fn what_was_asked_before_a_person_looked_is_forgotten() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..9);
    settle(&mut ledger, plan, 1_000, "RRR");
    let breaker = ledger.trip(plan, Scope::Campaign, "refused", "too many", 1_500).expect("a breaker");
    // Nobody has looked yet.
    assert_eq!(last(&ledger, plan, 10), "RRR");
    assert!(ledger.acknowledge(breaker, 2_000).expect("an acknowledgement"));
    assert_eq!(last(&ledger, plan, 10), "");
    settle(&mut ledger, plan, 2_000, ".R");
    assert_eq!(last(&ledger, plan, 10), ".R");
    // Somebody who looked at the number or at another campaign did not look at these.
    let sender = ledger.trip(plan, Scope::Sender, "sender", "locked", 3_000).expect("a breaker");
    let summer = plan_of(&mut ledger, &key("summer"), 0..1);
    let other = ledger.trip(summer, Scope::Campaign, "refused", "too many", 3_000).expect("a breaker");
    for breaker in [sender, other] {
        assert!(ledger.acknowledge(breaker, 4_000).expect("an acknowledgement"));
    }
    assert_eq!(last(&ledger, plan, 10), ".R");
}
