//! The way out: to WhatsApp, to another address, or to the simulator in this process; and the ledger that goes with it.

use std::path::{Path, PathBuf};

use super::doctor::token::{MADE_UP, source};
use super::failure::Failure;
use super::printer::Printer;
use super::read::real_ledger;
use super::rehearsal::Rehearsal;
use super::signals::Signals;
use super::{Global, hint};
use crate::campaign::Campaign;
use crate::catalogue::{LOCK_FILE, SANDBOX};
use crate::cloud::client::{Client, META_API, is_loopback};
use crate::ledger::{Ledger, Purpose};
use crate::plan::Plan;
use crate::secret::{AppSecret, Token};

/// Where messages go.
pub struct Way<'a> {
    /// Instead of to WhatsApp.
    pub api_url: Option<&'a str>,
    /// The simulator in this process.
    pub rehearsal: Option<&'a Rehearsal>,
}

impl Way<'_> {
    /// A rehearsal uses a ledger of real messages only where the command line names it: a variable is set once, for the
    /// real runs, and forgotten.
    pub fn ledger(&self, file: &Path, global: &Global) -> Result<PathBuf, Failure> {
        if global.ledger.is_some() {
            return real_ledger(file, global);
        }
        if let Some(rehearsal) = self.rehearsal {
            return Ok(rehearsal.ledger());
        }
        if self.api_url.is_some_and(is_loopback) {
            return Err(Failure::Usage(
                "a rehearsal on this machine must not mark real people as messaged: name a ledger for it with \
                 --ledger FILE"
                    .to_owned(),
            ));
        }
        real_ledger(file, global)
    }

    /// Refuses a ledger of real messages for a rehearsal, and one of rehearsals for real messages.
    pub fn look_at_purpose(&self, ledger: &Ledger) -> Result<(), Failure> {
        match (ledger.purpose()?, self.purpose()) {
            (Some(Purpose::Real), Purpose::Rehearsal) => Err(Failure::Usage(
                "this ledger holds real messages, and a rehearsal would mark people as messaged who were not: name another \
                 with --ledger FILE; nothing was sent"
                    .to_owned(),
            )),
            (Some(Purpose::Rehearsal), Purpose::Real) => Err(Failure::Usage(
                "this ledger is one of rehearsals, and takes people for messaged who were not: name another with --ledger \
                 FILE; nothing was sent"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// What a ledger is about that this way is written to.
    pub fn purpose(&self) -> Purpose {
        let here = self.rehearsal.is_some() || self.api_url.is_some_and(is_loopback);
        if here { Purpose::Rehearsal } else { Purpose::Real }
    }

    /// Refuses to send to real people what was checked only against the simulator's templates.
    pub fn accepts(&self, plan: &Plan<'_>, file: &Path) -> Result<(), Failure> {
        if self.purpose() == Purpose::Rehearsal || plan.checked_against() != Some(SANDBOX) {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{LOCK_FILE} holds the simulator's templates, not those of your account, so nobody knows what would be said: \
             read yours with: tidings templates pull {}; nothing was sent",
            hint::word(file)
        )))
    }

    /// Refuses to send to real people what may cost more than the campaign says: where nobody knows, it may.
    pub fn knows_the_price(&self, plan: &Plan<'_>) -> Result<(), Failure> {
        match plan.cost_unknown() {
            Some(why) if self.purpose() == Purpose::Real => Err(Failure::Usage(format!(
                "the campaign has a `max_cost`, and what it costs is not known: {why}; nothing was sent"
            ))),
            _ => Ok(()),
        }
    }

    /// Where the API is.
    pub fn api(&self) -> String {
        self.rehearsal.map_or_else(|| self.api_url.unwrap_or(META_API).to_owned(), Rehearsal::url)
    }

    /// The token of a campaign's sender.
    pub fn token(&self, campaign: &Campaign, signals: &mut Signals) -> Result<Token, Failure> {
        if self.rehearsal.is_some() {
            return Ok(Token::for_sandbox("sandbox"));
        }
        Ok(signals.attend(campaign.sender.token.read())??)
    }

    /// Where that token comes from, in words.
    pub fn token_source(&self, campaign: &Campaign) -> String {
        match self.rehearsal {
            Some(_) => MADE_UP.to_owned(),
            None => source(&campaign.sender.token),
        }
    }

    /// A client for a campaign's sender.
    pub fn client(&self, campaign: &Campaign, token: &Token, printer: Printer) -> Result<Client, Failure> {
        let sender = &campaign.sender;
        let client = Client::new(&self.api(), &sender.api_version, &sender.phone_number_id, token)?;
        if self.rehearsal.is_some() {
            return Ok(client);
        }
        if let Some(api) = self.api_url {
            printer.talk(&format!("sending to {api}, not to WhatsApp"));
        }
        Ok(client.renewed_from(sender.token.clone()).proving(AppSecret::from_environment()))
    }
}
