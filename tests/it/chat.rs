//! A message in its template's own words.

use insta::assert_snapshot;
use serde_json::{Value, json};
use tidings::cloud::Endpoint;
use tidings::cloud::templates::TemplateDefinition;
use tidings::message::bubble;
use tidings::message::chat::{Chat, Origin, chat};
use tidings::message::compose::Message;
use unicode_width::UnicodeWidthStr;

fn wording(components: &Value) -> TemplateDefinition {
    let json = json!({ "name": "spring", "language": "en", "status": "APPROVED", "category": "MARKETING", "components": components });
    TemplateDefinition::from_json(json).expect("a template")
}

fn filled(components: &Value) -> String {
    json!({ "name": "spring", "language": { "code": "en" }, "components": components }).to_string()
}

fn drawn(wording_of: &Value, given: &Value, is_styled: bool) -> String {
    let (endpoint, template) = (Endpoint::Messages, filled(given));
    let message = Message { endpoint, name: "spring", language: "en", template, oddities: Vec::new() };
    bubble::text(&message, Some(&wording(wording_of)), is_styled)
}

/// A body of one placeholder, filled.
fn said(text: &str) -> Chat {
    let given = json!([{ "type": "body", "parameters": [{ "type": "text", "text": text }] }]);
    chat(&filled(&given), &wording(&json!([{ "type": "BODY", "text": "{{1}}" }])))
}

/// What a phone shows, with its styles as letters in brackets.
fn seen(text: &str) -> String {
    let spans = said(text).body.into_iter().filter(|span| !span.is_mark);
    spans
        .map(|span| {
            let style = span.style;
            let letters = [(style.bold, 'b'), (style.italic, 'i'), (style.strike, 's'), (style.code, 'c')];
            let letters: String = letters.iter().filter(|(has, _)| *has).map(|(_, letter)| *letter).collect();
            if letters.is_empty() { span.text } else { format!("<{letters}:{}>", span.text) }
        })
        .collect()
}

#[test]
fn marks_are_read_as_a_phone_reads_them() {
    for (text, shown) in [
        ("a *b* c", "a <b:b> c"),
        ("_a_ ~b~ ```c```", "<i:a> <s:b> <c:c>"),
        ("*_a_ b*, c", "<bi:a><b: b>, c"),
        ("_*~a~*_", "<bis:a>"),
        ("(*a b*)!", "(<b:a b>)!"),
        ("```*a* _b_```", "<c:*a* _b_>"),
        ("*a* b*", "<b:a> b*"),
        // No formatting: inside words, with spaces inside, over lines, empty, alone.
        ("2*3*4", "2*3*4"),
        ("snake_case_name", "snake_case_name"),
        ("* a *", "* a *"),
        ("*a\nb*", "*a\nb*"),
        ("** ~~ __", "** ~~ __"),
        ("5 * 3 = 15", "5 * 3 = 15"),
        ("``````", "``````"),
        ("*a", "*a"),
        ("", ""),
    ] {
        assert_eq!(seen(text), shown, "{text}");
    }
}

#[test]
fn nothing_that_is_said_gets_lost_in_reading_marks() {
    proptest::proptest!(|(text in "[ab*_~`\n ñ語]{0,40}")| {
        let all: String = said(&text).body.into_iter().map(|span| span.text).collect();
        proptest::prop_assert_eq!(all, text);
    });
}

