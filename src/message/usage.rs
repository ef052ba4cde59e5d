//! How the author uses a filter: what can be told to be wrong before any row is looked at.

use crate::problem::nearest;

use super::filter::{IN_QUERY, UTM};
use super::locale::LENGTHS;
use super::scan::Argument;
use super::{currency, rule};

/// What is wrong with a filter's arguments and what to write instead, with the argument, if it is one.
pub(super) fn flaw<'s>(filter: &str, arguments: &[Argument<'s>]) -> Found<'s> {
    match filter {
        "money" => money(arguments),
        "date" => date(arguments),
        "number" => number(arguments),
        "truncate" => truncate(arguments),
        "utm" => utm(arguments),
        _ => None,
    }
}

type Found<'s> = Option<(Option<Argument<'s>>, String, String)>;

fn money<'s>(arguments: &[Argument<'s>]) -> Found<'s> {
    const HELP: &str = "write the code of a currency: `money('BRL')`";
    let Some(first) = arguments.first() else {
        return Some((None, "`money` does not say which currency".to_owned(), HELP.to_owned()));
    };
    let code = literal(first)?;
    if currency::is_known(code) {
        return None;
    }
    let upper = code.to_ascii_uppercase();
    let near = if currency::is_known(&upper) {
        Some(upper.as_str())
    } else {
        nearest(&upper, currency::CODES.iter().copied())
    };
    let help = near.map_or_else(|| HELP.to_owned(), |near| format!("did you mean `{near}`?"));
    Some((Some(*first), format!("there is no currency `{code}`"), help))
}

fn date<'s>(arguments: &[Argument<'s>]) -> Found<'s> {
    let first = arguments.first()?;
    let length = literal(first)?;
    if LENGTHS.contains(&length) {
        return None;
    }
    let help = match nearest(length, LENGTHS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}: each language has its own order of day, month and year", LENGTHS.join(", ")),
    };
    Some((Some(*first), format!("a date has no length `{length}`"), help))
}

fn number<'s>(arguments: &[Argument<'s>]) -> Found<'s> {
    const DECIMALS_MAX: usize = 15;
    let first = arguments.first()?;
    let written = first.token.filter(|token| !is_name(token))?;
    if written.parse().is_ok_and(|decimals: usize| decimals <= DECIMALS_MAX) {
        return None;
    }
    let message = format!("{written} is no number of decimals");
    Some((Some(*first), message, "write `number`, or the number of decimals: `number(2)`".to_owned()))
}

fn truncate<'s>(arguments: &[Argument<'s>]) -> Found<'s> {
    const HELP: &str = "write how many characters are left, `…` included: `truncate(20)`";
    let Some(first) = arguments.first() else {
        return Some((None, "`truncate` does not say to what length".to_owned(), HELP.to_owned()));
    };
    let written = first.token.filter(|token| !is_name(token))?;
    if written.parse().is_ok_and(|most: usize| most > 0) {
        return None;
    }
    Some((Some(*first), format!("{written} is no number of characters"), HELP.to_owned()))
}

fn utm<'s>(arguments: &[Argument<'s>]) -> Found<'s> {
    const HELP: &str =
        "write `utm(source='whatsapp', medium='template')`; `campaign` is the campaign's key if you do not say";
    for argument in arguments {
        let Some(name) = argument.name else {
            return Some((Some(*argument), "what stands in `utm(…)` needs a name".to_owned(), HELP.to_owned()));
        };
        if !UTM.contains(&name) && name != IN_QUERY {
            let help = match nearest(name, UTM.into_iter().chain([IN_QUERY])) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}, {IN_QUERY}", UTM.join(", ")),
            };
            return Some((Some(*argument), format!("`utm` knows no `{name}`"), help));
        }
        if literal(argument).is_some_and(rule::is_blank) {
            return Some((Some(*argument), format!("`{name}` of `utm` is empty"), HELP.to_owned()));
        }
    }
    let has_source = arguments.iter().any(|argument| argument.name == Some("source"));
    (!has_source).then(|| (None, "`utm` does not say the source".to_owned(), HELP.to_owned()))
}

/// What stands in quotes, as long as nothing is escaped there.
fn literal<'s>(argument: &Argument<'s>) -> Option<&'s str> {
    let token = argument.token?;
    let inner = token.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
    (!inner.contains('\\')).then_some(inner)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
