//! Where personal data is, for the commands that erase it: ledgers, the reports beside their campaigns, and files that
//! belong to people and are only named.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::printer::{Printer, counted};
use super::read::existing_ledger;
use super::run::DIED;
use super::signals::Signals;
use super::{Exit, Global, hint};
use crate::audience::sought::Sought;
use crate::campaign::{self, Campaign, is_defaults};
use crate::clock::Clock;
use crate::ledger::{Ledger, LedgerError};
use crate::report::erase::{Erasure, Rewritten};

/// So many lines of a file are named.
const LINES_NAMED: usize = 3;

/// A ledger, and the campaigns beside it.
pub struct Place {
    /// The ledger's file.
    pub ledger: PathBuf,
    folders: BTreeSet<PathBuf>,
    campaigns: Vec<Campaign>,
    /// Campaign files that cannot be read: they may name a directory for reports.
    unread: BTreeSet<PathBuf>,
}

/// The places of these campaign files, or of the current folder: each ledger once, with all campaigns of its folders.
pub fn places(files: &[PathBuf], global: &Global) -> Result<Vec<Place>, Failure> {
    let here = [PathBuf::from(".")];
    let mut places: Vec<Place> = Vec::new();
    for file in if files.is_empty() { &here } else { files } {
        let ledger = fs::canonicalize(existing_ledger(file, global)?)?;
        let file = fs::canonicalize(file)?;
        let folder = if file.is_dir() { file.clone() } else { file.parent().unwrap_or(Path::new("/")).to_owned() };
        let place = match places.iter().position(|place| place.ledger == ledger) {
            Some(known) => &mut places[known],
            None => {
                places.push(Place { ledger, folders: BTreeSet::new(), campaigns: Vec::new(), unread: BTreeSet::new() });
                let last = places.len() - 1;
                &mut places[last]
            }
        };
        if !file.is_dir() && !is_defaults(&file) {
            let gleaned = campaign::glean(&file);
            place.campaigns.push(gleaned.campaign.ok_or(gleaned.problems)?);
        }
        if place.folders.insert(folder.clone()) {
            place.read_campaigns(&folder)?;
        }
    }
    Ok(places)
}

fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

impl Place {
    /// Adds the campaigns of a folder, as far as they can be read: what is wrong in a template does not hide where its
    /// reports are.
    fn read_campaigns(&mut self, folder: &Path) -> io::Result<()> {
        let is_campaign = |path: &PathBuf| {
            let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
            is_yaml && !is_defaults(path)
        };
        for file in files_in(folder)?.into_iter().filter(is_campaign) {
            match campaign::glean(&file).campaign {
                Some(campaign) => self.campaigns.push(campaign),
                None => drop(self.unread.insert(file)),
            }
        }
        Ok(())
    }

    /// Warns of campaign files that cannot be read.
    pub fn tell_unread(&self, printer: Printer) {
        for file in &self.unread {
            printer.warn(&format!(
                "{} cannot be read: reports are looked for in `reports` and where other campaigns have them; if this one \
                 names another directory, mend it and run this again",
                hint::shown(file)
            ));
        }
    }

    /// Takes the ledger. What a run that died left under way is in doubt.
    pub fn open(&self) -> Result<Ledger, LedgerError> {
        let mut ledger = Ledger::open(&self.ledger)?;
        ledger.recover(Clock::System.unix_ms(), DIED)?;
        Ok(ledger)
    }

    /// Erases from the reports of the ledger's campaigns, wherever a campaign of its folders has reports.
    pub fn erase_from_reports(&self, ledger: &Ledger, erasure: &mut Erasure<'_>) -> Result<Rewritten, LedgerError> {
        ledger.marked(|marked| erasure.add(marked))?;
        let mut keys: BTreeSet<String> = ledger.campaigns()?.into_iter().collect();
        keys.extend(self.campaigns.iter().map(|campaign| campaign.key.clone()).filter(|key| !key.is_empty()));
        let mut all = Rewritten::default();
        for directory in self.report_directories() {
            for key in &keys {
                all.add(erasure.reports(&directory.join(key)));
            }
        }
        Ok(all)
    }

