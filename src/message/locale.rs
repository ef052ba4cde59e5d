//! How a language writes numbers, money and dates: Unicode's CLDR, by ICU4X. The only file that knows ICU4X.
//!
//! Its part for currencies is called experimental, since its names still change; its data are CLDR's like the others'.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use icu_datetime::fieldsets::enums::DateFieldSet;
use icu_datetime::fieldsets::{E, YMD, YMDE};
use icu_datetime::options::YearStyle;
use icu_datetime::{DateTimeFormatter, DateTimeFormatterPreferences};
use icu_decimal::input::Decimal;
use icu_decimal::{DecimalFormatter, options::DecimalFormatterOptions};
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_experimental::dimension::provider::currency::fractions::CurrencyFractionsV1;
use icu_locale_core::Locale as Tag;
use icu_locale_core::extensions::unicode;
use icu_provider::{DataError, DataProvider, DataRequest};
use jiff::civil::Date;

/// The lengths of a date, from the longest, by the names that CLDR gives them.
pub(super) const LENGTHS: [&str; 4] = ["full", "long", "medium", "short"];

/// Positions in [`LENGTHS`].
const FULL: usize = 0;
const LONG: usize = 1;

/// One language.
#[derive(Debug)]
pub(super) struct Locale {
    tag: Tag,
    decimals: DecimalFormatter,
    /// In the order of [`LENGTHS`].
    dates: [DateTimeFormatter<DateFieldSet>; 4],
    /// The day of the week, where the full date is the long one behind it.
    weekday: Option<DateTimeFormatter<E>>,
    /// By currency, as they are met.
    money: RwLock<HashMap<String, Arc<CurrencyFormatter<DecimalFormatter>>>>,
}

impl Locale {
    /// The language of one of Meta's codes, such as `pt_BR`. CLDR's root stands in for what a language lacks.
    pub fn of(code: &str) -> Self {
        const BUILT_IN: &str =
            "unreachable: CLDR's data are compiled in, and its root stands in for what a language lacks";
        Self::of_tag(tag(code)).or_else(|_| Self::of_tag(Tag::UNKNOWN)).expect(BUILT_IN)
    }

    fn of_tag(tag: Tag) -> Result<Self, DataError> {
        let preferences = DateTimeFormatterPreferences::from(&tag);
        let load = |_| DataError::custom("a date's formatter cannot be loaded");
        let date = |length: YMD| DateTimeFormatter::try_new(preferences, length).map_err(load);
        let full = DateTimeFormatter::try_new(preferences, YMDE::long()).map_err(load)?;
        let mut short = date(YMD::short())?;
        if begins_with_two_digits(&short) {
            short = date(YMD::short().with_year_style(YearStyle::Full))?;
        }
        Ok(Self {
            decimals: DecimalFormatter::try_new((&tag).into(), DecimalFormatterOptions::default())?,
            dates: [
                full.cast_into_fset(),
                date(YMD::long())?.cast_into_fset(),
                date(YMD::medium())?.cast_into_fset(),
                short.cast_into_fset(),
            ],
            weekday: numbers_its_months(&tag)
                .then(|| DateTimeFormatter::try_new(preferences, E::long()))
                .transpose()
                .map_err(load)?,
            money: RwLock::default(),
            tag,
        })
    }

    /// Whether small `i` and capital `I` are two letters there, each with and without its dot.
    pub fn dots_its_capital_i(&self) -> bool {
        matches!(self.tag.id.language.as_str(), "tr" | "az")
    }

    /// A number, with the decimals that it has.
    pub fn number(&self, number: &Decimal) -> String {
        self.decimals.format(number).to_string()
    }

    /// A day, in the calendar that is used there; `length` counts in [`LENGTHS`].
    pub fn date(&self, date: Date, length: usize) -> Option<String> {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        let date = icu_datetime::input::Date::try_new_iso(i32::from(date.year()), month, day).ok()?;
        let of = |length: usize| Some(self.dates.get(length)?.format(&date).to_string());
        match &self.weekday {
            Some(weekday) if length == FULL => Some(format!("{}, {}", weekday.format(&date), of(LONG)?)),
            _ => of(length),
        }
    }

    /// An amount of a currency, with as many decimals as the currency has.
    pub fn money(&self, amount: &Decimal, currency: &str) -> Option<String> {
        Some(self.currency(currency)?.format_fixed_decimal(amount).to_string())
    }

    fn currency(&self, code: &str) -> Option<Arc<CurrencyFormatter<DecimalFormatter>>> {
        if let Some(known) = self.money.read().ok()?.get(code) {
            return Some(Arc::clone(known));
        }
        let options = CurrencyFormatterOptions::default();
        let formatter = CurrencyFormatter::try_new_symbol((&self.tag).into(), currency(code)?, options).ok()?;
        let formatter = Arc::new(formatter);
        self.money.write().ok()?.insert(code.to_owned(), Arc::clone(&formatter));
        Some(formatter)
    }
}

/// Whether a short date begins with a year of two digits: `26-12-25` may be read as the 26th.
fn begins_with_two_digits(short: &DateTimeFormatter<YMD>) -> bool {
    let date = icu_datetime::input::Date::try_new_iso(2033, 11, 22);
    date.is_ok_and(|date| short.format(&date).to_string().starts_with("33"))
}

/// CLDR has no full date with a weekday for Portugal as a pattern of parts, and what stands in is `sexta-feira, 25/12/2026`.
fn numbers_its_months(tag: &Tag) -> bool {
    tag.to_string() == "pt-PT"
}

/// How many decimals a currency has.
pub(super) fn decimals_of(code: &str) -> Option<usize> {
    let provider = &icu_experimental::provider::Baked;
    let fractions = DataProvider::<CurrencyFractionsV1>::load(provider, DataRequest::default()).ok()?;
    Some(fractions.payload.get().resolve(currency(code)?).digits.into())
}

fn currency(code: &str) -> Option<CurrencyType> {
    let value = unicode::Value::try_from_str(&code.to_ascii_lowercase()).ok()?;
    CurrencyType::try_from(&value).ok()
}

/// Meta writes `_`, calls Dari `prs` where CLDR has the Persian of Afghanistan, and says the script of no Chinese.
fn tag(code: &str) -> Tag {
    let tag = match code {
        "prs_AF" => "fa-AF".to_owned(),
        "zh_CN" => "zh-Hans-CN".to_owned(),
        "zh_HK" => "zh-Hant-HK".to_owned(),
        "zh_TW" => "zh-Hant-TW".to_owned(),
        code => code.replace('_', "-"),
    };
    tag.parse().unwrap_or(Tag::UNKNOWN)
}
