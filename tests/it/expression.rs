//! What expressions may say, what they make of a row, and every problem they can have.

use insta::assert_snapshot;
use serde_json::json;
use tidings::campaign::{Button, Header, Parameter, Source};
use tidings::message::compose::Composer;

use crate::draft::{at, body, body_reason, draft, json as tree, link, listed, owned, text, text_at};

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
    assert_snapshot!(draft.problems(&["phone", "first_name", "price", "ends_on", "First Name"]), @"
    spring.yaml:12:18: the recipients file has no column `first_nam`
        did you mean `first_name`?
    spring.yaml:14:31: there is no filter `titel`
        did you mean `title`?
    spring.yaml:15:32: there is no test `strin`
        did you mean `string`?
    spring.yaml:16:26: this expression cannot be read: unexpected end of input, expected identifier
        write a column's name between the braces, such as `{{ first_name }}` or `{{ first_name | title }}`
    spring.yaml:17:28: this expression cannot work: unknown method: string has no method named title
        use a filter: `{{ first_name | title }}` instead of `{{ first_name.title() }}`
    spring.yaml:18:24: the recipients file has no column `Price`
        did you mean `price`?
    spring.yaml:21:24: this expression cannot be read: unexpected input after expression
        `First Name` is a column, but only letters, digits and `_` work here; rename the column
    spring.yaml:22:20: button 1 copy_code holds something other than letters and digits; a coupon code takes no others
    spring.yaml:23:31: this expression cannot work: too many arguments
        look at what stands between the parentheses
    ");
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
        did you mean `phone`? Name the phone's column under `recipients`, or rename it
    spring.yaml:5:13: the recipients file has no column `tongue`
        the columns are: phone, first_name; name the language's column under `recipients`, or rename it
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
    spring.yaml:10:5: body parameter 1 holds a line break; WhatsApp refuses that in a parameter; put one space in its place
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
fn a_column_in_single_braces_is_never_sent_as_it_stands() {
    let draft = draft().body(listed(&["{ name }", "{{ name }}, {name}!", "{{ {'name': name} | tojson }}", "{smile}"]));
    assert_snapshot!(draft.problems(&["phone", "name"]), @"
    spring.yaml:10:5: `{name}` has one brace on each side, and would be sent as it stands
        write `{{ name }}`
    spring.yaml:10:17: `{name}` has one brace on each side, and would be sent as it stands
        write `{{ name }}`
    ");
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
fn what_stands_in_a_cell_is_never_rendered() {
    assert_snapshot!(body_reason("{{ a }}", "{{ phone }}"), @"body parameter 1 (column `a`) holds `{{`, which looks like an expression that was never filled in; remove it from the data");
    assert_snapshot!(body_reason("Hi {{ a }}", "{% for x in range(9) %}x{% endfor %}"), @"body parameter 1 (column `a`) holds `{%`, which looks like an expression that was never filled in; remove it from the data");
    assert_eq!(body("{{ a }}", "{ 7*7 } {# note #}"), "{ 7*7 } {# note #}");
    assert_eq!(body("{{ a | replace('{', '') }}", "{{ phone }}"), " phone }}");
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
    assert_snapshot!(raw.reason(&[("a", "two\nlines")]), @"raw_components[0].parameters[0].text (column `a`) holds a line break; WhatsApp refuses that in a parameter; put one space in its place");
}
