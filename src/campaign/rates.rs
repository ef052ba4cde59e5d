//! The rates file: WhatsApp's prices, in the currency that the account is billed in. People fill it in by hand, so
//! everything that is wrong with it is told at once.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::civil::Date;

use super::problems::shown;
use super::{Budget, Campaign};
use crate::policy::price::{Amount, Billed, Currency, Market, Rate, RateCard};
use crate::problem::{Place, Problem, nearest};

/// Many times the prices of all markets, currencies and years.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The columns, in this order.
const COLUMNS: [&str; 5] = ["effective_from", "currency", "market", "category", "rate"];

/// Starts a line that is a note for people.
const NOTE: char = '#';

/// The prices that hold on a day for a campaign: in the currency of its `max_cost`, or else in the only one of its rates
/// file. None without a budget.
///
/// # Errors
/// Everything that is wrong with the file, in file order; or that it has no price for the day.
pub fn rate_card(campaign: &Campaign, day: Date) -> Result<Option<RateCard>, Vec<Problem>> {
    let Some(budget) = &campaign.budget else { return Ok(None) };
    let here = |code, message: String| Problem::at(&budget.rates_at.file, budget.rates_at.place, code, message);
    let text = text(budget, &here).map_err(|problem| vec![problem])?;
    let rates = Lines::read(&budget.rates, &text)?;
    let currency = currency(budget, &rates, &here).map_err(|problem| vec![problem])?;
    let card = RateCard::of_day(&rates, currency, day);
    if card.is_empty() {
        let message = format!("`{}` has no rate in {currency} that holds today", budget.rates.display());
        let help = format!("add the rates in {currency}, each with the day from which it holds");
        return Err(vec![here("no-rate", message).help(help)]);
    }
    Ok(Some(card))
}

/// The file's text. What is wrong with the file as a whole is a problem of the line that names it.
fn text(budget: &Budget, here: &impl Fn(&'static str, String) -> Problem) -> Result<String, Problem> {
    let file = &budget.rates;
    let told = |code, what: &str| here(code, format!("the rates file `{}`: {what}", file.display()));
    if file.is_dir() {
        return Err(told("not-a-file", "this is a directory").help("name the file in it"));
    }
    let mut bytes = Vec::new();
    match File::open(file).and_then(|open| open.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(told("missing-file", "there is no such file")
                .help("its path starts at the campaign file; the README says what stands in it"));
        }
        Err(error) => {
            return Err(
                told("unreadable-file", &format!("cannot be read: {error}")).help("check who may read the file")
            );
        }
        Ok(_) if bytes.len() as u64 > FILE_BYTES_MAX => {
            return Err(told("file-too-large", "is larger than 4 MB").help("leave out what no longer holds"));
        }
        Ok(_) => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(_) => Err(told("not-utf-8", "is not UTF-8 text").help("save the file as \"CSV UTF-8\"")),
    }
}

fn currency(
    budget: &Budget,
    rates: &[Rate],
    here: &impl Fn(&'static str, String) -> Problem,
) -> Result<Currency, Problem> {
    if let Some(max_cost) = &budget.max_cost {
        return Ok(max_cost.most.currency);
    }
    let currencies: BTreeSet<Currency> = rates.iter().map(|rate| rate.currency).collect();
    match currencies.iter().collect::<Vec<_>>()[..] {
        [one] => Ok(*one),
        [] => Err(here("no-rate", format!("`{}` has no rates", budget.rates.display()))
            .help("write one line for each market and category below the header")),
        _ => {
            let codes: Vec<String> = currencies.iter().map(Currency::to_string).collect();
            let message = format!("`{}` has rates in several currencies: {}", budget.rates.display(), codes.join(", "));
            Err(here("several-currencies", message)
                .help("say with `max_cost` which counts, or leave the others out of the file"))
        }
    }
}

/// The lines of a rates file, as they are read.
struct Lines<'f> {
    file: &'f Path,
    /// The line on which each price stands.
    known: HashMap<(Date, Currency, Market, Billed), u64>,
    problems: Vec<Problem>,
}

/// A line and its cells.
struct Line<'t> {
    number: u64,
    text: &'t str,
    cells: StringRecord,
}

