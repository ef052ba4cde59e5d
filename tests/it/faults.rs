//! The table of Meta's codes, as what it should be: each code's effect and what follows the first refusal with it.

use std::time::Duration;

use proptest::prelude::*;
use tidings::cloud::fault::{Effect, FAULTS, effect, lookup};
use tidings::cloud::outcome::{Outcome, Refusal, classify};
use tidings::policy::retry::{Next, StopReason, TemplateStanding, after};

use crate::engine::{run_plan, tally};
use crate::harness::world::{World, no, yes};

/// Nobody else is concerned, and this message is over.
const LASTING: Next = Next::Refused;
/// The person waits as Meta documents, 4^1 seconds at first.
const PERSON_WAITS: Next = Next::Again(Duration::from_secs(4));
/// Once more, when the others have shown whether the template works.
const TEMPLATE_WAITS: Next = Next::Again(Duration::from_secs(10));
/// Everybody waits, as long as the pace says.
const SLOWER: Next = Next::SlowDown(None);
const TOKEN: Next = Next::Stop(StopReason::Token);
const SENDER: Next = Next::Stop(StopReason::Sender);
/// Never asked again, should a doubt ever be taken for a refusal.
const DOUBT: Next = Next::Refused;

const fn everybody_waits(seconds: u64) -> Next {
    Next::SlowDown(Some(Duration::from_secs(seconds)))
}

#[rustfmt::skip]
const EXPECTED: &[(i64, Effect, Next)] = &[
    (0,       Effect::Token,     TOKEN),
    (1,       Effect::Ambiguous, DOUBT), // Often asked again elsewhere: it says nothing of the message.
    (2,       Effect::Ambiguous, DOUBT), // Likewise.
    (3,       Effect::Token,     TOKEN), // Comes with HTTP 500, and is no accident of the server.
    (4,       Effect::Throttle,  everybody_waits(60)),
    (10,      Effect::Token,     TOKEN),
    (17,      Effect::Throttle,  everybody_waits(60)),
    (32,      Effect::Throttle,  everybody_waits(60)),
    (33,      Effect::Sender,    SENDER),
    (100,     Effect::Template,  TEMPLATE_WAITS),
    (102,     Effect::Token,     TOKEN),
    (104,     Effect::Token,     TOKEN),
    (190,     Effect::Token,     TOKEN),
    (368,     Effect::Sender,    SENDER),
    (506,     Effect::Ambiguous, DOUBT), // "Duplicate post": the first of the two may have been ours.
    (613,     Effect::Throttle,  everybody_waits(60)),
    (2500,    Effect::Token,     TOKEN),
    (2635,    Effect::Sender,    SENDER),
    (80007,   Effect::Throttle,  everybody_waits(60)),
    (80008,   Effect::Throttle,  everybody_waits(60)),
    (130429,  Effect::Throttle,  SLOWER),
    (130472,  Effect::Recipient, LASTING),
    (130497,  Effect::Recipient, LASTING),
    (131000,  Effect::Ambiguous, DOUBT), // Often asked again elsewhere: nobody publishes that it was not delivered.
    (131001,  Effect::Recipient, LASTING),
    (131005,  Effect::Token,     TOKEN),
    (131006,  Effect::Sender,    SENDER),
    (131008,  Effect::Template,  TEMPLATE_WAITS),
    (131009,  Effect::Recipient, LASTING),
    (131016,  Effect::Ambiguous, DOUBT), // Likewise.
    (131021,  Effect::Recipient, LASTING),
    (131026,  Effect::Recipient, LASTING),
    (131030,  Effect::Recipient, LASTING),
    (131031,  Effect::Sender,    SENDER),
    (131037,  Effect::Sender,    SENDER),
    (131042,  Effect::Sender,    SENDER),
    (131044,  Effect::Sender,    SENDER),
    (131045,  Effect::Sender,    SENDER), // Comes with HTTP 500, and is no accident of the server.
    (131047,  Effect::Recipient, LASTING),
    (131048,  Effect::Sender,    SENDER), // Not waited out: people complain, and a person must decide.
    (131049,  Effect::Recipient, LASTING), // Not before a day has gone by, so not in this run.
    (131050,  Effect::Recipient, LASTING),
    (131051,  Effect::Template,  TEMPLATE_WAITS),
    (131053,  Effect::Template,  TEMPLATE_WAITS),
    (131055,  Effect::Template,  TEMPLATE_WAITS),
    (131056,  Effect::Pair,      PERSON_WAITS),
    (131057,  Effect::Throttle,  everybody_waits(60)),
    (131062,  Effect::Recipient, LASTING),
    (131063,  Effect::Sender,    SENDER),
    (131064,  Effect::Sender,    SENDER), // Not waited out: it lasts for days.
    (132000,  Effect::Template,  TEMPLATE_WAITS),
    (132001,  Effect::Template,  TEMPLATE_WAITS),
    (132005,  Effect::Recipient, LASTING),
    (132007,  Effect::Template,  TEMPLATE_WAITS),
    (132008,  Effect::Recipient, LASTING),
    (132012,  Effect::Template,  TEMPLATE_WAITS),
    (132015,  Effect::Template,  TEMPLATE_WAITS),
    (132016,  Effect::Template,  TEMPLATE_WAITS),
    (132018,  Effect::Recipient, LASTING),
    (132068,  Effect::Template,  TEMPLATE_WAITS),
    (132069,  Effect::Throttle,  everybody_waits(300)), // An hour in pauses of five minutes, the longest there is.
    (133004,  Effect::Ambiguous, DOUBT), // Often asked again elsewhere.
    (133006,  Effect::Sender,    SENDER),
    (133010,  Effect::Sender,    SENDER),
    (134011,  Effect::Sender,    SENDER),
    (134100,  Effect::Template,  TEMPLATE_WAITS),
    (134101,  Effect::Throttle,  everybody_waits(300)),
    (134102,  Effect::Sender,    SENDER),
    (135000,  Effect::Recipient, LASTING),
    (137000,  Effect::Recipient, LASTING),
    (139200,  Effect::Sender,    SENDER),
    (2494100, Effect::Throttle,  everybody_waits(60)),
];

