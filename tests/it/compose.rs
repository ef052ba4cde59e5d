//! From a campaign's texts and a row's cells to one person's message, and everything that makes a row unfit.

use std::sync::LazyLock;

use csv::StringRecord;
use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::campaign::{Body, Button, Card, Header, Parameter, Source, Template};
use tidings::cloud::Endpoint;
use tidings::message::compose::Composer;

use crate::draft::{Draft, at, draft, json as tree, link, listed, owned, template, text, text_at, upload, words};

/// The one body parameter that an expression makes of a cell in column `a`.
#[track_caller]
fn body(source: &str, cell: &str) -> String {
    let template = draft().body(listed(&[source])).composed(&[("a", cell)]);
    template["components"][0]["parameters"][0]["text"].as_str().unwrap().to_owned()
}

/// Why a cell in column `a` cannot stand there.
#[track_caller]
fn body_reason(source: &str, cell: &str) -> String {
    draft().body(listed(&[source])).reason(&[("a", cell)])
}

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
fn text_is_copied_or_made_by_expressions() {
    assert_eq!(body("plain", "x"), "plain");
    assert_eq!(body("{{ a }}", " Ana "), " Ana ");
    assert_eq!(body("{{a}}\n", "Ana"), "Ana");
    assert_eq!(body("{{- a -}}", "Ana"), "Ana");
    assert_eq!(body("{{ a | title }}", "ana maria"), "Ana Maria");
    assert_eq!(body("{{ a }}, {{ a | upper }}!", "Ana"), "Ana, ANA!");
    assert_eq!(body("{% if a == 'f' %}Cara{% else %}Caro{% endif %}", "f"), "Cara");
    assert_eq!(body("{{ a | int * 2 }}", "21"), "42");
    assert_eq!(body("{{ 'a' ~ '}}' | replace('}}', a) }}", "b"), "ab");
    assert_eq!(body("{{ {'x': a}['x'] }}", "Ana"), "Ana");
    assert_eq!(body("<b>{{ a }}</b>", "\"R&D\""), "<b>\"R&D\"</b>");
}

#[test]
fn a_missing_column_is_fine_where_the_author_guards_it() {
    assert_eq!(body("{{ nick | default(a) }}", "Ana"), "Ana");
    assert_eq!(body("{% if nick is defined %}{{ nick }}{% else %}{{ a }}{% endif %}", "Ana"), "Ana");
    assert_eq!(body("{{ nick if nick is not undefined else a }}", "Ana"), "Ana");
}

#[test]
fn names_that_an_expression_makes_itself_are_no_columns() {
    assert_eq!(body("{% set b = a %}{{ b }}", "Ana"), "Ana");
    assert_eq!(body("{% for x in a | list %}{{ x }}{{ loop.index }}{% endfor %}", "AB"), "A1B2");
    assert_eq!(body("{% for i in range(2) %}{{ a }}{% endfor %}", "AB"), "ABAB");
    assert_eq!(body("{{ a | float | round(precision=1) }}", "1.26"), "1.3");
}

