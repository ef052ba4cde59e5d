//! The ledger: what it remembers, what it refuses, and what a death of the process leaves.

use tidings::cloud::Endpoint;
use tidings::cloud::outcome::Outcome;
use tidings::ledger::state::{Event, State};
use tidings::ledger::{
    Claim, Claimed, Content, Edits, Ledger, LedgerError, Opened, PlanId, RunId, Settlement, Staged, Tally, Verdict,
};

use crate::harness::ledger::{Home, addressee, key, phone, plan, rows, who};

fn claim(ledger: &mut Ledger, plan: PlanId, run: RunId, count: usize) -> Vec<Claimed> {
    ledger.commit(&[], Some(Claim { plan, run, count }), 1_000).expect("a claim").claimed
}

/// Ten people, of whom some are claimed; then the ledger is closed.
fn claimed_and_closed(home: &Home, count: usize) -> (PlanId, RunId) {
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..10);
    let run = ledger.begin_run(plan, 0).expect("a run");
    claim(&mut ledger, plan, run, count);
    (plan, run)
}

fn accepted(claimed: Claimed) -> Settlement {
    let outcome = Outcome::Accepted { wamid: format!("wamid.{}", claimed.row), message_status: None };
    Settlement { claimed, outcome, verdict: Verdict::Accepted, settled_at: 2_000 }
}

fn put_back(claimed: Claimed, due_at: i64) -> Settlement {
    let outcome = Outcome::NotSent { why: "refused".into() };
    Settlement { claimed, outcome, verdict: Verdict::PutBack { due_at }, settled_at: 2_000 }
}

#[test]
fn claims_come_in_file_order_and_never_twice() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..10);
    let run = ledger.begin_run(plan, 0).expect("a run");
    let first: Vec<u64> = claim(&mut ledger, plan, run, 4).iter().map(|claimed| claimed.row).collect();
    let second: Vec<u64> = claim(&mut ledger, plan, run, 40).iter().map(|claimed| claimed.row).collect();
    assert_eq!((first, second), ((2..6).collect(), (6..12).collect()));
    assert!(claim(&mut ledger, plan, run, 1).is_empty());
}

#[test]
fn what_is_put_back_comes_again_when_it_is_due_and_not_before() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..2);
    let run = ledger.begin_run(plan, 0).expect("a run");
    let mut claimed = claim(&mut ledger, plan, run, 2);
    let (later, now) = (claimed.remove(1), claimed.remove(0));
    let committed = ledger
        .commit(&[put_back(now, 0), put_back(later, 9_000)], Some(Claim { plan, run, count: 5 }), 3_000)
        .expect("a commit");
    let again: Vec<(u64, u32)> = committed.claimed.iter().map(|claimed| (claimed.row, claimed.number)).collect();
    assert_eq!((again, committed.next_due), (vec![(2, 2)], Some(9_000)));
}

#[test]
fn what_was_put_back_is_claimed_with_its_row_in_the_newest_plan() {
    let home = Home::new();
    let mut ledger = home.open();
    let first = plan(&mut ledger, [8, 9]);
    let run = ledger.begin_run(first, 0).expect("a run");
    let claimed = claim(&mut ledger, first, run, 2).remove(1);
    ledger.commit(&[put_back(claimed, 0)], None, 2_000).expect("a commit");
    ledger.recover(3_000, "it died").expect("a recovery");
    let second = plan(&mut ledger, [3, 4, 8, 9]);
    let run = ledger.begin_run(second, 0).expect("a run");
    let next: Vec<(u64, String)> =
        claim(&mut ledger, second, run, 1).into_iter().map(|claimed| (claimed.row, claimed.recipient)).collect();
    assert_eq!(next, [(5, phone(9))]);
}

#[test]
fn a_dead_process_leaves_doubts_that_are_never_claimed_again() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..10);
    let run = ledger.begin_run(plan, 0).expect("a run");
    let mut claimed = claim(&mut ledger, plan, run, 5);
    ledger.commit(&[accepted(claimed.remove(0))], None, 2_000).expect("a commit");
    drop(ledger);
    let mut ledger = home.open();
    assert_eq!(ledger.recover(3_000, "it died").expect("a recovery"), 4);
    assert_eq!(ledger.recover(3_000, "it died").expect("a recovery"), 0);
    assert_eq!(who(&ledger, plan, State::InDoubt), (1..5).map(phone).collect::<Vec<_>>());
    let run = ledger.begin_run(plan, 4_000).expect("a run");
    let next: Vec<u64> = claim(&mut ledger, plan, run, 40).iter().map(|claimed| claimed.row).collect();
    assert_eq!(next, (7..12).collect::<Vec<_>>());
}

