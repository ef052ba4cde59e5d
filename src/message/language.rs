//! Which template a recipient's language gets: declared rules, from exact to fallback, and nothing guessed.
//!
//! 1. *Exact*: the first entry that lists the code just so.
//! 2. *Spelling*: the same code, otherwise spelt. Case and `-` for `_` do not matter, nor does naming what is understood:
//!    the script (`zh_Hans_CN`), or the region that a code without one stands for (`fr_FR` for `fr`). Codes that ISO 639
//!    retired or holds equal count as one: `iw` and `he`, `in` and `id`, `tl` and `fil`, `mo` and `ro`, `no` and `nb`, and
//!    those of three letters (`por`).
//! 3. *Same language*: the only listed code of the language, in whatever region (`pt_AO` gets `pt_BR`), as long as people
//!    read it in the same script.
//! 4. *Fallback*: the first entry that has one.
//!
//! What rules 2 and 3 keep apart, since it would put words before people that they may not read: Chinese in its two scripts
//! (`zh_TW` never gets `zh_CN`, and `zh` alone says neither); languages that another country writes in another script
//! (`pa_PK` and `pa`, `uz_AF` and `uz`, `sr_ME` or `sr_Latn` and `sr`); what Meta lists as two languages (`fa` and
//! `prs_AF`); Norwegian `nn` and `nb`; and two capitals that are rather a country than a language: `AR` may be Argentina.
//!
//! Scripts and equal codes are those of Unicode's CLDR, by ICU4X.

use icu_locale::{LocaleCanonicalizer, LocaleExpander};
use icu_locale_core::subtags::{Language, Region, Script, Variants, language, region, script};
use icu_locale_core::{LanguageIdentifier, Locale};
use serde::Serialize;

use crate::campaign::Template;
use crate::problem::nearest;

static CANONICALIZER: LocaleCanonicalizer = LocaleCanonicalizer::new_extended();
static EXPANDER: LocaleExpander = LocaleExpander::new_extended();

/// So many characters of a spelling are shown.
const SHOWN_CHARS_MAX: usize = 40;

/// Two capitals that are the code of a country, and of a language that is not the first one of that country.
#[rustfmt::skip]
const RATHER_COUNTRIES: &[&str] = &[
    "AF", "AR", "BE", "BN", "CA", "CS", "ET", "GA", "GU", "IN", "KN", "KY", "ML", "MO", "MR", "MS", "PA", "PS", "SI", "SL",
    "SR", "SV", "TA", "TL", "UK", "VI",
];

/// The rule that a language was found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// An entry lists it just so.
    Exact,
    /// An entry lists it, spelt otherwise.
    Spelling,
    /// One code of the same language is listed, and no other.
    SameLanguage,
    /// None is listed; an entry has a fallback.
    Fallback,
}

/// What a recipient gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'l> {
    /// The position of the entry among the campaign's templates.
    pub entry: usize,
    /// The language, one of the entry's.
    pub language: &'l str,
    /// Why.
    pub rule: Rule,
}

/// Why a recipient gets nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlisted<'l> {
    /// Several are listed that may be meant; sorted.
    Ambiguous(Vec<&'l str>),
    /// One is listed that may be meant.
    Near(&'l str),
    /// Nothing like it is listed.
    Unlike,
}

/// The languages that a campaign lists.
#[derive(Debug)]
pub struct Languages {
    /// Each once, sorted by its code.
    listed: Vec<Listed>,
    fallback: Option<(usize, String)>,
}

#[derive(Debug)]
struct Listed {
    code: String,
    /// The first entry that lists it.
    entry: usize,
    tag: Option<Tag>,
}

/// A code, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tag {
    language: Language,
    /// What it is written in, where the code says or implies it.
    script: Option<Script>,
    region: Option<Region>,
    /// The region that is understood where a code names none.
    home: Option<Region>,
}

impl Languages {
    /// The languages of all entries.
    pub fn of(templates: &[Template]) -> Self {
        let mut listed: Vec<Listed> = Vec::new();
        for (entry, code) in
            templates.iter().enumerate().flat_map(|(at, it)| it.languages.iter().map(move |code| (at, code)))
        {
            if let Err(at) = listed.binary_search_by(|known| known.code.cmp(code)) {
                listed.insert(at, Listed { code: code.clone(), entry, tag: Tag::read(code) });
            }
        }
        let fallback = templates.iter().enumerate().find_map(|(at, it)| Some((at, it.fallback.clone()?)));
        Self { listed, fallback }
    }

