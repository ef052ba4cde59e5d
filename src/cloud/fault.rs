//! Meta's error codes and what each means for a sender.
//!
//! Source: Meta's Cloud API error table (2025 and 2026 editions) and the Graph API's generic codes. HTTP status is not a
//! safe discriminator there (throttles are documented as 400, permissions as 500), so everything goes by code.

use std::time::Duration;

/// Whom a fault concerns, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The number sends too fast: nothing was sent, everybody waits, nobody is lost.
    Throttle,
    /// This recipient got too many messages from this number within seconds: only this one waits.
    Pair,
    /// This recipient cannot be reached by this message, ever.
    Recipient,
    /// The template, or how it is filled, is wrong: everybody else would be refused too.
    Template,
    /// The number or account cannot send.
    Sender,
    /// The token is not accepted, or may not do this.
    Token,
    /// Meta stumbled and does not say whether the message was taken.
    Ambiguous,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Meta's code.
    pub code: i64,
    /// What it means, in a few words of ours.
    pub meaning: &'static str,
    /// Whom it concerns.
    pub effect: Effect,
    /// How long it lasts at least, where Meta says so: what waits for it waits no shorter.
    pub lasts: Option<Duration>,
}

/// Meta's own numbers begin here; those below are the Graph API's, and other people's too.
const METAS_OWN_FROM: i64 = 80_000;

impl Fault {
    /// Whether its code is Meta's beyond mistaking. Small numbers are used by others for other things: by gateways for
    /// HTTP's statuses, by gRPC for its own.
    pub fn is_metas_alone(&self) -> bool {
        self.code >= METAS_OWN_FROM
    }

    const fn lasts(self, seconds: u64) -> Self {
        Self { lasts: Some(Duration::from_secs(seconds)), ..self }
    }
}

const fn fault(code: i64, effect: Effect, meaning: &'static str) -> Fault {
    Fault { code, meaning, effect, lasts: None }
}

