//! What came of a request, told apart by proof: every kind of reply and its outcome.

use proptest::prelude::*;
use tidings::cloud::fault::{Effect, FAULTS, lookup};
use tidings::cloud::outcome::{Outcome, classify};
use tidings::cloud::pause;

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
    assert_eq!(code_of(&classify(429, Some(7), b"")), 429);
    let Outcome::Refused(refusal) = classify(429, Some(7), &error(4)) else { panic!("not refused") };
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

#[track_caller]
fn assert_in_doubt(status: u16, body: &str) {
    let outcome = classify(status, None, body.as_bytes());
    assert!(matches!(outcome, Outcome::InDoubt { .. }), "HTTP {status} {body}: {outcome:?}");
}

#[test]
fn small_numbers_of_other_peoples_errors_are_not_taken_for_metas() {
    // gRPC's 4 is "deadline exceeded", where Meta's is a throttle: asking again could message a person twice.
    for code in [0, 1, 3, 4, 7, 10, 17, 100, 190, 200, 404, 429, 502, 613, 2_500] {
        for status in [200, 400, 403, 500, 504] {
            assert_in_doubt(status, &format!(r#"{{"error":{{"code":{code},"message":"from a gateway"}}}}"#));
            assert_in_doubt(status, &format!(r#"{{"error":{{"code":{code},"fbtrace_id":""}}}}"#));
        }
    }
    assert_eq!(code_of(&classify(400, None, &error(4))), 4);
}

#[test]
fn an_error_with_http_200_goes_by_its_code() {
    assert_eq!(code_of(&classify(200, None, &error(131_026))), 131_026);
    assert_eq!(code_of(&classify(200, None, &error(190))), 190);
    for code in [1, 131_000, 999_999] {
        assert_in_doubt(200, std::str::from_utf8(&error(code)).expect("text"));
    }
}

#[test]
fn a_reply_that_says_yes_and_no_is_never_asked_again() {
    let both = r#"{"messages":[{"id":"wamid.A"}],"error":{"code":130429,"fbtrace_id":"A1"}}"#;
    assert!(matches!(classify(200, None, both.as_bytes()), Outcome::Accepted { .. }));
    for status in [400, 429, 500] {
        let outcome = classify(status, None, both.as_bytes());
        assert!(!matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
    assert_in_doubt(400, both);
    assert_in_doubt(500, r#"{"messages":[{"id":"wamid.A"}]}"#);
}

#[test]
fn statuses_that_end_no_request_are_doubts_whatever_comes_with_them() {
    for status in [100, 101, 102, 103, 199, 600, 777, 999] {
        assert_in_doubt(status, r#"{"messages":[{"id":"wamid.A"}]}"#);
        assert_in_doubt(status, std::str::from_utf8(&error(130_429)).expect("text"));
    }
}

#[test]
fn too_many_requests_is_a_throttle_with_codes_that_nobody_knows() {
    let Outcome::Refused(refusal) = classify(429, Some(3), &error(999_999)) else { panic!("not refused") };
    assert_eq!((refusal.effect(), refusal.retry_after_s), (Effect::Throttle, Some(3)));
    assert!(refusal.detail.contains("999999"), "{}", refusal.detail);
    assert_eq!(code_of(&classify(429, None, &error(131_026))), 131_026);
    assert_in_doubt(429, std::str::from_utf8(&error(131_000)).expect("text"));
}

#[test]
fn subcodes_come_as_numbers_or_as_text() {
    for subcode in ["33", r#""33""#] {
        let body = format!(r#"{{"error":{{"code":100,"error_subcode":{subcode},"fbtrace_id":"A1"}}}}"#);
        let Outcome::Refused(refusal) = classify(400, None, body.as_bytes()) else { panic!("not refused") };
        assert_eq!((refusal.subcode, refusal.effect()), (Some(33), Effect::Sender));
    }
}

#[test]
fn a_pause_is_asked_for_in_seconds_or_as_a_date() {
    let noon = Some("Wed, 01 Apr 2026 12:00:00 GMT");
    let table = [
        ("7", None, Some(7)),
        (" 0 ", None, Some(0)),
        ("1000000000", None, Some(1_000_000_000)),
        ("99999999999999999999999999", None, Some(u64::MAX)),
        ("Wed, 01 Apr 2026 12:02:00 GMT", noon, Some(120)),
        ("Wed, 01 Apr 2026 11:00:00 GMT", noon, Some(0)),
        ("Wed, 29 Dec 9999 12:00:00 GMT", noon, Some(251_627_040_000)),
        ("Wed, 01 Apr 2026 12:02:00 GMT", None, None),
        ("Wed, 01 Apr 2026 12:02:00 GMT", Some("noon"), None),
        ("-5", noon, None),
        ("+5", noon, None),
        ("1.5", noon, None),
        ("soon", noon, None),
        ("", noon, None),
    ];
    for (retry_after, date, expected) in table {
        assert_eq!(pause::seconds(retry_after, date), expected, "{retry_after:?} {date:?}");
    }
}

/// Replies that are near to Meta's: JSON with the right names, in the wrong places and with the wrong values.
fn near_reply() -> impl Strategy<Value = Vec<u8>> {
    let id = prop_oneof![Just(r#""wamid.A""#), Just(r#""""#), Just("7"), Just("null"), Just(r#"["wamid.A"]"#)];
    let code = prop_oneof![
        proptest::sample::select(FAULTS).prop_map(|fault| fault.code.to_string()),
        any::<i64>().prop_map(|code| code.to_string()),
        Just(r#""4""#.to_owned()),
        Just("null".to_owned()),
        Just("4.0".to_owned()),
    ];
    let trace = prop_oneof![Just(r#","fbtrace_id":"A""#), Just(""), Just(r#","fbtrace_id":null"#)];
    let yes = id.prop_map(|id| format!(r#""messages":[{{"id":{id}}}]"#));
    let no = (code, trace).prop_map(|(code, trace)| format!(r#""error":{{"code":{code}{trace}}}"#));
    let whole = prop_oneof![
        yes.clone().prop_map(|yes| format!("{{{yes}}}")),
        no.clone().prop_map(|no| format!("{{{no}}}")),
        (yes, no).prop_map(|(yes, no)| format!("{{{yes},{no}}}")),
    ];
    (whole, 0_usize..12).prop_map(|(whole, cut)| whole.as_bytes()[..whole.len().saturating_sub(cut % 4)].to_vec())
}

fn message_id(body: &[u8]) -> Option<String> {
    let reply: serde_json::Value = serde_json::from_slice(body).ok()?;
    reply["messages"][0]["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn no_reply_is_taken_for_not_sent_and_none_without_an_id_for_a_yes(
        status in 0_u16..=1_100,
        retry_after in proptest::option::of(any::<u64>()),
        body in prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), near_reply()],
    ) {
        match classify(status, retry_after, &body) {
            Outcome::NotSent { why } => prop_assert!(false, "not sent: {why}"),
            Outcome::Accepted { wamid, .. } => {
                prop_assert!((200..=299).contains(&status));
                prop_assert_eq!(Some(wamid), message_id(&body));
            }
            Outcome::Refused(refusal) => {
                prop_assert!(refusal.code == 429 || lookup(refusal.code).is_some() || refusal.trace.is_some());
            }
            Outcome::InDoubt { .. } => {}
        }
    }

    #[test]
    fn no_words_of_a_header_break_a_pause(retry_after in ".{0,40}", date in proptest::option::of(".{0,40}")) {
        pause::seconds(&retry_after, date.as_deref());
    }
}
