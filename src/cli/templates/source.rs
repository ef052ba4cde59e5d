//! Where templates are read from: WhatsApp, another address, or the built-in simulator.

use std::path::Path;

use crate::campaign::{self, Campaign};
use crate::catalogue::{Lock, SANDBOX};
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cli::signals::Signals;
use crate::cloud::ReadError;
use crate::cloud::client::{META_API, check_address};
use crate::cloud::templates::{Patience, TemplateReader};
use crate::problem::{Location, Problem};
use crate::sandbox::embedded::Embedded;
use crate::sandbox::faults::Script;
use crate::secret::{AppSecret, Token};

/// The simulator has one list for every account.
const ANY_ACCOUNT: &str = "0";

#[derive(Debug, clap::Args)]
pub struct SourceArgs {
    /// Read the templates of the built-in simulator; needs no token.
    #[arg(long)]
    sandbox: bool,
    /// Read from here instead of from WhatsApp: an https address, or a simulator on this machine.
    #[arg(long, value_name = "URL", conflicts_with = "sandbox")]
    api_url: Option<String>,
}

/// Reads the templates of a campaign's account.
pub fn read(file: &Path, args: &SourceArgs, printer: Printer) -> Result<Lock, Failure> {
    if let Some(api) = &args.api_url {
        check_address(api)?;
    }
    let campaign = match campaign::read(file) {
        (Some(campaign), problems) if problems.is_empty() => campaign,
        (_, problems) => return Err(problems.into()),
    };
    let mut signals = Signals::default();
    let version = &campaign.sender.api_version;
    if args.sandbox {
        let sandbox = Embedded::start(Script::default())?;
        let token = Token::for_sandbox("sandbox");
        let reader = TemplateReader::new(&sandbox.base_url(), version, ANY_ACCOUNT, &token, Patience::default())?;
        let read = signals.attend(reader.read())?;
        return read.map(|templates| Lock::new(SANDBOX, templates)).map_err(|error| failure(error, &campaign));
    }
    let account = account(&campaign)?;
    let token = signals.attend(campaign.sender.token.read())??;
    let api = args.api_url.as_deref().unwrap_or(META_API);
    if args.api_url.is_some() {
        printer.talk(&format!("reading from {api}, not from WhatsApp"));
    }
    let reader =
        TemplateReader::new(api, version, account, &token, Patience::default())?.proving(AppSecret::from_environment());
    let templates = signals.attend(reader.read())?.map_err(|error| failure(error, &campaign))?;
    Ok(Lock::new(account, templates))
}

fn account(campaign: &Campaign) -> Result<&str, Failure> {
    let missing = || {
        let message = "`sender` does not say which account has the templates";
        let Location { file, place } = &campaign.sender.at;
        let problem = Problem::at(file, *place, "no-account", message).help(
            "add `business_account_id: \"…\"` under `sender`: the id of the WhatsApp business account (digits), from \
             WhatsApp Manager under API setup",
        );
        Failure::from(vec![problem])
    };
    campaign.sender.business_account_id.as_deref().ok_or_else(missing)
}

/// An account that is not known is a mistake in the campaign file, as far as WhatsApp tells.
fn failure(error: ReadError, campaign: &Campaign) -> Failure {
    match (&error, campaign.sender.business_account_id.as_deref()) {
        (ReadError::Refused(refusal), Some(account)) if refusal.is_unknown_object() => {
            let message = format!("WhatsApp knows no account {account}, or the token may not see it");
            let at = campaign.sender.business_account_at.as_ref().unwrap_or(&campaign.sender.at);
            let problem = Problem::at(&at.file, at.place, "unknown-account", message).help(
                "compare `sender.business_account_id` with WhatsApp Manager (it is not the phone number's id), and see \
                 that the token's system user is assigned to that account",
            );
            Failure::from(vec![problem])
        }
        _ => Failure::Templates(error),
    }
}
