//! The filters that campaigns need beyond the template engine's own, and two of its own that people's names need better.

use std::borrow::Cow;

use icu_decimal::input::Decimal;
use minijinja::value::{Kwargs, Object, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value, filters};

use crate::campaign::column::{DateForm, NumberForm};

use super::engine::printed;
use super::locale::{LENGTHS, Locale, decimals_of};
use super::refusal::{no_date, no_number, refused};
use super::rule::is_blank;
use super::{currency, letters, utm};

/// Filters whose outcome depends on the language of the message.
pub(super) const LOCALIZED: [&str; 3] = ["date", "money", "number"];

/// Filters that look at the [`Setting`].
pub(super) const SET: [&str; 5] = ["date", "money", "number", "title", "utm"];

/// Parameters that `utm` takes; each becomes `utm_…` in the link.
pub(super) const UTM: [&str; 6] = ["source", "medium", "campaign", "term", "content", "id"];

/// Writing in a language takes as long as so many steps of an expression.
const LOCALE_FUEL: u64 = 50;

/// The word for links whose end is in a query already.
pub(super) const IN_QUERY: &str = "in_query";

/// The length of a date, where none is named.
const MEDIUM: &str = "medium";

/// The variable that holds the setting: with a space in it, no expression can name or shadow it.
pub(super) const SETTING: &str = "the setting";

/// What filters know of the message that their text is for.
#[derive(Debug)]
pub(super) struct Setting {
    /// The message's language; none outside a message.
    pub locale: Option<Locale>,
    /// The campaign's key.
    pub campaign: String,
}

impl Object for Setting {}

/// Adds the filters to an engine.
pub(super) fn register(engine: &mut Environment<'static>) {
    engine.add_filter("date", date);
    engine.add_filter("money", money);
    engine.add_filter("number", number);
    engine.add_filter("title", title);
    engine.add_filter("tojson", tojson);
    engine.add_filter("truncate", truncate);
    engine.add_filter("utm", with_utm);
    engine.add_filter("default", default);
    engine.add_filter("d", default);
}

/// What an empty cell gives where a value is needed: the error that anything missing gives.
fn lacking() -> Error {
    Error::from(ErrorKind::UndefinedError)
}

fn with_setting<T>(state: &State<'_, '_>, read: impl FnOnce(Option<&Setting>) -> T) -> T {
    let setting = state.lookup(SETTING);
    read(setting.as_ref().and_then(Value::downcast_object_ref))
}

fn with_locale<T>(state: &State<'_, '_>, write: impl FnOnce(&Locale) -> Option<T>) -> Result<T, Error> {
    state.consume_fuel(LOCALE_FUEL)?;
    let written = with_setting(state, |setting| setting?.locale.as_ref().and_then(write));
    written.ok_or_else(|| refused("", |_| "there is no language to write it in".to_owned()))
}

fn date(state: &State<'_, '_>, value: &Value, length: Option<&str>) -> Result<String, Error> {
    let length = length.unwrap_or(MEDIUM);
    let index = LENGTHS.iter().position(|known| *known == length);
    let index = index
        .ok_or_else(|| refused(length, |length| format!("a date's length is {}, not {length}", LENGTHS.join(", "))))?;
    let text = printed(value)?;
    if is_blank(&text) {
        return Err(lacking());
    }
    let date = DateForm::ISO.read(&text).ok_or_else(|| refused(text.trim(), no_date))?;
    with_locale(state, |locale| locale.date(date, index))
}

fn money(state: &State<'_, '_>, value: &Value, code: &str) -> Result<String, Error> {
    let decimals = Some(code).filter(|code| currency::is_known(code)).and_then(decimals_of);
    let decimals = decimals
        .ok_or_else(|| refused(code, |code| format!("{code} is no currency; write its code, such as `BRL`")))?;
    let written = decimal_text(value)?;
    let amount = exact(&written, decimals).ok_or_else(|| {
        let own = if decimals == 0 { "none".to_owned() } else { decimals.to_string() };
        refused(&written, |written| {
            format!(
                "{written} has more decimals than {code}, which has {own}; nothing is rounded unless you say so: `| \
                 float | round({decimals}) | money('{code}')`"
            )
        })
    })?;
    with_locale(state, |locale| locale.money(&amount, code))
}

