//! What Meta tells of a business number.
//!
//! Source: Meta's Graph API reference of the phone number node and its guide "Messaging health status".

use serde::Deserialize;
use serde_json::Value;

use crate::cloud::templates::Quality;
use crate::cloud::words::words;

/// What is asked.
pub(super) const FIELDS: &str = "id,display_phone_number,verified_name,status,quality_rating,throughput,platform_type,\
                                 whatsapp_business_manager_messaging_limit,health_status";

words! {
    /// Whether a number is connected to the API.
    Status {
        /// It can send.
        Connected = "CONNECTED",
        /// Its registration is not finished.
        Pending = "PENDING",
        /// It is not registered.
        Disconnected = "DISCONNECTED",
        /// It was moved to another account.
        Migrated = "MIGRATED",
        /// Meta has banned it.
        Banned = "BANNED",
        /// Meta has limited what it may do.
        Restricted = "RESTRICTED",
        /// It was deleted.
        Deleted = "DELETED",
        /// Its owner has not been verified.
        Unverified = "UNVERIFIED",
        /// It was taken off the account.
        Unlinked = "UNLINKED",
    }
}

impl Status {
    /// Whether Meta takes messages from such a number; none for a word that does not tell. Meta documents that a number
    /// must be `CONNECTED`; of words such as `FLAGGED` (people complain) nobody says that they stop messages.
    pub fn is_sending(&self) -> Option<bool> {
        match self {
            Self::Connected => Some(true),
            Self::Other(_) => None,
            _ => Some(false),
        }
    }
}

words! {
    /// Where a number is at home.
    Platform {
        /// With the Cloud API.
        CloudApi = "CLOUD_API",
        /// With a server of the business.
        OnPremise = "ON_PREMISE",
        /// Nowhere yet.
        NotApplicable = "NOT_APPLICABLE",
    }
}

words! {
    /// How much a number may send in a second.
    Level {
        /// 80 messages.
        Standard = "STANDARD",
        /// 1,000 messages.
        High = "HIGH",
        /// Nothing: it is not registered.
        NotApplicable = "NOT_APPLICABLE",
    }
}

impl Level {
    /// Messages a second, where Meta documents it (Cloud API documentation, throughput).
    pub fn per_second(&self) -> Option<f64> {
        match self {
            Self::Standard => Some(80.0),
            Self::High => Some(1000.0),
            Self::NotApplicable | Self::Other(_) => None,
        }
    }
}

words! {
    /// Whether messages can be sent, as far as one thing is concerned.
    CanSend {
        /// Yes.
        Available = "AVAILABLE",
        /// With limits.
        Limited = "LIMITED",
        /// No.
        Blocked = "BLOCKED",
    }
}

/// How many people may be written to first within 24 hours, by all numbers of the business together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    People(u64),
    /// As many as one likes.
    Unlimited,
    /// A word that tells nothing.
    Other(String),
}

impl Limit {
    /// What a word such as `TIER_10K` means.
    fn of(word: &str) -> Self {
        let tier = word.strip_prefix("TIER_").unwrap_or_default();
        let (digits, factor) = tier.strip_suffix('K').map_or((tier, 1), |digits| (digits, 1000));
        match digits.parse::<u64>() {
            _ if tier == "UNLIMITED" => Self::Unlimited,
            Ok(number) => Self::People(number.saturating_mul(factor)),
            Err(_) => Self::Other(word.to_owned()),
        }
    }
}

/// A business number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The name that people see.
    pub verified_name: Option<String>,
    /// The number, as people write it.
    pub display_number: Option<String>,
    /// Whether it is connected.
    pub status: Option<Status>,
    /// What people think of its messages.
    pub quality: Option<Quality>,
    /// How much it may send in a second.
    pub level: Option<Level>,
    /// Where it is at home.
    pub platform: Option<Platform>,
    /// How many people it may write to in a day.
    pub limit: Option<Limit>,
    /// What stands in the way of its messages.
    pub health: Option<Health>,
}

/// What stands in the way of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether messages can be sent, all in all.
    pub can_send: CanSend,
    /// What each thing that takes part has to say: number, account, business, app.
    pub entities: Vec<Entity>,
}

/// One thing that takes part in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Meta's word for what it is, such as `PHONE_NUMBER`.
    pub kind: String,
    /// Whether messages can be sent, as far as it is concerned.
    pub can_send: CanSend,
    /// What is wrong with it.
    pub errors: Vec<EntityError>,
}

/// Something wrong, and Meta's way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityError {
    /// Meta's code.
    pub code: Option<i64>,
    /// What is wrong, in Meta's words.
    pub description: String,
    /// What to do, in Meta's words.
    pub solution: Option<String>,
}

/// A number as Meta writes it.
#[derive(Deserialize)]
pub(super) struct Told {
    #[expect(dead_code, reason = "what has no id is no number")]
    id: String,
    verified_name: Option<String>,
    display_phone_number: Option<String>,
    status: Option<String>,
    quality_rating: Option<String>,
    throughput: Option<ToldThroughput>,
    platform_type: Option<String>,
    whatsapp_business_manager_messaging_limit: Option<Value>,
    health_status: Option<ToldHealth>,
}

#[derive(Deserialize)]
struct ToldThroughput {
    level: Option<String>,
}

#[derive(Deserialize)]
struct ToldHealth {
    can_send_message: Option<String>,
    #[serde(default)]
    entities: Vec<ToldEntity>,
}

#[derive(Deserialize)]
struct ToldEntity {
    entity_type: Option<String>,
    can_send_message: Option<String>,
    #[serde(default)]
    errors: Vec<ToldError>,
}

#[derive(Deserialize)]
struct ToldError {
    error_code: Option<i64>,
    error_description: Option<String>,
    possible_solution: Option<String>,
}

impl Number {
    pub(super) fn of(told: Told) -> Self {
        let level = told.throughput.and_then(|throughput| throughput.level);
        // A word, or an object that holds one.
        let limit = told.whatsapp_business_manager_messaging_limit;
        let limit = limit.as_ref().and_then(|limit| limit.as_str().or_else(|| limit.get("current_limit")?.as_str()));
        Self {
            verified_name: told.verified_name.filter(|name| !name.is_empty()),
            display_number: told.display_phone_number.filter(|number| !number.is_empty()),
            status: told.status.as_deref().map(Status::of),
            quality: told.quality_rating.as_deref().map(Quality::of),
            level: level.as_deref().map(Level::of),
            platform: told.platform_type.as_deref().map(Platform::of),
            limit: limit.map(Limit::of),
            health: told.health_status.and_then(Health::of),
        }
    }
}

impl Health {
    fn of(told: ToldHealth) -> Option<Self> {
        let can_send = CanSend::of(told.can_send_message.as_deref()?);
        Some(Self { can_send, entities: told.entities.into_iter().map(Entity::of).collect() })
    }
}

impl Entity {
    fn of(told: ToldEntity) -> Self {
        let error = |told: ToldError| EntityError {
            code: told.error_code,
            description: told.error_description.unwrap_or_default(),
            solution: told.possible_solution.filter(|solution| !solution.is_empty()),
        };
        Self {
            kind: told.entity_type.unwrap_or_default(),
            can_send: CanSend::of(told.can_send_message.as_deref().unwrap_or_default()),
            errors: told.errors.into_iter().map(error).collect(),
        }
    }
}
