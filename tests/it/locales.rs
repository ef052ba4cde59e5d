//! What the filters write for each language, held against another program's CLDR: the one that Chromium brings.

use std::fmt::Write;

use csv::StringRecord;
use serde_json::{Value, json};

use crate::draft::{draft, listed, template};
use crate::harness::browser::Browser;

const AMOUNTS: [&str; 12] =
    ["0", "0.5", "1", "1.05", "9.99", "999.9", "1000", "1234.5", "12345.67", "100000", "1234567.89", "-1234.5"];

const CURRENCIES: [&str; 6] = ["EUR", "USD", "BRL", "JPY", "KWD", "INR"];

const DATES: [&str; 12] = [
    "2026-01-01",
    "2026-02-28",
    "2026-03-08",
    "2026-04-07",
    "2026-05-10",
    "2026-06-15",
    "2026-07-31",
    "2026-08-19",
    "2026-09-09",
    "2026-10-22",
    "2026-11-30",
    "2026-12-25",
];

/// A way of writing: its name, the expression of ours, and what Chromium is asked for.
struct Form {
    name: &'static str,
    source: String,
    asked: String,
}

fn forms() -> Vec<Form> {
    let number = |options: &str| format!("new Intl.NumberFormat(tag, {options}).format(amount)");
    let mut forms = vec![
        Form { name: "number", source: "{{ a | number }}".to_owned(), asked: number("{ maximumFractionDigits: 20 }") },
        Form {
            name: "number(2)",
            source: "{{ a | number(2) }}".to_owned(),
            asked: number("{ minimumFractionDigits: 2 }"),
        },
    ];
    for name in CURRENCIES {
        let asked = number(&format!("{{ style: 'currency', currency: '{name}' }}"));
        // The yen has no smaller parts.
        let (column, amount) = if name == "JPY" { ("whole", "Math.trunc(amount)") } else { ("a", "amount") };
        let source = format!("{{{{ {column} | money('{name}') }}}}");
        forms.push(Form { name, source, asked: asked.replace("amount", amount) });
    }
    for name in ["full", "long", "medium", "short"] {
        let source = format!("{{{{ d | date('{name}') }}}}");
        let options = format!("{{ dateStyle: '{name}', timeZone: 'UTC' }}");
        forms.push(Form { name, source, asked: format!("new Intl.DateTimeFormat(tag, {options}).format(date)") });
    }
    forms
}

fn languages() -> impl Iterator<Item = &'static str> {
    include_str!("filters/languages.txt").split_whitespace()
}

/// What the filters write: by language, row and form.
fn ours(forms: &[Form]) -> Value {
    let sources: Vec<&str> = forms.iter().map(|form| form.source.as_str()).collect();
    let of = |code: &str| {
        let draft = draft().templates(vec![template("spring_sale", &[code])]).body(listed(&sources));
        let composer = draft.composer(&["phone", "a", "whole", "d"]);
        let row = |(amount, date): (&&str, &&str)| -> Value {
            let whole = amount.split('.').next().unwrap_or_default();
            let cells = StringRecord::from(vec!["+12025550123", amount, whole, date]);
            let template = composer.compose(&cells, None).expect("a message").template;
            let template: Value = serde_json::from_str(&template).expect("JSON");
            let parameters = template["components"][0]["parameters"].as_array().expect("parameters").iter();
            parameters.map(|parameter| parameter["text"].clone()).collect()
        };
        (code.to_owned(), AMOUNTS.iter().zip(&DATES).map(row).collect::<Value>())
    };
    Value::Object(languages().map(of).collect())
}

/// What Chromium writes: the same.
fn theirs(browser: &mut Browser, forms: &[Form]) -> Value {
    let (codes, amounts, dates) = (json!(languages().collect::<Vec<_>>()), json!(AMOUNTS), json!(DATES));
    let asked: Vec<&str> = forms.iter().map(|form| form.asked.as_str()).collect();
    browser.evaluate(&format!(
        "Object.fromEntries({codes}.map(code => {{ const tag = code.replace('_', '-'), dates = {dates}; return [code, \
         {amounts}.map((written, at) => {{ const amount = Number(written), date = new Date(dates[at]); return [{}] }})] }}))",
        asked.join(", ")
    ))
}

/// Chromium leaves out what CLDR has of these languages, and writes English, or no language.
const LACKING: &str = "sq az be_BY ka ha ga kk rw_RW ky_KG lo mk ps_AF pa si_LK uz zu";

const PARTS: &str = "the parts of a date are joined by CLDR's patterns for parts, where Chromium takes whole patterns: they differ in a \
                     comma, a zero before a day or the order of words, and not in day, month and year";

