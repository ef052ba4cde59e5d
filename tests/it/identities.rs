//! Who a recipient is: user ids, one identity for every number of a person, and what screens show.

use proptest::prelude::*;
use tidings::audience::phone::{PhoneError, Recipient};

#[test]
fn user_ids_are_taken_as_they_are_and_only_in_their_exact_form() {
    let longest = format!("BR.{}", "9".repeat(128));
    for id in ["US.13491208655302741918", "US.ENT.11815799212886844830", "BR.a1B2", longest.as_str(), "US.ENT"] {
        assert_eq!(Recipient::parse(&format!(" {id} "), None), Ok(Recipient::User(id.to_owned())));
    }
    let too_long = format!("BR.{}", "9".repeat(129));
    for no_id in
        ["us.13491208655302741918", "US.", "US.ENT.", "US.1-2", "USA.12345678", "US13491208", too_long.as_str()]
    {
        assert!(Recipient::parse(no_id, None).is_err(), "{no_id}");
    }
}

#[test]
fn a_person_is_one_identity_under_every_number_that_meta_knows() {
    let same = [
        [5_511_961_234_567, 551_161_234_567],
        [5_555_987_654_321, 555_587_654_321],
        [5_215_551_234_567, 525_551_234_567],
        [5_491_123_456_789, 541_123_456_789],
    ];
    for [one, other] in same {
        assert_eq!(Recipient::Phone(one).identity(), Recipient::Phone(other).identity(), "{one}");
    }
    let different = [
        // A Brazilian landline, and the mobile with a 9 before the same digits.
        [5_511_931_234_567, 551_131_234_567],
        [12_025_550_123, 12_025_550_124],
        [5_215_551_234_567, 5_215_551_234_568],
        // Thirteen digits elsewhere.
        [4_915_112_345_678, 491_512_345_678],
    ];
    for [one, other] in different {
        assert_ne!(Recipient::Phone(one).identity(), Recipient::Phone(other).identity(), "{one}");
    }
}

#[test]
fn identities_stay_what_they_were_because_the_ledger_remembers_them() {
    assert_eq!(Recipient::Phone(12_025_550_123).identity(), 12_025_550_123);
    assert_eq!(Recipient::Phone(5_511_961_234_567).identity(), 551_161_234_567);
    let user = Recipient::User("US.13491208655302741918".to_owned());
    assert_eq!(user.identity(), 15_659_553_510_798_515_186);
}

#[test]
fn screens_show_the_start_and_the_end_of_a_recipient() {
    let shown = [
        "+12025550123",
        "+5511961234567",
        "+6834002",
        "+1",
        "",
        "US.13491208655302741918",
        "US.ENT.11815799212886844830",
        "US.12345",
        "2025550123.0",
        "\u{e9}t\u{e9}",
    ]
    .map(Recipient::mask);
    insta::assert_snapshot!(shown.join("\n"), @"
    +1202****0123
    +5511****4567
    +****4002
    ****
    ****
    US.****1918
    US.ENT.****4830
    US.****
    20255****23.0
    ****
    ");
    assert_eq!(Recipient::Phone(12_025_550_123).masked(), "+1202****0123");
}

proptest! {
    #[test]
    fn identities_of_phones_and_users_never_meet(digits in 1_u64..1_000_000_000_000_000, id in "[A-Z]{2}\\.[A-Za-z0-9]{1,20}") {
        let user = Recipient::parse(&id, None);
        prop_assert_eq!(&user, &Ok::<_, PhoneError>(Recipient::User(id)));
        prop_assert!(Recipient::Phone(digits).identity() < 1 << 63);
        prop_assert!(user.is_ok_and(|user| user.identity() >= 1 << 63));
    }
}