/// Codes of other calls, which a message never meets: registration, flows, blocking, templates; and what comes by webhook
/// only, of inbound messages and of messages that were accepted.
const OF_OTHER_CALLS: &[i64] = &[
    131_036, 131_052, 131_059, 133_000, 133_005, 133_008, 133_009, 133_015, 133_016, 139_000, 139_100, 139_101,
    139_102, 139_103, 200_005, 200_006, 200_007, 1_752_041, 2_388_019, 2_388_039, 2_388_040, 2_388_047, 2_388_072,
    2_388_073, 2_388_293, 2_388_299, 2_388_318, 2_388_330, 2_593_107, 2_593_108,
];

fn refusal(code: i64) -> Refusal {
    Refusal { code, subcode: None, detail: String::new(), trace: None, retry_after_s: None }
}

fn reply(code: i64) -> Vec<u8> {
    format!(r#"{{"error":{{"message":"no","code":{code},"fbtrace_id":"A1"}}}}"#).into_bytes()
}

fn codes_with(wanted: Effect) -> impl Iterator<Item = i64> {
    FAULTS.iter().filter(move |fault| fault.effect == wanted).map(|fault| fault.code)
}

#[test]
fn every_code_has_the_effect_and_the_wait_it_should_have() {
    let built = FAULTS
        .iter()
        .map(|fault| (fault.code, fault.effect, after(&refusal(fault.code), 1, TemplateStanding::Unproven)));
    for ((code, effect, next), expected) in built.zip(EXPECTED) {
        assert_eq!((code, effect, next), *expected);
    }
    assert_eq!(FAULTS.len(), EXPECTED.len());
}

#[test]
fn permissions_are_the_tokens_and_an_unknown_object_is_the_senders() {
    for code in 200..=299 {
        assert_eq!(after(&refusal(code), 1, TemplateStanding::Works), TOKEN, "{code}");
    }
    assert!([199, 300].iter().all(|code| lookup(*code).is_none()));
    assert_eq!((effect(100, Some(33)), effect(100, None), effect(131_009, Some(33))), {
        (Effect::Sender, Effect::Template, Effect::Recipient)
    });
}

#[test]
fn codes_of_other_calls_would_end_one_message_only_after_a_second_no() {
    for code in OF_OTHER_CALLS {
        assert!(lookup(*code).is_none(), "{code}");
        assert!(matches!(after(&refusal(*code), 1, TemplateStanding::Works), Next::Again(_)), "{code}");
        assert_eq!(after(&refusal(*code), 2, TemplateStanding::Works), Next::Refused, "{code}");
    }
}

#[test]
fn the_limit_on_messages_to_one_person_waits_four_times_longer_each_time_and_then_gives_up() {
    let waits: Vec<Next> = (1..=6).map(|n| after(&refusal(131_056), n, TemplateStanding::Works)).collect();
    let again = |seconds| Next::Again(Duration::from_secs(seconds));
    assert_eq!(waits, [again(4), again(16), again(64), again(256), Next::Refused, Next::Refused]);
}

#[test]
fn a_pause_is_the_longer_of_what_the_reply_and_the_table_say() {
    let asked = |code, retry_after_s| after(&Refusal { retry_after_s, ..refusal(code) }, 1, TemplateStanding::Works);
    assert_eq!(asked(131_057, Some(5)), everybody_waits(60));
    assert_eq!(asked(131_057, Some(90)), everybody_waits(90));
    assert_eq!(asked(130_429, Some(5)), everybody_waits(5));
    assert_eq!(asked(429, None), SLOWER);
}

#[test]
fn a_code_that_leaves_doubt_is_a_doubt_with_every_status() {
    for code in codes_with(Effect::Ambiguous) {
        for status in 100..=999 {
            assert!(matches!(classify(status, None, &reply(code)), Outcome::InDoubt { .. }), "{status} {code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_throttle_keeps_the_message_until_it_is_accepted() {
    for code in codes_with(Effect::Throttle).chain([429]) {
        let world = World::new(move |to, n| if n <= 2 { no(code) } else { yes(to, n) });
        let (ended, plan, world, _home) = run_plan(1, 80.0, world).await;
        assert_eq!((tally(&ended, plan).accepted, world.book().at.len()), (1, 3), "{code}");
    }
}

proptest! {
    #[test]
    fn nothing_is_asked_again_after_a_doubt(
        code in prop_oneof![proptest::sample::select(FAULTS).prop_map(|fault| fault.code), -10_i64..3_000_000],
        status in 100_u16..=999,
        attempt in 1_u32..100,
        standing in proptest::sample::select(&[
            TemplateStanding::Works, TemplateStanding::Unproven, TemplateStanding::Broken,
        ]),
    ) {
        let doubtful = effect(code, None) == Effect::Ambiguous;
        match classify(status, None, &reply(code)) {
            Outcome::Refused(refusal) => {
                prop_assert!(!doubtful);
                let again = matches!(after(&refusal, attempt, standing), Next::Again(_) | Next::SlowDown(_));
                let known = lookup(code).is_some() || status == 429;
                prop_assert!(!again || known || attempt == 1, "an unknown code is asked again once at most");
            }
            Outcome::InDoubt { .. } => {}
            other => prop_assert!(false, "{other:?}"),
        }
        if doubtful {
            prop_assert_eq!(after(&refusal(code), attempt, standing), Next::Refused);
        }
    }
}
