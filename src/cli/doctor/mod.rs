//! `tidings doctor`: everything that a campaign needs, looked at one by one. It reads, and changes nothing.

pub mod check;
mod local;
mod media;
pub mod number;
pub mod service;
mod show;
pub mod subject;
mod template;
pub mod token;
mod webhook;

use std::path::{Path, PathBuf};
use std::time::Duration;

use check::{Check, State};
use service::Times;
use subject::Subject;

use super::failure::Failure;
use super::printer::Printer;
use super::signals::Signals;
use super::{Exit, Global, help, hint};
use crate::campaign::Sender;
use crate::clock::Clock;
use crate::cloud::ReadError;
use crate::cloud::account::{AccountReader, TokenFacts};
use crate::cloud::client::{META_API, Timeouts, check_address, is_loopback};
use crate::cloud::templates::{Patience, TemplateReader};
use crate::ledger::Purpose;
use crate::sandbox::embedded::Embedded;
use crate::sandbox::faults::Script;
use crate::sandbox::illness::Illness;
use crate::sandbox::world::World;
use crate::secret::{AppSecret, Token, TokenError};

const EXAMPLES: &str = "\
Examples:
  tidings doctor spring.yaml                # a line for each thing it needs
  tidings doctor                            # of the number in tidings.yaml
  tidings doctor spring.yaml --json         # for programs
  tidings doctor spring.yaml --sandbox --sick quality-red   # what if";

/// The simulator has every account.
const ANY_ACCOUNT: &str = "0";

/// As long as somebody waits for one answer.
const TIMEOUTS: Timeouts =
    Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(10), idle: Duration::from_secs(15) };

#[derive(Debug, clap::Args)]
#[command(after_help = help::text(EXAMPLES, &[Exit::Complete, Exit::Problems, Exit::Token]))]
pub struct Args {
    /// The campaign file; without it, the number is looked at that tidings.yaml in this folder names.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print JSON: each check with its state and remedy.
    #[arg(long)]
    json: bool,
    /// Ask the built-in simulator; needs no token.
    #[arg(long)]
    sandbox: bool,
    /// Let the simulator be ill, such as `quality-red`. May be repeated.
    #[arg(long, value_name = "WHAT", requires = "sandbox")]
    sick: Vec<Illness>,
    /// Ask here instead of WhatsApp: an https address, or a simulator on this machine.
    #[arg(long, value_name = "URL", conflicts_with = "sandbox")]
    api_url: Option<String>,
}

/// Looks at everything and shows it.
pub fn run(args: &Args, global: &Global, printer: Printer) -> Exit {
    match diagnose(args, global, printer) {
        Ok((subject, checks)) => {
            if args.json {
                printer.json(&show::json(&subject.file, &checks));
            } else {
                show::people(&checks, printer);
            }
            show::exit(&checks)
        }
        Err(failure) => failure.report(printer),
    }
}

fn diagnose(args: &Args, global: &Global, printer: Printer) -> Result<(Subject, Vec<Check>), Failure> {
    if let Some(api) = &args.api_url {
        check_address(api)?;
        printer.talk(&format!("asking {api}, not WhatsApp"));
    }
    let subject = Subject::read(args.file.as_deref(), global)?;
    let mut checks = match &subject.sender {
        Some(sender) => examine(args, &subject, sender)?,
        None => vec![Check::unknown("rest", "not looked at: the file does not say rightly which number sends")],
    };
    checks.push(subject.files.clone());
    checks.push(local::ledger(&subject.ledger, purpose(args)));
    if let Some(campaign) = &subject.campaign {
        checks.extend(local::stops(&subject.ledger, campaign, &hint::command("resume", &subject.file, global)));
    }
    Ok((subject, checks))
}

/// What a run to the same place would write into the ledger; none where it would have one of its own.
fn purpose(args: &Args) -> Option<Purpose> {
    let is_here = args.api_url.as_deref().is_some_and(is_loopback);
    (!args.sandbox).then_some(if is_here { Purpose::Rehearsal } else { Purpose::Real })
}

/// Everything that somebody has to be asked about.
fn examine(args: &Args, subject: &Subject, sender: &Sender) -> Result<Vec<Check>, Failure> {
    let mut signals = Signals::default();
    let sandbox = args.sandbox.then(|| simulator(args, subject)).transpose()?;
    let api = sandbox.as_ref().map(Embedded::base_url);
    let api = api.as_deref().or(args.api_url.as_deref()).unwrap_or(META_API);
    let (token, found_in) = if sandbox.is_some() {
        (Ok(Token::for_sandbox("sandbox")), token::MADE_UP.to_owned())
    } else {
        (signals.attend(sender.token.read())?, token::source(&sender.token))
    };
    let token = match token {
        Ok(token) => token,
        Err(error) => return Ok(without_token(&error, sender)),
    };
    let account = sender.business_account_id.as_deref().or(sandbox.is_some().then_some(ANY_ACCOUNT));
    let secret = AppSecret::from_environment();
    let reader = AccountReader::new(api, &sender.api_version, &token, secret.as_ref(), TIMEOUTS)?;
    let pull = pull(args, &subject.file);
    let visit = Visit { api, subject, sender, account, token: &token, secret: secret.as_ref(), reader, found_in, pull };
    signals.attend(visit.all())?
}

