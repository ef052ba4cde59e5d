//! A plan in words and in numbers, for previews.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use super::cost;
use super::failure::Failure;
use super::printer::counted;
use super::progress;
use super::wording::Wording;
use crate::audience::phone::Recipient;
use crate::campaign::{Campaign, Occurrence};
use crate::clock::{rfc3339, zone};
use crate::ledger::SinceLast;
use crate::message::bubble;
use crate::message::language::{self, Rule};
use crate::message::wrap::{WIDTH_MAX, wrapped};
use crate::plan::cost::Priced;
use crate::plan::samples::{Away, Chosen, Sample};
use crate::plan::{Odd, Outline, Plan, Reading};
use crate::policy::calendar::Period;

/// So many spellings are shown one by one.
const LANGUAGES_SHOWN: usize = 12;

/// A plan that was looked at.
pub struct Look<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its plan.
    pub plan: &'a Plan<'a>,
    /// The plan in numbers.
    pub outline: &'a Outline,
    /// Rows that tell much about it.
    pub chosen: &'a Chosen,
    /// The templates' own words.
    pub wording: &'a Wording<'a>,
    /// What the templates themselves give to say.
    pub advice: &'a [String],
    /// How it stands to what was sent before.
    pub since: Option<SinceLast>,
}

#[derive(Serialize)]
struct Numbers<'a> {
    campaign: &'a str,
    occurrence: &'a str,
    phone_number_id: &'a str,
    rows: u64,
    messages: u64,
    by_template: Vec<ByTemplate<'a>>,
    languages: Vec<ByLanguage<'a>>,
    turned_away: u64,
    turned_away_by_reason: &'a std::collections::BTreeMap<&'static str, u64>,
    worth_a_look: Vec<WorthALook>,
    rate_per_second: f64,
    duration_s: u64,
    cost: Option<cost::Numbers>,
    /// Why it is not known, where the campaign has prices.
    cost_unknown: Option<&'a str>,
    since_last_run: Option<Since>,
}

/// What is no mistake for certain, and how many messages have it.
#[derive(Serialize)]
pub struct WorthALook {
    code: &'static str,
    /// What it is, in words for people.
    words: String,
    rows: u64,
    first_row: u64,
}

impl From<&Odd> for WorthALook {
    fn from(Odd { oddity, rows, first_row }: &Odd) -> Self {
        Self { code: oddity.kind.code(), words: oddity.words(), rows: *rows, first_row: *first_row }
    }
}

/// How the rows stand to what was sent before.
#[derive(Serialize)]
struct Since {
    last_run_at: String,
    to_send: u64,
    new: u64,
    waiting: u64,
    changed: u64,
    accepted: u64,
    refused: u64,
    in_doubt: u64,
    given_up: u64,
    gone: u64,
    withdrawn: u64,
}

impl From<SinceLast> for Since {
    fn from(since: SinceLast) -> Self {
        let SinceLast { new, waiting, changed, accepted, refused, in_doubt, given_up, gone, withdrawn, .. } = since;
        let (last_run_at, to_send) = (rfc3339(since.last_run_at), since.to_send());
        Self { last_run_at, to_send, new, waiting, changed, accepted, refused, in_doubt, given_up, gone, withdrawn }
    }
}

#[derive(Serialize)]
struct ByTemplate<'a> {
    template: &'a str,
    language: &'a str,
    messages: u64,
}

/// How a language was read; without a spelling, those that are not told apart.
#[derive(Serialize)]
struct ByLanguage<'a> {
    written: Option<&'a str>,
    language: &'a str,
    rule: Rule,
    messages: u64,
}

impl<'a> From<Reading<'a>> for ByLanguage<'a> {
    fn from(Reading { written, language, rule, messages }: Reading<'a>) -> Self {
        Self { written, language, rule, messages }
    }
}

/// The plan in numbers, as JSON.
pub fn numbers(look: &Look<'_>) -> Result<String, Failure> {
    let Look { campaign, plan, outline, since, .. } = *look;
    let by_template = outline.messages.iter().map(|((template, language), messages)| ByTemplate {
        template,
        language,
        messages: *messages,
    });
    let numbers = Numbers {
        campaign: &campaign.key,
        occurrence: plan.occurrence(),
        phone_number_id: &campaign.sender.phone_number_id,
        rows: outline.rows,
        messages: outline.messages_total(),
        by_template: by_template.collect(),
        languages: outline.languages.all().into_iter().map(ByLanguage::from).collect(),
        turned_away: outline.turned_away_total(),
        turned_away_by_reason: &outline.turned_away,
        worth_a_look: outline.odd.iter().map(WorthALook::from).collect(),
        rate_per_second: campaign.pace_per_second(),
        duration_s: duration(look).as_secs(),
        cost: cost::numbers(outline.cost.as_ref()),
        cost_unknown: outline.cost.as_ref().and_then(Priced::unknown),
        since_last_run: since.map(Since::from),
    };
    serde_json::to_string_pretty(&numbers).map_err(|error| Failure::Bug(error.to_string()))
}

