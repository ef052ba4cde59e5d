//! Columns that hold numbers or dates, as the campaign file declares them.

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::campaign::Button;
use tidings::campaign::column::{DateForm, Kind, NumberForm};

use crate::draft::{Draft, draft, json as tree, listed};

fn number(example: &str) -> Kind {
    Kind::Number(NumberForm::by_example(example).expect("an example"))
}

fn date(example: &str) -> Kind {
    Kind::Date(DateForm::by_example(example).expect("an example"))
}

const NUMBER: Kind = Kind::Number(NumberForm::PLAIN);

fn with(kind: Kind, source: &str) -> Draft {
    draft().column("a", kind).body(listed(&[source]))
}

#[track_caller]
fn written(kind: Kind, source: &str, cell: &str) -> String {
    let template: Value = with(kind, source).composed(&[("a", cell)]);
    template["components"][0]["parameters"][0]["text"].as_str().unwrap().to_owned()
}

#[test]
fn expressions_calculate_with_numbers_and_print_cells_as_they_stand() {
    let spanish = || number("1.234,56");
    assert_eq!(written(spanish(), "{{ a }}", "1.234,50"), "1.234,50");
    assert_eq!(written(spanish(), "only {{ a }} and {{- a -}}", "1.234,50"), "only 1.234,50 and1.234,50");
    assert_eq!(written(spanish(), "{{ a | money('EUR') }}", "1.234,50"), "€1,234.50");
    assert_eq!(written(spanish(), "{{ a * 2 }}", "1.234,50"), "2469.0");
    assert_eq!(
        written(spanish(), "{% if a > 1000 %}much: {{ a }}{% else %}little{% endif %}", "1.234,50"),
        "much: 1.234,50"
    );
    assert_eq!(written(NUMBER, "{{ 'many' if a == 12 else 'few' }}", "12.0"), "many");
    assert_eq!(written(NUMBER, "{{ a + 1 }}", "41"), "42");
    assert_eq!(written(NUMBER, "{% for x in range(a) %}x{% endfor %}", "3"), "xxx");
}

#[test]
fn days_compare_as_days_do() {
    let source = "{% if a < '2026-05-01' %}soon: {{ a | date('long') }} ({{ a }}){% else %}later{% endif %}";
    assert_eq!(written(date("31/12/2026"), source, "7/4/2026"), "soon: April 7, 2026 (7/4/2026)");
    assert_eq!(written(date("12/31/26"), source, "07/04/26"), "later");
    assert_eq!(written(Kind::Date(DateForm::ISO), source, "2026-04-07"), "soon: April 7, 2026 (2026-04-07)");
}

#[test]
fn in_json_a_declared_number_that_is_calculated_with_is_a_number() {
    let bill = json!({ "cell": "{{ a }}", "made": "{{ a * 100 | int }}" });
    let draft = draft().column("a", number("1.234,56")).button(0, Button::OrderDetails(tree(bill)));
    let made = draft.composed(&[("a", "12,50")])["components"][0]["parameters"][0]["action"]["order_details"].clone();
    assert_eq!(made, json!({ "cell": "12,50", "made": 1250.0 }));
}

#[test]
fn numbers_are_read_in_the_form_that_was_shown_and_in_no_other() {
    for (example, cell, read) in [
        ("1.234,56", "1.234.567,8", "1234567.8"),
        ("1.234,56", "1234,5", "1234.5"),
        ("1.234,56", "12.500", "12500"),
        ("1,234.56", "12.500", "12.500"),
        ("1,234.56", "12,34,567", "1234567"),
        ("1 234,56", "1\u{202f}234,5", "1234.5"),
        ("1'234.56", "-1'234", "-1234"),
        ("1234.56", "1.234", "1.234"),
        ("1234.56", " 007 ", "007"),
    ] {
        assert_eq!(NumberForm::by_example(example).unwrap().read(cell).as_deref(), Ok(read), "{example} {cell}");
    }
    for (example, cell) in [
        ("1.234,56", "1,234.56"),
        ("1.234,56", "1.23,4"),
        ("1.234,56", ".234"),
        ("1.234,56", "1.234,"),
        ("1.234,56", "12,5,0"),
        ("1.234,56", "1.2345"),
        ("1234.56", "1,234"),
        ("1234.56", "1e3"),
        ("1234.56", "1.2.3"),
    ] {
        assert!(NumberForm::by_example(example).unwrap().read(cell).is_err(), "{example} {cell}");
    }
    assert!(NumberForm::PLAIN.read("0.500").is_ok() && NumberForm::PLAIN.read("1234.567").is_ok());
    for example in ["1234", "12,5", "1.234.56", "1-234,56", "1234-56", "1a234.56", "", "1.234,5"] {
        assert_eq!(NumberForm::by_example(example), None, "{example}");
    }
}