fn number(state: &State<'_, '_>, value: &Value, decimals: Option<u8>) -> Result<String, Error> {
    let written = decimal_text(value)?;
    let number = match decimals {
        None => written.parse().ok(),
        Some(decimals) => exact(&written, decimals.into()),
    };
    let number = number.ok_or_else(|| {
        let decimals = decimals.unwrap_or_default();
        refused(&written, |written| {
            format!(
                "{written} has more decimals than `number({decimals})` shows; nothing is rounded unless you say so: `| \
                 float | round({decimals}) | number({decimals})`"
            )
        })
    })?;
    with_locale(state, |locale| Some(locale.number(&number)))
}

/// The number with exactly so many decimals; none when it has more that are not zero.
fn exact(written: &str, decimals: usize) -> Option<Decimal> {
    let kept = written.split_once('.').map_or("", |(_, decimals)| decimals).trim_end_matches('0');
    let mut number: Decimal = written.parse().ok().filter(|_| kept.len() <= decimals)?;
    let magnitude = -i16::try_from(decimals).ok()?;
    // What is cut off is zeros.
    number.trunc(magnitude);
    number.absolute.pad_end(magnitude);
    Some(number)
}

/// A number with a point: a cell's, where it can be nothing else, or one that was calculated.
fn decimal_text(value: &Value) -> Result<String, Error> {
    if let Some(text) = value.as_str() {
        if is_blank(text) {
            return Err(lacking());
        }
        return NumberForm::PLAIN.read(text).map_err(|error| refused(text.trim(), |text| no_number(text, error)));
    }
    let text = printed(value)?;
    let shown = || refused(&text, |value| format!("{value} is no number"));
    match value.kind() {
        ValueKind::Number if value.is_integer() => Ok(value.to_string()),
        ValueKind::Number => f64::try_from(value.clone())
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_string())
            .ok_or_else(shown),
        _ => Err(shown()),
    }
}

fn title(state: &State<'_, '_>, text: &str) -> String {
    let dotted = |setting: Option<&Setting>| setting?.locale.as_ref().map(Locale::dots_its_capital_i);
    letters::titled(text, with_setting(state, dotted).unwrap_or_default())
}

fn truncate(text: &str, most: usize) -> Result<String, Error> {
    if most == 0 {
        return Err(refused("", |_| "a text cannot be cut to 0 characters".to_owned()));
    }
    Ok(letters::truncated(text, most))
}

/// In one line: in a parameter there is no other, and the engine writes an indentation of any width without fuel.
fn tojson(value: &Value, indent: Option<&Value>, words: Kwargs) -> Result<Value, Error> {
    if indent.is_some() || words.has("indent") {
        return Err(refused("", |_| "`tojson` writes in one line; remove `indent`".to_owned()));
    }
    filters::tojson(value, None, words)
}

fn with_utm(state: &State<'_, '_>, link: &str, words: Kwargs) -> Result<String, Error> {
    if is_blank(link) {
        return Err(lacking());
    }
    let mut parameters = Vec::new();
    for (word, key) in UTM.iter().zip(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id"])
    {
        let value = words.get::<Option<Value>>(word)?;
        let value = value.map(|value| printed(&value).map(Cow::into_owned)).transpose()?;
        let own =
            || (*word == "campaign").then(|| with_setting(state, |setting| setting.map(|it| it.campaign.clone())));
        match value.or_else(|| own().flatten()) {
            Some(value) if is_blank(&value) => return Err(lacking()),
            Some(value) => parameters.push((key, value)),
            None => {}
        }
    }
    let in_query = words.get::<Option<bool>>(IN_QUERY)?.unwrap_or_default();
    words.assert_all_used()?;
    Ok(utm::with_parameters(link, &parameters, in_query))
}

/// An empty cell is no value: what the author writes for a missing one holds for it too.
fn default(value: &Value, other: Value, also_for_false: Option<bool>) -> Value {
    let missing = value.is_undefined() || value.is_none() || value.as_str().is_some_and(is_blank);
    let is_false = also_for_false.unwrap_or_default() && !value.is_true();
    if missing || is_false { other } else { value.clone() }
}