/// How long the next run takes, at this pace.
pub fn duration(look: &Look<'_>) -> Duration {
    let messages = look.since.map_or(look.outline.messages_total(), |since| since.to_send());
    Duration::from_secs_f64((messages as f64 / look.campaign.pace_per_second()).ceil())
}

/// The plan in words.
pub fn text(look: &Look<'_>, is_styled: bool) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_text(&mut text, look).and_then(|()| write_samples(&mut text, look, is_styled));
    text.truncate(text.trim_end().len());
    text
}

fn write_text(text: &mut String, look: &Look<'_>) -> std::fmt::Result {
    let Look { campaign, plan, outline, chosen, since, .. } = *look;
    let (messages, turned_away) = (outline.messages_total(), outline.turned_away_total());
    let (rows, planned) = (counted(outline.rows, "row"), counted(messages, "message"));
    writeln!(text, "{}: {rows}, {planned}, {turned_away} turned away", campaign.key)?;
    for line in campaign.description.iter().flat_map(|description| description.lines()) {
        writeln!(text, "{}", indented("", line))?;
    }
    if let Some(once) = how_often(&campaign.occurrence, plan.occurrence()) {
        writeln!(text, "{}", indented("", &once))?;
    }
    let time = progress::time(duration(look));
    writeln!(
        text,
        "from number {}, at most {} a second: about {time}",
        campaign.sender.phone_number_id,
        campaign.pace_per_second()
    )?;
    if let Some(cost) = cost::words(outline.cost.as_ref()) {
        writeln!(text, "{}", indented("", &cost))?;
    }
    writeln!(text, "\nmessages")?;
    let name_width = outline.messages.keys().map(|(name, _)| name.len()).max().unwrap_or(0);
    for ((name, language), count) in &outline.messages {
        writeln!(text, "  {count:>9}  {name:name_width$}  {language}")?;
    }
    write_languages(text, outline)?;
    write_cost(text, outline)?;
    if let Some(since) = since {
        write_since(text, since)?;
    }
    write_turned_away(text, turned_away, &chosen.away)?;
    write_oddities(text, &outline.odd)
}

fn write_cost(text: &mut String, outline: &Outline) -> std::fmt::Result {
    let (lines, more) = cost::lines(outline.cost.as_ref());
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(text, "\ncost")?;
    for (amount, what) in lines {
        writeln!(text, "{}", indented(&format!("  {amount:>9}  "), &what))?;
    }
    if more > 0 {
        writeln!(text, "  and {more} more, each less than these")?;
    }
    Ok(())
}

fn write_turned_away(text: &mut String, total: u64, away: &[Away]) -> std::fmt::Result {
    if total == 0 {
        return Ok(());
    }
    writeln!(text, "\nturned away")?;
    for Away { row, reason, .. } in away {
        writeln!(text, "{}", indented(&format!("  row {row}: "), reason))?;
    }
    let rest = total - away.len() as u64;
    if rest > 0 {
        writeln!(text, "  and {rest} more")?;
    }
    Ok(())
}

/// Where an oddity can be looked at.
pub fn where_odd(rows: u64, first_row: u64) -> String {
    if rows == 1 { format!("row {first_row}") } else { format!("first in row {first_row}") }
}

/// An oddity and how many messages have it, in a line of its own.
pub fn odd_line(Odd { oddity, rows, first_row }: &Odd) -> String {
    let among = if *rows == 1 { String::new() } else { format!("{}, first in ", counted(*rows, "message")) };
    format!("worth a look in {among}row {first_row}: {}", oddity.words())
}

/// What is no mistake for certain.
fn write_oddities(text: &mut String, oddities: &[Odd]) -> std::fmt::Result {
    if !oddities.is_empty() {
        writeln!(text, "\nworth a look")?;
    }
    for Odd { oddity, rows, first_row } in oddities {
        let words = format!("{} ({})", oddity.words(), where_odd(*rows, *first_row));
        writeln!(text, "{}", indented(&format!("  {rows:>9}  "), &words))?;
    }
    Ok(())
}

fn write_samples(text: &mut String, look: &Look<'_>, is_styled: bool) -> std::fmt::Result {
    let Look { outline, chosen, wording, .. } = *look;
    if chosen.messages.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n{}", samples_title(chosen, outline))?;
    for note in wording.notes(outline.messages.keys()) {
        writeln!(text, "{}", indented("", &note))?;
    }
    for sample in &chosen.messages {
        writeln!(text, "{}", shown(sample, look.campaign, wording, is_styled))?;
    }
    Ok(())
}

