//! What the end of a run means: an exit code, and words for people.

use std::fmt;

use super::Exit;
use crate::ledger::Tally;
use crate::policy::retry::StopReason;
use crate::policy::threshold::Trouble;
use crate::run::Ending;

/// The exit code. `besides` is how many doubts of the campaign no row of the plan is about.
pub fn exit(ending: &Ending, tally: &Tally, besides: u64) -> Exit {
    let ended = match ending {
        Ending::Finished if tally.waiting > 0 => Exit::Paused,
        Ending::Finished => Exit::Complete,
        Ending::Asked => Exit::Paused,
        Ending::DiskFull => Exit::Disk,
        Ending::Stopped { reason, .. } => match reason {
            StopReason::Token | StopReason::Proof => Exit::Token,
            StopReason::Sender
            | StopReason::Template
            | StopReason::NoVerdicts
            | StopReason::KillSwitch
            | StopReason::TooMany(_) => Exit::Stopped,
            StopReason::Unreachable | StopReason::Throttled => Exit::Paused,
        },
    };
    let rows = match tally {
        Tally { in_doubt, held, .. } if in_doubt > held || besides > 0 => Exit::InDoubt,
        Tally { refused: 1.., .. } => Exit::Refused,
        _ => Exit::Complete,
    };
    ended.max(rows)
}

/// What to do about a token that is not accepted, or may not do what it is asked for.
pub const SYSTEM_USER: &str = "Temporary tokens end within 24 hours. Make a lasting one: business.facebook.com > Settings > \
                               Users > System users > Generate token, with the permissions whatsapp_business_messaging \
                               and whatsapp_business_management, for a system user to whom the app and the WhatsApp \
                               account are assigned.";

/// What to do about a proof that is missing or wrong.
pub const APP_SECRET: &str = "Put the secret of the app that the token was made for into WHATSAPP_APP_SECRET: App \
                              dashboard > App settings > Basic > App secret.";

/// Why a run ended, in words for people.
pub struct Words<'a> {
    /// Why.
    pub what: &'a str,
    /// What WhatsApp or the network said about it.
    pub said: Option<&'a str>,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.said {
            Some(said) => write!(f, "{} ({said})", self.what),
            None => f.write_str(self.what),
        }
    }
}

/// Why a run ended, and what to do about it.
pub fn words(ending: &Ending) -> Words<'_> {
    match ending {
        Ending::Finished => Words { what: "finished", said: None, remedy: "" },
        Ending::Asked => Words { what: "the run was asked to stop", said: None, remedy: "Run it again to go on." },
        Ending::DiskFull => {
            let remedy = "Make room, then run it again to go on.";
            Words { what: "the disk of the ledger is full", said: None, remedy }
        }
        Ending::Stopped { reason, detail } => {
            let (what, remedy) = stopped(*reason, detail);
            Words { what, said: Some(detail.as_str()).filter(|said| *said != what), remedy }
        }
    }
}

/// Why a run stopped by itself, and what to do about it.
fn stopped(reason: StopReason, detail: &str) -> (&str, &'static str) {
    match reason {
        StopReason::Token => ("WhatsApp does not accept the token", SYSTEM_USER),
        StopReason::Proof => ("WhatsApp does not accept the proof of the app secret", APP_SECRET),
        StopReason::Sender => {
            ("WhatsApp refuses this number or account", "Look at the number and the account in WhatsApp Manager.")
        }
        StopReason::Template => (
            "WhatsApp refuses the template for everybody",
            "Compare name, language, parameters and status with the template in WhatsApp Manager.",
        ),
        StopReason::Unreachable => ("WhatsApp could not be reached", "Look at the network, then run again."),
        StopReason::Throttled => (
            "WhatsApp has asked to slow down for two hours and taken nothing",
            "Look at the limits of the number and the app in WhatsApp Manager, then run again.",
        ),
        StopReason::NoVerdicts => {
            ("requests left and no answers came back", "Something between here and WhatsApp is broken: find out what.")
        }
        StopReason::KillSwitch => ("the kill switch is on", "Find out why, then lift it."),
        // Here the numbers are the reason.
        StopReason::TooMany(Trouble::Refused) => (
            detail,
            "Look at the reasons in report.csv: is this the right list, and the country code of its numbers right?",
        ),
        StopReason::TooMany(Trouble::InDoubt) => (detail, "Look at the reasons in report.csv, and settle the doubts."),
    }
}