/// Every code a sender is known to meet, in ascending order. Those of the registration, flow and template management
/// calls, and those that come by webhook for inbound messages, are left out.
///
/// Where this differs from what Meta and others advise:
/// - 1, 2, 131000, 131016 and 133004 are commonly asked again. Nobody publishes that a message so answered was not taken,
///   so they are doubts. So is 506, "duplicate post", of an older table.
/// - 131048 and 131064 are commonly waited out. They last for days and mean that people complain: the run stops, and a
///   person decides.
/// - 131049 may be tried again a day later. In this run the person is left alone.
/// - 132069 and 134101 concern one flow or template. The whole sender waits, as a campaign rarely has more.
pub const FAULTS: &[Fault] = &[
    fault(0, Effect::Token, "the token was not accepted"),
    fault(1, Effect::Ambiguous, "Meta failed without saying why"),
    fault(2, Effect::Ambiguous, "Meta's service was overloaded or down"),
    fault(3, Effect::Token, "the token lacks a capability"),
    fault(4, Effect::Throttle, "the app made too many calls").lasts(60),
    fault(10, Effect::Token, "the token lacks a permission"),
    fault(17, Effect::Throttle, "the user made too many calls").lasts(60),
    fault(32, Effect::Throttle, "the page made too many calls").lasts(60),
    fault(33, Effect::Sender, "the phone number id is wrong or was deleted"),
    fault(100, Effect::Template, "a parameter of the request is invalid"),
    fault(102, Effect::Token, "the token's session has ended"),
    fault(104, Effect::Token, "a token or app secret proof is required"),
    fault(190, Effect::Token, "the token has expired or was revoked"),
    fault(368, Effect::Sender, "the account is blocked for policy violations"),
    fault(506, Effect::Ambiguous, "Meta took the message for a repeated one"),
    fault(613, Effect::Throttle, "a call limit was reached").lasts(60),
    fault(2500, Effect::Token, "no active token, or a malformed address"),
    fault(2635, Effect::Sender, "this version of the API has ended"),
    fault(80007, Effect::Throttle, "the business account made too many calls").lasts(60),
    fault(80008, Effect::Throttle, "the business account made too many calls").lasts(60),
    fault(130429, Effect::Throttle, "the number's throughput is used up"),
    fault(130472, Effect::Recipient, "the person is in a Meta experiment that withholds marketing"),
    fault(130497, Effect::Recipient, "the business may not message people in this country"),
    fault(131000, Effect::Ambiguous, "something went wrong at Meta"),
    fault(131001, Effect::Recipient, "the message is too long"),
    fault(131005, Effect::Token, "access denied"),
    fault(131006, Effect::Sender, "what the request names was not found"),
    fault(131008, Effect::Template, "a required parameter is missing"),
    fault(131009, Effect::Recipient, "a parameter's value is not valid"),
    fault(131016, Effect::Ambiguous, "Meta's service was unavailable"),
    fault(131021, Effect::Recipient, "the recipient is the sender itself"),
    fault(131026, Effect::Recipient, "the message cannot be delivered to this number"),
    fault(131030, Effect::Recipient, "the number is not on the test number's list of recipients"),
    fault(131031, Effect::Sender, "the account is locked"),
    fault(131037, Effect::Sender, "the number's display name is not approved"),
    fault(131042, Effect::Sender, "the account has a payment problem"),
    fault(131044, Effect::Sender, "the account has a payment problem"),
    fault(131045, Effect::Sender, "the number's certificate is wrong; register it again"),
    fault(131047, Effect::Recipient, "more than 24 hours since the person wrote"),
    fault(131048, Effect::Sender, "the number is limited because people reported or blocked it"),
    fault(131049, Effect::Recipient, "Meta chose not to deliver, to keep engagement healthy"),
    fault(131050, Effect::Recipient, "the person has stopped marketing messages from this business"),
    fault(131051, Effect::Template, "this message type is not supported"),
    fault(131053, Effect::Template, "the media file could not be used"),
    fault(131055, Effect::Template, "this endpoint does not take this template"),
    fault(131056, Effect::Pair, "too many messages to this person within a short time"),
    fault(131057, Effect::Throttle, "the account is in maintenance for about a minute").lasts(60),
    fault(131062, Effect::Recipient, "this template needs a phone number, not a user id"),
    fault(131063, Effect::Sender, "marketing is switched off for this endpoint; use marketing_messages"),
    fault(131064, Effect::Sender, "the account is limited for misclassified templates"),
    fault(132000, Effect::Template, "the number of parameters differs from the template's"),
    fault(132001, Effect::Template, "the template does not exist in this language, or is not approved"),
    fault(132005, Effect::Recipient, "the filled text is too long"),
    fault(132007, Effect::Template, "the template breaks a character policy"),
    fault(132008, Effect::Recipient, "a template parameter's value is invalid"),
    fault(132012, Effect::Template, "a parameter has another format than the template's"),
    fault(132015, Effect::Template, "the template is paused for low quality"),
    fault(132016, Effect::Template, "the template is disabled"),
    fault(132018, Effect::Recipient, "a parameter holds text that templates do not allow"),
    fault(132068, Effect::Template, "the flow is blocked"),
    fault(132069, Effect::Throttle, "the flow is throttled").lasts(300),
    fault(133004, Effect::Ambiguous, "Meta's server was temporarily unavailable"),
    fault(133006, Effect::Sender, "the phone number must be verified again"),
    fault(133010, Effect::Sender, "the phone number is not registered"),
    fault(134011, Effect::Sender, "the payment terms are not accepted"),
    fault(134100, Effect::Template, "this endpoint takes marketing templates only"),
    fault(134101, Effect::Throttle, "the template is still syncing").lasts(300),
    fault(134102, Effect::Sender, "the account is not ready for this endpoint"),
    fault(135000, Effect::Recipient, "Meta refused without saying why"),
    fault(137000, Effect::Recipient, "the person's identity has changed"),
    fault(139200, Effect::Sender, "access to direct sending is blocked"),
    fault(2494100, Effect::Throttle, "the account is in maintenance for some minutes").lasts(60),
];

/// What is known of a code. Codes 200 to 299 are Graph's permission errors.
///
/// None for a code that is in no table.
pub fn lookup(code: i64) -> Option<Fault> {
    if (200..=299).contains(&code) {
        return Some(fault(
            code,
            Effect::Token,
            "the token lacks a permission, or the app is not assigned to the account",
        ));
    }
    FAULTS.binary_search_by_key(&code, |fault| fault.code).ok().map(|index| FAULTS[index])
}

/// The effect of a refusal with this code and subcode.
///
/// Code 100 with subcode 33 means that the object in the address is unknown or not accessible: the sender, not the
/// template. A code that is in no table may concern everybody just as well as one message, which is what becomes clear of
/// a template's fault too: nobody is refused for it before somebody was accepted.
pub fn effect(code: i64, subcode: Option<i64>) -> Effect {
    if code == 100 && subcode == Some(33) {
        return Effect::Sender;
    }
    lookup(code).map_or(Effect::Template, |fault| fault.effect)
}
