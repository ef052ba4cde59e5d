//! What goes wrong on purpose: how it is written, how often it happens, and that it repeats.

use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use tidings::cloud::outcome::{Outcome, classify};
use tidings::sandbox::faults::{FaultShare, Faults, Script};
use tidings::sandbox::latency::Latency;
use tidings::sandbox::world::{Reply, World};

use super::{PATH, asked, faults, message_to, refusal, send};

#[test]
fn each_code_of_meta_comes_with_metas_status() {
    let table = [(0, 401), (190, 401), (10, 403), (368, 403), (130_497, 403), (132_001, 404), (3, 500), (131_000, 500)];
    let table =
        table.into_iter().chain([(131_016, 500), (2, 503), (4, 400), (130_429, 400), (131_056, 400), (424_242, 400)]);
    for (code, expected) in table {
        let script = Script { faults: faults(&[&format!("{code}=100")]), ..Script::default() };
        let mut world = World::new(script);
        let (status, found, _) = refusal(send(&mut world, PATH, &message_to("+12025550100")));
        assert_eq!((status, found, world.book().accepted), (expected, code, 0));
    }
}

#[test]
fn a_stall_is_silence_and_the_book_knows_the_truth() {
    for (kind, accepted) in [("stall", 0), ("stall-accepted", 1)] {
        let mut world = World::new(Script { faults: faults(&[&format!("{kind}=100%")]), ..Script::default() });
        let body = message_to("+12025550100").to_string();
        let answer = world.answer(&asked(PATH, body.as_bytes()), Duration::ZERO);
        assert_eq!((answer.reply, world.book().accepted), (Reply::Silence, accepted), "{kind}");
    }
}

/// What each of these recipients met, in the order of their names, when asked in the order given.
fn met(seed: u64, order: &[usize]) -> Vec<(usize, Reply)> {
    let faults = faults(&["131026=20%", "reset=20%", "stall=20%", "close-early=20"]);
    let mut world = World::new(Script { seed, faults, ..Script::default() });
    let mut met: Vec<_> = order
        .iter()
        .map(|&number| {
            let body = message_to(&format!("+120255501{number:02}")).to_string();
            let reply = world.answer(&asked(PATH, body.as_bytes()), Duration::ZERO).reply;
            // Ids and traces tell the order of arrival; what happened does not.
            let reply = match reply {
                Reply::Http(mut response) => {
                    response.body.clear();
                    Reply::Http(response)
                }
                other => other,
            };
            (number, reply)
        })
        .collect();
    met.sort_by_key(|(number, _)| *number);
    met
}