/// A simulator with the templates of the campaign's lock file.
fn simulator(args: &Args, subject: &Subject) -> Result<Embedded, Failure> {
    let world = World::new(Script { sick: args.sick.clone(), ..Script::default() });
    Ok(Embedded::of(match &subject.lock {
        Some(lock) => world.with_templates(lock.templates()),
        None => world,
    })?)
}

/// The command that reads the templates from where the doctor asks.
fn pull(args: &Args, file: &Path) -> String {
    let from = match &args.api_url {
        _ if args.sandbox => " --sandbox".to_owned(),
        Some(api) => format!(" --api-url {api}"),
        None => String::new(),
    };
    format!("tidings templates pull {}{from}", hint::word(file))
}

fn without_token(error: &TokenError, sender: &Sender) -> Vec<Check> {
    let remedy = match error {
        TokenError::Unset(_) => {
            "a token for a system user comes from Business settings > Users > System users > Generate token"
        }
        _ => "see to its source, which `sender.token` names; `run` reads it in the same way",
    };
    vec![
        Check::no_entry("token", error.to_string(), remedy),
        service::version(&sender.api_version, &[]),
        Check::unknown("rest", "not looked at: there is no token to ask with"),
    ]
}

/// A visit to the service, with a token.
struct Visit<'a> {
    api: &'a str,
    subject: &'a Subject,
    sender: &'a Sender,
    account: Option<&'a str>,
    token: &'a Token,
    secret: Option<&'a AppSecret>,
    reader: AccountReader,
    found_in: String,
    /// The command that reads the templates from there.
    pull: String,
}

impl Visit<'_> {
    /// First what everything hangs on, then the rest.
    async fn all(&self) -> Result<Vec<Check>, Failure> {
        let (times, facts) = tokio::join!(self.times(), self.reader.token());
        let connection = service::connection(self.api, &times);
        let Ok(times) = times else {
            return Ok(vec![connection, Check::unknown("rest", "not looked at: nobody answers")]);
        };
        let wanted =
            token::Wanted { account: self.account, ends_at: self.subject.ends_at(), now: Clock::System.unix_ms() };
        let mut checks = vec![connection];
        checks.extend(token::judge(&facts, &self.found_in, &wanted));
        checks.push(token::proof(self.secret.is_some(), &[facts.as_ref().err()]));
        checks.push(service::clock(&times));
        checks.push(service::version(&self.sender.api_version, &[facts.as_ref().err()]));
        let is_gone = matches!(&facts, Err(ReadError::Refused(refusal)) if refusal.is_version_gone());
        let is_shut =
            |check: &Check| matches!(check.state, State::Failed(_)) && ["token", "app-secret"].contains(&check.id);
        if is_gone || checks.iter().any(is_shut) {
            checks.push(Check::unknown("rest", "not looked at: WhatsApp would not tell"));
        } else {
            self.rest(facts.ok().as_ref(), &mut checks).await?;
        }
        Ok(checks)
    }

    async fn times(&self) -> Result<Times, ReadError> {
        let before = Clock::System.unix_ms();
        let there = self.reader.time(&self.sender.phone_number_id).await?;
        Ok(Times { there, here: (before, Clock::System.unix_ms()) })
    }

    async fn rest(&self, facts: Option<&TokenFacts>, checks: &mut Vec<Check>) -> Result<(), Failure> {
        let id = self.sender.phone_number_id.as_str();
        let media = media::look(&self.subject.media, &self.reader, id, is_loopback(self.api));
        let (number, media) = tokio::join!(self.reader.number(id), media);
        let wanted = number::Wanted {
            id,
            rate: self.subject.rate(),
            to_send: self.subject.to_send,
            reached: local::reached(&self.subject.ledger),
        };
        if let (None, Err(error)) = (facts, &number) {
            checks.extend(token::shut_out(error));
        }
        checks.extend(number::judge(&number, &wanted));
        match self.account {
            Some(account) => self.of_account(account, facts, checks).await?,
            None => checks.push(
                Check::unknown("account", "not looked at, nor templates and webhooks: the account is not known").help(
                    "add `business_account_id: \"…\"` under `sender`: the id of the WhatsApp business account, from \
                     WhatsApp Manager > API setup",
                ),
            ),
        }
        checks.extend(media?);
        Ok(())
    }

    async fn of_account(
        &self,
        account: &str,
        facts: Option<&TokenFacts>,
        checks: &mut Vec<Check>,
    ) -> Result<(), Failure> {
        let id = self.sender.phone_number_id.as_str();
        let patience = Patience { timeouts: TIMEOUTS, tries: 1, ..Patience::default() };
        let templates = TemplateReader::new(self.api, &self.sender.api_version, account, self.token, patience)?;
        let templates = templates.proving(self.secret.cloned());
        let (has_number, apps, templates) =
            tokio::join!(self.reader.has_number(account, id), self.reader.subscribed_apps(account), templates.read());
        checks.push(number::account(&has_number, account, id));
        checks.push(webhook::judge(&apps, facts.and_then(|facts| facts.app.as_ref())));
        if let Some(campaign) = &self.subject.campaign {
            checks.extend(template::judge(&templates, campaign));
            if let Ok(live) = &templates {
                checks.push(template::lock(self.subject.lock.as_ref(), live, campaign, &self.pull));
            }
        }
        Ok(())
    }
}
