//! Thresholds trip at exactly the first message that is too much, and never before.

use proptest::prelude::*;
use tidings::policy::threshold::{Share, ShareError, StopWhen, Threshold, Thresholds, Trip, Trouble};

/// Thousandths of a per cent in a whole.
const WHOLE: usize = 100_000;

fn threshold(share: &str, of_last: usize) -> Threshold {
    Threshold { above: share.parse().expect("a share"), of_last: u32::try_from(of_last).expect("a small number") }
}

fn refusals(share: &str, of_last: usize) -> Thresholds {
    Thresholds::new(StopWhen { refused: Some(threshold(share, of_last)), in_doubt: None })
}

/// `R`efused, in `D`oubt, or accepted.
fn trouble(letter: char) -> Option<Trouble> {
    match letter {
        'R' => Some(Trouble::Refused),
        'D' => Some(Trouble::InDoubt),
        _ => None,
    }
}

/// What trips, and after which message, from 1.
fn tripped_at(mut thresholds: Thresholds, messages: &str) -> Option<(usize, String)> {
    messages.chars().enumerate().find_map(|(index, letter)| {
        thresholds.settled(trouble(letter));
        thresholds.trip().map(|trip| (index + 1, trip.to_string()))
    })
}

#[test]
fn a_full_window_trips_at_the_first_message_above_the_share() {
    let ten_in_the_window = format!("{}{}{}", ".".repeat(100), "R".repeat(10), ".".repeat(189));
    assert_eq!(tripped_at(refusals("5%", 200), &ten_in_the_window), None);
    let words = "11 of the last 200 messages were refused, more than 5% (stop_when.refused)";
    assert_eq!(tripped_at(refusals("5%", 200), &format!("{ten_in_the_window}R")), Some((300, words.to_owned())));
    // By then the first of the ten has left the window.
    assert_eq!(tripped_at(refusals("5%", 200), &format!("{ten_in_the_window}.R")), None);
}

#[test]
fn it_trips_before_the_window_is_full_once_nothing_can_save_it() {
    let words = "11 of the last 31 messages were refused, more than 5% of 200 (stop_when.refused)";
    let messages = format!("{}{}", ".".repeat(20), "R".repeat(11));
    assert_eq!(tripped_at(refusals("5%", 200), &messages), Some((31, words.to_owned())));
}

#[test]
fn no_per_cent_means_any_at_all() {
    let doubts = StopWhen { refused: None, in_doubt: Some(threshold("0%", 500)) };
    let words = "1 of the last 3 messages is in doubt, more than 0% of 500 (stop_when.in_doubt)";
    assert_eq!(tripped_at(Thresholds::new(doubts), "R.D"), Some((3, words.to_owned())));
    assert_eq!(tripped_at(refusals("0%", 1), "DD..D"), None);
}

#[test]
fn twenty_refusals_and_nothing_else_are_too_much_where_nobody_said_how_many_are() {
    let words = "the first 20 messages of this run were all refused";
    let all = "R".repeat(40);
    assert_eq!(tripped_at(Thresholds::new(StopWhen::default()), &all), Some((20, words.to_owned())));
    for first in [".", "D"] {
        assert_eq!(tripped_at(Thresholds::new(StopWhen::default()), &format!("{first}{all}")), None);
    }
    assert_eq!(tripped_at(refusals("50%", 200), &all), None);
    let doubts = StopWhen { refused: None, in_doubt: Some(threshold("1%", 500)) };
    assert_eq!(tripped_at(Thresholds::new(doubts), &all), Some((20, words.to_owned())));
}

#[test]
fn what_earlier_runs_refused_is_none_of_the_first_twenty() {
    let mut thresholds = Thresholds::new(StopWhen::default());
    (0..30).for_each(|_| thresholds.recall(Some(Trouble::Refused)));
    assert_eq!(tripped_at(thresholds, &"R".repeat(20)).map(|(at, _)| at), Some(20));
}