#[test]
fn attempt_ids_grow_even_across_runs_of_one_millisecond() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..100);
    let mut ids = Vec::new();
    for _ in 0..4 {
        let run = ledger.begin_run(plan, 0).expect("a run");
        ids.extend(claim(&mut ledger, plan, run, 25).iter().map(|claimed| claimed.attempt.0));
        drop(ledger);
        ledger = home.open();
    }
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_settlement_of_what_is_not_under_way_is_refused_and_changes_nothing() {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..1);
    let run = ledger.begin_run(plan, 0).expect("a run");
    let claimed = claim(&mut ledger, plan, run, 1).remove(0);
    ledger.commit(&[accepted(claimed.clone())], None, 2_000).expect("a commit");
    let before = rows(&ledger, plan);
    assert!(matches!(ledger.commit(&[put_back(claimed, 0)], None, 3_000), Err(LedgerError::Broken(_))));
    assert_eq!(rows(&ledger, plan), before);
}

#[test]
fn new_rows_are_sent_and_people_who_have_it_keep_their_state() {
    let home = Home::new();
    let mut ledger = home.open();
    let first = plan(&mut ledger, 0..3);
    let run = ledger.begin_run(first, 0).expect("a run");
    let settled: Vec<Settlement> = claim(&mut ledger, first, run, 3).into_iter().map(accepted).collect();
    ledger.commit(&settled, None, 2_000).expect("a commit");
    let second = plan(&mut ledger, [2, 5, 1]);
    let tally = ledger.tally(second).expect("a tally");
    assert_eq!(tally, Tally { rows: 3, accepted: 2, waiting: 1, ..Tally::default() });
    let run = ledger.begin_run(second, 0).expect("a run");
    let next: Vec<String> = claim(&mut ledger, second, run, 9).into_iter().map(|claimed| claimed.recipient).collect();
    assert_eq!(next, [phone(5)]);
}

#[test]
fn a_plan_that_is_not_opened_has_no_effect() {
    let home = Home::new();
    let mut ledger = home.open();
    let open = plan(&mut ledger, 0..3);
    let mut staging = ledger.stage(&key("spring"), 0).expect("staging");
    let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template: "{}" };
    staging.message(&addressee(2, 77, &phone(77)), &content).expect("a message");
    drop(staging);
    assert_eq!(ledger.tally(open).expect("a tally").rows, 3);
    let run = ledger.begin_run(open, 0).expect("a run");
    assert_eq!(claim(&mut ledger, open, run, 9).len(), 3);
}

#[test]
fn exactly_the_same_files_need_no_new_plan_and_others_do() {
    let home = Home::new();
    let mut ledger = home.open();
    let open = plan(&mut ledger, 0..3);
    assert_eq!(ledger.find_plan(&key("spring")).expect("a search"), Some(open));
    assert_eq!(ledger.find_plan(&key("summer")).expect("a search"), None);
    let mut other = key("spring");
    other.recipients_digest = [9; 32];
    assert_eq!(ledger.find_plan(&other).expect("a search"), None);
}

#[test]
fn a_person_turned_away_is_counted_with_the_reason() {
    let home = Home::new();
    let mut ledger = home.open();
    let mut staging = ledger.stage(&key("spring"), 0).expect("staging");
    staging.turned_away(2, "no phone", "no digits").expect("a row");
    let plan = staging.open(0).expect("a plan");
    assert_eq!(rows(&ledger, plan)[0].reason.as_deref(), Some("no digits"));
    assert_eq!(ledger.tally(plan).expect("a tally"), Tally { rows: 1, turned_away: 1, ..Tally::default() });
}

#[test]
fn a_second_process_is_told_who_holds_the_ledger() {
    let home = Home::new();
    let _held = home.open();
    let Err(LedgerError::Held { holder }) = Ledger::open(&home.path()) else { panic!("it was not held") };
    assert!(holder.starts_with(&format!("process {} on ", std::process::id())), "{holder}");
    assert!(holder.contains(" since "), "{holder}");
}

