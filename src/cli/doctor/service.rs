//! The service: whether it answers, what time it is there, and how long this version of the API lasts.

use std::time::Duration;

use super::check::Check;
use crate::cli::progress;
use crate::clock::{Clock, UnixMs};
use crate::cloud::ReadError;
use crate::cloud::version::{Life, NEWEST, life};

const VERSION: &str = "api-version";

/// A clock that is wrong by more than this makes times in reports and windows wrong.
const CLOCK_WARN_MS: UnixMs = 30 * 1000;

/// And one that is wrong by more than this breaks signatures and certificates.
const CLOCK_FAIL_MS: UnixMs = 5 * 60 * 1000;

/// The time there, and here before and after it was told.
pub struct Times {
    /// There; to the second, and none where the answer does not say.
    pub there: Option<UnixMs>,
    /// Here, when the question left and when the answer came.
    pub here: (UnixMs, UnixMs),
}

/// Whether anybody answers.
pub fn connection(api: &str, told: &Result<Times, ReadError>) -> Check {
    match told {
        Ok(_) => Check::ok("connection", format!("{api} answers")),
        Err(error) => Check::failed(
            "connection",
            format!("{api} does not answer ({error})"),
            "look at the network, at a firewall or proxy on the way, and at --api-url",
        ),
    }
}

/// The clock of this machine.
pub fn clock(Times { there, here: (before, after) }: &Times) -> Check {
    const ID: &str = "clock";
    const REMEDY: &str = "set it, and let it be kept right: timedatectl set-ntp true";
    let Some(there) = there else { return Check::unknown(ID, "the answer has no `Date`") };
    // Within the second that was told, and between question and answer, nothing is wrong.
    let ahead = (before - (there + 999)).max(0);
    let behind = (there - after).max(0);
    let (wrong, way) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    let time = progress::time(Duration::from_millis(wrong.unsigned_abs()));
    let message = format!("this machine is {time} {way} WhatsApp's clock");
    match wrong {
        0..=CLOCK_WARN_MS => Check::ok(ID, "as WhatsApp's, to half a minute"),
        wrong if wrong <= CLOCK_FAIL_MS => Check::warning(ID, message, REMEDY),
        _ => Check::failed(ID, message, REMEDY),
    }
}

/// The failed check, where WhatsApp says that the version of the API has ended.
pub fn gone(version: &str, answers: &[Option<&ReadError>]) -> Option<Check> {
    let is_gone = |error: &&&ReadError| matches!(error, ReadError::Refused(refusal) if refusal.is_version_gone());
    let error = answers.iter().flatten().find(is_gone)?;
    Some(Check::failed(VERSION, format!("WhatsApp does not answer to {version} any more ({error})"), remedy()))
}

fn remedy() -> String {
    format!("write `api_version: {NEWEST}` under `sender`, after a rehearsal")
}

/// The version of the API: what the table says, and what WhatsApp says itself.
pub fn version(version: &str, answers: &[Option<&ReadError>]) -> Check {
    if let Some(check) = gone(version, answers) {
        return check;
    }
    let remedy = remedy();
    match life(version, Clock::System.local_date()) {
        Life::Open => Check::ok(VERSION, format!("{version}; no end is announced")),
        Life::Until(end) => Check::ok(VERSION, format!("{version}, until {end}")),
        Life::EndsSoon(end) => Check::warning(VERSION, format!("{version} ends on {end}"), remedy),
        Life::Over(Some(end)) => Check::failed(VERSION, format!("{version} ended on {end}"), remedy),
        Life::Over(None) => Check::failed(VERSION, format!("{version} ended long ago"), remedy),
        Life::Unknown => Check::unknown(VERSION, format!("{version} is newer than this version of tidings")),
    }
}
