//! People who stand in a file more than once: the compact table against a plain one.

use std::collections::HashMap;

use proptest::prelude::*;
use tidings::audience::screen::Seen;

#[test]
fn the_first_row_and_the_last_row_of_a_person_are_known() {
    let mut seen = Seen::new();
    assert_eq!(seen.meet(2, 12_025_550_123), None);
    assert_eq!(seen.meet(3, 12_025_550_124), None);
    assert_eq!(seen.meet(7, 12_025_550_123), Some(2));
    assert_eq!(seen.meet(9, 12_025_550_123), Some(2));
    assert_eq!(seen.last_row(12_025_550_123), Some(9));
    assert_eq!(seen.last_row(12_025_550_124), Some(3));
    assert_eq!(seen.last_row(12_025_550_125), None);
}

#[test]
fn a_hundred_thousand_neighbouring_numbers_are_all_strangers() {
    let mut seen = Seen::new();
    for row in 0..100_000 {
        assert_eq!(seen.meet(row, 5_511_900_000_000 + row), None);
    }
    assert!((0..100_000).all(|row| seen.last_row(5_511_900_000_000 + row) == Some(row)));
}

proptest! {
    #[test]
    fn people_are_met_as_a_plain_map_meets_them(identities in proptest::collection::vec(0_u64..50, 0..300)) {
        let (mut seen, mut rows) = (Seen::new(), HashMap::<u64, (u64, u64)>::new());
        for (row, identity) in (2..).zip(&identities) {
            let before = rows.get(identity).map(|(first, _)| *first);
            rows.entry(*identity).and_modify(|(_, last)| *last = row).or_insert((row, row));
            prop_assert_eq!(seen.meet(row, *identity), before);
        }
        for identity in 0..50 {
            prop_assert_eq!(seen.last_row(identity), rows.get(&identity).map(|(_, last)| *last));
        }
    }
}
