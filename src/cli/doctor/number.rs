//! The business number: whether it can send, how fast, to how many, and whose it is.

use super::check::{Check, State};
use crate::clock::UnixMs;
use crate::cloud::ReadError;
use crate::cloud::account::{CanSend, Entity, Health, Level, Limit, Number, Platform};
use crate::cloud::templates::Quality;

/// WhatsApp's limit counts the people of so long.
pub const LIMIT_SPAN_MS: UnixMs = 24 * 60 * 60 * 1000;

/// What the number is held against.
pub struct Wanted<'a> {
    /// Meta's id of it.
    pub id: &'a str,
    /// Messages a second that the campaign sends; none where no campaign says.
    pub rate: Option<f64>,
    /// How many people the campaign has left to send to; none where that is not known.
    pub to_send: Option<u64>,
    /// How many people the ledger has written to within [`LIMIT_SPAN_MS`]; none where it cannot be read.
    pub reached: Option<u64>,
}

/// Everything about the number, from what Meta tells of it.
pub fn judge(told: &Result<Number, ReadError>, wanted: &Wanted<'_>) -> Vec<Check> {
    match told {
        Ok(number) => vec![
            status(number),
            platform(number),
            quality(number),
            throughput(number, wanted.rate),
            limit(number, wanted),
            health(number),
        ],
        Err(error) => vec![unread(error, wanted.id)],
    }
}

fn unread(error: &ReadError, id: &str) -> Check {
    match error {
        ReadError::Refused(refusal) if refusal.is_unknown_object() => Check::failed(
            "number",
            format!("WhatsApp knows no number {id}, or the token may not see it"),
            "compare `sender.phone_number_id` with WhatsApp Manager > API setup, and see that the token's system user is \
             assigned to its account",
        ),
        _ => Check::unread("number", error),
    }
}

/// What is certain to stop its messages, and a quality that may.
pub fn before_sending(number: &Number) -> Vec<Check> {
    let is_certain = |check: &Check| matches!(check.state, State::Failed(_));
    let mut checks: Vec<_> = [status(number), health(number)].into_iter().filter(is_certain).collect();
    if number.quality == Some(Quality::Red) {
        checks.push(quality(number));
    }
    checks
}

/// Whether it is connected.
fn status(number: &Number) -> Check {
    const ID: &str = "number";
    const REMEDY: &str =
        "WhatsApp Manager > Phone numbers shows why; a number that is not registered is registered there";
    let name = number.verified_name.as_deref().unwrap_or("without a name");
    let shown = number.display_number.as_deref().map(|shown| format!(", {shown}")).unwrap_or_default();
    let Some(status) = &number.status else {
        return Check::unknown(ID, format!("{name}{shown}: WhatsApp does not tell its status"));
    };
    match status.is_sending() {
        Some(true) => Check::ok(ID, format!("{name}{shown}: connected")),
        Some(false) => Check::failed(ID, format!("{name}{shown}: cannot send, its status is {status}"), REMEDY),
        None => Check::warning(ID, format!("{name}{shown}: its status is {status}"), REMEDY),
    }
}

fn platform(number: &Number) -> Check {
    const ID: &str = "platform";
    match &number.platform {
        Some(Platform::CloudApi) => Check::ok(ID, "Cloud API"),
        Some(Platform::OnPremise) => Check::failed(
            ID,
            "the number is at home on a server of the business, not with the Cloud API",
            "move it: Meta's guide is called `Migrating an on-premises number to the Cloud API`",
        ),
        Some(platform) => Check::warning(
            ID,
            format!("the number is not at home with the Cloud API ({platform})"),
            "register it in WhatsApp Manager > Phone numbers",
        ),
        None => Check::unknown(ID, "WhatsApp does not tell"),
    }
}

/// What people think of its messages.
fn quality(number: &Number) -> Check {
    const ID: &str = "quality";
    match &number.quality {
        Some(Quality::Green) => Check::ok(ID, "high"),
        Some(Quality::Yellow) => Check::warning(
            ID,
            "middling: people block or report the number",
            "send to those who asked for it, and less often; WhatsApp Manager > Insights shows which messages",
        ),
        Some(Quality::Red) => Check::warning(
            ID,
            "low: many people block or report the number",
            "stop marketing until it is better: WhatsApp may limit the number, and pauses its templates",
        ),
        Some(Quality::Unknown | Quality::Other(_)) | None => Check::ok(ID, "not rated yet"),
    }
}