/// Which of the messages are shown.
pub fn samples_title(chosen: &Chosen, outline: &Outline) -> String {
    let (shown, all) = (chosen.messages.len() as u64, outline.messages_total());
    if shown == all { "all messages".to_owned() } else { format!("{shown} of {}", counted(all, "message")) }
}

/// One message, under a line that says to whom it goes and why it is shown.
pub fn shown(sample: &Sample, campaign: &Campaign, wording: &Wording<'_>, is_styled: bool) -> String {
    let message = sample.message();
    let Sample { row, why, oddities, .. } = sample;
    let recipient = recipient(&sample.recipient, campaign);
    let why: String = why.iter().map(|why| format!(", {why}")).collect();
    let bubble = bubble::text(&message, wording.of(message.name, message.language), is_styled);
    let odd: String =
        oddities.iter().map(|oddity| format!("{}\n", indented("worth a look: ", &oddity.words()))).collect();
    format!("row {row} to {recipient}: {} ({}){why}\n{odd}{bubble}", message.name, message.language)
}

/// A recipient as screens and pages show it: masked, unless the campaign says otherwise.
pub fn recipient(whole: &str, campaign: &Campaign) -> String {
    if campaign.report.show_phones { whole.to_owned() } else { Recipient::mask(whole) }
}

/// How often each person gets it, where it is not once for ever.
pub fn how_often(kind: &Occurrence, name: &str) -> Option<String> {
    let period = match kind {
        Occurrence::Once => return None,
        Occurrence::Each(_) => return Some(format!("each person once for each `{name}`")),
        Occurrence::Every(Period::Day) => "day",
        Occurrence::Every(Period::Week) => "week",
        Occurrence::Every(Period::Month) => "month",
    };
    Some(format!("each person once a {period}, by the calendar of this machine ({}): {name}", zone()))
}

/// How languages were read that are not written as they are listed.
fn write_languages(text: &mut String, outline: &Outline) -> std::fmt::Result {
    let lines = language_lines(outline);
    if !lines.is_empty() {
        writeln!(text, "\n{LANGUAGES_TITLE}")?;
    }
    for (count, words) in lines {
        writeln!(text, "{}", indented(&format!("  {count:>9}  "), &words))?;
    }
    Ok(())
}

/// Stands above the languages that are not written as they are listed.
pub const LANGUAGES_TITLE: &str = "languages not written as listed";

/// How languages were read that are not written as they are listed, in numbers with their words.
pub fn language_lines(outline: &Outline) -> Vec<(u64, String)> {
    let line = |Reading { written, language, rule, messages }| {
        let written = written.map_or_else(|| "other spellings".to_owned(), language::shown);
        let words = match rule {
            Rule::Fallback => format!("{written} sent in {language}, the fallback"),
            _ => format!("{written} read as {language}"),
        };
        (messages, words)
    };
    outline.languages.otherwise(LANGUAGES_SHOWN).into_iter().map(line).collect()
}

/// How the rows stand to what was sent before.
fn write_since(text: &mut String, since: SinceLast) -> std::fmt::Result {
    writeln!(text, "\nsince the last run, {}", rfc3339(since.last_run_at))?;
    for (count, words) in since_lines(since) {
        writeln!(text, "  {count:>9}  {words}")?;
    }
    Ok(())
}

/// How the rows stand to what was sent before, in numbers with their words; what nobody is in goes without saying.
pub fn since_lines(since: SinceLast) -> Vec<(u64, String)> {
    let mut lines = vec![(since.to_send(), format!("to send now: {} new, {} waiting", since.new, since.waiting))];
    for (count, words) in [
        (since.changed, "of those waiting would change: needs --accept-changes"),
        (since.accepted, "have it already"),
        (since.refused, "refused then, not asked again"),
        (since.in_doubt, "in doubt, not asked again"),
        (since.given_up, "given up"),
        (since.forgotten, "forgotten at their request, and turned away"),
        (since.gone, "gone from the file"),
        (since.withdrawn, "waited, and would be withdrawn: gone from the file, or their occurrence is over"),
    ] {
        if count > 0 {
            lines.push((count, words.to_owned()));
        }
    }
    lines
}

/// A text after its short label, in lines that fit the screen and start below each other.
pub fn indented(label: &str, text: &str) -> String {
    let lines = wrapped(text, WIDTH_MAX - label.len());
    format!("{label}{}", lines.join(&format!("\n{}", " ".repeat(label.len()))))
}
