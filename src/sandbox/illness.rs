//! What can be wrong with a sender, all the time: each for `tidings doctor` to find.

use std::fmt;
use std::str::FromStr;

/// One thing that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Illness {
    /// The token has expired: whatever is asked is refused with code 190.
    TokenExpired,
    /// It is a person's, of the kind that ends within a day.
    TokenUser,
    /// It ends within the hour.
    TokenExpiresSoon,
    /// Nobody may be told about it.
    TokenOpaque,
    /// Its access to data ends within the hour.
    DataAccessEnds,
    /// It may not send.
    ScopeMessaging,
    /// It may not read number, templates and webhooks.
    ScopeManagement,
    /// Its permissions hold for another account.
    WrongAccount,
    /// The app demands a proof of its secret.
    ProofRequired,
    /// The proof that comes is that of another secret.
    ProofWrong,
    /// The clock of the service is ten minutes ahead.
    Clock,
    /// This version of the API has ended.
    ApiVersion,
    /// Nobody knows the number.
    NumberUnknown,
    /// The number is not connected.
    NumberDisconnected,
    /// The number has a state that nobody has heard of.
    NumberFlagged,
    /// The number is at home on a server of the business.
    NumberOnPremise,
    /// The number is another account's.
    NumberOfAnotherAccount,
    /// People like its messages less.
    QualityYellow,
    /// People do not like its messages.
    QualityRed,
    /// It may send nothing in a second.
    ThroughputNone,
    /// It may write to fifty people a day.
    TierLow,
    /// The business is not verified, which limits it.
    HealthLimited,
    /// The account cannot pay, which blocks it.
    HealthBlocked,
    /// All templates are paused.
    TemplatePaused,
    /// There are no templates.
    TemplateMissing,
    /// The quality of all templates is low.
    TemplateRed,
    /// No uploaded file exists.
    Media,
    /// No app gets webhooks.
    WebhookNone,
    /// Another app gets webhooks.
    WebhookOther,
}

impl Illness {
    /// All of them, by their names.
    pub const ALL: [(&str, Self); 29] = [
        ("token-expired", Self::TokenExpired),
        ("token-user", Self::TokenUser),
        ("token-expires-soon", Self::TokenExpiresSoon),
        ("token-opaque", Self::TokenOpaque),
        ("data-access-ends", Self::DataAccessEnds),
        ("scope-messaging", Self::ScopeMessaging),
        ("scope-management", Self::ScopeManagement),
        ("wrong-account", Self::WrongAccount),
        ("proof-required", Self::ProofRequired),
        ("proof-wrong", Self::ProofWrong),
        ("clock", Self::Clock),
        ("api-version", Self::ApiVersion),
        ("number-unknown", Self::NumberUnknown),
        ("number-disconnected", Self::NumberDisconnected),
        ("number-flagged", Self::NumberFlagged),
        ("number-on-premise", Self::NumberOnPremise),
        ("number-of-another-account", Self::NumberOfAnotherAccount),
        ("quality-yellow", Self::QualityYellow),
        ("quality-red", Self::QualityRed),
        ("throughput-none", Self::ThroughputNone),
        ("tier-low", Self::TierLow),
        ("health-limited", Self::HealthLimited),
        ("health-blocked", Self::HealthBlocked),
        ("template-paused", Self::TemplatePaused),
        ("template-missing", Self::TemplateMissing),
        ("template-red", Self::TemplateRed),
        ("media", Self::Media),
        ("webhook-none", Self::WebhookNone),
        ("webhook-other", Self::WebhookOther),
    ];
}

/// Why something is no illness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no illness `{0}`: use one of {names}", names = Illness::ALL.map(|(name, _)| name).join(", "))]
pub struct UnknownIllness(String);

impl FromStr for Illness {
    type Err = UnknownIllness;

    fn from_str(text: &str) -> Result<Self, UnknownIllness> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, illness)| *illness).ok_or_else(|| UnknownIllness(text.to_owned()))
    }
}

impl fmt::Display for Illness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(Self::ALL.iter().find(|(_, illness)| illness == self).map_or("", |(name, _)| name))
    }
}