#[test]
fn a_share_is_written_with_a_per_cent_sign() {
    for (written, shown) in
        [("5%", "5%"), ("0%", "0%"), ("0.5%", "0.5%"), ("99.999%", "99.999%"), ("10.050%", "10.05%")]
    {
        assert_eq!(written.parse::<Share>().expect("a share").to_string(), shown);
    }
    for wrong in ["5", "0.05", "5 %", " 5%", "+5%", "-1%", "5,5%", ".5%", "5.%", "0.0005%", "1e1%", "%", "5%%", "٥%"] {
        assert_eq!(wrong.parse::<Share>(), Err(ShareError::Form), "{wrong}");
    }
    for large in ["100%", "100.5%", "250%", "99999999999999%"] {
        assert_eq!(large.parse::<Share>(), Err(ShareError::TooLarge), "{large}");
    }
}

/// A share, by its thousandths of a per cent.
fn shares() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 0..WHOLE, (0..100_usize).prop_map(|per_cent| per_cent * 1000)]
}

fn written(share: usize) -> String {
    format!("{}.{:03}%", share / 1000, share % 1000)
}

proptest! {
    #[test]
    fn a_window_is_its_last_messages(
        share in shares(),
        of_last in 1..40_usize,
        messages in proptest::collection::vec(prop_oneof![Just('.'), Just('R'), Just('D')], 0..120),
        earlier in 0..120_usize,
    ) {
        let only = |kind| (kind == 'R').then(|| threshold(&written(share), of_last));
        let doubts = |kind| (kind == 'D').then(|| threshold(&written(share), of_last));
        for kind in ['R', 'D'] {
            let mut thresholds = Thresholds::new(StopWhen { refused: only(kind), in_doubt: doubts(kind) });
            for (index, letter) in messages.iter().enumerate() {
                // Whether this run settled them or an earlier one is the same to a window.
                if index < earlier { thresholds.recall(trouble(*letter)) } else { thresholds.settled(trouble(*letter)) }
                let window = &messages[(index + 1).saturating_sub(of_last)..=index];
                let count = window.iter().filter(|letter| **letter == kind).count();
                let found = match thresholds.trip() {
                    Some(Trip::Share { trouble: what, count, among, .. }) => {
                        prop_assert_eq!(Some(what), trouble(kind));
                        Some((count as usize, among as usize))
                    }
                    _ => None,
                };
                let expected = (count * WHOLE > share * of_last).then_some((count, window.len()));
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn the_order_inside_a_window_that_holds_everything_does_not_matter(
        share in shares(),
        messages in proptest::collection::vec(prop_oneof![Just('.'), Just('R'), Just('D')], 1..60),
        more in 0..20_usize,
        shuffled in any::<prop::sample::Index>(),
    ) {
        let end = |messages: &[char]| {
            let mut thresholds = refusals(&written(share), messages.len() + more);
            messages.iter().for_each(|letter| thresholds.settled(trouble(*letter)));
            thresholds.trip()
        };
        let (mut turned, mut sorted) = (messages.clone(), messages.clone());
        turned.rotate_left(shuffled.index(messages.len()));
        sorted.sort_unstable();
        prop_assert_eq!(end(&turned), end(&messages));
        prop_assert_eq!(end(&sorted), end(&messages));
    }

    #[test]
    fn as_many_as_the_share_trip_nothing_and_the_next_one_does(share in shares(), of_last in 1..=100_000_usize) {
        let allowed = share * of_last / WHOLE;
        let mut thresholds = refusals(&written(share), of_last);
        for _ in 0..allowed {
            thresholds.settled(Some(Trouble::Refused));
        }
        prop_assert_eq!(thresholds.trip(), None);
        thresholds.settled(Some(Trouble::Refused));
        prop_assert!(thresholds.trip().is_some(), "{} of {}", allowed + 1, of_last);
    }
}