    /// Where campaigns have their reports, and where they have them unless they say otherwise: a campaign file may be gone.
    fn report_directories(&self) -> BTreeSet<PathBuf> {
        let of_ledger = self.ledger.ancestors().skip(1).take(2).map(Path::to_owned);
        let folders = self.folders.iter().cloned().chain(of_ledger);
        let mut directories: BTreeSet<PathBuf> = folders.map(|folder| folder.join("reports")).collect();
        directories.extend(self.campaigns.iter().map(|campaign| campaign.report.directory.clone()));
        // Each once, whichever way it is written.
        directories.into_iter().map(|directory| fs::canonicalize(&directory).unwrap_or(directory)).collect()
    }

    /// Where a person still stands: in recipients files, saved plans and whatever else lies beside the campaigns, and in
    /// reports that somebody edited.
    pub fn remains(&self, person: &Sought, edited: &BTreeSet<PathBuf>) -> Result<Vec<String>, Failure> {
        let mut files = edited.clone();
        for folder in &self.folders {
            files.extend(files_in(folder)?);
        }
        let recipients = self.campaigns.iter().map(|campaign| &campaign.recipients.file);
        files.extend(recipients.filter_map(|file| fs::canonicalize(file).ok()).filter(|file| file.is_file()));
        let is_of_ledger = |file: &Path| file.to_string_lossy().starts_with(&*self.ledger.to_string_lossy());
        files.retain(|file| !is_of_ledger(file));
        files.iter().map(|file| lines_with(file, person)).filter_map(Result::transpose).collect()
    }
}

/// The lines of a file in which a person stands, for people.
fn lines_with(file: &Path, person: &Sought) -> Result<Option<String>, Failure> {
    let unread = |error: io::Error| {
        let what = format!("{} cannot be read, to see who stands in it: {error}", file.display());
        Failure::System(io::Error::new(error.kind(), what))
    };
    let mut reader = BufReader::new(File::open(file).map_err(unread)?);
    let (mut line, mut number, mut found) = (Vec::new(), 0_u64, Vec::new());
    while reader.read_until(b'\n', &mut line).map_err(unread)? > 0 {
        number += 1;
        // In UTF-16 every second byte of a digit is a zero.
        line.retain(|byte| *byte != 0);
        if person.stands_in(&String::from_utf8_lossy(&line)) {
            found.push(number.to_string());
        }
        line.clear();
    }
    let more = found.len().saturating_sub(LINES_NAMED);
    found.truncate(LINES_NAMED);
    let lines = if found.len() == 1 { "line" } else { "lines" };
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Ok((!found.is_empty()).then(|| format!("{}, {lines} {}{more}", hint::shown(file), found.join(", "))))
}

/// Asks on the terminal, unless `--yes` was said.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Usage(
            "nobody is here to be asked: add --yes to erase without a question; nothing was erased".to_owned(),
        ));
    }
    Printer::ask(&format!("{question} This cannot be undone. [y/N] "))?;
    let answer = Signals::default().line()?.unwrap_or_default();
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::Usage("not confirmed; nothing was erased".to_owned())),
    }
}

/// Says why it cannot go on. A run that is under way is not disturbed: it could send what is erased beneath it.
pub fn report(failure: Failure, printer: Printer) -> Exit {
    match failure {
        Failure::Ledger(error @ LedgerError::Held { .. }) => {
            printer.error(&format!(
                "{error}; nothing was erased from it: wait for it, or end it with {}, and run this again",
                hint::STOP_ALL
            ));
            Exit::Held
        }
        Failure::Ledger(error) => {
            printer.error(&format!("{error}; not everything was erased: once that is mended, run this again"));
            Exit::Disk
        }
        failure => failure.report(printer),
    }
}

/// Names the links among reports, which were not followed.
pub fn tell_links<'a>(links: impl IntoIterator<Item = &'a PathBuf>, printer: Printer) {
    for link in links.into_iter().collect::<BTreeSet<_>>() {
        let link = hint::shown(link);
        printer.warn(&format!(
            "{link} is a link, and was not followed: erase yourself what it leads to, if that is a report"
        ));
    }
}

/// Each report that could not be treated, with why, for people.
pub fn untreated(files: &[(PathBuf, io::Error)]) -> String {
    let lines: BTreeSet<String> = files
        .iter()
        .map(|(path, error)| format!("the report {} cannot be treated: {error}", hint::shown(path)))
        .collect();
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

/// `12 lines in 2 report files`; none where there were none.
pub fn lines_of_reports(rewritten: &Rewritten) -> Option<String> {
    let Rewritten { lines, files, .. } = *rewritten;
    (lines > 0).then(|| format!("{} in {}", counted(lines, "line"), counted(files, "report file")))
}