#[test]
fn every_problem_of_the_expressions_is_told_at_once_in_file_order() {
    let draft = draft()
        .header(Header::Text(text_at(12, 15, "{{ first_nam }}")))
        .named("price", Parameter::Text(text_at(14, 15, "only {{ price | titel }}")))
        .named("name", Parameter::Text(text_at(15, 15, "{{ first_name is strin }}")))
        .named("when", Parameter::Text(text_at(16, 15, "{{ ends_on | }}")))
        .named("greeting", Parameter::Text(text_at(17, 15, "{{ first_name.title() }}")))
        .named("lines", Parameter::Text(text_at(18, 15, "first\n{{ Price }}")))
        .button(0, Button::Url(text_at(21, 15, "{{ First Name }}")))
        .button(1, Button::CopyCode(text_at(22, 20, "50% OFF")))
        .button(2, Button::QuickReply(text_at(23, 20, "{{ price | urlencode(1, 2) }}")));
    assert_snapshot!(draft.problems(&["phone", "first_name", "price", "ends_on", "First Name"]), @r#"
    spring.yaml:12:18: the recipients file has no column `first_nam`
        did you mean `first_name`?
    spring.yaml:14:31: there is no filter `titel`
        did you mean `title`?
    spring.yaml:15:32: there is no test `strin`
        did you mean `string`?
    spring.yaml:16:26: this expression cannot be read: unexpected end of input, expected identifier
        write a column's name between the braces, such as `{{ first_name }}` or `{{ first_name | title }}`
    spring.yaml:17:15: this expression cannot work: unknown method: string has no method named title
        use a filter: `{{ first_name | title }}` instead of `{{ first_name.title() }}`
    spring.yaml:18:15: the recipients file has no column `Price`
        did you mean `price`?
    spring.yaml:21:24: this expression cannot be read: unexpected input after expression
        `First Name` is a column, but only letters, digits and `_` work here; rename the column
    spring.yaml:22:20: button 1 copy_code holds something other than letters and digits; a coupon code takes no others
    spring.yaml:23:20: this expression cannot work: too many arguments
        look at what stands between the parentheses
    "#);
}

#[test]
fn columns_named_under_recipients_must_exist_and_a_phone_has_no_default() {
    let draft = draft()
        .phone(Source::Column("Phone".to_owned(), at(4, 10)))
        .language(Source::Column("tongue".to_owned(), at(5, 13)))
        .default("frist_name", "friend")
        .default("first_name", "{{ friend }}");
    assert_snapshot!(draft.problems(&["phone", "first_name"]), @r#"
    spring.yaml:4:10: the recipients file has no column `Phone`
        did you mean `phone`?
    spring.yaml:5:13: the recipients file has no column `tongue`
        the columns are: phone, first_name
    spring.yaml:5:16: the default of `first_name` holds an expression, which is not filled in here
        write plain text
    spring.yaml:5:16: the recipients file has no column `frist_name`
        did you mean `first_name`?
    "#);
    let draft = crate::draft::draft().default("phone", "+12025550100");
    assert_snapshot!(draft.problems(&["phone"]), @r#"
    spring.yaml:5:16: `phone` is the phone; a default would send everybody's message to one person
        remove this default
    "#);
}

#[test]
fn literal_text_that_meta_would_refuse_from_everybody_is_a_problem_of_the_campaign() {
    let sections = (0..11).map(|_| (text("Cakes"), vec![text("1"), text("2"), text("3")])).collect();
    let draft = draft()
        .header(Header::Image(link("cdn.example.com/spring.jpg")))
        .body(listed(&["two\nlines", " ", "{{ a }}"]))
        .offer_ends("2026-04-07")
        .button(0, Button::VoiceCall { ttl_minutes: Some(text("50000")), payload: None })
        .button(1, Button::Products { thumbnail: text("1"), sections });
    assert_snapshot!(draft.problems(&["phone", "a"]), @r#"
    spring.yaml:10:5: header image link is not a web address such as `https://cdn.example.com/spring.jpg`
    spring.yaml:10:5: body parameter 1 holds a line break; WhatsApp refuses that in a parameter
    spring.yaml:10:5: body parameter 2 is empty
        write what is to be sent, or remove it
    spring.yaml:10:5: the end of the offer is `2026-04-07`, which is not one moment in time; write date, time and offset, such as `2026-04-07T23:59:00-03:00`
    spring.yaml:10:5: button 0 ttl_minutes is `50000`; write whole minutes from 1 to 43200 (30 days)
    spring.yaml:10:5: button 1 products: 11 sections are listed; WhatsApp takes at most 10
        remove some
    spring.yaml:10:5: button 1 products: 33 products are listed; WhatsApp takes at most 30
        remove some
    "#);
}

#[test]
fn metas_own_placeholders_are_never_sent_as_numbers() {
    let draft = draft().body(listed(&["{{1}}", "Hi {{ 2 }}!", "{{ 1 + 1 }}"]));
    assert_snapshot!(draft.problems(&["phone"]), @r#"
    spring.yaml:10:5: `{{1}}` is how Meta writes a placeholder; here it would be sent as `1`
        write the column that fills it, such as `{{ first_name }}`
    spring.yaml:10:8: `{{2}}` is how Meta writes a placeholder; here it would be sent as `2`
        write the column that fills it, such as `{{ first_name }}`
    "#);
}

#[test]
fn includes_and_macros_do_not_exist() {
    for source in
        ["{% include 'x' %}", "{% macro m() %}x{% endmacro %}{{ m() }}", "{% import 'x' as y %}", "{{ debug() }}"]
    {
        assert!(Composer::new(&draft().body(listed(&[source])).0, &owned(&["phone"])).is_err(), "{source}");
    }
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
fn line_breaks_tabs_and_wide_gaps_are_refused_in_parameters() {
    assert_snapshot!(body_reason("{{ a }}", "two\nlines"), @"body parameter 1 (column `a`) holds a line break; WhatsApp refuses that in a parameter");
    assert_snapshot!(body_reason("Hi {{ a }}", "a\tb"), @"body parameter 1 (column `a`) holds a tab; WhatsApp refuses that in a parameter");
    assert_snapshot!(body_reason("{{ a | title }}", "a     b"), @"body parameter 1 (column `a`) holds more than four spaces in a row; WhatsApp refuses that in a parameter");
    assert_snapshot!(body_reason("{{ a }}", "a\u{7}b"), @"body parameter 1 (column `a`) holds a control character; WhatsApp refuses that in a parameter");
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
}

#[test]
fn what_stands_in_a_cell_is_never_rendered() {
    assert_snapshot!(body_reason("{{ a }}", "{{ phone }}"), @"body parameter 1 (column `a`) holds `{{`, which looks like an expression that was never filled in; remove it from the data");
    assert_snapshot!(body_reason("Hi {{ a }}", "{% for x in range(9) %}x{% endfor %}"), @"body parameter 1 (column `a`) holds `{%`, which looks like an expression that was never filled in; remove it from the data");
    assert_eq!(body("{{ a }}", "{ 7*7 } {# note #}"), "{ 7*7 } {# note #}");
    assert_eq!(body("{{ a | replace('{', '') }}", "{{ phone }}"), " phone }}");
}

#[test]
fn lengths_are_counted_in_characters() {
    assert_eq!(body("{{ a }}", &"ä".repeat(1024)).chars().count(), 1024);
    assert_snapshot!(body_reason("{{ a }}", &"ä".repeat(1025)), @"body parameter 1 (column `a`) is 1025 characters long; at most 1024 are allowed");
    let header = draft().header(Header::Text(text("{{ a }}")));
    assert_snapshot!(header.reason(&[("a", &"x".repeat(61))]), @"header text (column `a`) is 61 characters long; at most 60 are allowed");
    let offer = draft().body(listed(&["{{ a }}"])).offer_ends("2026-04-07T23:59:00-03:00");
    assert_snapshot!(offer.reason(&[("a", &"x".repeat(601))]), @"body parameter 1 (column `a`) is 601 characters long; at most 600 are allowed");
    let card = Card { header: None, body: listed(&["{{ a }}"]), buttons: [].into() };
    assert_snapshot!(draft().card(card).reason(&[("a", &"x".repeat(161))]), @"carousel card 1: body parameter 1 (column `a`) is 161 characters long; at most 160 are allowed");
}

#[test]
fn an_expression_that_fails_or_does_too_much_makes_the_row_unfit() {
    assert_snapshot!(body_reason("{{ a + 1 }}", "x"), @"body parameter 1 (column `a`) cannot be made: tried to use + operator on unsupported types string and number (cells are text; write `| int` or `| float` to calculate)");
    assert_snapshot!(body_reason("{{ a | float }}", "dear"), @"body parameter 1 (column `a`) cannot be made: invalid float literal (cells are text; write `| int` or `| float` to calculate)");
    assert_snapshot!(body_reason("{{ (a | split('-'))[2] }}", "1-2"), @"body parameter 1 (column `a`) cannot be made: the expression gives nothing");
    let busy = "{% for x in range(9999) %}{% for y in range(9999) %}{% endfor %}{% endfor %}x{{ a }}";
    assert_snapshot!(body_reason(busy, "x"), @"body parameter 1 (column `a`) cannot be made: it does too much work for one parameter");
    let long = "{% for x in range(999) %}{{ a }}{% endfor %}";
    assert_snapshot!(body_reason(long, &"x".repeat(100)), @"body parameter 1 (column `a`) cannot be made: the text is over 64 KB");
    assert_snapshot!(body_reason("{{ a * 999 }}", &"x".repeat(100)), @"body parameter 1 (column `a`) cannot be made: the text is over 64 KB");
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
        (draft().card(Card { header: None, body: listed(&["{{ a }}"]), buttons: [].into() }), 160),
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

#[test]
fn in_json_a_sole_expression_keeps_numbers_and_booleans_and_cells_stay_text() {
    let bill = json!({
        "count": "{{ a | int }}", "price": "{{ a | float }}", "big": "{{ a == '7' }}", "cell": "{{ a }}",
        "label": "no {{ a | int }}", "fixed": 7, "text": "7", "none": null, "list": ["{{ a | int + 1 }}", true], "empty": ""
    });
    let draft = draft().button(0, Button::OrderDetails(tree(bill)));
    let made = draft.composed(&[("a", "7")])["components"][0]["parameters"][0]["action"]["order_details"].clone();
    assert_eq!(
        made,
        json!({
            "count": 7, "price": 7.0, "big": true, "cell": "7",
            "label": "no 7", "fixed": 7, "text": "7", "none": null, "list": [8, true], "empty": ""
        })
    );
    let keys: Vec<_> = made.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys[..4], ["count", "price", "big", "cell"]);
}

#[test]
fn json_is_checked_too_and_names_the_place_inside() {
    let bill = |source: &str| draft().button(3, Button::OrderDetails(tree(json!({ "items": [{ "name": source }] }))));
    assert_snapshot!(bill("{{ a }}").reason(&[("a", "")]), @"button 3 order_details.items[0].name is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(bill("{{ a | float }}").reason(&[("a", "inf")]), @"button 3 order_details.items[0].name (column `a`) is not a number that JSON can hold");
    assert_snapshot!(bill("{{ b }}").problems(&["phone", "a"]), @r#"
    spring.yaml:10:8: the recipients file has no column `b`
        the columns are: phone, a
    "#);
    let raw = draft().raw(json!({ "type": "body", "parameters": [{ "type": "text", "text": "{{ a }}" }] }));
    assert_snapshot!(raw.reason(&[("a", "two\nlines")]), @"raw_components[0].parameters[0].text (column `a`) holds a line break; WhatsApp refuses that in a parameter");
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
    assert_snapshot!(draft.reason(&[("language", "pt-br")]), @"no template is listed in language `pt-br`, only in `pt_BR`, `es_ES`, `en_US`, `en_GB`, `de`; did you mean `pt_BR`?");
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
