//! Requests as Meta wants them: every kind of component against the published schema, and field by field against the
//! published samples of the same kind.

use jsonschema::Validator;
use serde_json::{Value, json};
use tidings::campaign::{Body, Button, Card, Header, Media, MediaFrom, Parameter, Places};
use tidings::cloud::wire::envelope;

use crate::draft::{Draft, draft, json as tree, link, listed, text, upload, words};

fn schema() -> Validator {
    let schema = serde_json::from_str(include_str!("data/template-message.schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn assert_valid(request: &Value) {
    let errors: Vec<_> =
        schema().iter_errors(request).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{request:#}");
}

/// The components of the draft's message, after a look at the whole request.
#[track_caller]
fn components(draft: &Draft) -> Value {
    let template = draft.json(&[]).unwrap();
    let request: Value = serde_json::from_slice(&envelope("+12025550123", &template, "a1")).unwrap();
    assert_valid(&request);
    request["template"]["components"].clone()
}

#[test]
fn a_template_without_variables_is_sent_without_components() {
    let template = draft().json(&[]).unwrap();
    assert_eq!(template, r#"{"name":"spring_sale","language":{"policy":"deterministic","code":"en_US"}}"#);
    let request: Value = serde_json::from_slice(&envelope("+12025550123", &template, "attempt-7")).unwrap();
    assert_valid(&request);
    assert_eq!(
        request,
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+12025550123",
            "type": "template",
            "template": { "name": "spring_sale", "language": { "policy": "deterministic", "code": "en_US" } },
            "biz_opaque_callback_data": "attempt-7"
        })
    );
}

#[test]
fn a_user_id_goes_into_recipient_and_all_else_into_to() {
    let addressed = |recipient: &str| -> Value { serde_json::from_slice(&envelope(recipient, "{}", "a1")).unwrap() };
    for user in ["US.13491208655302741918", "BR.ENT.11815799212886844830", "PT.a"] {
        let request = addressed(user);
        assert_eq!((&request["recipient"], &request["to"]), (&json!(user), &Value::Null));
    }
    let long = format!("US.{}", "1".repeat(129));
    for phone in ["+12025550123", "us.1349", "US.", "US.ENT.", "USA.1", "US.1-2", long.as_str()] {
        let request = addressed(phone);
        assert_eq!((&request["to"], &request["recipient"]), (&json!(phone), &Value::Null));
    }
}

#[test]
fn the_template_is_embedded_byte_for_byte_and_the_rest_is_escaped() {
    let body = envelope("+12025550123", r#"{"name" : "a","x":1.50}"#, "say \"hi\"\n");
    let body = std::str::from_utf8(&body).unwrap();
    assert!(body.contains(r#""template":{"name" : "a","x":1.50},"#), "{body}");
    assert!(body.ends_with(r#""biz_opaque_callback_data":"say \"hi\"\n"}"#), "{body}");
}

#[test]
fn text_headers_are_positional_or_named() {
    let positional = draft().header(Header::Text(text("Spring")));
    assert_eq!(
        components(&positional),
        json!([{ "type": "header", "parameters": [{ "type": "text", "text": "Spring" }] }])
    );
    let named = draft().header(Header::NamedText("season".to_owned(), text("Spring")));
    assert_eq!(
        components(&named),
        json!([{ "type": "header", "parameters": [{ "type": "text", "parameter_name": "season", "text": "Spring" }] }])
    );
}

#[test]
fn media_headers_hold_a_link_or_an_id() {
    let one = |parameter: Value| json!([{ "type": "header", "parameters": [parameter] }]);
    assert_eq!(
        components(&draft().header(Header::Image(upload("1602186516975000")))),
        one(json!({ "type": "image", "image": { "id": "1602186516975000" } }))
    );
    assert_eq!(
        components(&draft().header(Header::Video(link("https://cdn.example.com/spring.mp4")))),
        one(json!({ "type": "video", "video": { "link": "https://cdn.example.com/spring.mp4" } }))
    );
    let bill =
        Media { from: MediaFrom::Link(text("https://cdn.example.com/1.pdf")), filename: Some(text("invoice.pdf")) };
    assert_eq!(
        components(&draft().header(Header::Document(bill))),
        one(json!({
            "type": "document",
            "document": { "link": "https://cdn.example.com/1.pdf", "filename": "invoice.pdf" }
        }))
    );
}

#[test]
fn a_location_header_writes_degrees_as_strings() {
    let header = Header::Location {
        latitude: text("37.44"),
        longitude: text(" -122.16 "),
        name: Some(text("Pier")),
        address: Some(text("1 Shore Road")),
    };
    assert_eq!(
        components(&draft().header(header)),
        json!([{ "type": "header", "parameters": [{
            "type": "location",
            "location": { "latitude": "37.44", "longitude": "-122.16", "name": "Pier", "address": "1 Shore Road" }
        }] }])
    );
}

#[test]
fn a_product_header_names_product_and_catalogue() {
    let header = Header::Product { catalog: text("194836987003835"), id: text("di9ozbzfi4") };
    assert_eq!(
        components(&draft().header(header)),
        json!([{ "type": "header", "parameters": [{
            "type": "product",
            "product": { "product_retailer_id": "di9ozbzfi4", "catalog_id": "194836987003835" }
        }] }])
    );
}

#[test]
fn a_body_holds_text_currency_and_date_time() {
    let currency = Parameter::Currency { code: text("usd"), amount: text("100.99") };
    let body = Body::Positional(vec![words("Ana"), currency, Parameter::DateTime(text("25 February"))]);
    assert_eq!(
        components(&draft().body(body)),
        json!([{ "type": "body", "parameters": [
            { "type": "text", "text": "Ana" },
            { "type": "currency", "currency": { "fallback_value": "USD 100.99", "code": "USD", "amount_1000": 100_990 } },
            { "type": "date_time", "date_time": { "fallback_value": "25 February" } }
        ] }])
    );
}

#[test]
fn named_body_parameters_carry_their_names_in_the_authors_order() {
    let currency = Parameter::Currency { code: text("BRL"), amount: text("150") };
    let draft =
        draft().named("name", words("Ana")).named("due", Parameter::DateTime(text("5 May"))).named("total", currency);
    assert_eq!(
        components(&draft),
        json!([{ "type": "body", "parameters": [
            { "type": "text", "parameter_name": "name", "text": "Ana" },
            { "type": "date_time", "parameter_name": "due", "date_time": { "fallback_value": "5 May" } },
            { "type": "currency", "parameter_name": "total",
              "currency": { "fallback_value": "BRL 150", "code": "BRL", "amount_1000": 150_000 } }
        ] }])
    );
}

#[track_caller]
fn button(index: u8, button: Button) -> Value {
    let components = components(&draft().button(index, button));
    assert_eq!(components.as_array().unwrap().len(), 1);
    components[0].clone()
}

#[test]
fn simple_buttons_hold_one_parameter() {
    assert_eq!(
        button(1, Button::Url(text("abc123"))),
        json!({ "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": "abc123" }] })
    );
    assert_eq!(
        button(0, Button::QuickReply(text("stop_promo"))),
        json!({ "type": "button", "sub_type": "quick_reply", "index": "0",
                "parameters": [{ "type": "payload", "payload": "stop_promo" }] })
    );
    assert_eq!(
        button(9, Button::CopyCode(text("25OFF"))),
        json!({ "type": "button", "sub_type": "copy_code", "index": "9",
                "parameters": [{ "type": "coupon_code", "coupon_code": "25OFF" }] })
    );
}

#[test]
fn a_flow_button_has_a_token_and_may_have_data() {
    let full = Button::Flow { token: Some(text("t-1")), data: Some(tree(json!({ "screen": "OFFERS", "step": 2 }))) };
    assert_eq!(
        button(0, full),
        json!({ "type": "button", "sub_type": "flow", "index": "0", "parameters": [{ "type": "action",
                "action": { "flow_token": "t-1", "flow_action_data": { "screen": "OFFERS", "step": 2 } } }] })
    );
    assert_eq!(
        button(0, Button::Flow { token: None, data: None })["parameters"],
        json!([{ "type": "action", "action": { "flow_token": "unused" } }])
    );
}

#[test]
fn a_catalogue_button_may_name_its_picture() {
    assert_eq!(
        button(0, Button::Catalog { thumbnail: Some(text("2lc20305pt")) }),
        json!({ "type": "button", "sub_type": "catalog", "index": "0", "parameters": [{ "type": "action",
                "action": { "thumbnail_product_retailer_id": "2lc20305pt" } }] })
    );
    assert_eq!(
        button(0, Button::Catalog { thumbnail: None }),
        json!({ "type": "button", "sub_type": "catalog", "index": "0" })
    );
}

#[test]
fn a_products_button_lists_sections() {
    let products = Button::Products {
        thumbnail: text("2lc20305pt"),
        sections: vec![
            (text("Bundles"), vec![text("2lc20305pt"), text("nseiw1x3ch")]),
            (text("Premium"), vec![text("n6k6x0y7oe")]),
        ],
    };
    assert_eq!(
        button(0, products),
        json!({ "type": "button", "sub_type": "mpm", "index": "0", "parameters": [{ "type": "action", "action": {
            "thumbnail_product_retailer_id": "2lc20305pt",
            "sections": [
                { "title": "Bundles", "product_items": [
                    { "product_retailer_id": "2lc20305pt" }, { "product_retailer_id": "nseiw1x3ch" }] },
                { "title": "Premium", "product_items": [{ "product_retailer_id": "n6k6x0y7oe" }] }
            ]
        } }] })
    );
}

#[test]
fn a_call_button_writes_minutes_as_a_number_and_is_left_out_when_it_says_nothing() {
    let call = Button::VoiceCall { ttl_minutes: Some(text("10080")), payload: Some(text("spring")) };
    assert_eq!(
        button(1, call),
        json!({ "type": "button", "sub_type": "voice_call", "index": "1", "parameters": [
            { "type": "ttl_minutes", "ttl_minutes": 10080 }, { "type": "payload", "payload": "spring" }] })
    );
    assert_eq!(components(&draft().button(1, Button::VoiceCall { ttl_minutes: None, payload: None })), Value::Null);
}

fn bill() -> Value {
    json!({
        "reference_id": "order-1", "type": "digital-goods", "payment_type": "br", "currency": "BRL",
        "total_amount": { "value": 5000, "offset": 100 },
        "order": { "status": "pending", "items": [
            { "retailer_id": "001", "name": "Cake", "amount": { "value": 5000, "offset": 100 }, "quantity": 1 }] }
    })
}

#[test]
fn an_order_details_button_holds_the_bill_as_written() {
    assert_eq!(
        button(0, Button::OrderDetails(tree(bill()))),
        json!({ "type": "button", "sub_type": "order_details", "index": "0",
                "parameters": [{ "type": "action", "action": { "order_details": bill() } }] })
    );
}

#[test]
fn a_one_time_password_fills_body_and_button() {
    assert_eq!(
        components(&draft().otp("J4D92")),
        json!([
            { "type": "body", "parameters": [{ "type": "text", "text": "J4D92" }] },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "J4D92" }] }
        ])
    );
}

#[test]
fn a_limited_time_offer_ends_at_a_millisecond_and_stands_between_body_and_buttons() {
    let draft = draft()
        .header(Header::Image(upload("1602186516975000")))
        .body(listed(&["Ana"]))
        .offer_ends("2026-04-07T23:59:00-03:00")
        .button(0, Button::CopyCode(text("25OFF")))
        .button(1, Button::Url(text("n3mtql")));
    assert_eq!(
        components(&draft),
        json!([
            { "type": "header", "parameters": [{ "type": "image", "image": { "id": "1602186516975000" } }] },
            { "type": "body", "parameters": [{ "type": "text", "text": "Ana" }] },
            { "type": "limited_time_offer", "parameters": [{ "type": "limited_time_offer",
              "limited_time_offer": { "expiration_time_ms": 1_775_617_140_000_i64 } }] },
            { "type": "button", "sub_type": "copy_code", "index": "0",
              "parameters": [{ "type": "coupon_code", "coupon_code": "25OFF" }] },
            { "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": "n3mtql" }] }
        ])
    );
}

