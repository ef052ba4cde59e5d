//! A preview as a page: one file that any browser shows, with nothing to load and nothing that runs.
//!
//! All text goes through the template engine's HTML escaping. The page is made for phones, for printing and for people who
//! approve a campaign by it, so it says what it was made from.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use super::cost;
use super::failure::Failure;
use super::outline::{
    LANGUAGES_TITLE, Look, duration, how_often, language_lines, samples_title, since_lines, where_odd,
};
use super::{outline, progress};
use crate::clock::{Clock, rfc3339};
use crate::message::bubble::{Entry, entries};
use crate::message::chat::{Chat, chat};
use crate::message::oddity::Oddity;
use crate::plan;
use crate::plan::cost::Priced;
use crate::plan::samples::{Away, Sample};
use crate::plan::saved::hex;

/// The name tells the engine to escape as HTML.
const TEMPLATE: &str = "page.html";

/// How every page begins, and nothing else that could be overwritten by mistake.
const BEGINNING: &[u8] = b"<!doctype html>\n<!-- tidings preview -->";

/// So many rows are named for each reason.
const EXAMPLES: usize = 3;

/// A page to be written.
pub struct Page<'p> {
    path: &'p Path,
}

#[derive(Serialize)]
struct Content<'a> {
    campaign: &'a str,
    description: Option<&'a str>,
    how_often: Option<String>,
    sender: &'a str,
    rows: u64,
    messages: u64,
    turned_away: u64,
    rate: String,
    time: String,
    /// The most that it costs, where that is known.
    at_most: Option<String>,
    cost_words: Option<String>,
    cost: Option<cost::Numbers>,
    made_at: String,
    version: &'static str,
    files: Vec<Digest>,
    kinds: Vec<Kind<'a>>,
    reasons: Vec<Reason<'a>>,
    readings_title: &'static str,
    readings: Vec<(u64, String)>,
    worth_a_look: Vec<Odd>,
    advice: &'a [String],
    since: Option<Since>,
    notes: Vec<String>,
    languages: Vec<&'a str>,
    samples_title: String,
    samples: Vec<Shown>,
}

#[derive(Serialize)]
struct Digest {
    name: String,
    sha256: String,
}

#[derive(Serialize)]
struct Kind<'a> {
    template: &'a str,
    language: &'a str,
    messages: u64,
}

#[derive(Serialize)]
struct Reason<'a> {
    words: String,
    rows: u64,
    examples: Vec<&'a Away>,
}

#[derive(Serialize)]
struct Odd {
    words: String,
    rows: u64,
    at: String,
}

#[derive(Serialize)]
struct Since {
    last_run_at: String,
    lines: Vec<(u64, String)>,
}

#[derive(Serialize)]
struct Shown {
    row: u64,
    recipient: String,
    template: String,
    language: String,
    /// The position of its language among the page's.
    language_at: usize,
    why: String,
    oddities: Vec<String>,
    /// The message as a phone shows it, then its cards; empty where its wording is not known.
    chats: Vec<Chat>,
    /// Its parameters, where its wording is not known.
    entries: Vec<Entry>,
}

impl From<&plan::Odd> for Odd {
    fn from(plan::Odd { oddity, rows, first_row }: &plan::Odd) -> Self {
        Self { words: oddity.words(), rows: *rows, at: where_odd(*rows, *first_row) }
    }
}

impl<'p> Page<'p> {
    /// A page at a path where there is none, or an older one.
    ///
    /// # Errors
    /// When something else is there, or it cannot be told.
    pub fn to(path: &'p Path) -> Result<Self, Failure> {
        let old = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self { path }),
            Err(error) => return Err(unwritable(path, &error)),
            Ok(old) => old,
        };
        let begins = |file: fs::File| {
            let mut start = Vec::new();
            io::Read::read_to_end(&mut io::Read::take(file, BEGINNING.len() as u64), &mut start)
                .map(|_| start == BEGINNING)
        };
        if old.is_file() && (old.len() == 0 || fs::File::open(path).and_then(begins).unwrap_or(false)) {
            return Ok(Self { path });
        }
        Err(Failure::Usage(format!(
            "--html: {} is there already and is no page of a preview; name another file",
            path.display()
        )))
    }

    /// Writes it, whole or not at all, and says where it is. It is for its owner alone: it holds what people are told.
    pub fn write(&self, look: &Look<'_>) -> Result<String, Failure> {
        let html = rendered(&content(look))?;
        // A link stays a link.
        let path = fs::canonicalize(self.path).unwrap_or_else(|_| self.path.to_owned());
        put(&path, &html).map_err(|error| unwritable(self.path, &error))?;
        Ok(format!("page: {}", self.path.display()))
    }
}

