//! Why a cell is no phone number, said to the people who made the file. No digit of the cell is repeated: what stands
//! here goes into reports, where numbers are masked.

/// Why a cell names nobody who can be messaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}; {}", self.cause(), self.remedy())]
pub enum PhoneError {
    /// Nothing but white space.
    Empty,
    /// No digit at all.
    NoDigits,
    /// `5.51199E+12`.
    Scientific,
    /// `5511987654321.0`.
    Decimals,
    /// A letter.
    Letter(char),
    /// A digit of another script.
    ForeignDigit(char),
    /// A symbol that cannot be seen.
    Invisible(char),
    /// Any other symbol.
    Symbol(char),
    /// A number with an extension.
    Extension,
    /// Two numbers in a cell.
    TwoNumbers,
    /// Too few digits.
    TooShort,
    /// Too many digits.
    TooLong,
    /// A number without a country code, and no country to take it from.
    NoCountry {
        /// Whether the number would be complete with a `+` before it.
        complete: bool,
    },
    /// `default_country` names no country.
    UnknownCountry(String),
    /// The digits after `+` begin with no country code.
    NoSuchCountryCode,
    /// No number of the country begins like this.
    NotInUse,
    /// A number in national form that is another person's in international form.
    TwoReadings,
    /// Written as it is dialled inside a country: no digits can be taken as they stand.
    Dialled,
    /// `+52 1 …`.
    MexicanOne,
    /// A Brazilian mobile number with eight digits.
    BrazilianNine,
    /// An Argentine mobile number in its national form, or without the 9.
    ArgentineNine,
    /// A number that is no person's: its kind.
    NoPerson(&'static str),
}

impl PhoneError {
    /// A stable short name of the cause.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "phone-empty",
            Self::NoDigits => "phone-without-digits",
            Self::Scientific => "phone-scientific",
            Self::Decimals => "phone-decimals",
            Self::Letter(_) => "phone-letter",
            Self::ForeignDigit(_) => "phone-foreign-digit",
            Self::Invisible(_) => "phone-invisible-symbol",
            Self::Symbol(_) => "phone-symbol",
            Self::Extension => "phone-extension",
            Self::TwoNumbers => "phone-two-numbers",
            Self::TooShort => "phone-too-short",
            Self::TooLong => "phone-too-long",
            Self::NoCountry { .. } => "phone-without-country",
            Self::UnknownCountry(_) => "unknown-country",
            Self::NoSuchCountryCode => "phone-country-code",
            Self::NotInUse => "phone-not-in-use",
            Self::TwoReadings => "phone-two-readings",
            Self::Dialled => "phone-as-dialled",
            Self::MexicanOne => "phone-mexican-1",
            Self::BrazilianNine => "phone-brazilian-9",
            Self::ArgentineNine => "phone-argentine-9",
            Self::NoPerson(_) => "phone-of-no-person",
        }
    }

    /// What is wrong.
    pub fn cause(&self) -> String {
        match self {
            Self::Empty => "the phone is empty".into(),
            Self::NoDigits => "this is no phone number".into(),
            Self::Scientific => {
                "Excel turned this phone number into a figure such as 5.51199E+12, and digits are lost".into()
            }
            Self::Decimals => "this phone number went through a spreadsheet as a figure and ends in decimals".into(),
            Self::Letter(letter) => format!("`{letter}` is a letter; a phone number has digits only"),
            Self::ForeignDigit(digit) => format!("`{digit}` is not one of the digits 0 to 9"),
            Self::Invisible(symbol) => {
                format!("this phone number holds a symbol that cannot be seen (U+{:04X})", u32::from(*symbol))
            }
            Self::Symbol(symbol) => format!("`{symbol}` does not belong into a phone number"),
            Self::Extension => "this phone number has an extension, and extensions have no WhatsApp".into(),
            Self::TwoNumbers => "this cell holds two phone numbers".into(),
            Self::TooShort => "this phone number has too few digits".into(),
            Self::TooLong => "this phone number has too many digits".into(),
            Self::NoCountry { .. } => "this phone number does not say its country".into(),
            Self::UnknownCountry(code) => format!("`{code}` is no country code for `recipients.default_country`"),
            Self::NoSuchCountryCode => "this phone number begins with a country code that does not exist".into(),
            Self::NotInUse => "no phone number of this country begins like this".into(),
            Self::TwoReadings => {
                "this can be a national or an international phone number, of two different people".into()
            }
            Self::Dialled => "this phone number is written as it is dialled inside its country".into(),
            Self::MexicanOne => "Mexican mobile numbers have no 1 after +52 any more".into(),
            Self::BrazilianNine => {
                "Brazilian mobile numbers have nine digits after the area code; the leading 9 is missing".into()
            }
            Self::ArgentineNine => "Argentine mobile numbers have a 9 after +54, and neither 0 nor 15".into(),
            Self::NoPerson(kind) => format!("this is a {kind} number, not a person's"),
        }
    }

    /// What to write or do instead.
    pub fn remedy(&self) -> String {
        match self {
            Self::Empty => "fill it in or delete the row",
            Self::NoDigits => "write the number with + and the country code, such as +12025550123",
            Self::Scientific => {
                "take the number from where it came from, and format the column as text before pasting it"
            }
            Self::Decimals => "remove the decimals, and format the column as text",
            Self::Letter('O' | 'o') => "was it meant to be the digit 0?",
            Self::Letter('l' | 'I' | 'i') => "was it meant to be the digit 1?",
            Self::Letter(_) => "write the digits only",
            Self::ForeignDigit(_) => "write the number with the digits 0 to 9",
            Self::Invisible(_) => "type the number again instead of pasting it",
            Self::Symbol('=') => "write the number itself, without a formula",
            Self::Symbol(_) => "remove it",
            Self::Extension => "write a number without an extension",
            Self::TwoNumbers => "keep one, or give the other a row of its own",
            Self::TooShort => "write the whole number, with the area code",
            Self::TooLong => "look for a digit too many, or for two numbers in one cell",
            Self::NoCountry { complete: true } => {
                "put a + before it, or name the country in `recipients.default_country`"
            }
            Self::NoCountry { complete: false } => {
                "write + and the country code, or name the country in `recipients.default_country`"
            }
            Self::UnknownCountry(_) => "write the two letters of ISO 3166, such as BR",
            Self::NoSuchCountryCode => "write + and the country code first, such as +55 for Brazil",
            Self::NotInUse => "look for a mistyped digit",
            Self::TwoReadings | Self::Dialled => "write it in international form: +, country code, number",
            Self::MexicanOne => "drop the 1",
            Self::BrazilianNine => "put a 9 after the area code",
            Self::ArgentineNine => "write +54 9, the area code and the number",
            Self::NoPerson(_) => "write a mobile number, or delete the row",
        }
        .into()
    }
}