#[test]
fn dates_are_read_in_the_form_that_was_shown_and_in_no_other() {
    for (example, cell) in [
        ("31/12/2026", "07/04/2026"),
        ("12/31/2026", "4/7/2026"),
        ("31.12.26", "07.04.26"),
        ("2026-12-31", "2026-04-07"),
        ("2026年12月31日", "2026年4月7日"),
        ("20261231", "20260407"),
    ] {
        let form = DateForm::by_example(example).unwrap();
        assert_eq!(form.read(cell), Some(jiff::civil::date(2026, 4, 7)), "{example} {cell}");
        assert_eq!(form.example(), example);
    }
    for (example, cell) in
        [("31/12/2026", "31/4/2026"), ("31/12/2026", "7/4/26"), ("31/12/26", "7/4/2026"), ("31/12/26", "7.4.26")]
    {
        assert_eq!(DateForm::by_example(example).unwrap().read(cell), None, "{example} {cell}");
    }
    for example in ["07/04/2026", "31/12", "12/12/2026", "%d/%m/%Y", "31 Dec 2026", "31/12/2026 26", ""] {
        assert_eq!(DateForm::by_example(example), None, "{example}");
    }
}

#[test]
fn every_cell_of_a_declared_column_must_be_what_it_says_whether_it_is_used_or_not() {
    let unused = |kind: Kind| draft().column("b", kind).body(listed(&["{{ a }}"]));
    let unfit = unused(NUMBER).unfit(&[("a", "x"), ("b", "12,50")]);
    assert_eq!((unfit.code, unfit.column), ("invalid-number", Some(2)));
    assert_snapshot!(unfit.reason, @r#"column `b`: `12,50` is no number such as `1234.50`; write it so, or declare how the file writes numbers, such as `recipients.columns: { price: { number: "1.234,56" } }`"#);
    assert_snapshot!(unused(NUMBER).reason(&[("a", "x"), ("b", "12.500")]), @r#"column `b`: `12.500` may be 12500 or 12.5; declare how the file writes numbers: `recipients.columns: { price: { number: "1,234.56" } }`, or `"1.234,56"`"#);
    assert_snapshot!(unused(number("1.234,56")).reason(&[("a", "x"), ("b", "12.5")]), @"column `b`: `12.5` is no number as `recipients.columns` declares them, such as `1.234,56`");
    assert_snapshot!(unused(NUMBER).reason(&[("a", "x"), ("b", "1234567890123456")]), @"column `b`: `1234567890123456` has more digits than can be calculated with; at most 15 are allowed");
    let unfit = unused(date("31/12/2026")).unfit(&[("a", "x"), ("b", "2026-04-07")]);
    assert_eq!((unfit.code, unfit.column), ("invalid-date", Some(2)));
    assert_snapshot!(unfit.reason, @"column `b`: `2026-04-07` is no date as `recipients.columns` declares them, such as `31/12/2026`");
    assert_snapshot!(unused(Kind::Date(DateForm::ISO)).reason(&[("a", "x"), ("b", "07/04/2026")]), @r#"column `b`: `07/04/2026` is no date such as `2026-12-31`; write it so, or declare how the file writes dates, such as `recipients.columns: { ends_on: { date: "31/12/2026" } }`"#);
    assert!(unused(NUMBER).json(&[("a", "x"), ("b", " ")]).is_ok(), "an empty cell that nobody reads is no problem");
}

#[test]
fn an_empty_cell_of_a_declared_column_is_nothing_to_calculate_with() {
    assert_snapshot!(with(NUMBER, "{{ a * 2 }}").reason(&[("a", "")]), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(with(NUMBER, "{% if a > 100 %}x{% else %}y{% endif %}").reason(&[("a", "")]), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(with(NUMBER, "{{ a | money('EUR') }}").reason(&[("a", " ")]), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(with(NUMBER, "{{ a }}").reason(&[("a", "")]), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_eq!(written(NUMBER, "{{ a | default(5) }}", ""), "5");
    let draft = with(NUMBER, "{{ a * 2 }}").default("a", "21");
    assert_eq!(draft.composed(&[("a", "")])["components"][0]["parameters"][0]["text"], "42");
}

#[test]
fn what_cannot_be_declared_is_told_before_any_row_is_read() {
    let draft = draft().column("prize", NUMBER).column("ends_on", date("31/12/2026")).default("ends_on", "soon");
    assert_snapshot!(draft.problems(&["phone", "price", "ends_on"]), @"
    spring.yaml:5:16: the default of `ends_on`: `soon` is no date as `recipients.columns` declares them, such as `31/12/2026`
        write it as the cells of the column are written
    spring.yaml:6:20: the recipients file has no column `prize`
        did you mean `price`?
    ");
    assert_snapshot!(crate::draft::draft().column("phone", NUMBER).problems(&["phone"]), @"
    spring.yaml:6:20: `phone` is the phone, and a phone is no number to calculate with
        remove this column from `recipients.columns`
    ");
}

proptest! {
    #[test]
    fn a_number_means_the_same_in_every_form(thousandths in 0_u64..10_000_000_000, shape in 0_usize..4) {
        let (whole, decimals) = (thousandths / 1000, thousandths % 1000);
        let digits = whole.to_string();
        let (example, group, point) = [("1.234,56", ".", ','), ("1,234.56", ",", '.'), ("1 234,56", " ", ','), ("1234.56", "", '.')][shape];
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                grouped.push_str(group);
            }
            grouped.push(digit);
        }
        let cell = format!("{grouped}{point}{decimals:03}");
        let read = NumberForm::by_example(example).unwrap().read(&cell);
        prop_assert_eq!(read, Ok(format!("{digits}.{decimals:03}")));
    }
}
