//! Finding and reading what commands work on: a campaign, and the ledger of its real messages.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::failure::Failure;
use super::outline::odd_line;
use super::printer::{Printer, counted};
use super::{Global, hint};
use crate::campaign::{self, Campaign, Gleaned, Sound};
use crate::catalogue::{LOCK_FILE, Lock};
use crate::clock::{Clock, UnixMs};
use crate::message::definition;
use crate::plan::{Outline, Plan, Tried};
use crate::problem::Problem;

/// Names the ledger of real runs where the command line does not.
const LEDGER_VARIABLE: &str = "TIDINGS_LEDGER";

/// What a look through a campaign and its recipients found.
pub struct Looked {
    /// The campaign's key, if it has one.
    pub key: Option<String>,
    /// What its rows become; with a problem, as far as that can be told.
    pub outline: Outline,
    /// The first problems, in file order: the campaign's, its recipients' columns, then their rows.
    pub problems: Vec<Problem>,
    /// How many problems there are in all.
    pub problems_total: u64,
    /// What the campaign's own tests came to, where they could be tried.
    pub tried: Vec<Tried>,
    /// Whether there was a lock file to check the campaign against.
    pub has_lock: bool,
    /// What is no problem and yet worth a word.
    pub advice: Vec<String>,
}

/// Looks through a campaign file and its recipients, so that one pass tells everything; and tries the campaign's tests.
pub fn look_through(file: &Path) -> Looked {
    looked(campaign::glean(file))
}

fn looked(Gleaned { campaign, sound, mut problems }: Gleaned) -> Looked {
    let lock = campaign.as_ref().and_then(|it| lock_beside(&it.file).map_err(|problem| problems.push(problem)).ok()?);
    let can_try = sound.whole && problems.is_empty();
    let lock = lock.as_ref();
    let mut outline = campaign.as_ref().map_or_else(Outline::default, |it| Plan::examine(it, sound, lock, now()));
    let of_lock = campaign.as_ref().zip(lock).map(|(it, lock)| definition::advice(it, lock));
    let advice = of_lock.into_iter().flatten().chain(advice_on_languages(&outline));
    let advice = advice.chain(outline.odd.iter().map(odd_line)).collect();
    // What is broken is not judged a second time.
    let known: HashSet<_> = problems.iter().map(|problem| (problem.file.clone(), problem.place)).collect();
    let found = outline.problems.len();
    outline
        .problems
        .retain(|problem| problem.place.is_none() || !known.contains(&(problem.file.clone(), problem.place)));
    let repeated = (found - outline.problems.len()) as u64;
    let tried = campaign.as_ref().filter(|_| can_try).map(|it| try_tests(it, lock)).unwrap_or_default();
    // Before the rows: they stand in the campaign file.
    problems.extend(tried.iter().flat_map(|tried| tried.problems.clone()));
    let problems_total = problems.len() as u64 + outline.problems_total - repeated;
    problems.append(&mut outline.problems);
    let key = campaign.map(|campaign| campaign.key).filter(|key| !key.is_empty());
    Looked { key, outline, problems, problems_total, tried, has_lock: lock.is_some(), advice }
}

/// A fallback is for a few; where most people need it, or another region's words, the column may not be what it seems.
fn advice_on_languages(outline: &Outline) -> Option<String> {
    let (elsewhere, all) = (outline.languages.elsewhere(), outline.messages_total());
    let messages = (elsewhere > all / 2).then(|| counted(all, "message"))?;
    Some(format!(
        "{elsewhere} of {messages} not in the recipient's own language or region: `tidings preview` counts which"
    ))
}

/// What the campaign's own tests came to; nothing where there is no plan.
fn try_tests(campaign: &Campaign, lock: Option<&Lock>) -> Vec<Tried> {
    if campaign.trials.is_empty() {
        return Vec::new();
    }
    Plan::prepare(campaign, lock, Clock::System.local_date()).map(|plan| plan.try_all()).unwrap_or_default()
}

