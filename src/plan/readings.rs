//! How recipients' languages were read, counted: each decision can be looked at before anything is sent.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::message::language::{Choice, Rule};

/// So many spellings are told apart beside those that are listed; a column of anything else is only counted.
const SPELLINGS_MAX: usize = 50;

/// No code is longer; and so many digits may be a phone number, which is nobody's business.
const SPELLING_BYTES_MAX: usize = 35;
const DIGITS_MAX: usize = 6;

/// Messages by how the language of their recipients is written, in memory that does not grow with the rows.
#[derive(Debug, Default)]
pub struct Readings {
    by_spelling: BTreeMap<String, Counted>,
    /// Those that are read exactly are as few as the campaign lists.
    spellings: usize,
    rest: BTreeMap<(Rule, String), u64>,
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    language: String,
    messages: u64,
}

/// Messages whose recipients' language was read in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'r> {
    /// As the recipients file has it; none for spellings that are not told apart.
    pub written: Option<&'r str>,
    /// The language that they are sent in.
    pub language: &'r str,
    /// Why.
    pub rule: Rule,
    /// How many messages.
    pub messages: u64,
}

impl Readings {
    /// One message more. What it was decided by is asked for where that is not known yet.
    pub(super) fn count<'c>(&mut self, written: &str, choose: impl FnOnce() -> Option<Choice<'c>>) {
        if let Some(known) = self.by_spelling.get_mut(written) {
            known.messages += 1;
            return;
        }
        let Some(Choice { language, rule, .. }) = choose() else { return };
        let language = language.to_owned();
        let is_exact = rule == Rule::Exact;
        if is_exact || (self.spellings < SPELLINGS_MAX && is_fit_to_show(written)) {
            self.spellings += usize::from(!is_exact);
            self.by_spelling.insert(written.to_owned(), Counted { rule, language, messages: 1 });
        } else {
            *self.rest.entry((rule, language)).or_default() += 1;
        }
    }

    /// All of them, the most frequent first; what is not told apart stands at the end.
    pub fn all(&self) -> Vec<Reading<'_>> {
        self.first(usize::MAX)
    }

    /// Those that were not written as they are listed: so many of them, and the rest in sums.
    pub fn otherwise(&self, most: usize) -> Vec<Reading<'_>> {
        let mut readings = self.first(most);
        readings.retain(|reading| reading.rule != Rule::Exact);
        readings
    }

    /// How many messages go out in another language than their recipients', or in that of another region.
    pub fn elsewhere(&self) -> u64 {
        let is_elsewhere = |reading: &Reading<'_>| matches!(reading.rule, Rule::SameLanguage | Rule::Fallback);
        self.all().iter().filter(|reading| is_elsewhere(reading)).map(|reading| reading.messages).sum()
    }

    fn first(&self, most: usize) -> Vec<Reading<'_>> {
        let known = self.by_spelling.iter().map(|(written, Counted { rule, language, messages })| Reading {
            written: Some(written),
            language,
            rule: *rule,
            messages: *messages,
        });
        let (mut readings, mut others): (Vec<_>, Vec<_>) = known.partition(|reading| reading.rule == Rule::Exact);
        readings.sort_by_key(|reading| Reverse(reading.messages));
        others.sort_by_key(|reading| Reverse(reading.messages));
        let mut rest: BTreeMap<(Rule, &str), u64> = BTreeMap::new();
        for Reading { rule, language, messages, .. } in others.drain(most.min(others.len())..) {
            *rest.entry((rule, language)).or_default() += messages;
        }
        for ((rule, language), messages) in &self.rest {
            *rest.entry((*rule, language)).or_default() += messages;
        }
        let rest =
            rest.into_iter().map(|((rule, language), messages)| Reading { written: None, language, rule, messages });
        readings.into_iter().chain(others).chain(rest).collect()
    }
}

fn is_fit_to_show(written: &str) -> bool {
    written.len() <= SPELLING_BYTES_MAX && written.chars().filter(|c| c.is_numeric()).count() <= DIGITS_MAX
}
