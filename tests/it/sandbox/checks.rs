//! What the sandbox refuses, with which code, and that it names the field.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::sandbox::faults::{Script, TokenDigest};
use tidings::sandbox::world::{Asked, World};

use super::{MARKETING_PATH, PATH, asked, json_of, message_to, message_with, quiet, refusal, send};

#[test]
fn every_component_that_meta_documents_is_taken() {
    let image = json!({ "type": "image", "image": { "link": "https://cdn.example.com/a.jpg" } });
    let button = |sub_type: &str, index: Value, parameter: Value| json!({ "type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter] });
    let card = |index: u64| {
        json!({ "card_index": index, "components": [
            { "type": "header", "parameters": [image] },
            { "type": "body", "parameters": [text("blue")] },
            button("quick_reply", json!("0"), json!({ "type": "payload", "payload": "more" })),
        ] })
    };
    let mpm = json!({ "type": "action", "action": { "thumbnail_product_retailer_id": "sku", "sections": [
        { "title": "New", "product_items": [{ "product_retailer_id": "sku" }] }
    ] } });
    let offer =
        json!({ "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": 1_698_562_800_000_i64 } });
    let location = json!({ "type": "location", "location": {
        "latitude": "37.44", "longitude": -122.16, "name": "Shop", "address": "1 Main St"
    } });
    let good = [
        json!([]),
        json!([{ "type": "header", "parameters": [text("Hi")] }, { "type": "body", "parameters": [text("a"), text("b")] }]),
        json!([{ "type": "body", "parameters": [
            { "type": "text", "parameter_name": "first_name", "text": "Ana \"A\" \u{1f389}" },
            { "type": "currency", "parameter_name": "price",
              "currency": { "fallback_value": "R$ 150", "code": "BRL", "amount_1000": 150_000 } },
            { "type": "date_time", "parameter_name": "ends", "date_time": { "fallback_value": "5 May", "year": 2026 } },
        ] }]),
        json!([{ "type": "header", "parameters": [{ "type": "document", "document": { "id": "1", "filename": "a.pdf" } }] }]),
        json!([{ "type": "header", "parameters": [{ "type": "video", "video": { "id": "1" } }] }]),
        json!([{ "type": "header", "parameters": [{ "type": "gif", "gif": { "id": "1" } }] }]),
        json!([{ "type": "header", "parameters": [location] }]),
        json!([{ "type": "header", "parameters": [
            { "type": "product", "product": { "product_retailer_id": "sku", "catalog_id": "1" } }
        ] }]),
        json!([
            button("url", json!(1), text("slug")),
            button("COPY_CODE", json!("0"), json!({ "type": "coupon_code", "coupon_code": "25OFF" }))
        ]),
        json!([button(
            "flow",
            json!("0"),
            json!({ "type": "action", "action": {
            "flow_token": "unused", "flow_action_data": { "any": [1, 2] } } })
        )]),
        json!([{ "type": "button", "sub_type": "CATALOG", "index": 0 }]),
        json!([button("mpm", json!("0"), mpm)]),
        json!([button(
            "order_details",
            json!(0),
            json!({ "type": "action", "action": { "order_details": { "a": 1 } } })
        )]),
        json!([{ "type": "button", "sub_type": "voice_call", "parameters": [
            { "type": "ttl_minutes", "ttl_minutes": 60 }, { "type": "payload", "payload": "p" }
        ] }]),
        json!([{ "type": "limited_time_offer", "parameters": [offer] }]),
        json!([{ "type": "carousel", "cards": [card(0), card(1)] }]),
        json!([{ "type": "order_status", "parameters": [{ "type": "order_status", "order_status": {} }] }]),
    ];
    for components in good {
        let (status, body) = send(&mut quiet(), PATH, &message_with(components.clone()));
        assert_eq!(status, 200, "{components} got {body}");
    }
}

#[test]
fn what_is_wrong_with_the_message_itself_is_named_with_its_field() {
    let table: [(&str, Value, i64, &str); 17] = [
        ("/messaging_product", Value::Null, 131_008, "messaging_product: required"),
        ("/messaging_product", json!("telegram"), 100, "messaging_product: must be `whatsapp`"),
        ("/recipient_type", json!("group"), 100, "recipient_type: must be `individual`"),
        ("/to", Value::Null, 131_008, "to or recipient: required"),
        ("/to", json!("12025550100"), 131_009, "to: not a phone number"),
        ("/to", json!("+02025550100"), 131_009, "to: not a phone number"),
        ("/to", json!("+1202555"), 200, ""),
        ("/to", json!("+1 202 555 0100"), 131_009, "to: not a phone number"),
        ("/type", Value::Null, 131_008, "type: required"),
        ("/type", json!("text"), 131_051, "type: "),
        ("/template", Value::Null, 131_008, "template: required"),
        ("/template/name", json!(""), 131_008, "template.name: required"),
        ("/template/language/code", Value::Null, 131_008, "template.language.code: required"),
        ("/template/language/policy", json!("fallback"), 100, "template.language.policy: must be"),
        ("/template/name", json!(7), 100, "template.name: invalid type"),
        ("/biz_opaque_callback_data", json!("é".repeat(513)), 100, "biz_opaque_callback_data: longer than 512"),
        ("/biz_opaque_callback_data", json!("é".repeat(512)), 200, ""),
    ];
    for (pointer, value, code, details) in table {
        let mut message = message_to("+12025550100");
        *message.pointer_mut(pointer).expect("a field") = value;
        let answer = send(&mut quiet(), PATH, &message);
        if code == 200 {
            assert_eq!(answer.0, 200, "{message}: {}", answer.1);
        } else {
            let (status, found, text) = refusal(answer);
            assert_eq!((status, found), (400, code), "{message}: {text}");
            assert!(text.starts_with(details), "{text}");
        }
    }
}

#[test]
fn an_unknown_field_and_broken_json_are_refused() {
    let mut message = message_to("+12025550100");
    message["biz_opaque_callback_date"] = json!("x");
    let (status, code, details) = refusal(send(&mut quiet(), PATH, &message));
    assert_eq!((status, code), (400, 100));
    assert!(details.contains("unknown field `biz_opaque_callback_date`"), "{details}");
    for body in [&b""[..], b"[]", b"{\"to\":", b"{} {}", b"\xff"] {
        let (status, code, _) = refusal(json_of(quiet().answer(&asked(PATH, body), Duration::ZERO)));
        assert_eq!((status, code), (400, 100), "{}", String::from_utf8_lossy(body));
    }
    let long = vec![b' '; 64 * 1024 + 1];
    let (_, code, details) = refusal(json_of(quiet().answer(&asked(PATH, &long), Duration::ZERO)));
    assert_eq!((code, details.as_str()), (100, "body: longer than 65536 bytes"));
}

#[test]
fn no_template_can_have_an_impossible_name_or_language() {
    for (pointer, value) in [("/template/name", "Hello World"), ("/template/language/code", "english")] {
        let mut message = message_to("+12025550100");
        *message.pointer_mut(pointer).expect("a field") = json!(value);
        let (status, code, _) = refusal(send(&mut quiet(), PATH, &message));
        assert_eq!((status, code), (404, 132_001), "{value}");
    }
}

/// Each of these components is refused with that code, and details that start with that place; nothing is accepted.
#[track_caller]
fn assert_refused(table: &[(Value, i64, &str)]) {
    for (components, code, details) in table {
        let mut world = quiet();
        let (status, found, text) = refusal(send(&mut world, PATH, &message_with(components.clone())));
        assert_eq!((status, found), (400, *code), "{components}: {text}");
        assert!(text.starts_with(details), "{components}: {text}");
        assert_eq!((world.book().accepted, world.book().requests), (0, 1));
    }
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

#[test]
fn a_component_that_cannot_stand_there_is_named() {
    assert_refused(&[
        (json!([{}]), 131_008, "template.components[0].type: required"),
        (json!([{ "type": "footer" }]), 100, "template.components[0].type: `footer`"),
        (json!([{ "type": "body" }]), 131_008, "template.components[0].parameters: required"),
        (json!([{ "type": "body", "index": 0, "parameters": [] }]), 100, "template.components[0].index: only for"),
        (
            json!([{ "type": "body", "parameters": [] }, { "type": "body", "parameters": [] }]),
            100,
            "template.components[1].type",
        ),
    ]);
}

#[test]
fn a_bad_parameter_of_the_body_is_named() {
    let named = json!({ "type": "text", "parameter_name": "a", "text": "b" });
    let body = |parameters: Value| json!([{ "type": "body", "parameters": parameters }]);
    assert_refused(&[
        (body(json!([{ "type": "text" }])), 131_008, "template.components[0].parameters[0].text: required"),
        (body(json!([text("  ")])), 131_008, "template.components[0].parameters[0].text: required"),
        (body(json!([{ "text": "a" }])), 131_008, "template.components[0].parameters[0].type: required"),
        (body(json!([{ "type": "txt", "text": "a" }])), 100, "template.components[0].parameters[0].type: must be"),
        (body(json!([{ "type": "image", "image": { "id": "1" } }])), 100, "template.components[0].parameters[0].type"),
        (body(json!([text("a"), text("b\nc")])), 132_018, "template.components[0].parameters[1].text: must not hold"),
        (body(json!([text("b\tc")])), 132_018, "template.components[0].parameters[0].text"),
        (body(json!([text("b     c")])), 132_018, "template.components[0].parameters[0].text"),
        (body(json!([named, text("a")])), 132_012, "template.components[0].parameters[1]: either every"),
        (body(json!([text(&"x".repeat(1000)), text(&"x".repeat(25))])), 132_005, "template.components[0]: 1025"),
        (
            body(json!([{ "type": "text", "text": "a", "parameter_name": "A b" }])),
            100,
            "template.components[0].parameters[0].parameter_name",
        ),
        (
            body(
                json!([{ "type": "currency", "currency": { "fallback_value": "1", "code": "EUR", "amount_1000": 1.5 } }]),
            ),
            100,
            "template.components[0].parameters[0].currency.amount_1000: invalid",
        ),
        (
            body(
                json!([{ "type": "currency", "currency": { "fallback_value": "1", "code": "Euro", "amount_1000": 1 } }]),
            ),
            131_009,
            "template.components[0].parameters[0].currency.code",
        ),
    ]);
}

#[test]
fn a_bad_header_is_named() {
    let header = |parameter: Value| json!([{ "type": "header", "parameters": [parameter] }]);
    assert_refused(&[
        (header(text(&"x".repeat(61))), 132_005, "template.components[0]: 61"),
        (header(json!({ "type": "image", "image": {} })), 131_008, "template.components[0].parameters[0].image.id or"),
        (
            header(json!({ "type": "image", "image": { "id": "1", "link": "https://a.example" } })),
            100,
            "template.components[0].parameters[0].image: either",
        ),
        (
            header(json!({ "type": "image", "image": { "link": "file:///a" } })),
            131_009,
            "template.components[0].parameters[0].image.link",
        ),
        (
            header(json!({ "type": "image", "image": { "id": "1", "filename": "a" } })),
            100,
            "template.components[0].parameters[0].image.filename",
        ),
        (
            json!([{ "type": "header", "parameters": [text("a"), text("b")] }]),
            132_000,
            "template.components[0].parameters: 2",
        ),
    ]);
}

#[test]
fn a_bad_button_is_named() {
    let button =
        |index: Value| json!({ "type": "button", "sub_type": "url", "index": index, "parameters": [text("slug")] });
    let payload = |payload: String| {
        let parameter = json!({ "type": "payload", "payload": payload });
        json!([{ "type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [parameter] }])
    };
    assert_refused(&[
        (json!([button(Value::Null)]), 131_008, "template.components[0].index: required"),
        (json!([button(json!(10))]), 100, "template.components[0].index: must be"),
        (json!([button(json!("x"))]), 100, "template.components[0].index: `x` is no number"),
        (json!([button(json!(1)), button(json!("1"))]), 100, "template.components[1].index: 1 stands"),
        (json!([{ "type": "button", "index": 0 }]), 131_008, "template.components[0].sub_type: required"),
        (json!([{ "type": "button", "sub_type": "link", "index": 0 }]), 100, "template.components[0].sub_type: `link`"),
        (
            json!([{ "type": "button", "sub_type": "mpm", "index": 0, "parameters": [{ "type": "action", "action": {} }] }]),
            131_008,
            "template.components[0].parameters[0].action.thumbnail_product_retailer_id",
        ),
        (payload("x".repeat(513)), 131_009, "template.components[0].parameters[0].payload: longer"),
    ]);
}

#[test]
fn a_bad_carousel_is_named() {
    let card = |index: u64| json!({ "card_index": index, "components": [] });
    let cards = |count: u64| json!([{ "type": "carousel", "cards": (0..count).map(card).collect::<Vec<_>>() }]);
    let card_body = json!({ "card_index": 1, "components": [
        { "type": "body", "parameters": [text(&"x".repeat(161))] }
    ] });
    assert_refused(&[
        (cards(1), 100, "template.components[0].cards: 1 cards"),
        (cards(11), 100, "template.components[0].cards: 11 cards"),
        (
            json!([{ "type": "carousel", "cards": [card(0), card(0)] }]),
            100,
            "template.components[0].cards[1].card_index",
        ),
        (
            json!([{ "type": "carousel", "cards": [card(0), card_body] }]),
            132_005,
            "template.components[0].cards[1].components[0]: 161",
        ),
    ]);
}

#[test]
fn marketing_messages_has_fields_of_its_own() {
    let mut message = message_to("+12025550100");
    message["product_policy"] = json!("STRICT");
    message["message_activity_sharing"] = json!(true);
    let mut world = quiet();
    assert_eq!(send(&mut world, MARKETING_PATH, &message).0, 200);
    assert_eq!(world.messages(0, 1)[0].endpoint, "marketing_messages");
    let (_, code, details) = refusal(send(&mut world, PATH, &message));
    assert_eq!((code, details.as_str()), (100, "product_policy: only for marketing_messages"));
    message["type"] = json!("text");
    let (_, code, details) = refusal(send(&mut world, MARKETING_PATH, &message));
    assert_eq!((code, details.as_str()), (100, "type: must be a template message"));
}

#[test]
fn an_address_that_means_nothing_is_refused_as_graph_would() {
    let table = [
        ("POST", "/v25.0/spring/messages", 100, Some(33)),
        ("GET", PATH, 100, Some(33)),
        ("POST", "/v25/106540352242922/messages", 2500, None),
        ("POST", "/106540352242922/messages", 2500, None),
        ("POST", "/v25.0/106540352242922/media", 2500, None),
        ("POST", "/v25.0/106540352242922/messages/", 2500, None),
        ("GET", "/", 2500, None),
    ];
    let body = message_to("+12025550100").to_string();
    for (method, path, code, subcode) in table {
        let request = Asked { method, ..asked(path, body.as_bytes()) };
        let (status, reply) = json_of(quiet().answer(&request, Duration::ZERO));
        let error = &reply["error"];
        let found = (status, error["code"].as_i64(), error["error_subcode"].as_i64());
        assert_eq!(found, (400, Some(code), subcode), "{method} {path}");
    }
}

#[test]
fn only_json_with_the_right_token_is_let_in() {
    let body = message_to("+12025550100").to_string();
    let script = Script { token: Some(TokenDigest::of("right")), ..Script::default() };
    let headers = [
        (Some("Bearer right"), "application/json", 200),
        (Some("bearer right"), "application/json; charset=utf-8", 200),
        (Some("Bearer wrong"), "application/json", 401),
        (Some("Bearer "), "application/json", 401),
        (Some("right"), "application/json", 401),
        (None, "application/json", 401),
        (Some("Bearer right"), "text/plain", 400),
    ];
    for (authorization, content_type, expected) in headers {
        let authorization = authorization.map(str::as_bytes);
        let content_type = Some(content_type.as_bytes());
        let request = Asked { authorization, content_type, ..asked(PATH, body.as_bytes()) };
        let (status, reply) = json_of(World::new(script.clone()).answer(&request, Duration::ZERO));
        assert_eq!(status, expected, "{reply}");
        assert_eq!(reply["error"]["code"] == 190, expected == 401, "{reply}");
        assert!(!reply.to_string().contains("right") && !reply.to_string().contains("wrong"), "{reply}");
    }
}

proptest! {
    #[test]
    fn no_body_makes_it_stumble(body in ".{0,200}", key in "[a-z_]{1,20}") {
        let mut message = message_to("+12025550100");
        message["template"]["components"] = json!([{ "type": key.clone(), "parameters": [{ "type": "text", key: body.clone() }] }]);
        for text in [message.to_string(), body] {
            let (status, _) = json_of(quiet().answer(&asked(PATH, text.as_bytes()), Duration::ZERO));
            prop_assert!(matches!(status, 200 | 400));
        }
    }
}
