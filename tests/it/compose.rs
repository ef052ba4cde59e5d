//! From a row's cells to one person's message, and everything that makes a row unfit.

use std::sync::LazyLock;

use csv::StringRecord;
use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::campaign::{Body, Button, Card, Header, Parameter, Places, Source, Template};
use tidings::cloud::Endpoint;
use tidings::message::compose::Composer;

use crate::draft::{Draft, at, body, body_reason, draft, link, listed, template, text, upload, words};

#[test]
fn a_message_names_its_template_language_and_endpoint() {
    let entry = Template { endpoint: Endpoint::MarketingMessages, ..template("spring_sale", &["pt_BR"]) };
    let composer = draft().templates(vec![entry]).composer(&["phone"]);
    let message = composer.compose(&StringRecord::from(vec!["+12025550123"]), None).unwrap();
    assert_eq!(
        (message.endpoint, message.name, message.language),
        (Endpoint::MarketingMessages, "spring_sale", "pt_BR")
    );
}

#[test]
fn an_empty_cell_is_filled_by_its_default_or_makes_the_row_unfit() {
    assert_snapshot!(body_reason("{{ a }}", " \u{a0}"), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(body_reason("{{ a | trim }}", " "), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(body_reason("{{ a }}{{ phone | replace(phone, '') }}", "\u{200b}"), @"body parameter 1 is empty: its expression gives nothing for this row");
    let unfit = draft().body(listed(&["{{ a }}"])).unfit(&[("x", "1"), ("a", "")]);
    assert_eq!((unfit.code, unfit.column), ("empty", Some(2)));
    let kind = draft().body(listed(&["{{ a }}", "{{ a | upper }}"])).default("a", "friend");
    let texts = kind.composed(&[("a", "  ")])["components"][0]["parameters"].clone();
    assert_eq!(texts, json!([{ "type": "text", "text": "friend" }, { "type": "text", "text": "FRIEND" }]));
}

#[test]
fn an_empty_cell_within_a_text_makes_the_row_unfit_unless_the_author_allows_for_it() {
    assert_snapshot!(body_reason("{{ a }}% off", ""), @"body parameter 1 has a gap: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`, or write `{{ a | default('') }}` where nothing is meant");
    assert_snapshot!(body_reason("Dear {{ a | trim | title }}!", " "), @"body parameter 1 has a gap: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`, or write `{{ a | default('') }}` where nothing is meant");
    for allowed in [
        "{{ a | default('no') }}% off",
        "{{ a | default('') }}% off",
        "{% if a %}{{ a }}% {% endif %}off",
        "{{ 'much' if not a else a }} off",
        "{{ a ~ '%' }} off",
    ] {
        draft().body(listed(&[allowed])).composed(&[("a", "")]);
    }
    draft().body(listed(&["{{ a }}% off"])).default("a", "5").composed(&[("a", "")]);
}

proptest! {
    /// Expressions of one message are rendered at once; each alone is rendered by itself.
    #[test]
    fn expressions_say_the_same_together_and_alone(
        cells in proptest::array::uniform2("[ -~\u{e9}\u{1f}\u{4e2d}]{0,12}"),
        picked in proptest::collection::vec(proptest::sample::select(EXPRESSIONS), 2..6),
    ) {
        let cells = [("a", cells[0].as_str()), ("b", cells[1].as_str())];
        let texts = |sources: &[&str]| draft().body(listed(sources)).json(&cells).map(|message| {
            let message: Value = serde_json::from_str(&message).unwrap();
            let parameters = message["components"][0]["parameters"].as_array().unwrap().clone();
            parameters.into_iter().map(|parameter| parameter["text"].clone()).collect::<Vec<_>>()
        });
        let alone: Result<Vec<_>, _> = picked.iter().map(|source| texts(&[*source])).collect();
        let together = texts(&picked);
        prop_assert_eq!(together.ok(), alone.ok().map(|texts| texts.concat()));
    }
}

/// With values of all kinds, text around them, and what could be seen from beside them.
const EXPRESSIONS: &[&str] = &[
    "{{ a }}",
    "{{ a | upper }}",
    "{{ a }} for {{ b }}",
    "{{ b | title }}, {{- a }}",
    "{% set b = 'x' %}{{ b }}{{ a }}",
    "{{ a | length }}",
    "{{ 1.50 }}{{ true }}",
    "{{ b | int + 1 }}",
    "{{ 'gold' if a > b else 'silver' }}",
    "{{ 'gold' if a > b }}",
    "{# nothing #}{{ b }}",
    "text",
    "{{ a }}\n",
];

#[test]
fn line_breaks_tabs_and_wide_gaps_are_refused_in_parameters() {
    assert_snapshot!(body_reason("{{ a }}", "two\nlines"), @"body parameter 1 (column `a`) holds a line break; WhatsApp refuses that in a parameter; put one space in its place");
    assert_snapshot!(body_reason("Hi {{ a }}", "a\tb"), @"body parameter 1 (column `a`) holds a tab; WhatsApp refuses that in a parameter; put one space in its place");
    assert_snapshot!(body_reason("{{ a | title }}", "a     b"), @"body parameter 1 (column `a`) holds more than four spaces in a row; WhatsApp refuses that in a parameter; put one space in its place");
    assert_snapshot!(body_reason("{{ a }}", "a\u{7}b"), @"body parameter 1 (column `a`) holds a control character; WhatsApp refuses that in a parameter; put one space in its place");
    assert_eq!(body("{{ a }}", "a    b"), "a    b");
}

#[test]
fn values_that_look_like_a_mistake_are_refused() {
    for word in ["None", "null", "undefined", "NaN", "#N/A"] {
        assert_eq!(draft().body(listed(&["{{ a }}"])).unfit(&[("a", word)]).code, "missing-value", "{word}");
    }
    assert_snapshot!(body_reason("{{ a }}", "#N/A"), @"body parameter 1 (column `a`) is `#N/A`, which looks like a missing value; write what is meant");
    assert_snapshot!(body_reason("{{ none if a else 'x' }}", "y"), @"body parameter 1 (column `a`) is `None`, which looks like a missing value; write what is meant");
    assert_eq!(body("{{ a }}", "Null"), "Null");
    assert_eq!(body("{{ a | upper }}", "Null"), "NULL");
    assert_snapshot!(body_reason("{{ a | title }}", "#N/A"), @"body parameter 1 (column `a`) is `#N/A`, which looks like a missing value; write what is meant");
    assert_snapshot!(body_reason("{{ a | title }}", "null"), @"body parameter 1 (column `a`) is `null`, which looks like a missing value; write what is meant");
}

#[test]
fn lengths_are_counted_in_characters() {
    assert_eq!(body("{{ a }}", &"ä".repeat(1024)).chars().count(), 1024);
    assert_snapshot!(body_reason("{{ a }}", &"ä".repeat(1025)), @"body parameter 1 (column `a`) is 1025 characters long; at most 1024 are allowed");
    let header = draft().header(Header::Text(text("{{ a }}")));
    assert_snapshot!(header.reason(&[("a", &"x".repeat(61))]), @"header text (column `a`) is 61 characters long; at most 60 are allowed");
    let offer = draft().body(listed(&["{{ a }}"])).offer_ends("2026-04-07T23:59:00-03:00");
    assert_snapshot!(offer.reason(&[("a", &"x".repeat(601))]), @"body parameter 1 (column `a`) is 601 characters long; at most 600 are allowed");
    let card = Card { header: None, body: listed(&["{{ a }}"]), buttons: [].into(), places: Places::default() };
    assert_snapshot!(draft().card(card).reason(&[("a", &"x".repeat(161))]), @"carousel card 1: body parameter 1 (column `a`) is 161 characters long; at most 160 are allowed");
}

#[track_caller]
fn button_reason(button: Button, cell: &str) -> String {
    draft().button(0, button).reason(&[("a", cell)])
}

#[test]
fn each_kind_of_button_has_its_own_rules() {
    let url = || Button::Url(text("{{ a }}"));
    assert_snapshot!(button_reason(url(), "a b"), @"button 0 url (column `a`) holds a space or a line break; write it without, or add `| urlencode` to the expression");
    assert_snapshot!(button_reason(url(), "a\u{1}b"), @"button 0 url (column `a`) holds a control character; remove it, or add `| urlencode` to the expression");
    assert_snapshot!(button_reason(url(), &"x".repeat(2001)), @"button 0 url (column `a`) is 2001 characters long; at most 2000 are allowed");
    let coupon = || Button::CopyCode(text("{{ a }}"));
    assert_snapshot!(button_reason(coupon(), "25-OFF"), @"button 0 copy_code (column `a`) holds something other than letters and digits; a coupon code takes no others");
    assert_snapshot!(button_reason(coupon(), &"X".repeat(21)), @"button 0 copy_code (column `a`) is 21 characters long; at most 20 are allowed");
    assert_snapshot!(button_reason(Button::QuickReply(text("{{ a }}")), &"x".repeat(129)), @"button 0 quick_reply (column `a`) is 129 characters long; at most 128 are allowed");
    let minutes = Button::VoiceCall { ttl_minutes: Some(text("{{ a }}")), payload: None };
    assert_snapshot!(button_reason(minutes, "1.5"), @"button 0 ttl_minutes (column `a`) is `1.5`; write whole minutes from 1 to 43200 (30 days)");
    let payload = Button::VoiceCall { ttl_minutes: None, payload: Some(text("{{ a }}")) };
    assert_snapshot!(button_reason(payload, &"x".repeat(513)), @"button 0 payload (column `a`) is 513 characters long; at most 512 are allowed");
    let title = Button::Products { thumbnail: text("1"), sections: vec![(text("{{ a }}"), vec![text("1")])] };
    assert_snapshot!(button_reason(title, "A title of 25 characters!"), @"button 0 section title (column `a`) is 25 characters long; at most 24 are allowed");
}

#[test]
fn what_is_just_short_enough_is_sent() {
    let cell = || text("{{ a }}");
    let in_button = |button: Button| draft().button(0, button);
    let link_start = "https://cdn.example.com/";
    for (draft, most) in [
        (draft().header(Header::Text(cell())), 60),
        (draft().body(listed(&["{{ a }}"])).offer_ends("2026-04-07T23:59:00Z"), 600),
        (
            draft().card(Card {
                header: None,
                body: listed(&["{{ a }}"]),
                buttons: [].into(),
                places: Places::default(),
            }),
            160,
        ),
        (draft().otp("{{ a }}"), 15),
        (draft().header(Header::Image(link(&format!("{link_start}{{{{ a }}}}")))), 2000 - link_start.len()),
        (in_button(Button::Url(cell())), 2000),
        (in_button(Button::CopyCode(cell())), 20),
        (in_button(Button::QuickReply(cell())), 128),
        (in_button(Button::VoiceCall { ttl_minutes: None, payload: Some(cell()) }), 512),
        (in_button(Button::Products { thumbnail: text("1"), sections: vec![(cell(), vec![text("1")])] }), 24),
    ] {
        assert_eq!(draft.json(&[("a", &"x".repeat(most))]).err(), None, "{most}");
        assert_eq!(draft.unfit(&[("a", &"x".repeat(most + 1))]).code, "too-long", "{most}");
    }
}

#[test]
fn call_minutes_reach_from_one_to_thirty_days() {
    let call = || draft().button(0, Button::VoiceCall { ttl_minutes: Some(text("{{ a }}")), payload: None });
    for (cell, fits) in [("0", false), ("1", true), (" 43200 ", true), ("43201", false), ("-1", false)] {
        assert_eq!(call().json(&[("a", cell)]).is_ok(), fits, "{cell}");
    }
}

#[test]
fn a_one_time_password_is_short_and_its_reason_does_not_show_it() {
    let draft = draft().otp("{{ a }}");
    assert_snapshot!(draft.reason(&[("a", "1234567890123456")]), @"otp (column `a`) is 16 characters long; at most 15 are allowed");
    assert_snapshot!(draft.reason(&[("a", "12 34")]), @"otp (column `a`) holds a space or a line break; write it without");
}

#[test]
fn media_links_are_public_addresses() {
    let image = |cell: &str| draft().header(Header::Image(link("{{ a }}"))).reason(&[("a", cell)]);
    assert_snapshot!(image("ftp://cdn.example.com/a.jpg"), @"header image link (column `a`) is not a web address such as `https://cdn.example.com/spring.jpg`");
    assert_snapshot!(image("https://"), @"header image link (column `a`) is not a web address such as `https://cdn.example.com/spring.jpg`");
    assert_snapshot!(image("https://cdn.example.com/a b.jpg"), @"header image link (column `a`) holds a space or a line break; write it without");
    assert_snapshot!(image(&format!("https://cdn.example.com/{}", "x".repeat(2000))), @"header image link (column `a`) is 2024 characters long; at most 2000 are allowed");
    let id = draft().header(Header::Video(upload("{{ a }}")));
    assert_snapshot!(id.reason(&[("a", " 123")]), @"header video id (column `a`) starts or ends with a space; write the id alone");
}

#[test]
fn amounts_are_read_to_the_thousandth() {
    let currency = Parameter::Currency { code: text("BRL"), amount: text("{{ a }}") };
    let draft = draft().body(Body::Positional(vec![currency]));
    let amount = |cell: &str| {
        let currency = draft.composed(&[("a", cell)])["components"][0]["parameters"][0]["currency"].clone();
        (currency["amount_1000"].as_i64().unwrap(), currency["fallback_value"].as_str().unwrap().to_owned())
    };
    assert_eq!(amount("0.07"), (70, "BRL 0.07".to_owned()));
    assert_eq!(amount("1234.5"), (1_234_500, "BRL 1234.50".to_owned()));
    assert_eq!(amount(" 19.999 "), (19_999, "BRL 19.999".to_owned()));
    assert_eq!(amount("150"), (150_000, "BRL 150".to_owned()));
    assert_eq!(amount("2147483.647"), (2_147_483_647, "BRL 2147483.647".to_owned()));
    for cell in
        ["1.2345", "1,50", "1.234,50", "-1", "+1", ".5", "5.", "1e3", "NaN1", "R$ 10", "2147483.648", "99999999999"]
    {
        assert_eq!(draft.unfit(&[("a", cell)]).code, "invalid-amount", "{cell}");
    }
    assert_snapshot!(draft.reason(&[("a", "1.234,50")]), @"the amount of body parameter 1 (column `a`) is `1.234,50`; write digits, a point and at most three decimals, such as `1234.50`");
    assert_snapshot!(draft.reason(&[("a", "3000000")]), @"the amount of body parameter 1 (column `a`) is `3000000`, more than WhatsApp takes as an amount (2147483.647); write it as text instead");
}

#[test]
fn currency_codes_have_three_letters() {
    let currency = Parameter::Currency { code: text("{{ a }}"), amount: text("1") };
    assert_snapshot!(draft().body(Body::Positional(vec![currency])).reason(&[("a", "R$")]), @"the currency of body parameter 1 (column `a`) is `R$`, not a currency code of three letters such as `BRL`");
}

#[test]
fn degrees_stay_on_the_globe() {
    let place = |latitude: &str, longitude: &str| {
        let (latitude, longitude) = (text(latitude), text(longitude));
        draft().header(Header::Location { latitude, longitude, name: None, address: None })
    };
    assert_snapshot!(place("{{ a }}", "0").reason(&[("a", "90.1")]), @"header latitude (column `a`) is `90.1`; write degrees from -90 to 90 with a point, such as `37.44`");
    assert_snapshot!(place("0", "{{ a }}").reason(&[("a", "-181")]), @"header longitude (column `a`) is `-181`; write degrees from -180 to 180 with a point, such as `37.44`");
    for cell in ["1e1", "NaN", "inf", "37,44", ""] {
        assert!(place("{{ a }}", "0").json(&[("a", cell)]).is_err(), "{cell}");
    }
    assert!(place("{{ a }}", "{{ a }}").json(&[("a", "-90")]).is_ok());
}

#[test]
fn an_offer_ends_at_one_moment() {
    let offer = draft().offer_ends("{{ a }}");
    assert_snapshot!(offer.reason(&[("a", "2026-04-07T23:59:00")]), @"the end of the offer (column `a`) is `2026-04-07T23:59:00`, which is not one moment in time; write date, time and offset, such as `2026-04-07T23:59:00-03:00`");
    let ends = offer.composed(&[("a", "2026-04-07T23:59:00.5Z")]);
    let end = &ends["components"][0]["parameters"][0]["limited_time_offer"]["expiration_time_ms"];
    assert_eq!(end, &json!(1_775_606_340_500_i64));
}

/// Three entries: Portuguese and Spanish, English as a fallback, English again.
fn in_languages() -> Draft {
    let entry = |name: &str, languages: &[&str], fallback: Option<&str>| Template {
        fallback: fallback.map(str::to_owned),
        ..template(name, languages)
    };
    draft().language(Source::Column("language".to_owned(), at(5, 13))).templates(vec![
        entry("spring", &["pt_BR", "es_ES"], None),
        entry("spring_english", &["en_US", "en_GB"], Some("en_US")),
        entry("spring_other", &["en_GB", "de"], Some("de")),
    ])
}

#[test]
fn the_first_entry_that_lists_the_language_applies_else_the_first_with_a_fallback() {
    let draft = in_languages();
    for (cell, name, code) in [
        ("es_ES", "spring", "es_ES"),
        (" en_GB ", "spring_english", "en_GB"),
        ("de", "spring_other", "de"),
        ("fr", "spring_english", "en_US"),
    ] {
        let template = draft.composed(&[("language", cell)]);
        assert_eq!((&template["name"], &template["language"]["code"]), (&json!(name), &json!(code)), "{cell}");
    }
}

#[test]
fn a_language_that_no_entry_serves_makes_the_row_unfit() {
    let mut draft = in_languages();
    draft.0.templates.iter_mut().for_each(|template| template.fallback = None);
    assert_snapshot!(draft.reason(&[("language", "pt_BRA")]), @"no template is listed in language `pt_BRA`, only in `pt_BR`, `es_ES`, `en_US`, `en_GB`, `de`; did you mean `pt_BR`?");
    assert_snapshot!(draft.reason(&[("language", "zh_CN")]), @"no template is listed in language `zh_CN`, only in `pt_BR`, `es_ES`, `en_US`, `en_GB`, `de`; add it to `languages`, or set a `fallback`");
    let unfit = draft.unfit(&[("language", " ")]);
    assert_eq!(unfit.column, Some(1));
    assert_snapshot!(unfit.reason, @"the language is empty: the cell in column `language` is empty; fill it, or set `recipients.defaults.language`");
    let composer = draft.composer(&["phone", "language"]);
    let unfit = composer.compose(&StringRecord::from(vec!["+12025550123", "de"]), None).unwrap_err();
    assert_snapshot!(unfit.reason, @"the recipient's language is not known, and templates are listed in `pt_BR`, `es_ES`, `en_US`, `en_GB`, `de`; set `recipients.language`");
}

#[test]
fn phone_and_language_come_from_columns_or_expressions() {
    let draft = draft()
        .phone(Source::Expression(text("+{{ country_code }}{{ phone }}")))
        .language(Source::Expression(text("{{ language | replace('-', '_') }}")))
        .default("language", "pt-BR");
    let composer = draft.composer(&["phone", "country_code", "language"]);
    let row = StringRecord::from(vec!["2025550123", "1", ""]);
    let address = composer.address(&row).unwrap();
    assert_eq!((&*address.phone, address.language.as_deref()), ("+12025550123", Some("pt_BR")));
    let composer = crate::draft::draft().composer(&["name", "phone"]);
    let row = StringRecord::from(vec!["Ana", " +12025550123 "]);
    let address = composer.address(&row).unwrap();
    assert_eq!((&*address.phone, address.language), ("+12025550123", None));
    let unfit = composer.address(&StringRecord::from(vec!["Ana", ""])).unwrap_err();
    assert_snapshot!(unfit.reason, @"the row has no phone; fill the cell");
}

#[test]
fn a_composer_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Composer>();
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(entries) => entries.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// Compiled once for all the cells that the laws below are tried with.
static EVERY_WAY: LazyLock<Composer> = LazyLock::new(|| {
    draft()
        .header(Header::Text(text("{{ a }}")))
        .named("copied", words("{{ b }}"))
        .named("made", words("{{ a | title }} and {{ b }}"))
        .button(0, Button::Url(text("{{ b }}")))
        .raw(json!({ "type": "body", "parameters": [{ "type": "text", "text": "{{ a ~ b }}" }] }))
        .composer(&["a", "b", "phone"])
});

static COPIED: LazyLock<Composer> =
    LazyLock::new(|| draft().body(listed(&["{{ a }}", "{{ a ~ '' }}", "-{{ a }}-"])).composer(&["a", "phone"]));

fn composed(composer: &Composer, cells: &[String]) -> Option<Value> {
    let message = composer.compose(&StringRecord::from(cells.to_vec()), None).ok()?;
    Some(serde_json::from_str(&message.template).unwrap())
}

proptest! {
    #[test]
    fn whatever_the_cells_hold_no_parameter_has_a_line_break_a_tab_or_a_wide_gap(
        cells in prop::collection::vec("([ \t\n\r{}%a-zé0-9\u{2028}]|     |[a-z]){0,8}", 2),
    ) {
        if let Some(template) = composed(&EVERY_WAY, &cells) {
            for text in strings(&template) {
                prop_assert!(!text.contains(['\n', '\r', '\t', '\u{2028}']) && !text.contains("     "), "{text:?}");
                prop_assert!(!text.trim().is_empty() && !text.contains("{{"), "{text:?}");
            }
        }
    }

    #[test]
    fn a_cell_that_is_sent_is_sent_as_it_stands(cell in "\\PC{1,60}") {
        if let Some(template) = composed(&COPIED, std::slice::from_ref(&cell)) {
            for (index, expected) in [cell.clone(), cell.clone(), format!("-{cell}-")].into_iter().enumerate() {
                prop_assert_eq!(&template["components"][0]["parameters"][index]["text"], &json!(expected));
            }
        }
    }

    #[test]
    fn amounts_survive_the_way_through_text(thousandths in 0..=i32::MAX) {
        let currency = Parameter::Currency { code: text("BRL"), amount: text("{{ a }}") };
        let written = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
        let template = draft().body(Body::Positional(vec![currency])).composed(&[("a", &written)]);
        prop_assert_eq!(&template["components"][0]["parameters"][0]["currency"]["amount_1000"], &json!(thousandths));
    }
}
