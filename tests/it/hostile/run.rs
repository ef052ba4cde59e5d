//! Faults in the middle of a run: the engine, the ledger and the real client against the hostile server.

use std::sync::Arc;

use tidings::clock::Clock;
use tidings::ledger::state::State;
use tidings::ledger::{AttemptRow, Ledger, PlanId, ReportRow, Tally};
use tidings::policy::retry::StopReason;
use tidings::run::{Ending, Pace, run};
use tokio::sync::mpsc;

use super::server::{Hostile, Seen, Step, soon};
use super::{UNPOOLED, client, http, no, yes};
use crate::harness::ledger::{Home, plan, rows};

struct Ended {
    ending: Ending,
    tally: Tally,
    rows: Vec<ReportRow>,
    seen: Seen,
    _home: Home,
}

impl Ended {
    /// How many messages came whole more than once.
    fn twice(&self) -> usize {
        let mut to: Vec<_> = self.seen.whole.iter().map(|request| recipient(&request.body)).collect();
        let all = to.len();
        to.sort();
        to.dedup();
        all - to.len()
    }
}

fn last(row: &ReportRow) -> &AttemptRow {
    row.last.as_ref().expect("an attempt")
}

fn recipient(body: &[u8]) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
    body["to"].as_str().expect("a recipient").to_owned()
}

/// One request a connection, so that the n-th connection has the n-th answer; the last answer goes on for ever.
fn answering(answers: Vec<Vec<u8>>) -> Hostile {
    let last = answers.last().expect("an answer").clone();
    let mut answers = answers.into_iter();
    Hostile::with(move || {
        let answer = answers.next().unwrap_or_else(|| last.clone());
        vec![Step::Read, Step::Send(answer), Step::Close]
    })
}

/// Sends to some people, one after another, in their order.
async fn run_against(server: Hostile, people: u64) -> Ended {
    let home = Home::new();
    let mut ledger = home.open();
    let plan = plan(&mut ledger, 0..people);
    let run_id = ledger.begin_run(plan, 0).expect("a run");
    let sender = Arc::new(client(&server.url(), UNPOOLED));
    let pace = Pace { rate_per_second: 1_000.0, slots: Some(1) };
    let (_stay, stops) = mpsc::channel(1);
    let running = run(ledger, (plan, run_id), pace.into(), sender, Clock::System, stops, |_| {});
    let (ledger, ending): (Ledger, Ending) = soon(running).await.expect("a run that ends");
    let seen = server.seen().await;
    Ended { ending, tally: tally(&ledger, plan), rows: rows(&ledger, plan), seen, _home: home }
}

fn tally(ledger: &Ledger, plan: PlanId) -> Tally {
    let tally = ledger.tally(plan).expect("a tally");
    assert!(tally.adds_up(), "{tally:?}");
    tally
}

#[track_caller]
fn assert_stopped(ended: &Ended, expected: StopReason) {
    assert!(matches!(&ended.ending, Ending::Stopped { reason, .. } if *reason == expected), "{:?}", ended.ending);
}

#[tokio::test]
async fn row_24_a_token_that_expires_in_the_middle_stops_the_run_and_refuses_nobody() {
    let server = answering(vec![yes("wamid.1"), yes("wamid.2"), yes("wamid.3"), no(401, 190)]);
    let ended = run_against(server, 10).await;
    assert_stopped(&ended, StopReason::Token);
    assert_eq!((ended.tally.accepted, ended.tally.waiting), (3, 7));
    assert_eq!((ended.seen.whole.len(), ended.twice()), (4, 0));
}

#[tokio::test]
async fn row_25_a_template_paused_in_the_middle_stops_the_run_and_refuses_nobody() {
    let server = answering(vec![yes("wamid.1"), yes("wamid.2"), yes("wamid.3"), no(400, 132_015)]);
    let ended = run_against(server, 20).await;
    assert_stopped(&ended, StopReason::Template);
    assert_eq!((ended.tally.accepted, ended.tally.waiting), (3, 17));
    assert_eq!((ended.seen.whole.len(), ended.twice()), (8, 0));
}

#[tokio::test]
async fn row_26_one_id_for_two_people_is_accepted_for_both_and_seen_in_both_rows() {
    // Meta said yes to each. To doubt either would not make the other surer, and nothing here is found by an id: what
    // comes later by webhook is told apart by the callback data of each attempt.
    let ended = run_against(answering(vec![yes("wamid.same")]), 2).await;
    assert_eq!((ended.ending.clone(), ended.tally.accepted), (Ending::Finished, 2));
    let ids: Vec<_> = ended.rows.iter().map(|row| (row.state, last(row).wamid.as_deref())).collect();
    assert_eq!(ids, [(Some(State::Accepted), Some("wamid.same")); 2]);
    assert_eq!((ended.seen.whole.len(), ended.twice()), (2, 0));
}

#[tokio::test]
async fn a_message_held_for_quality_assessment_is_accepted_and_never_sent_again() {
    let held = r#"{"messages":[{"id":"wamid.A","message_status":"held_for_quality_assessment"}]}"#;
    let server = answering(vec![http(200, "", held), yes("wamid.B")]);
    let ended = run_against(server, 2).await;
    assert_eq!((ended.ending.clone(), ended.tally.accepted), (Ending::Finished, 2));
    assert_eq!(last(&ended.rows[0]).message_status.as_deref(), Some("held_for_quality_assessment"));
    assert_eq!((ended.seen.whole.len(), ended.twice()), (2, 0));
}

#[tokio::test]
async fn a_server_that_redirects_everybody_or_answers_with_pages_messages_nobody_twice() {
    let redirect = http(307, "Location: /v25.0/elsewhere\r\n", "");
    let pages = [(404, 3), (407, 3), (502, 20), (200, 20)].map(|(status, doubts)| (http(status, "", "<html>"), doubts));
    for (reply, doubts) in [(redirect, 1)].into_iter().chain(pages) {
        let ended = run_against(answering(vec![reply]), 30).await;
        assert_stopped(&ended, StopReason::NoVerdicts);
        assert_eq!((ended.tally.in_doubt, ended.tally.waiting), (doubts, 30 - doubts));
        assert_eq!((ended.seen.whole.len() as u64, ended.twice()), (doubts, 0));
    }
}
