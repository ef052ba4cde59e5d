//! The token: whose it is, what it may do, how long it lasts; and the proof of the app secret.

use std::time::Duration;

use super::check::{Check, State};
use crate::cli::progress;
use crate::clock::{UnixMs, minute};
use crate::cloud::ReadError;
use crate::cloud::account::{TokenFacts, TokenKind};
use crate::cloud::fault::Effect;
use crate::secret::{APP_SECRET_VARIABLE, TokenSource};

/// The permission to send.
const MESSAGING: &str = "whatsapp_business_messaging";

/// The permission to read number, templates and webhooks.
const MANAGEMENT: &str = "whatsapp_business_management";

/// A token that ends sooner than this is worth a word even where the campaign is over by then: the next one is not.
const SOON_MS: UnixMs = 7 * 24 * 60 * 60 * 1000;

/// Codes with which Meta says that a token is none, or none any more. Other refusals of a token are about permissions.
const NOT_ACCEPTED: [i64; 3] = [0, 102, 190];

const RENEW: &str = "make one for a system user, which lasts: Business settings > Users > System users > Generate token, \
                     with both WhatsApp permissions; tokens from the App Dashboard end within 24 hours";

/// Where the token of a rehearsal comes from.
pub const MADE_UP: &str = "made up for the simulator";

/// What the token is held against.
pub struct Wanted<'a> {
    /// The account that it has to reach, where it is known.
    pub account: Option<&'a str>,
    /// When the campaign would be over, started now; none where that is not known.
    pub ends_at: Option<UnixMs>,
    /// The time.
    pub now: UnixMs,
}

/// Where a token comes from, in words.
pub fn source(source: &TokenSource) -> String {
    match source {
        TokenSource::Env(name) => format!("from the variable {name}"),
        TokenSource::File(path) => format!("from the file {}", path.display()),
        TokenSource::Credential(name) => format!("from the credential {name} of systemd"),
        TokenSource::Vault(field) => format!("from Vault, {} in {}", field.name, field.path),
        TokenSource::Conjur(id) => format!("from Conjur, {id}"),
        // Its arguments may hold secrets.
        TokenSource::Command(argv) => {
            format!("from the command {}", argv.first().map_or("", String::as_str))
        }
    }
}

/// Everything about a token, from what Meta tells of it.
pub fn judge(told: &Result<TokenFacts, ReadError>, found_in: &str, wanted: &Wanted<'_>) -> Vec<Check> {
    match told {
        Ok(facts) => match validity(facts, found_in) {
            Ok(check) => [check, permissions(facts, wanted.account)].into_iter().chain(ends(facts, wanted)).collect(),
            Err(check) => vec![check],
        },
        Err(error) => vec![refusal(error, found_in).unwrap_or_else(|| Check::unread("token", error))],
    }
}

/// What matters of it just before messages are sent: whether it is accepted, may send, and lasts until the campaign is over.
/// Of two answers one is enough to say that it is not accepted.
pub fn before_sending<T>(
    told: &Result<TokenFacts, ReadError>,
    other: &Result<T, ReadError>,
    found_in: &str,
    wanted: &Wanted<'_>,
) -> Vec<Check> {
    let refused = [told.as_ref().err(), other.as_ref().err()];
    let mut checks: Vec<_> = refused.into_iter().flatten().filter_map(|error| refusal(error, found_in)).collect();
    let Ok(facts) = told else { return checks };
    checks.extend(validity(facts, found_in).err());
    if facts.has_scope(MESSAGING) == Some(false) {
        checks.push(permissions(facts, None));
    }
    let is_before_the_end = |at: Option<UnixMs>| at.zip(wanted.ends_at).is_some_and(|(at, end)| at < end);
    let ends = ends(facts, wanted).into_iter().zip([facts.expires_at, facts.data_access_ends_at]);
    // Meta has just called it valid, so an end that is over is for our clock, or for what sending does not need.
    let worth_a_look = |check: Check| Check { state: State::Warning, ..check };
    checks.extend(ends.filter(|(_, at)| is_before_the_end(*at)).map(|(check, _)| worth_a_look(check)));
    checks
}

/// The failed check, where an answer of any kind says that the token is not accepted.
fn refusal(error: &ReadError, found_in: &str) -> Option<Check> {
    match error {
        ReadError::Refused(refusal) if NOT_ACCEPTED.contains(&refusal.code) => {
            Some(Check::no_entry("token", format!("{found_in}: WhatsApp does not accept it ({error})"), RENEW))
        }
        _ => None,
    }
}

