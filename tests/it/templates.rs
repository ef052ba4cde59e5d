//! Templates as Meta lists them: what is known of them, and what is kept of what is not known.

use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::catalogue::{Part, gaps, parts};
use tidings::cloud::templates::{
    ButtonKind, Category, Component, Filling, HeaderFormat, ParameterFormat, Piece, Placeholder, Quality, Status,
    TemplateDefinition, pieces, placeholders,
};

/// A template with these components.
pub fn template(name: &str, language: &str, components: Value) -> Value {
    json!({
        "id": format!("1{}{}", name.len(), language.len()), "name": name, "language": language, "status": "APPROVED",
        "category": "UTILITY", "parameter_format": "POSITIONAL", "components": components
    })
}

#[track_caller]
pub fn read(json: Value) -> TemplateDefinition {
    TemplateDefinition::from_json(json).expect("a template")
}

#[track_caller]
fn with(components: Value) -> TemplateDefinition {
    read(template("spring", "en_US", components))
}

#[test]
fn a_template_is_read_with_all_that_meta_says_of_it() {
    let mut json = template("spring", "pt_BR", json!([{ "type": "BODY", "text": "Olá" }]));
    json["parameter_format"] = json!("NAMED");
    json["category"] = json!("MARKETING");
    json["previous_category"] = json!("UTILITY");
    json["quality_score"] = json!({ "score": "YELLOW", "date": 1_767_225_600 });
    let template = read(json);
    assert_eq!((template.name.as_str(), template.language.as_str()), ("spring", "pt_BR"));
    assert_eq!((template.status.clone(), template.category.clone()), (Status::Approved, Category::Marketing));
    assert_eq!(template.previous_category, Some(Category::Utility));
    assert_eq!(
        (template.parameter_format.clone(), template.quality.clone()),
        (ParameterFormat::Named, Some(Quality::Yellow))
    );
    assert_eq!(template.body(), Some("Olá"));
}

#[test]
fn words_that_are_not_known_stay_words_and_promise_nothing() {
    let mut json = template("spring", "en_US", json!([{ "type": "HOLOGRAM", "depth": 3 }]));
    json["status"] = json!("DREAMING");
    json["category"] = json!("SERVICE");
    let template = read(json);
    assert_eq!(template.status, Status::Other("DREAMING".to_owned()));
    assert!(!template.status.is_sendable());
    assert_eq!(template.category.as_str(), "SERVICE");
    assert_eq!(template.components, [Component::Other(json!({ "type": "HOLOGRAM", "depth": 3 }))]);
    assert_eq!(template.as_json()["components"][0]["depth"], 3);
}

#[test]
fn only_what_may_be_sent_is_sendable() {
    for word in ["APPROVED", "REINSTATED", "UNARCHIVED", "approved"] {
        assert!(Status::of(word).is_sendable(), "{word}");
    }
    for word in ["PENDING", "REJECTED", "PAUSED", "DISABLED", "ARCHIVED", "IN_APPEAL", "DELETED", "FLAGGED", ""] {
        assert!(!Status::of(word).is_sendable(), "{word}");
    }
}

#[test]
fn a_component_of_another_shape_stays_json() {
    for odd in [
        json!({ "type": "BODY", "text": 5 }),
        json!({ "type": "HEADER" }),
        json!({ "type": "BUTTONS", "buttons": "none" }),
        json!({ "type": "BUTTONS", "buttons": [{ "text": "without a type" }] }),
        json!({ "type": "CAROUSEL", "cards": [{}] }),
        json!({ "type": ["BODY"] }),
        json!("BODY"),
        json!(null),
    ] {
        assert_eq!(with(json!([odd])).components, [Component::Other(odd)]);
    }
}

#[test]
fn what_every_template_has_must_be_there() {
    for key in ["name", "language", "status", "category"] {
        for wrong in [json!(null), json!(7), json!("")] {
            let mut json = template("spring", "en_US", json!([]));
            json[key] = wrong;
            let error = TemplateDefinition::from_json(json).expect_err("a refusal").to_string();
            assert!(error.contains(key), "{error}");
        }
    }
    assert!(TemplateDefinition::from_json(json!([])).is_err());
}