fn throughput(number: &Number, rate: Option<f64>) -> Check {
    const ID: &str = "throughput";
    let Some(level) = &number.level else { return Check::unknown(ID, "WhatsApp does not tell") };
    match (level.per_second(), rate) {
        (Some(most), Some(rate)) if rate > most => Check::warning(
            ID,
            format!("the campaign sends {rate} messages a second, and the number may send {most} ({level})"),
            format!("write `rate: {most}/s` under `send`, or less: WhatsApp refuses the rest, and asks to wait"),
        ),
        (Some(most), _) => Check::ok(ID, format!("{most} messages a second ({level})")),
        (None, _) if *level == Level::NotApplicable => Check::warning(
            ID,
            "the number may send nothing yet (NOT_APPLICABLE)",
            "register it in WhatsApp Manager > Phone numbers",
        ),
        (None, _) => Check::unknown(ID, format!("nobody knows what {level} means")),
    }
}

/// Meta does not tell what is left; this ledger knows only its own people.
fn limit(number: &Number, Wanted { to_send, reached, .. }: &Wanted<'_>) -> Check {
    const ID: &str = "limit";
    let most = match &number.limit {
        Some(Limit::People(most)) => *most,
        Some(Limit::Unlimited) => return Check::ok(ID, "as many people as you like"),
        Some(Limit::Other(word)) => return Check::unknown(ID, format!("nobody knows what {word} means")),
        None => return Check::unknown(ID, "WhatsApp does not tell"),
    };
    let Some(reached) = *reached else {
        return Check::unknown(ID, format!("{most} people in 24 hours; how many are left is not known"));
    };
    let left = most.saturating_sub(reached);
    let message = format!("{most} people in 24 hours, {left} of them left by this ledger");
    match *to_send {
        Some(to_send) if to_send > left => Check::warning(
            ID,
            format!("{message}; the campaign has {to_send} to go"),
            "send it in parts, a day each: WhatsApp refuses what goes beyond; the limit grows with good quality and a \
             verified business",
        ),
        _ => Check::ok(ID, message),
    }
}

/// What stands in the way of messages.
fn health(number: &Number) -> Check {
    const ID: &str = "health";
    let Some(Health { can_send, entities }) = &number.health else {
        return Check::unknown(ID, "WhatsApp does not tell");
    };
    let (what, solution) = troubles(entities);
    match can_send {
        CanSend::Available => Check::ok(ID, "messages can be sent"),
        CanSend::Blocked => Check::failed(ID, format!("messages are blocked{what}"), solution),
        CanSend::Limited => Check::warning(ID, format!("messages are limited{what}"), solution),
        CanSend::Other(word) => Check::warning(ID, format!("nobody knows what {word} means{what}"), solution),
    }
}

/// What is wrong with each thing, and Meta's ways out.
fn troubles(entities: &[Entity]) -> (String, String) {
    let (mut what, mut solutions) = (String::new(), Vec::new());
    for entity in entities.iter().filter(|entity| entity.can_send != CanSend::Available) {
        let kind = entity.kind.to_ascii_lowercase().replace('_', " ");
        let errors: Vec<_> = entity.errors.iter().map(|error| error.description.trim_end_matches('.')).collect();
        what.push_str(&format!(
            "; {kind}: {}",
            if errors.is_empty() { entity.can_send.as_str().to_owned() } else { errors.join("; ") }
        ));
        solutions.extend(entity.errors.iter().filter_map(|error| error.solution.as_deref()));
    }
    let fallback = "WhatsApp Manager > Account overview shows why";
    (what, if solutions.is_empty() { fallback.to_owned() } else { solutions.join(" ") })
}

/// Whether the number is one of the account's.
pub fn account(told: &Result<Option<bool>, ReadError>, account: &str, number: &str) -> Check {
    const ID: &str = "account";
    match told {
        Ok(Some(true)) => Check::ok(ID, format!("the number is one of account {account}'s")),
        Ok(Some(false)) => Check::failed(
            ID,
            format!("number {number} is not one of account {account}'s"),
            "compare `sender.phone_number_id` and `sender.business_account_id` with WhatsApp Manager: templates and \
             webhooks are the account's",
        ),
        Ok(None) => Check::unknown(ID, format!("account {account} has more numbers than were read")),
        Err(ReadError::Refused(refusal)) if refusal.is_unknown_object() => Check::failed(
            ID,
            format!("WhatsApp knows no account {account}, or the token may not see it"),
            "compare `sender.business_account_id` with WhatsApp Manager (it is not the phone number's id), and see that \
             the token's system user is assigned to that account",
        ),
        Err(error) => Check::unread(ID, error),
    }
}