impl From<Looked> for Failure {
    fn from(Looked { problems, problems_total, .. }: Looked) -> Self {
        Self::Problems { shown: problems, total: problems_total }
    }
}

/// Reads a campaign file. Any problem ends the command, with those of the recipients.
pub fn read_campaign(file: &Path) -> Result<Campaign, Failure> {
    let gleaned = campaign::glean(file);
    match gleaned {
        Gleaned { campaign: Some(campaign), sound, problems } if sound.whole && problems.is_empty() => Ok(campaign),
        gleaned => Err(looked(gleaned).into()),
    }
}

/// The day by the calendar here, and the time.
fn now() -> (Date, UnixMs) {
    (Clock::System.local_date(), Clock::System.unix_ms())
}

/// The templates beside a campaign file, where somebody has read them.
pub fn lock_beside(file: &Path) -> Result<Option<Lock>, Problem> {
    match Lock::read(&file.with_file_name(LOCK_FILE)) {
        Ok(lock) => Ok(Some(lock)),
        Err(problem) if problem.code == "lock-missing" => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Says what was not checked for want of a lock file.
pub fn tell_what_is_unchecked(file: &Path, printer: Printer) {
    printer.talk(&format!(
        "not checked: template names, parameters, buttons and lengths, for there is no {LOCK_FILE}; read it with: tidings \
         templates pull {}",
        hint::word(file)
    ));
}

/// Says what the templates beside a campaign give to say, or that there are none.
pub fn tell_of_templates(campaign: &Campaign, lock: Option<&Lock>, printer: Printer) {
    match lock {
        Some(lock) => definition::advice(campaign, lock).iter().for_each(|advice| printer.talk(advice)),
        None => tell_what_is_unchecked(&campaign.file, printer),
    }
}

/// Prepares a campaign's plan; what hinders that is told with what is wrong in the rows.
pub fn prepare(campaign: &Campaign) -> Result<Plan<'_>, Failure> {
    prepare_with(campaign, lock_beside(&campaign.file).map_err(|problem| vec![problem])?.as_ref())
}

/// The same, with the templates that were read already.
pub fn prepare_with<'c>(campaign: &'c Campaign, lock: Option<&Lock>) -> Result<Plan<'c>, Failure> {
    let (today, time) = now();
    Plan::prepare(campaign, lock, today).map(|plan| plan.as_of(time)).map_err(|first| {
        let Outline { problems, problems_total, .. } = Plan::examine(campaign, Sound::WHOLE, lock, (today, time));
        // Somebody may have mended the files by now.
        if problems_total == 0 { first.into() } else { Failure::Problems { shown: problems, total: problems_total } }
    })
}

/// The ledger of a campaign's real messages, or of all those in a directory.
pub fn real_ledger(file: &Path, global: &Global) -> Result<PathBuf, Failure> {
    let variable = || std::env::var_os(LEDGER_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(path) = global.ledger.clone().or_else(variable) {
        return if path.to_string_lossy().contains("://") {
            // Never repeated: such an address may hold a password.
            Err(Failure::Usage(
                "the ledger is a file: this version of tidings knows no ledger with an address".to_owned(),
            ))
        } else {
            Ok(path)
        };
    }
    // One campaign file has one ledger, whichever link leads to it: a second one would not know who got the message.
    let file = fs::canonicalize(file)?;
    let directory = if file.is_dir() { &file } else { file.parent().unwrap_or(Path::new("")) };
    Ok(directory.join(".tidings").join("ledger.sqlite"))
}

/// The same, for commands that have nothing to do before there is one.
pub fn existing_ledger(file: &Path, global: &Global) -> Result<PathBuf, Failure> {
    let path = real_ledger(file, global)?;
    if path.exists() {
        return Ok(path);
    }
    Err(Failure::Usage(format!("there is no ledger {}: nothing was sent from here yet", path.display())))
}
