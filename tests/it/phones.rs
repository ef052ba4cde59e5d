//! What a cell with a phone number may say, and what is said about the others.

use proptest::prelude::*;
use tidings::audience::phone::{PhoneError, Recipient};

#[track_caller]
fn read(cell: &str, country: Option<&str>) -> String {
    match Recipient::parse(cell, country) {
        Ok(recipient) => recipient.to_string(),
        Err(error) => error.code().to_owned(),
    }
}

/// Every case as `[country] cell => result`, invisible symbols escaped.
fn table(cases: &[(&str, &str)]) -> String {
    let line = |(country, cell): &(&str, &str)| {
        let country = Some(*country).filter(|country| !country.is_empty());
        format!("{:2} {:28} {}\n", country.unwrap_or("--"), cell.escape_debug().to_string(), read(cell, country))
    };
    cases.iter().map(line).collect()
}

#[test]
fn numbers_are_read_in_the_forms_people_write_them() {
    insta::assert_snapshot!(table(&[
        ("", "+12025550123"),
        ("", " +1 202 555 0123 "),
        ("", "+1 (202) 555-0123"),
        ("", "(+1) 202.555.0123"),
        ("", "'+12025550123"),
        ("", "0012025550123"),
        ("", "+1\u{a0}202\u{202f}555\u{2007}0123"),
        ("US", "(202) 555-0123"),
        ("US", "1 202 555 0123"),
        ("US", "12025550123"),
        ("BR", "11 96123-4567"),
        ("BR", "(011) 96123-4567"),
        ("BR", "5511961234567"),
        ("BR", "55 96123-4567"),
        ("BR", "+12025550123"),
        ("BR", "0012025550123"),
        ("", "+44 7400 123456"),
        ("", "+44 (0)7400 123456"),
        ("GB", "07400 123456"),
        ("RU", "8 912 345-67-89"),
        ("", "+39 06 6982 1234"),
        ("IT", "06 6982 1234"),
        ("", "+39 312 345 6789"),
        ("MX", "55 5123 4567"),
        ("", "+54 9 11 2345 6789"),
        ("", "+54 11 2345 6789"),
        ("AR", "9 11 2345 6789"),
        ("", "+225 01 23 45 67 89"),
    ]), @r#"
    -- +12025550123                 +12025550123
    --  +1 202 555 0123             +12025550123
    -- +1 (202) 555-0123            +12025550123
    -- (+1) 202.555.0123            +12025550123
    -- \'+12025550123               +12025550123
    -- 0012025550123                +12025550123
    -- +1\u{a0}202\u{202f}555\u{2007}0123 +12025550123
    US (202) 555-0123               +12025550123
    US 1 202 555 0123               +12025550123
    US 12025550123                  +12025550123
    BR 11 96123-4567                +5511961234567
    BR (011) 96123-4567             +5511961234567
    BR 5511961234567                +5511961234567
    BR 55 96123-4567                +5555961234567
    BR +12025550123                 +12025550123
    BR 0012025550123                +12025550123
    -- +44 7400 123456              +447400123456
    -- +44 (0)7400 123456           +447400123456
    GB 07400 123456                 +447400123456
    RU 8 912 345-67-89              +79123456789
    -- +39 06 6982 1234             +390669821234
    IT 06 6982 1234                 +390669821234
    -- +39 312 345 6789             +393123456789
    MX 55 5123 4567                 +525551234567
    -- +54 9 11 2345 6789           +5491123456789
    -- +54 11 2345 6789             +541123456789
    AR 9 11 2345 6789               +5491123456789
    -- +225 01 23 45 67 89          +2250123456789
    "#);
}

#[test]
fn what_is_no_persons_number_is_refused_with_its_cause() {
    insta::assert_snapshot!(table(&[
        ("", ""),
        ("", " \u{a0}"),
        ("", "'"),
        ("", "+"),
        ("", "n/a"),
        ("", "#N/A"),
        ("", "ana"),
        ("", "5.51199E+12"),
        ("", "5,51199E+12"),
        ("", "5E11"),
        ("", "=+5.51199E+12"),
        ("", "5511961234567.0"),
        ("", "+12025550123.00"),
        ("", "=+12025550123"),
        ("", "=\"+12025550123\""),
        ("", "+1 2O2 555 0123"),
        ("", "+1 202 555 0l23"),
        ("", "+1 800 FLOWERS"),
        ("", "tel:+12025550123"),
        ("", "+\u{ff11}\u{ff12}025550123"),
        ("", "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}"),
        ("", "+\u{9e7}2025550123"),
        ("", "\u{202a}+12025550123\u{202c}"),
        ("", "+1202\u{200b}5550123"),
        ("", "\u{feff}+12025550123"),
        ("", "+1202\t5550123"),
        ("", "+1202\u{2013}5550123"),
        ("", "+12025550123, +12025550124"),
        ("", "+12025550123/12025550124"),
        ("", "+12025550123 +12025550124"),
        ("", "+12025550123 or 12025550124"),
        ("", "+12025550123 12025550124"),
        ("", "+12025550123 x12"),
        ("", "+12025550123 ext. 12"),
        ("BR", "11 96123-4567 ramal 12"),
        ("", "+12025550123#12"),
        ("", "+12025550123/4"),
        ("", "++12025550123"),
        ("", "+1202555012+3"),
        ("", "911"),
        ("US", "911"),
        ("US", "32665"),
        ("US", "555-0123"),
        ("", "+1 202 555 012"),
        ("", "+1 202 555 01234"),
        ("", "+1234567890123456"),
        ("", "123456789012345678901"),
        ("", "12025550123"),
        ("", "(202) 555-0123"),
        ("ZZ", "2025550123"),
        ("USA", "2025550123"),
        ("001", "2025550123"),
        ("", "+0 202 555 0123"),
        ("", "+999 123 4567 89"),
        ("", "+1 000 555 0123"),
        ("", "+1 800 555 0199"),
        ("", "+1 900 555 0199"),
        ("", "+55 800 123 4567"),
        ("", "+55 4004 1234"),
        ("", "+44 845 012 3456"),
        ("", "+800 1234 5678"),
        ("", "+52 1 55 5123 4567"),
        ("", "+55 11 6123-4567"),
        ("BR", "11 6123-4567"),
        ("BR", "551161234567"),
        ("BR", "0 15 11 96123-4567"),
        ("AR", "011 15-2345-6789"),
        ("", "+54 11 15 2345 6789"),
        ("US", "011 44 7400 123456"),
    ]), @r#"
    --                              phone-empty
    --  \u{a0}                      phone-empty
    -- \'                           phone-empty
    -- +                            phone-without-digits
    -- n/a                          phone-without-digits
    -- #N/A                         phone-without-digits
    -- ana                          phone-without-digits
    -- 5.51199E+12                  phone-scientific
    -- 5,51199E+12                  phone-scientific
    -- 5E11                         phone-scientific
    -- =+5.51199E+12                phone-scientific
    -- 5511961234567.0              phone-decimals
    -- +12025550123.00              phone-decimals
    -- =+12025550123                phone-symbol
    -- =\"+12025550123\"            phone-symbol
    -- +1 2O2 555 0123              phone-letter
    -- +1 202 555 0l23              phone-letter
    -- +1 800 FLOWERS               phone-letter
    -- tel:+12025550123             phone-letter
    -- +１２025550123                 phone-foreign-digit
    -- ١٢٣٤٥٦٧                      phone-foreign-digit
    -- +১2025550123                 phone-foreign-digit
    -- \u{202a}+12025550123\u{202c} phone-invisible-symbol
    -- +1202\u{200b}5550123         phone-invisible-symbol
    -- \u{feff}+12025550123         phone-invisible-symbol
    -- +1202\t5550123               phone-invisible-symbol
    -- +1202–5550123                phone-symbol
    -- +12025550123, +12025550124   phone-two-numbers
    -- +12025550123/12025550124     phone-two-numbers
    -- +12025550123 +12025550124    phone-two-numbers
    -- +12025550123 or 12025550124  phone-two-numbers
    -- +12025550123 12025550124     phone-too-long
    -- +12025550123 x12             phone-extension
    -- +12025550123 ext. 12         phone-extension
    BR 11 96123-4567 ramal 12       phone-extension
    -- +12025550123#12              phone-extension
    -- +12025550123/4               phone-symbol
    -- ++12025550123                phone-symbol
    -- +1202555012+3                phone-symbol
    -- 911                          phone-without-country
    US 911                          phone-too-short
    US 32665                        phone-too-short
    US 555-0123                     phone-too-short
    -- +1 202 555 012               phone-too-short
    -- +1 202 555 01234             phone-too-long
    -- +1234567890123456            phone-too-long
    -- 123456789012345678901        phone-too-long
    -- 12025550123                  phone-without-country
    -- (202) 555-0123               phone-without-country
    ZZ 2025550123                   unknown-country
    USA 2025550123                   unknown-country
    001 2025550123                   unknown-country
    -- +0 202 555 0123              phone-country-code
    -- +999 123 4567 89             phone-country-code
    -- +1 000 555 0123              phone-not-in-use
    -- +1 800 555 0199              phone-of-no-person
    -- +1 900 555 0199              phone-of-no-person
    -- +55 800 123 4567             phone-of-no-person
    -- +55 4004 1234                phone-of-no-person
    -- +44 845 012 3456             phone-of-no-person
    -- +800 1234 5678               phone-of-no-person
    -- +52 1 55 5123 4567           phone-mexican-1
    -- +55 11 6123-4567             phone-brazilian-9
    BR 11 6123-4567                 phone-brazilian-9
    BR 551161234567                 phone-brazilian-9
    BR 0 15 11 96123-4567           phone-as-dialled
    AR 011 15-2345-6789             phone-argentine-9
    -- +54 11 15 2345 6789          phone-argentine-9
    US 011 44 7400 123456           phone-as-dialled
    "#);
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let said = |(country, cell): (Option<&str>, &str)| match Recipient::parse(cell, country) {
        Err(error) => format!("{error}\n"),
        Ok(recipient) => panic!("{cell} is {recipient}"),
    };
    let cells = [
        (None, ""),
        (None, "n/a"),
        (None, "5.51199E+12"),
        (None, "5511961234567.0"),
        (None, "+1 2O2 555 0123"),
        (None, "+1 202 555 0l23"),
        (None, "+1 202 555 CALL"),
        (None, "+\u{9e7}2025550123"),
        (None, "+1202\u{200b}5550123"),
        (None, "=+12025550123"),
        (None, "+12025550123?"),
        (None, "+12025550123 x12"),
        (None, "+12025550123 / +12025550124"),
        (Some("US"), "555-0123"),
        (None, "+1234567890123456"),
        (None, "12025550123"),
        (None, "(202) 555-0123"),
        (Some("USA"), "2025550123"),
        (None, "+999 123 4567 89"),
        (None, "+1 000 555 0123"),
        (Some("BR"), "0 15 11 96123-4567"),
        (None, "+52 1 55 5123 4567"),
        (None, "+55 11 6123-4567"),
        (Some("AR"), "011 15-2345-6789"),
        (None, "+1 800 555 0199"),
    ];
    insta::assert_snapshot!(cells.into_iter().map(said).collect::<String>(), @"
    the phone is empty; fill it in or delete the row
    this is no phone number; write the number with + and the country code, such as +12025550123
    Excel turned this phone number into a figure such as 5.51199E+12, and digits are lost; take the number from where it came from, and format the column as text before pasting it
    this phone number went through a spreadsheet as a figure and ends in decimals; remove the decimals, and format the column as text
    `O` is a letter; a phone number has digits only; was it meant to be the digit 0?
    `l` is a letter; a phone number has digits only; was it meant to be the digit 1?
    `C` is a letter; a phone number has digits only; write the digits only
    `১` is not one of the digits 0 to 9; write the number with the digits 0 to 9
    this phone number holds a symbol that cannot be seen (U+200B); type the number again instead of pasting it
    `=` does not belong into a phone number; write the number itself, without a formula
    `?` does not belong into a phone number; remove it
    this phone number has an extension, and extensions have no WhatsApp; write a number without an extension
    this cell holds two phone numbers; keep one, or give the other a row of its own
    this phone number has too few digits; write the whole number, with the area code
    this phone number has too many digits; look for a digit too many, or for two numbers in one cell
    this phone number does not say its country; put a + before it, or name the country in `recipients.default_country`
    this phone number does not say its country; write + and the country code, or name the country in `recipients.default_country`
    `USA` is no country code for `recipients.default_country`; write the two letters of ISO 3166, such as BR
    this phone number begins with a country code that does not exist; write + and the country code first, such as +55 for Brazil
    no phone number of this country begins like this; look for a mistyped digit
    this phone number is written as it is dialled inside its country; write it in international form: +, country code, number
    Mexican mobile numbers have no 1 after +52 any more; drop the 1
    Brazilian mobile numbers have nine digits after the area code; the leading 9 is missing; put a 9 after the area code
    Argentine mobile numbers have a 9 after +54, and neither 0 nor 15; write +54 9, the area code and the number
    this is a toll-free number, not a person's; write a mobile number, or delete the row
    ");
}

#[test]
fn a_number_that_could_be_two_peoples_is_refused() {
    // A German mobile number without its plus, or a landline in the area 04915.
    assert_eq!(Recipient::parse("4915112345678", Some("DE")), Err(PhoneError::TwoReadings));
    assert_eq!(read("+4915112345678", Some("DE")), "+4915112345678");
    assert_eq!(read("015112345678", Some("DE")), "+4915112345678");
}

/// Somebody's punctuation around digits.
fn punctuated(digits: &str, marks: &[usize]) -> String {
    let symbols = ["", "", " ", "-", ".", "(", ")", "\u{a0}"];
    let mut marks = marks.iter().cycle();
    digits.chars().map(|digit| format!("{digit}{}", symbols[marks.next().map_or(0, |mark| mark % 8)])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_digit_is_invented_or_lost(
        start in prop::sample::select(vec!["", "1202555", "5511", "55119", "0119", "521", "5255", "549", "541115", "447", "4407", "3906", "7912", "8912", "0"]),
        rest in "[0-9]{4,11}",
        plus in any::<bool>(),
        marks in proptest::collection::vec(0_usize..8, 1..6),
        country in prop::sample::select(vec!["US", "BR", "MX", "AR", "GB", "IT", "DE", "RU", "HU", "ES"]),
    ) {
        let digits = format!("{start}{rest}");
        let cell = format!("{}{}", if plus { "+" } else { "" }, punctuated(&digits, &marks));
        let Ok(recipient) = Recipient::parse(&cell, Some(country)) else { return Ok(()) };
        let result = recipient.to_string();
        let result = result.trim_start_matches('+');
        let written = digits.strip_prefix("00").unwrap_or(&digits);
        let codes = [("US", "1"), ("BR", "55"), ("MX", "52"), ("AR", "54"), ("GB", "44"), ("IT", "39"), ("DE", "49"), ("RU", "7"), ("HU", "36"), ("ES", "34")];
        let code = codes.iter().find(|(name, _)| *name == country).map_or("", |(_, code)| code);
        let trunks = ["", "0", "8", "1", "06", "80"];
        let as_written = result == written;
        let national = result.strip_prefix(code).is_some_and(|own| trunks.iter().any(|trunk| format!("{trunk}{own}") == written));
        let with_trunk = (1..=3).any(|length| trunks.iter().any(|trunk| {
            result.len() > length && format!("{}{trunk}{}", &result[..length], &result[length..]) == written
        }));
        prop_assert!(as_written || (!plus && national) || with_trunk, "{} became {}", cell, result);
    }

    #[test]
    fn what_was_read_reads_again_as_the_same(rest in "[0-9]{8,13}") {
        if let Ok(recipient) = Recipient::parse(&format!("+{rest}"), None) {
            prop_assert_eq!(Recipient::parse(&recipient.to_string(), None), Ok(recipient));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(cell in "\\PC{0,24}", country in prop::option::of("\\PC{0,3}")) {
        if let Err(error) = Recipient::parse(&cell, country.as_deref()) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
