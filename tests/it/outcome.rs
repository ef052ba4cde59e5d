//! What came of a request, told apart by proof: every kind of reply and its outcome.

use tidings::cloud::fault::{Effect, FAULTS, lookup};
use tidings::cloud::outcome::{Outcome, classify};

fn error(code: i64) -> Vec<u8> {
    format!(r#"{{"error":{{"message":"(#{code}) no","code":{code},"fbtrace_id":"A1"}}}}"#).into_bytes()
}

#[track_caller]
fn code_of(outcome: &Outcome) -> i64 {
    match outcome {
        Outcome::Refused(refusal) => refusal.code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn only_a_message_id_makes_a_message_accepted() {
    let accepted = classify(200, None, br#"{"messages":[{"id":"wamid.A","message_status":"accepted"}]}"#);
    assert_eq!(accepted, Outcome::Accepted { wamid: "wamid.A".into(), message_status: None });
    let held =
        classify(200, None, br#"{"messages":[{"id":"wamid.B","message_status":"held_for_quality_assessment"}]}"#);
    assert_eq!(
        held,
        Outcome::Accepted { wamid: "wamid.B".into(), message_status: Some("held_for_quality_assessment".into()) }
    );
    let unclear: [&[u8]; 5] = [b"", b"<html>", br#"{"messages":[]}"#, br#"{"messages":[{"id":""}]}"#, br#"{"mess"#];
    for body in unclear {
        assert!(matches!(classify(200, None, body), Outcome::InDoubt { .. }), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_verdict_without_metas_json_is_a_doubt() {
    for status in [301, 302, 307, 308, 400, 403, 404, 500, 502, 503, 504] {
        assert!(matches!(classify(status, None, b"<html>proxy</html>"), Outcome::InDoubt { .. }), "{status}");
    }
}

#[test]
fn a_throttle_is_known_by_its_code_or_by_429() {
    assert_eq!(code_of(&classify(400, None, &error(130_429))), 130_429);
    assert_eq!(code_of(&classify(429, Some("7"), b"")), 429);
    let Outcome::Refused(refusal) = classify(429, Some("7"), &error(4)) else { panic!("not refused") };
    assert_eq!((refusal.effect(), refusal.retry_after_s), (Effect::Throttle, Some(7)));
}

#[test]
fn server_errors_are_refusals_only_where_the_code_can_be_nothing_else() {
    for code in [3, 131_045, 131_057] {
        assert_eq!(code_of(&classify(500, None, &error(code))), code);
    }
    for code in [1, 2, 131_000, 131_016, 133_004, 999_999] {
        assert!(matches!(classify(500, None, &error(code)), Outcome::InDoubt { .. }), "{code}");
    }
    assert_eq!(code_of(&classify(400, None, &error(999_999))), 999_999);
}

#[test]
fn relays_that_write_the_code_as_text_are_understood() {
    let body = br#"{"error":{"code":"131026","error_data":"not on WhatsApp"}}"#;
    let Outcome::Refused(refusal) = classify(400, None, body) else { panic!("not refused") };
    assert_eq!((refusal.code, refusal.detail.as_str()), (131_026, "not on WhatsApp"));
}

#[test]
fn the_codes_of_gateways_and_proxies_are_no_verdict() {
    for (status, body) in [
        (403, r#"{"error":{"code":403,"message":"Forbidden","status":"PERMISSION_DENIED"}}"#),
        (408, r#"{"error":{"code":408,"message":"upstream timed out"}}"#),
        (404, r#"{"error":{"code":"404","message":"no such route"}}"#),
    ] {
        assert!(matches!(classify(status, None, body.as_bytes()), Outcome::InDoubt { .. }), "{body}");
    }
}

#[test]
fn a_subcode_that_is_written_as_text_does_not_hide_the_code() {
    let body = br#"{"error":{"code":100,"error_subcode":"33","fbtrace_id":"A1"}}"#;
    let Outcome::Refused(refusal) = classify(400, None, body) else { panic!("not refused") };
    assert_eq!((refusal.code, refusal.subcode, refusal.effect()), (100, Some(33), Effect::Sender));
}

#[test]
fn the_table_is_in_order_and_every_code_is_found() {
    assert!(FAULTS.windows(2).all(|pair| pair[0].code < pair[1].code));
    for fault in FAULTS {
        assert_eq!(lookup(fault.code).map(|found| found.effect), Some(fault.effect));
    }
    assert_eq!(lookup(200).map(|found| found.effect), Some(Effect::Token));
    assert!(lookup(424_242).is_none());
}
