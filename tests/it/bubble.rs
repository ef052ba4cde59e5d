//! How a message looks before it is sent.

use csv::StringRecord;
use insta::assert_snapshot;
use serde_json::json;
use tidings::campaign::{Button, Card, Header, Media, MediaFrom, Parameter, Places};
use tidings::message::bubble;
use unicode_width::UnicodeWidthStr;

use crate::draft::{Draft, draft, json as tree, link, listed, text, upload, words};

fn bubble(draft: &Draft, cell: &str) -> String {
    let composer = draft.composer(&["phone", "a"]);
    let message = composer.compose(&StringRecord::from(vec!["+12025550123", cell]), None).unwrap();
    bubble::text(&message, None, false)
}

#[test]
fn a_bubble_shows_header_body_and_buttons_with_their_values() {
    let draft = draft()
        .header(Header::Image(link("https://cdn.example.com/pt_BR.jpg")))
        .named("first_name", words("{{ a }}"))
        .named("price", Parameter::Currency { code: text("BRL"), amount: text("10.5") })
        .named("ends", Parameter::DateTime(text("7 April")))
        .button(0, Button::Url(text("ANA10")))
        .button(1, Button::QuickReply(text("stop_promo")));
    assert_snapshot!(bubble(&draft, "Ana"), @r#"
    ╭─ spring_sale · en_US ───────────────────────────────────╮
    │ header image          https://cdn.example.com/pt_BR.jpg │
    │ body first_name       Ana                               │
    │ body price            BRL 10.50                         │
    │ body ends             7 April                           │
    │ button 0 url          ANA10                             │
    │ button 1 quick_reply  stop_promo                        │
    ╰─────────────────────────────────────────────────────────╯
    "#);
}

#[test]
fn a_bubble_wraps_long_values_and_stays_within_eighty_columns() {
    let draft = draft().body(listed(&["{{ a }}", "short"])).button(0, Button::Url(text(&"x".repeat(150))));
    let shown =
        bubble(&draft, "The quick brown fox jumps over the lazy dog, again and again, until the evening comes.");
    assert_snapshot!(shown, @r#"
    ╭─ spring_sale · en_US ────────────────────────────────────────────────────────╮
    │ body 1        The quick brown fox jumps over the lazy dog, again and again,  │
    │               until the evening comes.                                       │
    │ body 2        short                                                          │
    │ button 0 url  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx │
    │               xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx │
    │               xxxxxxxxxxxxxxxxxxxxxxxxxx                                     │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    "#);
    assert!(shown.lines().all(|line| line.width() <= 80));
}

#[test]
fn wide_and_right_to_left_text_keeps_the_frame_straight() {
    let draft = draft().body(listed(&["{{ a }}", "春の大セール", "שלום"]));
    let shown = bubble(&draft, &"特別割引".repeat(20));
    assert_snapshot!(shown, @r#"
    ╭─ spring_sale · en_US ────────────────────────────────────────────────────────╮
    │ body 1  特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別 │
    │         割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引特別割引 │
    │         特別割引特別割引特別割引                                             │
    │ body 2  春の大セール                                                         │
    │ body 3  שלום                                                                 │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    "#);
    let widths: Vec<_> = shown.lines().map(UnicodeWidthStr::width).collect();
    assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
}

#[test]
fn a_bubble_without_parameters_says_so() {
    assert_snapshot!(bubble(&draft(), "Ana"), @r#"
    ╭─ spring_sale · en_US ─╮
    │ no parameters         │
    ╰───────────────────────╯
    "#);
}

#[test]
fn rarer_components_are_shown_in_words() {
    let card = |slug: &str| Card {
        header: Some(Header::Product { catalog: text("194"), id: text(slug) }),
        body: listed(&["10OFF"]),
        buttons: [(0, Button::Url(text(slug)))].into(),
        places: Places::default(),
    };
    let bill = Media { from: MediaFrom::Id(text("1602")), filename: Some(text("invoice.pdf")) };
    let shown = draft()
        .header(Header::Document(bill))
        .offer_ends("2026-04-07T23:59:00-03:00")
        .card(card("elf"))
        .card(card("dwarf"))
        .button(0, Button::VoiceCall { ttl_minutes: Some(text("60")), payload: Some(text("spring")) })
        .button(1, Button::OrderDetails(tree(json!({ "total_amount": { "value": 5000, "offset": 100 } }))))
        .raw(json!({ "type": "order_status", "status": "shipped" }));
    assert_snapshot!(bubble(&shown, "Ana"), @r#"
    ╭─ spring_sale · en_US ────────────────────────────────────────────────────────╮
    │ header document         invoice.pdf (upload 1602)                            │
    │ limited time offer      ends 2026-04-08T02:59:00Z                            │
    │ card 1 header product   elf of catalogue 194                                 │
    │ card 1 body 1           10OFF                                                │
    │ card 1 button 0 url     elf                                                  │
    │ card 2 header product   dwarf of catalogue 194                               │
    │ card 2 body 1           10OFF                                                │
    │ card 2 button 0 url     dwarf                                                │
    │ button 0 voice_call     60 minutes, spring                                   │
    │ button 1 order_details  {"order_details":{"total_amount":{"value":5000,"offs │
    │                         et":100}}}                                           │
    │ order_status            {"type":"order_status","status":"shipped"}           │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    "#);
    let place = Header::Location {
        latitude: text("37.44"),
        longitude: text("-122.16"),
        name: Some(text("Pier")),
        address: Some(text("1 Shore Road")),
    };
    assert_snapshot!(bubble(&draft().header(place), "Ana"), @r#"
    ╭─ spring_sale · en_US ────────────────────────────────╮
    │ header location  Pier, 1 Shore Road (37.44, -122.16) │
    ╰──────────────────────────────────────────────────────╯
    "#);
    assert_snapshot!(bubble(&draft().header(Header::Video(upload("1602"))), "Ana"), @r#"
    ╭─ spring_sale · en_US ─────╮
    │ header video  upload 1602 │
    ╰───────────────────────────╯
    "#);
}

#[test]
fn a_value_cannot_move_the_cursor() {
    let payload = json!([{ "type": "payload", "payload": "{{ a }}" }]);
    let draft =
        draft().raw(json!({ "type": "button", "sub_type": "quick_reply", "index": "0", "parameters": payload }));
    let shown = bubble(&draft, "a\u{1b}[2Jb\u{202e}c");
    assert!(shown.contains("a\u{fffd}[2Jb\u{fffd}c"), "{shown:?}");
}