proptest! {
    #[test]
    fn the_same_seed_gives_everybody_the_same_faults_in_any_order(
        seed: u64,
        order in Just((0..60).map(|ask| ask % 20).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let sorted: Vec<usize> = (0..60).map(|ask| ask / 3).collect();
        prop_assert_eq!(met(seed, &order), met(seed, &sorted));
        prop_assert_ne!(met(seed, &sorted), met(seed ^ 1, &sorted));
    }
}

#[test]
fn a_fault_meets_about_its_share_of_the_requests() {
    let mut world = World::new(Script { seed: 7, faults: faults(&["reset=2%", "held=0.5%"]), ..Script::default() });
    for number in 0..20_000 {
        let body = message_to(&format!("+1202{:07}", 1_000_000 + number)).to_string();
        world.answer(&asked(PATH, body.as_bytes()), Duration::ZERO);
    }
    let reset = 20_000 - world.book().accepted;
    assert!((300..500).contains(&reset), "{reset} of 20,000 at 2%");
}

#[test]
fn a_fault_does_not_follow_a_recipient_for_ever() {
    let mut world = World::new(Script { faults: faults(&["131026=50"]), ..Script::default() });
    let statuses: Vec<u16> = (0..64).map(|_| send(&mut world, PATH, &message_to("+12025550100")).0).collect();
    assert!(statuses.contains(&200) && statuses.contains(&400));
}

#[test]
fn held_and_garbage_say_what_they_are_for() {
    let mut world = World::new(Script { faults: faults(&["held=100"]), ..Script::default() });
    let (status, body) = send(&mut world, PATH, &message_to("+12025550100"));
    assert_eq!((status, &body["messages"][0]["message_status"]), (200, &json!("held_for_quality_assessment")));
    assert_eq!(world.book().accepted, 1);
    for (kind, accepted) in [("garbage", 0), ("garbage-accepted", 1)] {
        let mut world = World::new(Script { faults: faults(&[&format!("{kind}=100")]), ..Script::default() });
        let body = message_to("+12025550100").to_string();
        let Reply::Http(page) = world.answer(&asked(PATH, body.as_bytes()), Duration::ZERO).reply else { panic!() };
        assert_eq!((page.status, page.content_type, world.book().accepted), (200, "text/html", accepted));
        assert!(matches!(classify(page.status, None, &page.body), Outcome::InDoubt { .. }));
    }
}

#[test]
fn faults_are_written_as_kind_and_percentage() {
    for (text, canonical) in [
        ("131026=2%", "131026=2%"),
        ("reset-accepted=0.5", "reset-accepted=0.5%"),
        (" 429 = 100 % ", "429=100%"),
        ("500=0.0001%", "500=0.0001%"),
        ("garbage-accepted=0%", "garbage-accepted=0%"),
    ] {
        assert_eq!(text.parse::<FaultShare>().map(|fault| fault.to_string()), Ok(canonical.to_owned()));
    }
    for text in [
        "reset",
        "reset=",
        "reset=-1",
        "reset=101%",
        "reset=NaN",
        "reset=1e1",
        "reset=2%%",
        "=2",
        "99999999=1",
        "0429=1",
        "-1=1",
    ] {
        assert!(text.parse::<FaultShare>().is_err(), "{text}");
    }
}

#[test]
fn a_fault_that_cannot_be_is_explained() {
    let error = |text: &str| text.parse::<FaultShare>().expect_err("no fault").to_string();
    insta::assert_snapshot!(error("resets=2%"), @"there is no fault `resets`: use one of 429, 500, 500-accepted, reset, reset-accepted, close-early, stall, stall-accepted, garbage, garbage-accepted, held, or any of Meta's error codes, such as 131026");
    insta::assert_snapshot!(error("reset"), @"`reset` is no fault: write KIND=PERCENT, such as `131026=2%` or `reset-accepted=0.5%`");
    insta::assert_snapshot!(error("reset=lots"), @"`lots` is no share of requests: write a percentage from 0 to 100, such as `2%` or `0.5%`");
    let shares = ["reset=60%", "stall=40.5%"].map(|text| text.parse().expect("a fault"));
    let sum = Faults::new(shares.to_vec()).expect_err("too much").to_string();
    insta::assert_snapshot!(sum, @"the faults add up to 100.5%: their shares may add up to 100% at most");
}

#[test]
fn latency_is_one_time_or_a_range() {
    for (text, canonical) in
        [("50ms", "50ms"), ("1s", "1s"), ("20ms..200ms", "20ms..200ms"), ("0", "0ns"), ("0..1s", "0ns..1s")]
    {
        assert_eq!(text.parse::<Latency>().map(|latency| latency.to_string()), Ok(canonical.to_owned()), "{text}");
    }
    for text in ["", "50", "ms", "2s..1s", "61s", "-1s", "1s..", "1.5s"] {
        assert!(text.parse::<Latency>().is_err(), "{text}");
    }
    assert_eq!("50ms".parse(), Ok(Latency::fixed(Duration::from_millis(50))));
    let latency = "20ms..200ms".parse().expect("a latency");
    let mut world = World::new(Script { latency, ..Script::default() });
    let mut after = |to: &str| {
        let body = message_to(to).to_string();
        world.answer(&asked(PATH, body.as_bytes()), Duration::ZERO).after.as_millis()
    };
    let drawn: Vec<u128> = (0..50).map(|number| after(&format!("+120255501{number:02}"))).collect();
    assert!(drawn.iter().all(|ms| (20..200).contains(ms)) && drawn.iter().any(|ms| *ms != drawn[0]), "{drawn:?}");
}

#[test]
fn requests_above_the_rate_limit_do_not_change_who_meets_which_fault() {
    let statuses = |rate_limit: Option<NonZeroU32>| {
        let mut world = World::new(Script { rate_limit, faults: faults(&["131026=50%"]), ..Script::default() });
        let body = message_to("+12025550100").to_string();
        let asks = (0..60).map(|ask| Duration::from_millis(500 * ask));
        let replies = asks.map(|now| world.answer(&asked(PATH, body.as_bytes()), now).reply).collect::<Vec<_>>();
        let codes = replies.into_iter().map(|reply| match reply {
            Reply::Http(response) if response.body.windows(6).any(|part| part == b"130429") => 0,
            Reply::Http(response) => response.status,
            other => panic!("{other:?}"),
        });
        codes.filter(|status| *status != 0).collect::<Vec<_>>()
    };
    let (slow, free) = (statuses(NonZeroU32::new(1)), statuses(None));
    assert_eq!((slow.len(), free.len()), (30, 60));
    assert_eq!(slow, free[..30]);
}