    /// What somebody gets whose language is written so, without white space around it.
    ///
    /// # Errors
    /// When no rule applies.
    pub fn choose(&self, written: &str) -> Result<Choice<'_>, Unlisted<'_>> {
        if let Ok(at) = self.listed.binary_search_by(|known| known.code.as_str().cmp(written)) {
            return Ok(self.listed[at].by(Rule::Exact));
        }
        let tag = Tag::read(written).filter(|_| !RATHER_COUNTRIES.contains(&written));
        let found = tag.and_then(|tag| self.spelt(tag).or_else(|| self.only_one(tag)));
        let fallback = || {
            let (entry, language) = self.fallback.as_ref()?;
            Some(Choice { entry: *entry, language, rule: Rule::Fallback })
        };
        found.or_else(fallback).ok_or_else(|| self.unlisted(written))
    }

    fn spelt(&self, tag: Tag) -> Option<Choice<'_>> {
        let regions = |known: &Listed| known.tag.map(|it| (it.region, it.home));
        let same = self.kin(tag).find(|known| regions(known).is_some_and(|(region, _)| region == tag.region));
        let understood = || {
            let home = (None, Some(tag.region?));
            self.kin(tag).find(|known| regions(known) == Some(home))
        };
        same.or_else(understood).map(|known| known.by(Rule::Spelling))
    }

    fn only_one(&self, tag: Tag) -> Option<Choice<'_>> {
        let mut kin = self.kin(tag);
        let only = kin.next()?;
        kin.next().is_none().then(|| only.by(Rule::SameLanguage))
    }

    /// Those that a reader of the language reads.
    fn kin(&self, tag: Tag) -> impl Iterator<Item = &Listed> {
        let reads =
            move |listed: &Tag| listed.language == tag.language && tag.script.is_some() && listed.script == tag.script;
        self.listed.iter().filter(move |known| known.tag.as_ref().is_some_and(reads))
    }

    fn unlisted(&self, written: &str) -> Unlisted<'_> {
        let may_be = |tag: Tag| {
            let is_meant =
                move |it: &Tag| it.language == tag.language && (tag.script.is_none() || it.script == tag.script);
            self.listed.iter().filter(move |known| known.tag.as_ref().is_some_and(is_meant))
        };
        let tag = Tag::read(written);
        let candidates: Vec<&str> = tag.into_iter().flat_map(may_be).map(|known| known.code.as_str()).collect();
        match candidates.as_slice() {
            [] if tag.is_some() => Unlisted::Unlike,
            [] => nearest(written, self.listed.iter().map(|known| known.code.as_str()))
                .map_or(Unlisted::Unlike, Unlisted::Near),
            [near] => Unlisted::Near(near),
            _ => Unlisted::Ambiguous(candidates),
        }
    }
}

impl Listed {
    fn by(&self, rule: Rule) -> Choice<'_> {
        Choice { entry: self.entry, language: &self.code, rule }
    }
}

impl Tag {
    /// Language, script and region, in this order; with more to it or anything else it is no code. Nothing is allocated.
    fn read(code: &str) -> Option<Self> {
        let mut parts = code.split(['-', '_']);
        let language = Language::try_from_str(parts.next()?).ok()?;
        let mut next = parts.next();
        let script = next.and_then(|part| Script::try_from_str(part).ok());
        if script.is_some() {
            next = parts.next();
        }
        let region = next.map(Region::try_from_str).transpose().ok()?;
        let is_whole = parts.next().is_none() && !language.is_unknown();
        is_whole.then(|| Self::of(LanguageIdentifier { language, script, region, variants: Variants::default() }))
    }

    fn of(id: LanguageIdentifier) -> Self {
        let mut locale = Locale::from(id);
        CANONICALIZER.canonicalize(&mut locale);
        let LanguageIdentifier { language, region, .. } = locale.id;
        let says_script = locale.id.script.is_some();
        let mut likely = locale.id;
        EXPANDER.maximize(&mut likely);
        let script = match language.as_str() {
            "zh" if !says_script => region.and_then(script_of_chinese),
            _ => likely.script,
        };
        let language = match (language.as_str(), region) {
            // Meta lists Dari apart from Persian, which CLDR has it under.
            ("fa", Some(region)) if region == region!("AF") => language!("prs"),
            // Meta's Norwegian.
            ("no", _) => language!("nb"),
            _ => language,
        };
        Self { language, script, region, home: likely.region }
    }
}

/// Where one script is the rule. Elsewhere Chinese is read in either, and `zh` alone says nothing.
fn script_of_chinese(region: Region) -> Option<Script> {
    match region.as_str() {
        "CN" | "SG" => Some(script!("Hans")),
        "HK" | "MO" | "TW" => Some(script!("Hant")),
        _ => None,
    }
}

/// A language as somebody wrote it, fit to be shown: whatever is in the cell, one short line.
pub fn shown(written: &str) -> String {
    let mut chars = written.chars();
    let head: String = chars.by_ref().take(SHOWN_CHARS_MAX).flat_map(char::escape_debug).collect();
    format!("`{head}{}`", if chars.next().is_some() { "…" } else { "" })
}
