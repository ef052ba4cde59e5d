//! Prices: which market a person belongs to, and sums that nothing rounds.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use tidings::policy::price::{Amount, Billed, Currency, Market, NoAmount, Rate, RateCard};

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

fn market(name: &str) -> Market {
    Market::named(name).expect("a market")
}

fn rate(from: Date, currency: &str, place: &str, billed: Billed, price: &str) -> Rate {
    let currency = Currency::with_code(currency).expect("a currency");
    Rate { from, currency, market: market(place), billed, amount: amount(price) }
}

fn card(rates: &[Rate], day: Date) -> RateCard {
    RateCard::of_day(rates, Currency::with_code("EUR").expect("a currency"), day)
}

#[test]
fn there_are_as_many_markets_as_meta_has() {
    let names: Vec<&str> = Market::all().map(Market::name).collect();
    assert_eq!(names.len(), 47, "{names:?}");
    assert!(names.is_sorted());
    assert!(names.iter().all(|name| Market::named(name).map(Market::name) == Some(*name)));
}

#[test]
fn the_longest_calling_code_that_a_number_begins_with_decides() {
    for (digits, name) in [
        (12025550101, "North America"),
        (14165550101, "North America"),
        (18095550101, "Rest of Latin America"),
        (18765550101, "Rest of Latin America"),
        (17875550101, "Rest of Latin America"),
        (12425550101, "Other"),
        (18685550101, "Other"),
        (5511987654321, "Brazil"),
        (5491155550101, "Argentina"),
        (79161234567, "Russia"),
        (77011234567, "Kazakhstan"),
        (351912345678, "Rest of Western Europe"),
        (447400123456, "United Kingdom"),
        (27821234567, "South Africa"),
        (212612345678, "Morocco"),
        (821012345678, "Other"),
        (35799123456, "Other"),
        (0, "Other"),
        (7, "Russia"),
        (u64::MAX, "North America"),
    ] {
        assert_eq!(Market::of_phone(digits).name(), name, "+{digits}");
    }
}

#[test]
fn a_country_belongs_to_the_market_of_its_calling_code() {
    for (country, name) in [
        ("BR", "Brazil"),
        ("US", "North America"),
        ("DO", "Rest of Latin America"),
        ("TT", "Other"),
        ("KZ", "Kazakhstan"),
        ("JE", "United Kingdom"),
        ("KR", "Other"),
        ("", "Other"),
    ] {
        assert_eq!(Market::of_country(country).name(), name, "{country}");
    }
}

#[test]
fn amounts_are_read_and_written_exactly() {
    for (text, written) in [
        ("500", "500.00"),
        ("0.0625", "0.0625"),
        ("0.10", "0.10"),
        ("0.1", "0.10"),
        ("12.345678", "12.345678"),
        ("007", "7.00"),
        ("0", "0.00"),
        ("999999999999.999999", "999999999999.999999"),
    ] {
        assert_eq!(amount(text).to_string(), written);
    }
    for text in [
        "",
        ".",
        "5.",
        ".5",
        "-1",
        "+1",
        "1,5",
        "1e3",
        "1.2.3",
        "0.1234567",
        "1000000000000",
        " 1",
        "1 000",
        "n/a",
        "٣",
    ] {
        assert_eq!(text.parse::<Amount>(), Err(NoAmount), "`{text}`");
    }
}

#[test]
fn of_the_prices_that_have_begun_the_last_counts() {
    let rates = [
        rate(date(2026, 10, 1), "EUR", "Brazil", Billed::Marketing, "0.3"),
        rate(date(2026, 7, 1), "EUR", "Brazil", Billed::Marketing, "0.2"),
        rate(date(2027, 1, 1), "EUR", "Brazil", Billed::Marketing, "0.4"),
        rate(date(2026, 11, 1), "USD", "Brazil", Billed::Marketing, "0.9"),
    ];
    for (day, price) in [
        (date(2026, 6, 30), None),
        (date(2026, 7, 1), Some("0.2")),
        (date(2026, 10, 1), Some("0.3")),
        (date(2026, 12, 31), Some("0.3")),
        (date(2027, 1, 1), Some("0.4")),
    ] {
        let card = card(&rates, day);
        assert_eq!(card.most(market("Brazil"), Billed::Marketing), price.map(amount), "{day}");
        assert_eq!(card.is_empty(), price.is_none());
    }
}

#[test]
fn what_may_be_charged_in_two_ways_costs_the_dearer_at_most() {
    let day = date(2026, 10, 1);
    let rates = [
        rate(day, "EUR", "India", Billed::Authentication, "0.1"),
        rate(day, "EUR", "India", Billed::AuthenticationInternational, "0.3"),
        rate(day, "EUR", "Brazil", Billed::Authentication, "0.2"),
        rate(day, "EUR", "Brazil", Billed::Utility, "0.1"),
        rate(day, "EUR", "Brazil", Billed::Marketing, "0.5"),
    ];
    let card = card(&rates, day);
    assert_eq!(card.most(market("India"), Billed::Authentication), Some(amount("0.3")));
    assert_eq!(card.most(market("Brazil"), Billed::Authentication), Some(amount("0.2")));
    let ways: &[Billed] = &[Billed::Utility, Billed::Marketing];
    let cost = card.cost([(market("Brazil"), ways, 3)]).expect("a cost");
    assert_eq!(
        cost.lines.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["3 marketing messages to Brazil at 0.50"]
    );
    assert_eq!(cost.total().to_string(), "1.50 EUR");
    let missing = card.cost([(market("India"), ways, 1), (market("India"), &[Billed::Utility], 1)]);
    let of = |billed| (market("India"), billed);
    assert_eq!(missing, Err(vec![of(Billed::Marketing), of(Billed::Utility)]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Against whole numbers, which know no rounding.
    #[test]
    fn a_sum_is_exact(messages in prop::collection::vec((0..47_usize, 0..3_usize, 0..2_000_000_u64), 0..40), seed in 1..999_983_u128) {
        let markets: Vec<Market> = Market::all().collect();
        let kinds = [Billed::Marketing, Billed::Utility, Billed::Service];
        let day = date(2026, 10, 1);
        let millionths = |place: usize, kind: usize| seed * (place as u128 + 3) * (kind as u128 + 7) % 9_000_000;
        let price = |place, kind| {
            let all = millionths(place, kind);
            format!("{}.{:06}", all / 1_000_000, all % 1_000_000)
        };
        let rates: Vec<Rate> = (0..47)
            .flat_map(|place| (0..3).map(move |kind| (place, kind)))
            .map(|(place, kind)| rate(day, "EUR", markets[place].name(), kinds[kind], &price(place, kind)))
            .collect();
        let counted = messages.iter().map(|(place, kind, count)| (markets[*place], &kinds[*kind..=*kind], *count));
        let cost = card(&rates, day).cost(counted).expect("a cost");
        let expected: u128 = messages.iter().map(|(place, kind, count)| millionths(*place, *kind) * u128::from(*count)).sum();
        let text = format!("{}.{:06}", expected / 1_000_000, expected % 1_000_000);
        prop_assert_eq!(cost.total().amount, amount(&text));
        prop_assert_eq!(cost.lines.iter().map(|line| line.messages).sum::<u64>(), messages.iter().map(|(_, _, count)| *count).sum::<u64>());
        prop_assert!(cost.lines.is_sorted_by(|a, b| a.amount() >= b.amount()));
    }
}
