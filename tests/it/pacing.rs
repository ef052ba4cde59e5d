//! Pacing is arithmetic on instants: no window of one second holds more than the limit, and little is given away.

use std::time::Duration;

use proptest::prelude::*;
use tidings::policy::pacing::Pacing;
use tokio::time::Instant;

/// Sends as fast as the pace allows for a while, each wake-up late by what `lateness` says.
fn sent_at(limit: f64, seconds: u64, mut lateness: impl FnMut() -> Duration) -> Vec<Duration> {
    let start = tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(async { now() });
    let (mut at, mut sent) = (start, Vec::new());
    let mut pacing = Pacing::new(limit, start);
    while at < start + Duration::from_secs(seconds) {
        match pacing.grant(at) {
            Ok(()) => sent.push(at - start),
            Err(later) => at = later + lateness(),
        }
    }
    sent
}

#[expect(clippy::disallowed_methods, reason = "an origin to count from")]
fn now() -> Instant {
    Instant::now()
}

fn most_in_a_second(sent: &[Duration]) -> usize {
    (0..sent.len())
        .map(|first| sent[first..].iter().take_while(|at| **at < sent[first] + Duration::from_secs(1)).count())
        .max()
        .unwrap_or(0)
}

#[test]
fn a_minute_at_metas_two_speeds_stays_within_three_per_cent_below_the_limit() {
    for limit in [80.0, 1_000.0] {
        let sent = sent_at(limit, 60, || Duration::from_millis(1));
        assert!(sent.len() as f64 >= 0.97 * limit * 60.0, "{} at {limit}", sent.len());
        assert!(most_in_a_second(&sent) as f64 <= limit, "{} at {limit}", most_in_a_second(&sent));
    }
}

proptest! {
    #[test]
    fn no_second_holds_more_than_the_limit(limit in 1_u32..400, late in proptest::collection::vec(0_u64..40, 1..50)) {
        let mut late = late.into_iter().cycle();
        let sent = sent_at(f64::from(limit), 5, || Duration::from_millis(late.next().unwrap_or(0)));
        prop_assert!(most_in_a_second(&sent) <= limit as usize);
    }
}

#[test]
fn a_throttle_holds_everybody_halves_the_pace_and_is_won_back() {
    let start = now();
    let mut pacing = Pacing::new(100.0, start);
    pacing.throttled(start, Some(Duration::from_secs(3)));
    assert_eq!(pacing.grant(start), Err(start + Duration::from_secs(3)));
    assert!((pacing.rate_per_second() - 50.0).abs() < f64::EPSILON);
    // A late reply to a request from before does not count again.
    pacing.throttled(start + Duration::from_secs(1), None);
    assert!((pacing.rate_per_second() - 50.0).abs() < f64::EPSILON);
    pacing.went_well(start + Duration::from_secs(63));
    assert!((pacing.rate_per_second() - 100.0).abs() < f64::EPSILON);
}

#[test]
fn the_slowest_pace_forgets_throttles_too() {
    let start = now();
    let mut pacing = Pacing::new(1.0, start);
    pacing.throttled(start, None);
    let later = start + Duration::from_secs(10);
    pacing.went_well(later);
    assert_eq!(pacing.throttled(later, None), Some(Duration::from_secs(1)));
}

#[test]
fn a_pause_is_bounded_whatever_is_asked_for() {
    for (asked, kept) in [(0, 1), (1, 1), (299, 299), (1_000_000_000, 300), (u64::MAX, 300)] {
        let start = now();
        let mut pacing = Pacing::new(100.0, start);
        assert_eq!(pacing.throttled(start, Some(Duration::from_secs(asked))), Some(Duration::from_secs(kept)));
        assert_eq!(pacing.grant(start), Err(start + Duration::from_secs(kept)));
    }
}
