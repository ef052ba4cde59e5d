//! What the sandbox tells of a token, a number and an account: that all is well, unless its script makes it ill.
//!
//! Every number and every account exists here. An account has the numbers that were asked for before.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use super::credential;
use super::faults::TokenDigest;
use super::illness::Illness;
use super::refusal::Refusal;
use super::world::{Asked, is_digits, is_version};
use crate::clock::{UnixMs, millis};

/// The app that every token is for.
const APP: &str = "1234567890123456";
const APP_NAME: &str = "Rehearsal";

/// An app of somebody else.
const OTHER_APP: &str = "6543210987654321";

/// So many numbers are remembered.
const NUMBERS_MAX: usize = 1_000;

const HOUR_MS: UnixMs = 60 * 60 * 1000;

/// What a sick clock is ahead.
const CLOCK_ERROR: Duration = Duration::from_secs(10 * 60);

/// Something asked that is neither a message nor a list of templates.
pub(super) enum Question<'a> {
    /// Several in one.
    Batch(&'a [u8]),
    /// A business number.
    Number(&'a str),
    /// An uploaded file.
    Media(&'a str),
    /// The numbers of an account.
    Numbers,
    /// The apps that get its webhooks.
    Apps,
}

impl<'a> Question<'a> {
    /// What a request asks; none where it is something else.
    pub(super) fn of(asked: &Asked<'a>) -> Option<Self> {
        let (version, rest) = asked.path.strip_prefix('/')?.split_once('/')?;
        if !is_version(version) {
            return None;
        }
        match (asked.method, rest.split_once('/')) {
            ("POST", None) if rest.is_empty() => Some(Self::Batch(asked.body)),
            ("GET", None) if is_digits(rest) => {
                let names_fields = asked.query.is_some_and(|query| query.contains("fields="));
                Some(if names_fields { Self::Number(rest) } else { Self::Media(rest) })
            }
            ("GET", Some((account, "phone_numbers"))) if is_digits(account) => Some(Self::Numbers),
            ("GET", Some((account, "subscribed_apps"))) if is_digits(account) => Some(Self::Apps),
            _ => None,
        }
    }
}

/// The sender's side of a world.
pub(super) struct Account {
    sick: Vec<Illness>,
    began_at: UnixMs,
    numbers: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Batch {
    batch: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    method: String,
    relative_url: String,
}

impl Account {
    pub(super) fn new(sick: &[Illness]) -> Self {
        Self { sick: sick.to_vec(), began_at: 0, numbers: BTreeSet::new() }
    }

    pub(super) fn begins_at(&mut self, unix_ms: UnixMs) {
        self.began_at = unix_ms;
    }

    pub(super) fn clock_error(&self) -> Duration {
        if self.has(Illness::Clock) { CLOCK_ERROR } else { Duration::ZERO }
    }

    fn has(&self, illness: Illness) -> bool {
        self.sick.contains(&illness)
    }

    /// Refuses everything, where the illness is one that meets every request.
    pub(super) fn admit(&self, query: &str) -> Result<(), Refusal> {
        let proves = credential::proof(query).is_some();
        if self.has(Illness::ApiVersion) {
            return Err(Refusal::worded(2635, None, "(#2635) You are calling a deprecated version of the API."));
        }
        if self.has(Illness::ProofRequired) && !proves {
            return Err(credential::no_proof());
        }
        if self.has(Illness::ProofWrong) && proves {
            return Err(credential::wrong_proof());
        }
        if self.has(Illness::TokenExpired) {
            let message = "Error validating access token: Session has expired.";
            return Err(Refusal::worded(190, Some(463), message));
        }
        Ok(())
    }

    /// Refuses what takes the permission to manage.
    pub(super) fn allows_management(&self) -> Result<(), Refusal> {
        if self.has(Illness::ScopeManagement) {
            let message = "(#200) You do not have the necessary permissions required to do this.";
            return Err(Refusal::worded(200, None, message));
        }
        Ok(())
    }

    pub(super) fn tell(
        &mut self,
        question: &Question<'_>,
        token: Option<TokenDigest>,
        now: Duration,
    ) -> Result<Value, Refusal> {
        if let Question::Batch(body) = question {
            return self.batch(body, token, self.began_at + millis(now));
        }
        self.allows_management()?;
        match question {
            Question::Batch(_) => Ok(Value::Null),
            Question::Number(id) if self.has(Illness::NumberUnknown) => Err(Refusal::unknown_object("GET", id)),
            Question::Media(id) if self.has(Illness::Media) => Err(Refusal::unknown_object("GET", id)),
            Question::Media(id) => Ok(json!({ "id": id, "mime_type": "image/jpeg", "messaging_product": "whatsapp" })),
            Question::Number(id) => {
                if self.numbers.len() < NUMBERS_MAX {
                    self.numbers.insert((*id).to_owned());
                }
                Ok(self.number(id))
            }
            Question::Numbers => Ok(self.numbers()),
            Question::Apps => Ok(self.apps()),
        }
    }

    /// Each part is answered by itself, in a list of codes and bodies.
    fn batch(&self, body: &[u8], token: Option<TokenDigest>, now: UnixMs) -> Result<Value, Refusal> {
        let batch: Batch = serde_json::from_slice(body).map_err(|error| Refusal::invalid("batch", error))?;
        let answer = |part: &Part| match self.part(part, token, now) {
            Ok(told) => json!({ "code": 200, "body": told.to_string() }),
            Err(refusal) => {
                let told = String::from_utf8_lossy(&refusal.body(0, 0)).into_owned();
                json!({ "code": refusal.status(), "body": told })
            }
        };
        Ok(batch.batch.iter().map(answer).collect())
    }

    fn part(&self, part: &Part, token: Option<TokenDigest>, now: UnixMs) -> Result<Value, Refusal> {
        let unknown = || Refusal::unknown_path(part.relative_url.split('?').next().unwrap_or_default());
        let url = Url::parse(&format!("http://sandbox.invalid/{}", part.relative_url)).map_err(|_| unknown())?;
        if part.method != "GET" || !url.path().ends_with("/debug_token") {
            return Err(unknown());
        }
        if self.has(Illness::TokenOpaque) {
            let message = "(#100) You must provide an app access token, or a user access token that is an owner or \
                           developer of the app";
            return Err(Refusal::worded(100, None, message));
        }
        let (_, input) =
            url.query_pairs().find(|(key, _)| key == "input_token").ok_or_else(|| Refusal::missing("input_token"))?;
        let is_valid = token.is_none_or(|token| token == TokenDigest::of(input.as_bytes()));
        Ok(self.debugged(is_valid, now))
    }

    fn debugged(&self, is_valid: bool, now: UnixMs) -> Value {
        let soon = (now + HOUR_MS) / 1000;
        let is_user = self.has(Illness::TokenUser);
        let ends = is_user || self.has(Illness::TokenExpiresSoon);
        let scopes = [
            ("whatsapp_business_management", Illness::ScopeManagement),
            ("whatsapp_business_messaging", Illness::ScopeMessaging),
        ];
        let scopes: Vec<_> = scopes.iter().filter(|(_, lack)| !self.has(*lack)).map(|(scope, _)| *scope).collect();
        let mut granular = json!(scopes.iter().map(|scope| json!({ "scope": scope })).collect::<Vec<_>>());
        if self.has(Illness::WrongAccount) {
            for scope in granular.as_array_mut().into_iter().flatten() {
                scope["target_ids"] = json!(["999999999999999"]);
            }
        }
        json!({ "data": {
            "app_id": APP,
            "type": if is_user { "USER" } else { "SYSTEM_USER" },
            "application": APP_NAME,
            "is_valid": is_valid,
            "expires_at": if ends { soon } else { 0 },
            "data_access_expires_at": if self.has(Illness::DataAccessEnds) { soon } else { 0 },
            "scopes": scopes,
            "granular_scopes": granular,
        } })
    }

    fn number(&self, id: &str) -> Value {
        let pick = |words: &[(Illness, &'static str)], well| {
            words.iter().find(|(illness, _)| self.has(*illness)).map_or(well, |(_, word)| *word)
        };
        let states = [(Illness::NumberDisconnected, "DISCONNECTED"), (Illness::NumberFlagged, "FLAGGED")];
        let qualities = [(Illness::QualityYellow, "YELLOW"), (Illness::QualityRed, "RED")];
        json!({
            "id": id,
            "display_phone_number": "+1 555-010-0100",
            "verified_name": APP_NAME,
            "status": pick(&states, "CONNECTED"),
            "quality_rating": pick(&qualities, "GREEN"),
            "throughput": { "level": pick(&[(Illness::ThroughputNone, "NOT_APPLICABLE")], "STANDARD") },
            "platform_type": pick(&[(Illness::NumberOnPremise, "ON_PREMISE")], "CLOUD_API"),
            "whatsapp_business_manager_messaging_limit": pick(&[(Illness::TierLow, "TIER_50")], "TIER_100K"),
            "health_status": self.health(id),
        })
    }

    fn health(&self, number: &str) -> Value {
        let (word, entity) = if self.has(Illness::HealthBlocked) {
            (
                "BLOCKED",
                json!({ "entity_type": "WABA", "id": "1", "can_send_message": "BLOCKED", "errors": [{
                "error_code": 141_006,
                "error_description": "There is an error with the payment method.",
                "possible_solution": "Add a new payment method to the account.",
            }] }),
            )
        } else if self.has(Illness::HealthLimited) {
            (
                "LIMITED",
                json!({ "entity_type": "BUSINESS", "id": "2", "can_send_message": "LIMITED", "errors": [{
                "error_code": 141_010,
                "error_description": "The business has not passed business verification.",
                "possible_solution": "Start the business verification in the business settings.",
            }] }),
            )
        } else {
            ("AVAILABLE", json!({ "entity_type": "WABA", "id": "1", "can_send_message": "AVAILABLE" }))
        };
        let itself = json!({ "entity_type": "PHONE_NUMBER", "id": number, "can_send_message": "AVAILABLE" });
        json!({ "can_send_message": word, "entities": [itself, entity] })
    }

    fn numbers(&self) -> Value {
        if self.has(Illness::NumberOfAnotherAccount) {
            return json!({ "data": [{ "id": "999999999999998" }] });
        }
        json!({ "data": self.numbers.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() })
    }

    fn apps(&self) -> Value {
        let app = |id: &str, name: &str| json!({ "whatsapp_business_api_data": { "id": id, "name": name } });
        if self.has(Illness::WebhookNone) {
            return json!({ "data": [] });
        }
        let other = self.has(Illness::WebhookOther);
        json!({ "data": [if other { app(OTHER_APP, "Helpdesk") } else { app(APP, APP_NAME) }] })
    }
}
