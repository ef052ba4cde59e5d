//! Composes: a row of the recipients file in, the JSON of one person's template out.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use csv::StringRecord;
use minijinja::Value;

use crate::campaign::{Campaign, Occurrence, Source};
use crate::catalogue::Lock;
use crate::clock::{UnixMs, rfc3339};
use crate::cloud::Endpoint;
use crate::cloud::wire::{Component, Language, Parameter, Template};
use crate::problem::Problem;

use super::Unfit;
use super::compile::{Compiled, Compiler};
use super::engine::Engines;
use super::entry::Entry;
use super::filter::Setting;
use super::language::{Choice, Languages, Rule, Unlisted, shown};
use super::locale::Locale;
use super::oddity::Oddity;
use super::part;
use super::row::{Columns, Row};
use super::rule;
use super::slot::Slot;

/// A campaign, compiled against the columns of its recipients file.
pub struct Composer {
    columns: Columns,
    engines: Engines,
    phone: Slot<()>,
    language: Option<Slot<()>>,
    occurrence: Option<Slot<()>>,
    entries: Vec<Entry>,
    languages: Languages,
    /// By language, what filters know of a message; empty where no filter asks.
    settings: HashMap<String, Value>,
    /// What filters know where there is no message.
    aside: Option<Value>,
    /// An offer that ends before is over; none where nobody has said what time it is.
    now: Option<UnixMs>,
}

/// Where a row's message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'r> {
    /// The phone as the row gives it, without white space around it.
    pub phone: Cow<'r, str>,
    /// The language code as the row gives it; none when the campaign reads none.
    pub language: Option<Cow<'r, str>>,
}

/// One person's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'c> {
    /// Which endpoint sends it.
    pub endpoint: Endpoint,
    /// The template's name.
    pub name: &'c str,
    /// The language it is sent in: the recipient's, or the entry's fallback.
    pub language: &'c str,
    /// The `template` object, as JSON.
    pub template: String,
    /// What is odd about it, and yet no mistake for certain.
    pub oddities: Vec<Oddity>,
}

impl Message<'_> {
    /// How much is filled in, in characters of JSON: what the longest and the shortest message are told by.
    pub fn length(&self) -> usize {
        let names = self.name.chars().count() + self.language.chars().count();
        self.template.chars().count().saturating_sub(names)
    }
}

impl Composer {
    /// Compiles a campaign. `columns` are the header's names, in order.
    ///
    /// # Errors
    /// Every problem of every expression, in file order: what cannot be read, unknown columns, filters and tests, and text
    /// that Meta would refuse from everybody.
    pub fn new(campaign: &Campaign, columns: &[String]) -> Result<Self, Vec<Problem>> {
        let mut compiler = Compiler::new(campaign, columns);
        let recipients = &campaign.recipients;
        let phone = compiler.source(&recipients.phone, "the phone", rule::anything);
        compiler.hide(&phone);
        let language = recipients.language.as_ref();
        let language = language.map(|source| compiler.source(source, "the language", rule::anything));
        if let Source::Column(name, _) = &recipients.phone
            && let Some((_, at)) = recipients.defaults.get(name)
        {
            let message = format!("`{name}` is the phone; a default would send everybody's message to one person");
            compiler.problem(*at, "default-phone", message, "remove this default");
        }
        if let Source::Column(name, _) = &recipients.phone
            && let Some((_, at)) = recipients.columns.get(name)
        {
            let message = format!("`{name}` is the phone, and a phone is no number to calculate with");
            compiler.problem(*at, "phone-as-number", message, "remove this column from `recipients.columns`");
        }
        let occurrence = match &campaign.occurrence {
            Occurrence::Each(text) => Some(compiler.slot(text, "the occurrence", rule::occurrence)),
            Occurrence::Once | Occurrence::Every(_) => None,
        };
        compiler.enter_messages();
        let entries: Vec<_> = campaign.templates.iter().map(|template| Entry::new(template, &mut compiler)).collect();
        let Compiled { columns, engines, asks_setting } = compiler.finish()?;
        let setting = |locale| Value::from_object(Setting { locale, campaign: campaign.key.clone() });
        let codes: BTreeSet<&String> = entries.iter().flat_map(|entry| &entry.languages).collect();
        let codes = codes.into_iter().filter(|_| asks_setting);
        let settings = codes.map(|code| (code.clone(), setting(Some(Locale::of(code))))).collect();
        let aside = asks_setting.then(|| setting(None));
        let languages = Languages::of(&campaign.templates);
        Ok(Self { columns, engines, phone, language, occurrence, entries, languages, settings, aside, now: None })
    }

