//! A look at token and number before anything is sent: two questions at once, for five seconds at most.
//!
//! Only what is certain ends a run: a token that is not accepted or may not send, a number that is not connected, an account
//! that is blocked. Whatever is unclear, from a network that fails to words that nobody knows, stops nothing: sending finds
//! out by itself, and loses nobody.

use std::time::Duration;

use super::Exit;
use super::doctor::check::{Check, State};
use super::doctor::subject::end_of;
use super::doctor::{number, service, token};
use super::failure::Failure;
use super::printer::Printer;
use super::signals::Signals;
use super::way::Way;
use crate::audience::invisible::harmless;
use crate::campaign::Campaign;
use crate::clock::Clock;
use crate::cloud::account::AccountReader;
use crate::cloud::client::Timeouts;
use crate::secret::{AppSecret, Token};

/// As long as it may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What it is about.
pub struct Flight<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// How many people it is to be sent to.
    pub people: u64,
    /// The command that looks at everything.
    pub doctor: String,
}

/// Ends a run that could not send, and says what is worth a look.
pub fn look(
    flight: &Flight<'_>,
    way: &Way<'_>,
    token: &Token,
    signals: &mut Signals,
    printer: Printer,
) -> Result<(), Failure> {
    let checks = signals.attend(checks(flight, way, token))??;
    if let Some((check, exit)) = checks.iter().find_map(stop) {
        let what = format!(
            "a look before sending: {}: {}\n{}\nmore with: {}; to send without this look: --no-preflight",
            check.id,
            harmless(&check.message),
            harmless(check.remedy.as_deref().unwrap_or_default()),
            flight.doctor
        );
        return Err(Failure::Stopped { what, exit });
    }
    let warnings = checks.iter().filter(|check| check.state == State::Warning);
    warnings.for_each(|check| printer.warn(&format!("{}: {}", check.id, harmless(&check.message))));
    Ok(())
}

fn stop(check: &Check) -> Option<(&Check, Exit)> {
    if let State::Failed(exit) = check.state { Some((check, exit)) } else { None }
}

/// What of the doctor's checks matters now.
async fn checks(flight: &Flight<'_>, way: &Way<'_>, token: &Token) -> Result<Vec<Check>, Failure> {
    let Flight { campaign, people, .. } = flight;
    let sender = &campaign.sender;
    let secret = if way.rehearsal.is_some() { None } else { AppSecret::from_environment() };
    let timeouts = Timeouts { connect: PATIENCE, request: PATIENCE, ..Timeouts::default() };
    let reader = AccountReader::new(&way.api(), &sender.api_version, token, secret.as_ref(), timeouts)?;
    let (facts, number) = tokio::join!(reader.token(), reader.number(&sender.phone_number_id));
    let wanted = token::Wanted {
        account: None,
        ends_at: Some(end_of(*people, campaign.pace_per_second())),
        now: Clock::System.unix_ms(),
    };
    let answers = [facts.as_ref().err(), number.as_ref().err()];
    let mut checks = token::before_sending(&facts, &number, &way.token_source(campaign), &wanted);
    checks.push(token::proof(secret.is_some(), &answers));
    checks.extend(service::gone(&sender.api_version, &answers));
    if let Ok(number) = &number {
        checks.extend(number::before_sending(number));
    }
    Ok(checks)
}
