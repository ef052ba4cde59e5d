//! Which digits are a person's number: numbering plans, as Google's phone library knows them.
//!
//! The library is asked whether a number is in use and of what kind, with exactly the digits that were written. Its
//! parser, which changes digits, only helps to see a trunk prefix and to explain what is wrong.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region, ValidationError,
    get_national_significant_number_owned,
};

use super::phone_error::PhoneError;

/// An international number has at most this many digits (ITU-T E.164).
const DIGITS_MAX: usize = 15;

/// What is dialled before a national number, somewhere in the world, and is no part of it.
const TRUNK_PREFIXES: [&str; 5] = ["0", "8", "1", "06", "80"];

/// The number whose digits begin with a country code.
pub(super) fn international(digits: &[u8]) -> Result<u64, PhoneError> {
    let (country_code, national) = split(digits).ok_or(PhoneError::NoSuchCountryCode)?;
    let reading = Reading::new(country_code, national)?;
    if reading.is_in_use() {
        return reading.person();
    }
    let dialled = dialled(&format!("+{}", text(digits)), None, &text(national), country_code);
    dialled.unwrap_or_else(|| Err(known_error(country_code, national).unwrap_or_else(|| reading.fault())))
}

/// The number as it is written inside a country; or with that country's code and without a plus, as spreadsheets leave it.
pub(super) fn national(digits: &[u8], country: &str) -> Result<u64, PhoneError> {
    let unknown = || PhoneError::UnknownCountry(country.to_owned());
    let region = Region::from_code(country).map_err(|_| unknown())?;
    let country_code = PHONE_NUMBER_UTIL.get_country_code_for_region(region).ok_or_else(unknown)?;
    let inside = Reading::new(country_code, digits);
    let rest = split(digits).filter(|(code, _)| *code == country_code).map(|(_, national)| national);
    let outside = rest.and_then(|national| Reading::new(country_code, national).ok());
    match (inside, outside.filter(Reading::is_in_use)) {
        (Ok(inside), Some(_)) if inside.is_in_use() => Err(PhoneError::TwoReadings),
        (Ok(inside), None) if inside.is_in_use() => inside.person(),
        (_, Some(outside)) => outside.person(),
        (inside, None) => dialled(&text(digits), Some(region), &text(digits), country_code).unwrap_or_else(|| {
            let known = known_error(country_code, digits).or_else(|| known_error(country_code, rest?));
            Err(known.unwrap_or_else(|| inside.map_or_else(|error| error, |inside| inside.fault())))
        }),
    }
}

/// A number with what is dialled before it: in use without a trunk prefix, or an explanation; none when it is no number.
fn dialled(
    written: &str,
    region: Option<Region>,
    national: &str,
    country_code: i32,
) -> Option<Result<u64, PhoneError>> {
    let number = PHONE_NUMBER_UTIL.parse(written, region).ok()?;
    let significant = get_national_significant_number_owned(&number);
    let digits: Vec<u8> = significant.bytes().map(|digit| digit - b'0').collect();
    let reading = Reading::new(number.country_code, &digits).ok().filter(Reading::is_in_use)?;
    let prefix = national.strip_suffix(significant.as_str());
    let is_trunk = number.country_code == country_code && prefix.is_some_and(|prefix| TRUNK_PREFIXES.contains(&prefix));
    Some(match number.country_code {
        _ if is_trunk => reading.person(),
        54 => Err(PhoneError::ArgentineNine),
        _ => Err(PhoneError::Dialled),
    })
}

/// The errors that have a name of their own, because a digit more or less makes a number of it.
fn known_error(country_code: i32, national: &[u8]) -> Option<PhoneError> {
    let (mended, error) = match (country_code, national) {
        (52, [1, rest @ ..]) => (rest.to_vec(), PhoneError::MexicanOne),
        (55, [a, b, rest @ ..]) if rest.len() == 8 => ([&[*a, *b, 9], rest].concat(), PhoneError::BrazilianNine),
        (54, _) => ([&[9], national].concat(), PhoneError::ArgentineNine),
        _ => return None,
    };
    Reading::new(country_code, &mended).is_ok_and(|reading| reading.is_in_use()).then_some(error)
}

/// Splits off the country code: no code is the beginning of another, and none begins with 0.
fn split(digits: &[u8]) -> Option<(i32, &[u8])> {
    if digits.first() == Some(&0) {
        return None;
    }
    (1..=3.min(digits.len())).find_map(|length| {
        let (code, national) = digits.split_at(length);
        let code = i32::try_from(value(code)).ok()?;
        PHONE_NUMBER_UTIL.get_region_for_country_code(code).map(|_| (code, national))
    })
}

fn value(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

/// A number read one way.
struct Reading {
    number: PhoneNumber,
    kind: PhoneNumberType,
    digits: u64,
}

impl Reading {
    fn new(country_code: i32, national: &[u8]) -> Result<Self, PhoneError> {
        let Some(last) = national.len().checked_sub(1) else { return Err(PhoneError::TooShort) };
        let code_length = country_code.ilog10() as usize + 1;
        if code_length + national.len() > DIGITS_MAX {
            return Err(PhoneError::TooLong);
        }
        // Zeros at the start can be part of a number, as in Italy; the library keeps their count apart.
        let zeros = national[..last].iter().take_while(|digit| **digit == 0).count() as i32;
        let number = PhoneNumber {
            country_code,
            national_number: value(national),
            italian_leading_zero: (zeros > 0).then_some(true),
            number_of_leading_zeros: (zeros > 1).then_some(zeros),
            ..PhoneNumber::default()
        };
        let kind = PHONE_NUMBER_UTIL.get_number_type(&number);
        let digits =
            national.iter().fold(u64::from(country_code.unsigned_abs()), |all, digit| all * 10 + u64::from(*digit));
        Ok(Self { number, kind, digits })
    }

    fn is_in_use(&self) -> bool {
        self.kind != PhoneNumberType::Unknown
    }

    /// The digits, if the number can be a person's. A landline can: WhatsApp Business confirms those by a call.
    fn person(&self) -> Result<u64, PhoneError> {
        match self.kind {
            PhoneNumberType::TollFree => Err(PhoneError::NoPerson("toll-free")),
            PhoneNumberType::PremiumRate => Err(PhoneError::NoPerson("premium-rate")),
            PhoneNumberType::SharedCost => Err(PhoneError::NoPerson("shared-cost")),
            PhoneNumberType::Pager => Err(PhoneError::NoPerson("pager")),
            PhoneNumberType::UAN => Err(PhoneError::NoPerson("company")),
            PhoneNumberType::VoiceMail => Err(PhoneError::NoPerson("voicemail")),
            PhoneNumberType::Unknown => Err(self.fault()),
            PhoneNumberType::FixedLine
            | PhoneNumberType::Mobile
            | PhoneNumberType::FixedLineOrMobile
            | PhoneNumberType::VoIP
            | PhoneNumberType::PersonalNumber => Ok(self.digits),
        }
    }

    /// Why a number is not in use.
    fn fault(&self) -> PhoneError {
        match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&self.number) {
            Err(ValidationError::TooShort) | Ok(NumberLengthType::IsPossibleLocalOnly) => PhoneError::TooShort,
            Err(ValidationError::TooLong) => PhoneError::TooLong,
            _ => PhoneError::NotInUse,
        }
    }
}