    /// Also turns away messages that are too long with the text of their template, as a lock file has it.
    #[must_use]
    pub fn measured_by(mut self, lock: &Lock) -> Self {
        self.entries.iter_mut().for_each(|entry| entry.measure(lock));
        self
    }

    /// Also turns away offers that are over at this time.
    #[must_use]
    pub fn as_of(self, now: UnixMs) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The column that the phone comes from; the first, where an expression reads several.
    pub fn phone_column(&self) -> Option<usize> {
        self.phone.expression.columns().first().copied()
    }

    /// The phone and the language that a row gives.
    ///
    /// # Errors
    /// When either is empty or cannot be made.
    pub fn address<'r>(&'r self, cells: &'r StringRecord) -> Result<Address<'r>, Unfit> {
        let row = self.row(cells);
        let phone = trimmed(self.phone.text(&row).map_err(no_phone)?);
        let language = self.language.as_ref().map(|language| language.text(&row).map(trimmed)).transpose()?;
        Ok(Address { phone, language })
    }

    /// Which occurrence a row belongs to; none when that is the same for all rows.
    ///
    /// # Errors
    /// When it is empty or cannot be made.
    pub fn occurrence<'r>(&'r self, cells: &'r StringRecord) -> Result<Option<Cow<'r, str>>, Unfit> {
        let row = self.row(cells);
        self.occurrence.as_ref().map(|occurrence| occurrence.text(&row).map(trimmed)).transpose()
    }