#[test]
fn carousel_cards_are_numbered_and_hold_their_own_components() {
    let card = |image: &str, slug: &str| Card {
        header: Some(Header::Image(upload(image))),
        body: listed(&["10OFF"]),
        buttons: [(0, Button::QuickReply(text("more"))), (1, Button::Url(text(slug)))].into(),
        places: Places::default(),
    };
    let draft = draft().body(listed(&["Ana"])).card(card("24230790383178626", "blue-elf")).card(card("1558", "buddha"));
    let expected = |index: usize, image: &str, slug: &str| {
        json!({ "card_index": index, "components": [
            { "type": "header", "parameters": [{ "type": "image", "image": { "id": image } }] },
            { "type": "body", "parameters": [{ "type": "text", "text": "10OFF" }] },
            { "type": "button", "sub_type": "quick_reply", "index": "0",
              "parameters": [{ "type": "payload", "payload": "more" }] },
            { "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": slug }] }
        ] })
    };
    assert_eq!(
        components(&draft),
        json!([
            { "type": "body", "parameters": [{ "type": "text", "text": "Ana" }] },
            { "type": "carousel", "cards": [
                expected(0, "24230790383178626", "blue-elf"), expected(1, "1558", "buddha")] }
        ])
    );
}

#[test]
fn raw_components_are_sent_as_written() {
    let component = json!({ "type": "order_status", "parameters": [{ "type": "order_status",
        "order_status": { "reference_id": "order-1", "order": { "status": "shipped" } } }] });
    assert_eq!(components(&draft().raw(component.clone())), json!([component]));
}