/// Where CLDR is read differently, by form, and why that is no mistake. Names of currencies are apart.
const KNOWN: &[(&str, &str, &str)] = &[
    ("numbers", "bn_IN", "Bengali is written with Western digits in India in newer data"),
    ("numbers", "fr_CH", "newer data group digits with an apostrophe, as the Swiss do"),
    ("money", "de_AT", "the groups of numbers stand for those of money, which differ in Austria only"),
    ("money", "fr_CH", "the comma of numbers stands for the point of money, which differ in French Switzerland only"),
    ("money", "ml mr", "the groups of numbers, lakhs and crores, stand for those of money"),
    ("money", "bn_IN ta en_ZA", "digits, and a space between sign and amount, as above and in newer data"),
    ("full", "bn_IN da zh_TW prs_AF en_AE en_AU en_IE fr_CH hi id kn mr fa sr sk sl es_HN sw ta te th vi", PARTS),
    ("long", "bn_IN en_AE et hi kn sr sl ta te vi", PARTS),
    ("medium", "bn_IN ca en_AU en_IN en_NZ kn ko lv sr es_AR es_CR es_DO es_EC es_HN te", PARTS),
    ("short", "bn_IN cs en_NZ ko lv pl sr sl te th vi", PARTS),
];

fn is_known(form: &str, code: &str) -> bool {
    let kind = match form {
        "number" | "number(2)" => "numbers",
        form if CURRENCIES.contains(&form) => "money",
        form => form,
    };
    KNOWN.iter().any(|(known, codes, _why)| *known == kind && codes.split_whitespace().any(|it| it == code))
}

/// Without what no reader sees: kinds of spaces and of minus, and marks of direction.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}'));
    let kept = kept.map(|c| match c {
        '\u{a0}' | '\u{202f}' => ' ',
        '−' | '\u{2011}' => '-',
        c => c,
    });
    kept.collect()
}

/// Without the name of a currency: some languages write its code where ours falls back to the sign that CLDR's root has.
fn nameless(text: &str, currency: &str) -> String {
    let sign = match currency {
        "EUR" => &["EUR", "€"][..],
        "USD" => &["USD", "US$", "$US", "$"],
        "BRL" => &["BRL", "R$"],
        "JPY" => &["JPY", "JP¥", "¥"],
        "INR" => &["INR", "₹"],
        _ => &["KWD"],
    };
    let mut text = plain(text);
    for name in sign {
        text = text.replace(name, "");
    }
    text.replace(' ', "")
}

/// The digits of an amount, or the numbers in a date; in Western digits, years without their century.
fn numbers_in(text: &str, is_date: bool) -> Vec<String> {
    const ZEROS: [u32; 8] = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xae6, 0xe50, 0x1040];
    let western = |c: char| {
        let digit = ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero).filter(|digit| *digit < 10));
        digit.and_then(|digit| char::from_digit(digit, 10))
    };
    if !is_date {
        return vec![text.chars().filter_map(western).collect()];
    }
    let digits: String = text.chars().map(|c| western(c).unwrap_or(' ')).collect();
    let number = |number: &str| number[number.len().saturating_sub(2)..].trim_start_matches('0').to_owned();
    let mut numbers: Vec<String> = digits.split_whitespace().map(number).collect();
    numbers.sort();
    numbers
}

/// Whether all the numbers of one text stand in another, which may number its months where the first one names them.
fn holds(all: &[String], some: &[String]) -> bool {
    let mut all = all.iter();
    some.iter().all(|number| all.any(|it| it == number))
}

/// What differs, and is not known to.
fn differences(forms: &[Form], ours: &Value, theirs: &Value) -> String {
    let mut differences = String::new();
    for code in languages() {
        for (at, Form { name, .. }) in forms.iter().enumerate() {
            for row in 0..AMOUNTS.len() {
                let (our, their) = (ours[code][row][at].as_str(), theirs[code][row][at].as_str());
                let (our, their) = (our.expect("a text"), their.expect("a text"));
                let is_date = !name.starts_with("number") && !CURRENCIES.contains(name);
                let (our_numbers, their_numbers) = (numbers_in(our, is_date), numbers_in(their, is_date));
                let is_same_number = holds(&our_numbers, &their_numbers) || holds(&their_numbers, &our_numbers);
                let is_lacking = LACKING.split_whitespace().any(|it| it == code);
                let is_same = plain(our) == plain(their)
                    || CURRENCIES.contains(name) && nameless(our, name) == nameless(their, name)
                    || is_known(name, code);
                // A calendar and a month's name that Chromium lacks are other numbers.
                if !(is_same_number || is_lacking && is_date) || !(is_same || is_lacking) {
                    let _ = writeln!(differences, "{code} {name}: ours {our:?}, Chromium's {their:?}");
                    break;
                }
            }
        }
    }
    differences
}

#[test]
fn every_language_is_written_as_chromium_writes_it() {
    let Some(mut browser) = Browser::start() else { return };
    let forms = forms();
    let (ours, theirs) = (ours(&forms), theirs(&mut browser, &forms));
    let differences = differences(&forms, &ours, &theirs);
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn short_dates_do_not_begin_with_a_year_of_two_digits() {
    let form = Form { name: "short", source: "{{ d | date('short') }}".to_owned(), asked: String::new() };
    let ours = ours(&[form]);
    for code in languages() {
        let text = ours[code][11][0].as_str().expect("a text");
        assert!(!text.starts_with("26"), "{code}: {text}");
    }
}