#[test]
fn a_ledger_is_held_whichever_link_leads_to_it() {
    let home = Home::new();
    let _held = home.open();
    let link = home.path().with_file_name("link.sqlite");
    std::os::unix::fs::symlink(home.path(), &link).expect("a link");
    assert!(matches!(Ledger::open(&link), Err(LedgerError::Held { .. })));
}

#[test]
fn opening_a_ledger_writes_over_no_file_beside_it() {
    let home = Home::new();
    let neighbour = home.path().with_extension("lock");
    std::fs::write(&neighbour, "somebody's notes").expect("a file");
    home.open();
    assert_eq!(std::fs::read_to_string(neighbour).expect("the file"), "somebody's notes");
}

#[test]
fn a_file_that_is_no_ledger_is_left_alone() {
    let home = Home::new();
    std::fs::write(
        home.path(),
        "not a ledger, but somebody's notes, which are long enough to look like a database\n".repeat(20),
    )
    .expect("a file");
    let before = std::fs::read(home.path()).expect("the file");
    assert!(matches!(Ledger::open(&home.path()), Err(LedgerError::Foreign { .. })));
    assert_eq!(std::fs::read(home.path()).expect("the file"), before);
}

#[test]
fn the_ledger_and_its_side_files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let mut ledger = home.open();
    plan(&mut ledger, 0..1);
    for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite.lock"] {
        let mode = std::fs::metadata(home.path().with_file_name(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn only_the_drawn_transitions_are_legal() {
    use {Event::*, State::*};
    let legal = [
        (Planned, Claim, Sending),
        (Sending, Accept, Accepted),
        (Sending, Refuse, Refused),
        (Sending, PutBack, Planned),
        (Sending, Doubt, InDoubt),
        (InDoubt, Resend, Planned),
        (InDoubt, GiveUp, Withdrawn),
        (Planned, Withdraw, Withdrawn),
        (Planned, Lapse, InDoubt),
        (Withdrawn, Readmit, Planned),
    ];
    for state in [Planned, Sending, Accepted, Refused, InDoubt, Withdrawn] {
        for event in [Claim, Accept, Refuse, PutBack, Doubt, Resend, GiveUp, Withdraw, Lapse, Readmit] {
            let expected = legal.iter().find(|(from, by, _)| (*from, *by) == (state, event)).map(|(_, _, to)| *to);
            assert_eq!(state.after(event).ok(), expected, "{state:?} {event:?}");
            assert_eq!(State::from_number(state.number()), Some(state));
        }
    }
}

#[test]
fn a_ledger_that_was_restored_from_a_backup_is_refused_with_an_explanation() {
    let home = Home::new();
    let (plan, run) = claimed_and_closed(&home, 3);
    let backup = std::fs::read(home.path()).expect("a ledger");
    let mut ledger = home.open();
    claim(&mut ledger, plan, run, 1);
    drop(ledger);
    std::fs::write(home.path(), backup).expect("a restored ledger");
    let Err(error) = Ledger::open(&home.path()) else { panic!("it was opened") };
    assert!(error.to_string().contains("is older than what was sent from it"), "{error}");
    let head = home.path().with_file_name("ledger.sqlite.head");
    std::fs::remove_file(head).expect("a note");
    home.open();
}

#[test]
fn a_note_that_fell_behind_or_is_gone_is_no_reason_to_refuse() {
    let home = Home::new();
    claimed_and_closed(&home, 3);
    let head = home.path().with_file_name("ledger.sqlite.head");
    for note in ["", "00000000000000000001\n", "no number"] {
        std::fs::write(&head, note).expect("a note");
        drop(home.open());
    }
}

#[test]
fn a_note_that_fell_behind_or_is_gone_protects_again_once_the_ledger_was_opened() {
    let home = Home::new();
    let (plan, run) = claimed_and_closed(&home, 3);
    let backup = std::fs::read(home.path()).expect("a ledger");
    let mut ledger = home.open();
    claim(&mut ledger, plan, run, 1);
    drop(ledger);
    std::fs::write(home.path().with_file_name("ledger.sqlite.head"), "").expect("a note");
    // Nothing is sent here.
    drop(home.open());
    std::fs::write(home.path(), backup).expect("a restored ledger");
    assert!(matches!(Ledger::open(&home.path()), Err(LedgerError::Foreign { .. })));
}

#[test]
fn a_claim_that_finds_nobody_does_not_make_the_ledger_older_than_its_head() {
    let home = Home::new();
    let (plan, run) = claimed_and_closed(&home, 10);
    let mut ledger = home.open();
    let found = ledger.commit(&[], Some(Claim { plan, run, count: 1 }), 2_000).expect("a commit").claimed;
    assert_eq!(found.len(), 0);
    drop(ledger);
    Ledger::open(&home.path()).expect("the ledger as it was");
}

/// Tells the ledger whom a plan is for, and what each is told.
fn stage(ledger: &mut Ledger, people: &[(u64, &str)]) -> Staged {
    let mut staging = ledger.stage(&key("spring"), 0).expect("staging");
    for (index, (person, template)) in people.iter().enumerate() {
        let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template };
        let recipient = phone(*person);
        staging.message(&addressee(index as u64 + 2, person + 1, &recipient), &content).expect("a message");
    }
    staging.finish().expect("a staged plan")
}

/// What each person who is still to be messaged would be told, in the order of the file.
fn waiting(ledger: &mut Ledger, plan: PlanId) -> Vec<(String, String)> {
    let run = ledger.begin_run(plan, 1_000).expect("a run");
    let claimed = ledger.commit(&[], Some(Claim { plan, run, count: 100 }), 1_000).expect("a commit").claimed;
    claimed.into_iter().map(|claimed| (claimed.recipient, claimed.template)).collect()
}

#[test]
fn a_staged_plan_changes_nothing_before_it_is_opened() {
    let home = Home::new();
    let mut ledger = home.open();
    let first = stage(&mut ledger, &[(1, "a"), (2, "b"), (3, "c")]);
    ledger.open_plan(&first, 1).expect("an open plan");
    let second = stage(&mut ledger, &[(3, "C"), (2, "b"), (4, "d")]);
    let Edits { pending, another_wording, another_template, readmitted, .. } = second.edits;
    assert_eq!((pending, another_wording, another_template, readmitted), (2, 1, 0, 0));
    drop(ledger);
    let mut ledger = home.open();
    let told = [(1, "a"), (2, "b"), (3, "c")].map(|(person, text)| (phone(person), text.to_owned()));
    assert_eq!(waiting(&mut ledger, first.plan), told);
}

#[test]
fn an_opened_plan_takes_over_what_waits_and_withdraws_what_it_does_not_name() {
    let home = Home::new();
    let mut ledger = home.open();
    let first = stage(&mut ledger, &[(1, "a"), (2, "b"), (3, "c")]);
    ledger.open_plan(&first, 1).expect("an open plan");
    let second = stage(&mut ledger, &[(3, "C"), (2, "b"), (4, "d")]);
    assert_eq!(ledger.open_plan(&second, 2).expect("an open plan"), Opened { removed: 1, over: 0 });
    let third = stage(&mut ledger, &[(1, "A"), (3, "C"), (2, "b"), (4, "d")]);
    assert_eq!((third.edits.readmitted, third.edits.another_wording), (1, 0));
    assert_eq!(ledger.open_plan(&third, 3).expect("an open plan"), Opened::default());
    let told = [(1, "A"), (3, "C"), (2, "b"), (4, "d")].map(|(person, text)| (phone(person), text.to_owned()));
    assert_eq!(waiting(&mut ledger, third.plan), told);
}

#[test]
fn a_plan_that_was_never_opened_is_forgotten_by_the_next() {
    let home = Home::new();
    let mut ledger = home.open();
    stage(&mut ledger, &[(1, "a"), (2, "b")]);
    let second = stage(&mut ledger, &[(2, "B")]);
    assert_eq!(second.edits, Edits::default());
    assert_eq!(ledger.open_plan(&second, 1).expect("an open plan"), Opened::default());
    assert_eq!(waiting(&mut ledger, second.plan), [(phone(2), "B".to_owned())]);
}

#[test]
fn a_ledger_of_the_first_format_is_brought_to_the_newest() {
    let home = Home::new();
    let db = rusqlite::Connection::open(home.path()).expect("a database");
    db.execute_batch(include_str!("data/ledger-1.sql")).expect("a ledger");
    drop(db);
    let mut ledger = home.open();
    let plan = stage(&mut ledger, &[(1, "a"), (2, "b"), (3, "c")]);
    assert_eq!((plan.edits.pending, plan.edits.readmitted), (1, 0), "one waits, one was accepted, one was given up");
    ledger.open_plan(&plan, 1).expect("an open plan");
    assert_eq!(waiting(&mut ledger, plan.plan), [(phone(1), "a".to_owned())]);
}