fn put(path: &Path, html: &str) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files are made with mode 0600.
    let mut file = tempfile::Builder::new().prefix(".tidings.preview.").tempfile_in(directory)?;
    file.write_all(html.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::System(io::Error::new(error.kind(), format!("the page {} cannot be written: {error}", path.display())))
}

fn rendered(content: &Content<'_>) -> Result<String, Failure> {
    let bug = |error: minijinja::Error| Failure::Bug(format!("the page cannot be made: {error:#}"));
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.add_template(TEMPLATE, include_str!("page.html")).map_err(bug)?;
    engine.get_template(TEMPLATE).and_then(|template| template.render(Serde(content))).map_err(bug)
}

fn content<'a>(look: &'a Look<'_>) -> Content<'a> {
    let Look { campaign, plan, outline, chosen, wording, advice, since } = look;
    let mut languages: Vec<&str> = outline.messages.keys().map(|(_, language)| language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    Content {
        campaign: &campaign.key,
        description: campaign.description.as_deref(),
        how_often: how_often(&campaign.occurrence, plan.occurrence()),
        sender: &campaign.sender.phone_number_id,
        rows: outline.rows,
        messages: outline.messages_total(),
        turned_away: outline.turned_away_total(),
        rate: campaign.pace_per_second().to_string(),
        time: progress::time(duration(look)),
        at_most: outline.cost.as_ref().and_then(Priced::ceiling).map(|most| most.to_string()),
        cost_words: cost::words(outline.cost.as_ref()),
        cost: cost::numbers(outline.cost.as_ref()),
        made_at: rfc3339(Clock::System.unix_ms()),
        version: env!("CARGO_PKG_VERSION"),
        files: digests(look),
        kinds: outline
            .messages
            .iter()
            .map(|((template, language), messages)| Kind { template, language, messages: *messages })
            .collect(),
        reasons: reasons(&outline.turned_away, &chosen.away),
        readings_title: LANGUAGES_TITLE,
        readings: language_lines(outline),
        worth_a_look: outline.odd.iter().map(Odd::from).collect(),
        advice,
        since: since.map(|since| Since { last_run_at: rfc3339(since.last_run_at), lines: since_lines(since) }),
        notes: wording.notes(outline.messages.keys()),
        samples_title: samples_title(chosen, outline),
        samples: chosen.messages.iter().map(|sample| shown(sample, look, &languages)).collect(),
        languages,
    }
}

/// What the page was made from.
fn digests(Look { campaign, plan, .. }: &Look<'_>) -> Vec<Digest> {
    let defaults = campaign.defaults.as_ref().map(|defaults| digest(&defaults.file, &defaults.digest));
    let recipients = digest(&campaign.recipients.file, &plan.recipients_digest());
    [digest(&campaign.file, &campaign.digest)].into_iter().chain(defaults).chain([recipients]).collect()
}

fn digest(file: &Path, sha256: &[u8; 32]) -> Digest {
    let name = file.file_name().map_or_else(PathBuf::new, PathBuf::from);
    Digest { name: name.display().to_string(), sha256: hex(sha256) }
}

fn reasons<'a>(counts: &BTreeMap<&'static str, u64>, away: &'a [Away]) -> Vec<Reason<'a>> {
    let mut reasons: Vec<_> = counts
        .iter()
        .map(|(code, rows)| Reason {
            words: code.replace('-', " "),
            rows: *rows,
            examples: away.iter().filter(|away| away.code == *code).take(EXAMPLES).collect(),
        })
        .collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.rows));
    reasons
}

fn shown(sample: &Sample, look: &Look<'_>, languages: &[&str]) -> Shown {
    let message = sample.message();
    let chats = look.wording.of(message.name, message.language).map(|wording| {
        let mut chat = chat(&message.template, wording);
        let cards = std::mem::take(&mut chat.cards);
        [vec![chat], cards].concat()
    });
    Shown {
        row: sample.row,
        recipient: outline::recipient(&sample.recipient, look.campaign),
        template: message.name.to_owned(),
        language: message.language.to_owned(),
        language_at: languages.iter().position(|language| *language == message.language).unwrap_or_default(),
        why: sample.why.join(", "),
        oddities: sample.oddities.iter().map(Oddity::words).collect(),
        entries: if chats.is_none() { entries(&message.template) } else { Vec::new() },
        chats: chats.unwrap_or_default(),
    }
}