    /// The message for a row whose recipient reads `language` (from [`Composer::address`]).
    ///
    /// The entry and its language are [`Composer::choose`]'s.
    ///
    /// # Errors
    /// When no entry serves the language, or a parameter cannot be made or would be refused.
    pub fn compose(&self, cells: &StringRecord, language: Option<&str>) -> Result<Message<'_>, Unfit> {
        let (entry, language) = self.entry(language)?;
        let (template, oddities) = self.with_components(cells, (entry, language), |components| {
            let template = Template { name: &entry.name, language: Language::new(language), components };
            serde_json::to_string(&template)
                .expect("unreachable: keys are strings, and numbers that JSON cannot hold are refused before")
        })?;
        Ok(Message { endpoint: entry.endpoint, name: &entry.name, language, template, oddities })
    }

    /// Whether [`Composer::compose`] has a message for a row, without writing it: the name and the language of its template, and what is odd about it.
    ///
    /// # Errors
    /// The same.
    pub fn judge(&self, cells: &StringRecord, language: Option<&str>) -> Result<((&str, &str), Vec<Oddity>), Unfit> {
        let (entry, language) = self.entry(language)?;
        let ((), oddities) = self.with_components(cells, (entry, language), |_| ())?;
        Ok(((&entry.name, language), oddities))
    }

    fn with_components<T>(
        &self,
        cells: &StringRecord,
        (entry, language): (&Entry, &str),
        make: impl FnOnce(Vec<Component<'_>>) -> T,
    ) -> Result<(T, Vec<Oddity>), Unfit> {
        let row = Row::new(cells, &self.columns, &self.engines, self.settings.get(language));
        row.misfits().next().map_or(Ok(()), Err)?;
        let rendered = entry.bundle.as_ref().and_then(|bundle| bundle.render(&row));
        let at_once = rendered.as_ref().map(|rendered| row.with(rendered));
        let components = match at_once.as_ref().map(|row| part::fill(&entry.parts, row)) {
            Some(Ok(components)) => components,
            Some(Err(_)) | None => part::fill(&entry.parts, &row)?,
        };
        self.look_at_whole(entry, language, &components)?;
        Ok((make(components), at_once.unwrap_or(row).into_oddities()))
    }

    /// Everything that is wrong with the parameters of a row's message, and with what it is chosen by; one flaw for each
    /// parameter.
    pub fn flaws(&self, cells: &StringRecord) -> Vec<Unfit> {
        let row = self.row(cells);
        let mut flaws: Vec<Unfit> =
            self.occurrence.iter().filter_map(|occurrence| occurrence.text(&row).err()).collect();
        let language = self.language.as_ref().map(|language| language.text(&row)).transpose();
        match language.and_then(|language| self.entry(language.as_deref())) {
            Ok((entry, language)) => {
                let row = Row::new(cells, &self.columns, &self.engines, self.settings.get(language));
                let before = flaws.len();
                flaws.extend(row.misfits());
                flaws.extend(part::flaws(&entry.parts, &row));
                // The length of what is wrong says nothing.
                if flaws.len() == before
                    && let Ok(components) = part::fill(&entry.parts, &row)
                {
                    flaws.extend(self.look_at_whole(entry, language, &components).err());
                }
            }
            Err(unfit) => flaws.push(unfit),
        }
        flaws
    }

    /// What only the finished message shows.
    fn look_at_whole(&self, entry: &Entry, language: &str, components: &[Component<'_>]) -> Result<(), Unfit> {
        if let Some(gauge) = entry.gauge(language) {
            gauge.check(components)?;
        }
        self.now.map_or(Ok(()), |now| components.iter().try_for_each(|component| is_to_come(component, now)))
    }

    fn row<'r>(&'r self, cells: &'r StringRecord) -> Row<'r> {
        Row::new(cells, &self.columns, &self.engines, self.aside.as_ref())
    }

    /// Which entry serves a recipient's language (from [`Composer::address`]), and in which of its languages.
    ///
    /// # Errors
    /// When none does.
    pub fn choose(&self, language: Option<&str>) -> Result<Choice<'_>, Unfit> {
        let Some(language) = language.map(str::trim) else { return self.only_choice() };
        self.languages.choose(language).map_err(|unlisted| self.unlisted(language, &unlisted))
    }

    fn entry(&self, language: Option<&str>) -> Result<(&Entry, &str), Unfit> {
        let Choice { entry, language, .. } = self.choose(language)?;
        Ok((&self.entries[entry], language))
    }

    fn only_choice(&self) -> Result<Choice<'_>, Unfit> {
        match self.entries.as_slice() {
            [Entry { languages, .. }] if languages.len() == 1 => {
                Ok(Choice { entry: 0, language: &languages[0], rule: Rule::Exact })
            }
            _ => Err(self.no_language()),
        }
    }

    fn no_language(&self) -> Unfit {
        let reason = format!(
            "the recipient's language is not known, and templates are listed in {}; set `recipients.language`",
            self.listed()
        );
        Unfit { code: "no-language", column: None, reason }
    }

    fn unlisted(&self, language: &str, unlisted: &Unlisted<'_>) -> Unfit {
        let (written, listed) = (shown(language), || self.listed());
        let reason = match unlisted {
            Unlisted::Ambiguous(codes) => {
                format!("the language {written} may be {}; write which, or set a `fallback`", either(codes))
            }
            Unlisted::Near(code) => {
                format!("no template is listed in language {written}, only in {}; did you mean `{code}`?", listed())
            }
            Unlisted::Unlike => format!(
                "no template is listed in language {written}, only in {}; add it to `languages`, or set a `fallback`",
                listed()
            ),
        };
        let column = self.language.as_ref().and_then(|language| language.expression.column());
        Unfit { code: "unlisted-language", column, reason }
    }

    fn listed(&self) -> String {
        let mut codes: Vec<String> = Vec::new();
        for code in self.entries.iter().flat_map(|entry| &entry.languages).map(|code| format!("`{code}`")) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes.join(", ")
    }
}

/// `a`, `b` or `c`; of very many, the first ones.
fn either(codes: &[&str]) -> String {
    const NAMED: usize = 6;
    let named = codes.iter().take(NAMED).map(|code| format!("`{code}`")).collect::<Vec<_>>();
    match named.split_last() {
        Some((last, rest)) if codes.len() <= NAMED => format!("{} or {last}", rest.join(", ")),
        _ => format!("{} or {} more", named.join(", "), codes.len() - named.len()),
    }
}

/// People would see an offer that cannot be had any more.
fn is_to_come(component: &Component<'_>, now: UnixMs) -> Result<(), Unfit> {
    match component {
        Component::LimitedTimeOffer { parameters: [Parameter::LimitedTimeOffer { limited_time_offer }] }
            if limited_time_offer.expiration_time_ms <= now =>
        {
            let ended = rfc3339(limited_time_offer.expiration_time_ms);
            let reason = format!("the offer was over at {ended}; write an end that is still to come");
            Err(Unfit { code: "offer-over", column: None, reason })
        }
        _ => Ok(()),
    }
}

/// The remedy for other empty cells, a default, would send everybody's message to one person.
fn no_phone(unfit: Unfit) -> Unfit {
    if unfit.code == "empty" {
        Unfit { reason: "the row has no phone; fill the cell".to_owned(), ..unfit }
    } else {
        unfit
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