impl Lines<'_> {
    fn read(file: &Path, text: &str) -> Result<Vec<Rate>, Vec<Problem>> {
        let mut lines = Lines { file, known: HashMap::new(), problems: Vec::new() };
        let numbered = (1..).zip(text.lines());
        let mut written = numbered.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with(NOTE));
        lines.header(written.next().map(|(number, text)| Line::of(number, text)));
        if !lines.problems.is_empty() {
            // Without its header, a line may mean anything.
            return Err(lines.problems);
        }
        let rates = written.filter_map(|(number, text)| lines.rate(&Line::of(number, text))).collect();
        if lines.problems.is_empty() { Ok(rates) } else { Err(lines.problems) }
    }

    fn header(&mut self, line: Option<Line<'_>>) {
        let Some(line) = line else {
            let problem = Problem::of_file(self.file, "empty-file", "this file is empty");
            return self.problems.push(problem.help(format!("begin it with: {}", COLUMNS.join(","))));
        };
        if line.cells != COLUMNS[..] {
            let message = format!("this must be the header `{}`", COLUMNS.join(","));
            let help = "name these columns in this order, with commas between them, and one price on each line below";
            let problem = Problem::at(self.file, line.place(0), "rates-header", message);
            self.problems.push(problem.length(line.text.chars().count() as u64).help(help));
        }
    }

    /// The price on a line; none when something is wrong with it.
    fn rate(&mut self, line: &Line<'_>) -> Option<Rate> {
        if line.cells.len() != COLUMNS.len() {
            let message = format!("this line has {} cells, and the header {}", line.cells.len(), COLUMNS.len());
            let problem = Problem::at(self.file, line.place(0), "wrong-cell-count", message);
            let help = "write one price on each line, with a point for its decimals: `0.0625`, not `0,0625`";
            self.problems.push(problem.length(line.text.chars().count() as u64).help(help));
            return None;
        }
        let from = self.cell(line, 0, date);
        let currency = self.cell(line, 1, currency_with);
        let market = self.cell(line, 2, market_named);
        let billed = self.cell(line, 3, billed_as);
        let amount = self.cell(line, 4, amount);
        let rate = Rate { from: from?, currency: currency?, market: market?, billed: billed?, amount: amount? };
        let key = (rate.from, rate.currency, rate.market, rate.billed);
        if let Some(first) = self.known.insert(key, line.number) {
            let message = format!("line {first} has a rate for the same day, currency, market and category");
            let problem = Problem::at(self.file, line.place(0), "duplicate-rate", message);
            self.problems.push(problem.length(line.text.chars().count() as u64).help("delete one of the two lines"));
        }
        Some(rate)
    }

    fn cell<T>(&mut self, line: &Line<'_>, index: usize, read: fn(&str) -> Result<T, Wrong>) -> Option<T> {
        let cell = &line.cells[index];
        read(cell)
            .map_err(|(code, message, help)| {
                let length = cell.chars().count().max(1) as u64;
                let problem = Problem::at(self.file, line.place(index), code, message);
                self.problems.push(problem.length(length).help(help));
            })
            .ok()
    }
}

impl<'t> Line<'t> {
    fn of(number: u64, text: &'t str) -> Self {
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
        // Text from memory can always be read.
        let cells = reader.records().next().and_then(Result::ok).unwrap_or_default();
        Self { number, text, cells }
    }

    /// Where a cell's text begins.
    fn place(&self, index: usize) -> Place {
        let (mut quoted, mut commas) = (false, 0);
        let rest = self.text.find(|symbol: char| {
            let is_here = commas == index && !symbol.is_whitespace() && symbol != '"';
            quoted ^= symbol == '"';
            commas += usize::from(symbol == ',' && !quoted);
            is_here
        });
        let before = rest.map_or(self.text, |byte| &self.text[..byte]);
        Place { line: self.number, column: before.chars().count() as u64 + 1 }
    }
}

/// The code of what is wrong with a cell, what that is, and the way out.
type Wrong = (&'static str, String, String);

fn date(cell: &str) -> Result<Date, Wrong> {
    let is_plain = cell.len() == 10 && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    cell.parse().ok().filter(|_| is_plain).ok_or_else(|| {
        let help = "write the first day on which the rate holds: `2026-10-01`";
        ("rate-day", format!("{} is no day", shown(cell)), help.to_owned())
    })
}

fn currency_with(cell: &str) -> Result<Currency, Wrong> {
    Currency::with_code(cell).ok_or_else(|| {
        let help = match Currency::nearest(cell) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let all: Vec<String> = Currency::all().map(|currency| currency.to_string()).collect();
                format!("WhatsApp bills in one of: {}", all.join(", "))
            }
        };
        ("rate-currency", format!("{} is no currency that WhatsApp bills in", shown(cell)), help)
    })
}

fn market_named(cell: &str) -> Result<Market, Wrong> {
    Market::named(cell).ok_or_else(|| {
        let help = match Market::nearest(cell) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let all: Vec<&str> = Market::all().map(Market::name).collect();
                format!(
                    "a country without a market of its own is in a region or in `Other`; all of them: {}",
                    all.join(", ")
                )
            }
        };
        ("unknown-market", format!("{} is no market of WhatsApp's", shown(cell)), help)
    })
}

fn billed_as(cell: &str) -> Result<Billed, Wrong> {
    let found = Billed::WORDS.iter().find(|(word, _)| *word == cell);
    found.map(|(_, billed)| *billed).ok_or_else(|| {
        let words = Billed::WORDS.map(|(word, _)| word);
        let help = match nearest(&cell.to_lowercase().replace([' ', '-'], "_"), words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of: {}", words.join(", ")),
        };
        ("unknown-category", format!("{} is no category", shown(cell)), help)
    })
}

fn amount(cell: &str) -> Result<Amount, Wrong> {
    cell.parse().map_err(|_| {
        let help = if cell.eq_ignore_ascii_case("n/a") || cell.is_empty() {
            "leave the line out where WhatsApp has no such price".to_owned()
        } else {
            let decimals = Amount::DECIMALS_MAX;
            format!("write the price of one message with digits and a point, and up to {decimals} decimals: `0.0625`")
        };
        ("rate-form", format!("{} is no price", shown(cell)), help)
    })
}