#[test]
fn the_schema_refuses_broken_requests() {
    let template = draft()
        .header(Header::Image(upload("1602186516975000")))
        .body(listed(&["Ana"]))
        .button(0, Button::Url(text("abc")))
        .json(&[])
        .unwrap();
    let good: Value = serde_json::from_slice(&envelope("+12025550123", &template, "a1")).unwrap();
    assert_valid(&good);
    let breaks: [(&str, Value); 12] = [
        ("/messaging_product", json!("telegram")),
        ("/to", json!(12025550123_i64)),
        ("/type", json!("text")),
        ("/template/name", json!(7)),
        ("/template/language", json!({ "code": "en_US" })),
        (
            "/template/components/0/parameters/0",
            json!({ "type": "image", "image": { "id": "1", "link": "https://a.b" } }),
        ),
        ("/template/components/1/parameters/0", json!({ "type": "text" })),
        ("/template/components/1/parameters/0/type", json!("payload")),
        ("/template/components/2/index", json!(0)),
        ("/template/components/2/sub_type", json!("URL")),
        ("/template/components/2/parameters", json!([])),
        ("/template/components", json!([{ "parameters": [] }])),
    ];
    for (pointer, value) in breaks {
        let mut broken = good.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        assert!(!schema().is_valid(&broken), "{pointer} was taken: {broken:#}");
    }
}