/// That there is a good token, and whose; or that there is none.
fn validity(facts: &TokenFacts, found_in: &str) -> Result<Check, Check> {
    if let Err(why) = &facts.validity {
        return Err(Check::no_entry("token", format!("{found_in}: WhatsApp does not accept it ({why})"), RENEW));
    }
    let app = facts.app.as_ref().map(|app| format!(", app {} ({})", app.name, app.id)).unwrap_or_default();
    let of = |whose: &str| format!("{whose}{app}, {found_in}");
    Ok(match &facts.kind {
        Some(TokenKind::SystemUser) => Check::ok("token", of("a system user's")),
        Some(TokenKind::User) => Check::warning("token", of("a person's, which is temporary"), RENEW),
        Some(TokenKind::App) => Check::warning("token", of("an app's own, which cannot send"), RENEW),
        Some(kind) => Check::warning("token", of(&format!("of an unusual type ({kind})")), RENEW),
        None => Check::ok("token", of("valid")),
    })
}

/// That a token lacks a permission, where Meta tells nothing of it and keeps it from the number.
pub fn shut_out(error: &ReadError) -> Option<Check> {
    match error {
        ReadError::Refused(refusal) if refusal.effect() == Effect::Token => Some(Check::no_entry(
            "permissions",
            format!("the token may not read the number ({error})"),
            "assign the system user to the number's account (Business settings > Accounts > WhatsApp accounts), and \
             generate the token anew with both WhatsApp permissions",
        )),
        _ => None,
    }
}

fn permissions(facts: &TokenFacts, account: Option<&str>) -> Check {
    const ID: &str = "permissions";
    let scopes = [MESSAGING, MANAGEMENT];
    let lacks: Vec<_> = scopes.into_iter().filter(|scope| facts.has_scope(scope) == Some(false)).collect();
    if !lacks.is_empty() {
        let remedy = "generate the token anew and tick the permission, for an app that has it";
        return Check::no_entry(ID, format!("the token lacks {}", lacks.join(" and ")), remedy);
    }
    if facts.has_scope(MESSAGING).is_none() {
        return Check::unknown(ID, "WhatsApp does not tell which the token has");
    }
    let missed = account.filter(|account| scopes.iter().any(|scope| !facts.reaches(scope, account)));
    match missed {
        Some(account) => Check::no_entry(
            ID,
            format!("the token's permissions do not hold for account {account}"),
            "assign the system user to that account (Business settings > Accounts > WhatsApp accounts), and generate the \
             token anew",
        ),
        None => Check::ok(ID, scopes.join(", ")),
    }
}

fn ends(facts: &TokenFacts, wanted: &Wanted<'_>) -> [Check; 2] {
    [
        end("expiry", "the token", facts.expires_at, wanted),
        end("data-access", "the token's access to data", facts.data_access_ends_at, wanted),
    ]
}

/// How long something lasts.
fn end(id: &'static str, what: &str, at: Option<UnixMs>, wanted: &Wanted<'_>) -> Check {
    let Some(at) = at else { return Check::ok(id, "never") };
    let (day, left) = (minute(at), at - wanted.now);
    if left <= 0 {
        return Check::no_entry(id, format!("{what} ended on {day}"), RENEW);
    }
    let time = progress::time(Duration::from_millis(left.unsigned_abs()));
    match wanted.ends_at {
        Some(end) if at < end => {
            let message = format!("{what} ends on {day}, in {time}; the campaign takes until {}", minute(end));
            Check::warning(id, message, RENEW)
        }
        _ if left < SOON_MS => Check::warning(id, format!("{what} ends on {day}, in {time}"), RENEW),
        _ => Check::ok(id, format!("on {day}")),
    }
}

/// The proof of the app secret: whether it is given, and whether Meta wants it.
pub fn proof(has_secret: bool, answers: &[Option<&ReadError>]) -> Check {
    const ID: &str = "app-secret";
    let about_proof = |error: &&ReadError| matches!(error, ReadError::Refused(refusal) if refusal.is_about_proof());
    match (answers.iter().flatten().find(|error| about_proof(error)), has_secret) {
        (None, true) => Check::ok(ID, format!("every request proves that {APP_SECRET_VARIABLE} is known")),
        (None, false) => Check::ok(ID, format!("not asked for; {APP_SECRET_VARIABLE} is not set")),
        (Some(error), true) => Check::no_entry(
            ID,
            format!("{APP_SECRET_VARIABLE} is not the secret of the token's app ({error})"),
            "copy the app secret from App Dashboard > App settings > Basic, of the app that the token was made for",
        ),
        (Some(error), false) => Check::no_entry(
            ID,
            format!("the app demands a proof of its secret, and {APP_SECRET_VARIABLE} is not set ({error})"),
            format!(
                "export {APP_SECRET_VARIABLE} with the secret from App Dashboard > App settings > Basic; or switch off \
                 `Require app secret` under Advanced"
            ),
        ),
    }
}