#[test]
fn the_wording_is_joined_with_what_fills_it() {
    let wording = json!([
        { "type": "HEADER", "format": "DOCUMENT" },
        { "type": "BODY", "text": "Hello *{{first_name}}*,\n\nyou owe {{amount}} until {{day}}." },
        { "type": "FOOTER", "text": "Reply *STOP* to stop" },
        { "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Pay", "url": "https://pay.example.com/{{1}}" },
            { "type": "QUICK_REPLY", "text": "Later" },
            { "type": "COPY_CODE", "text": "Copy code" },
            { "type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+12025550100" },
        ] },
    ]);
    let given = json!([
        { "type": "header", "parameters": [{ "type": "document", "document": { "link": "https://cdn.example.com/a.pdf", "filename": "bill.pdf" } }] },
        { "type": "body", "parameters": [
            { "type": "text", "parameter_name": "amount", "text": "10 €" },
            { "type": "text", "parameter_name": "first_name", "text": "Ana" },
            { "type": "text", "parameter_name": "shop", "text": "Old Mill" },
        ] },
        { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "a17" }] },
        { "type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [{ "type": "payload", "payload": "later" }] },
        { "type": "button", "sub_type": "copy_code", "index": "2", "parameters": [{ "type": "coupon_code", "coupon_code": "X1" }] },
        { "type": "button", "sub_type": "url", "index": "7", "parameters": [{ "type": "text", "text": "lost" }] },
    ]);
    assert_snapshot!(drawn(&wording, &given, false), @"
    ╭─ spring · en ───────────────────────────────────────╮
    │ [document] bill.pdf (https://cdn.example.com/a.pdf) │
    │                                                     │
    │ Hello *Ana*,                                        │
    │                                                     │
    │ you owe 10 € until {{day}}.                         │
    │                                                     │
    │ Reply *STOP* to stop                                │
    ├─────────────────────────────────────────────────────┤
    │ [ Pay ]  https://pay.example.com/a17                │
    │ [ Later ]  answers later                            │
    │ [ Copy code ]  copies X1                            │
    │ [ Call us ]                                         │
    ├─────────────────────────────────────────────────────┤
    │ given as well, and the wording has no place for it: │
    │ body shop  Old Mill                                 │
    │ button 7   lost                                     │
    ╰─────────────────────────────────────────────────────╯
    ");
    let missing: Vec<_> = chat(&filled(&given), &self::wording(&wording))
        .body
        .into_iter()
        .filter(|it| it.origin == Origin::Missing)
        .collect();
    assert_eq!(missing.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["{{day}}"]);
}

#[test]
fn cards_and_offers_are_shown_in_their_places() {
    let card = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "Boots, {{1}}" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "See", "url": "https://shop.example.com/{{1}}" }] },
    ] });
    let wording = json!([
        { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Ends soon!", "has_expiration": true } },
        { "type": "BODY", "text": "Look:" },
        { "type": "CAROUSEL", "cards": [card, card] },
    ]);
    let filled_card = |index: u64, price: &str| {
        json!({ "card_index": index, "components": [
        { "type": "header", "parameters": [{ "type": "image", "image": { "id": "1602" } }] },
        { "type": "body", "parameters": [{ "type": "text", "text": price }] },
        { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "boots" }] },
    ] })
    };
    let given = json!([
        { "type": "limited_time_offer", "parameters": [{ "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": 1_775_617_140_000_i64 } }] },
        { "type": "carousel", "cards": [filled_card(1, "20 €"), filled_card(0, "10 €")] },
    ]);
    assert_snapshot!(drawn(&wording, &given, false), @"
    ╭─ spring · en ───────────────────────────╮
    │ Ends soon! (ends 2026-04-08T02:59:00Z)  │
    │                                         │
    │ Look:                                   │
    ├─────────────────────────────────────────┤
    │ card 1                                  │
    │ [image] upload 1602                     │
    │                                         │
    │ Boots, 10 €                             │
    ├─────────────────────────────────────────┤
    │ [ See ]  https://shop.example.com/boots │
    ├─────────────────────────────────────────┤
    │ card 2                                  │
    │ [image] upload 1602                     │
    │                                         │
    │ Boots, 20 €                             │
    ├─────────────────────────────────────────┤
    │ [ See ]  https://shop.example.com/boots │
    ╰─────────────────────────────────────────╯
    ");
}

#[test]
fn wide_and_right_to_left_wording_keeps_the_frame_straight() {
    let wording = json!([
        { "type": "HEADER", "format": "TEXT", "text": "春の大セール {{1}}" },
        { "type": "BODY", "text": "שלום {{1}}, האביב כאן.\nمرحبا {{2}}\n{{3}}" },
        { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "お店へ" }] },
    ]);
    let given = json!([
        { "type": "header", "parameters": [{ "type": "text", "text": "🎉" }] },
        { "type": "body", "parameters": [
            { "type": "text", "text": "*דנה*" },
            { "type": "text", "text": "\u{202e}evil\u{1b}[2J" },
            { "type": "text", "text": "特別割引".repeat(25) },
        ] },
    ]);
    let plain = drawn(&wording, &given, false);
    assert_snapshot!(plain, @"
    ╭─ spring · en ────────────────────────────────────────────────────────────────╮
    │ 春の大セール 🎉                                                              │
    │                                                                              │
    │ שלום *דנה*, האביב כאן.                                                       │
    │ مرحبا �evil�[2J                                                              │
    │ 特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別 │
    │ 割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引 │
    │ 特別割引特別割引特別割引特別割引特別割引特別割引                             │
    ├──────────────────────────────────────────────────────────────────────────────┤
    │ [ お店へ ]                                                                   │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    ");
    let styled = drawn(&wording, &given, true);
    let bare = anstream::adapter::strip_str(&styled).to_string();
    for shown in [plain, bare] {
        let widths: Vec<_> = shown.lines().map(UnicodeWidthStr::width).collect();
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 80), "{widths:?}\n{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']));
    }
}

#[test]
fn on_a_terminal_with_colour_marks_are_shown_by_what_they_do() {
    let wording = json!([{ "type": "BODY", "text": "Hi *{{1}}*, ~40~ _now_ ```X1``` {{2}}" }]);
    let given = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Ana" }] }]);
    let shown = drawn(&wording, &given, true).replace('\u{1b}', "ESC");
    assert_snapshot!(shown, @"
    ╭─ spring · en ───────────╮
    │ Hi ESC[1mESC[36mAnaESC[0m, ESC[9m40ESC[0m ESC[3mnowESC[0m ESC[2mX1ESC[0m ESC[31m{{2}}ESC[0m │
    ╰─────────────────────────╯
    ");
}