#[test]
fn buttons_tell_what_fills_them_by_position() {
    let buttons = json!([{ "type": "BUTTONS", "buttons": [
        { "type": "QUICK_REPLY", "text": "Stop" },
        { "type": "URL", "text": "Shop", "url": "https://shop.example.com/{{1}}" },
        { "type": "URL", "text": "Home", "url": "https://shop.example.com" },
        { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+12025550199" },
        { "type": "COPY_CODE", "text": "Copy" },
        { "type": "FLOW", "text": "Book" },
        { "type": "CATALOG", "text": "All" },
        { "type": "MPM", "text": "Some" },
        { "type": "OTP", "text": "Code", "otp_type": "COPY_CODE" },
        { "type": "TELEPORT", "text": "Go" },
    ] }]);
    let template = with(buttons);
    let fillings: Vec<_> = template.buttons().iter().map(|button| button.filling()).collect();
    let expected = [
        Some(Filling::QuickReply),
        Some(Filling::Url),
        None,
        None,
        Some(Filling::CopyCode),
        Some(Filling::Flow),
        Some(Filling::Catalog),
        Some(Filling::Products),
        Some(Filling::Otp),
        None,
    ];
    assert_eq!(fillings, expected);
    assert_eq!(template.buttons()[9].kind, ButtonKind::Other("TELEPORT".to_owned()));
    assert_eq!(gaps(&template), ["button 1 url", "button 4 copy code", "button 7 mpm", "button 8 otp"]);
}

#[test]
fn the_link_that_meta_lists_for_a_code_is_a_code() {
    let url = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}";
    let template = with(json!([{ "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Copy", "url": url }] }]));
    assert_eq!(template.buttons()[0].filling(), Some(Filling::Otp));
}

#[test]
fn the_parts_of_every_kind_are_named_from_top_to_bottom() {
    let card = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "Only {{1}}" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "See", "url": "https://x.example/{{1}}" }] },
    ] });
    let template = with(json!([
        { "type": "header", "format": "text", "text": "For {{1}}" },
        { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Soon over", "has_expiration": true } },
        { "type": "BODY", "text": "Hello {{1}}, {{2}} and {{1}}" },
        { "type": "CAROUSEL", "cards": [card] },
        { "type": "FOOTER", "text": "Bye" },
    ]));
    assert_eq!(template.header().map(|header| &header.format), Some(&HeaderFormat::Text));
    assert_eq!(template.footer(), Some("Bye"));
    assert_eq!(template.cards()[0].body(), Some("Only {{1}}"));
    let told: Vec<_> = parts(&template).into_iter().map(|Part { name, text }| format!("{name}: {text}")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    header: For {{1}}
    limited time offer: Soon over
    body: Hello {{1}}, {{2}} and {{1}}
    footer: Bye
    card 1 header image: 
    card 1 body: Only {{1}}
    card 1 button 0 url: See → https://x.example/{{1}}
    ");
    insta::assert_snapshot!(gaps(&template).join(", "), @"header 1, end of the offer, body 1, body 2, card 1 header image, card 1 body 1, card 1 button 0 url");
}

#[test]
fn placeholders_come_in_order_and_once() {
    use Placeholder::{Name, Number};
    for (text, expected) in [
        ("Hello {{1}}, {{2}} and {{1}}", vec![Number(1), Number(2)]),
        ("{{ first_name }} {{last_name2}}", vec![Name("first_name"), Name("last_name2")]),
        ("{1} {{}} {{ }} {{a b}} {{a-b}} {{1", vec![]),
        ("{{{1}}}", vec![Number(1)]),
        ("{{ {{2}}", vec![Number(2)]),
        ("{{99999999999}}", vec![Name("99999999999")]),
        ("", vec![]),
    ] {
        assert_eq!(placeholders(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn the_pieces_of_a_text_make_up_the_text(text in "[{}a1_ é\n]{0,40}") {
        let mut again = String::new();
        let mut rest = text.as_str();
        for piece in pieces(&text) {
            match piece {
                Piece::Text(fixed) => {
                    prop_assert!(!fixed.is_empty());
                    prop_assert!(rest.starts_with(fixed));
                    again.push_str(fixed);
                    rest = &rest[fixed.len()..];
                }
                Piece::Placeholder(_) => {
                    let gap = rest.find("}}").expect("the end of a gap") + 2;
                    prop_assert!(rest.starts_with("{{"));
                    again.push_str(&rest[..gap]);
                    rest = &rest[gap..];
                }
            }
        }
        prop_assert_eq!(again, text);
    }
}
