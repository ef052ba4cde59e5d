//! What keeps a campaign from being sent until a person has looked.

use crate::campaign::Campaign;
use crate::ledger::{Breaker, LedgerError, Reach, Switch};
use crate::run::TOKEN;

/// The first reason why a campaign stands still.
pub enum Stop {
    /// Somebody threw the kill switch.
    Switch(Reach),
    /// A run stopped by itself.
    Breaker(Breaker),
}

impl Stop {
    /// What stops a campaign, the kill switch before what its ledger remembers.
    pub fn of(
        campaign: &Campaign,
        switch: &Switch,
        breakers: impl FnOnce(&str, &str) -> Result<Vec<Breaker>, LedgerError>,
    ) -> Result<Option<Self>, LedgerError> {
        if let Some(reach) = switch.stops(&campaign.key) {
            return Ok(Some(Self::Switch(reach)));
        }
        let breakers = breakers(&campaign.key, &campaign.sender.phone_number_id)?;
        Ok(breakers.into_iter().next().map(Self::Breaker))
    }

    /// What `resume --acknowledge` calls it.
    pub fn id(&self) -> String {
        match self {
            Self::Switch(Reach::Campaign) => "stop".to_owned(),
            Self::Switch(Reach::Everything) => "stop-all".to_owned(),
            Self::Breaker(breaker) => breaker.id.to_string(),
        }
    }

    /// Whether the token was refused.
    pub fn is_about_token(&self) -> bool {
        matches!(self, Self::Breaker(breaker) if breaker.kind == TOKEN)
    }
}
