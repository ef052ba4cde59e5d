//! What Meta takes in each place, value by value.
//!
//! A rule looks at one finished value and says what is wrong in words that follow the parameter's name: "body parameter
//! `first_name` *holds a line break; …*". Source of the limits: Meta's documentation of template messages and errors
//! 132005, 132012 and 132018.

use jiff::Timestamp;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub code: &'static str,
    pub words: String,
}

fn flaw(code: &'static str, words: impl Into<String>) -> Flaw {
    Flaw { code, words: words.into() }
}

/// What a rule makes of a value: the thing it stands for, or nothing where the text itself is sent.
pub(super) type Rule<T> = fn(&str) -> Result<T, Flaw>;

/// An amount of money: in thousandths, and as it is shown (as written, but `9.5` becomes `9.50`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    pub thousandths: i32,
    pub written: String,
}

/// Words that spreadsheets, databases and programs write where a value is missing.
pub(super) const MISSING: &[&str] = &[
    "None",
    "none",
    "null",
    "NULL",
    "undefined",
    "NaN",
    "nan",
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
];

/// Whether there is nothing to see: white space and characters without a shape.
pub(super) fn is_blank(text: &str) -> bool {
    let shapeless = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.chars().all(|c| c.is_whitespace() || shapeless(c))
}

/// Whether a value might look like somebody's mistake, in these letters or in others: most do not.
pub(super) fn is_doubtful(text: &str) -> bool {
    let trimmed = text.trim();
    let may_be_missing = matches!(trimmed.as_bytes().first(), Some(b'N' | b'n' | b'U' | b'u' | b'#'));
    (may_be_missing && MISSING.iter().any(|word| word.len() == trimmed.len() && word.eq_ignore_ascii_case(trimmed)))
        || memchr::memchr(b'{', text.as_bytes()).is_some()
}

/// Values that look like somebody's mistake.
pub(super) fn plausible(text: &str) -> Result<(), Flaw> {
    if MISSING.contains(&text.trim()) {
        let word = text.trim();
        return Err(flaw(
            "missing-value",
            format!("is `{word}`, which looks like a missing value; write what is meant"),
        ));
    }
    match ["{{", "{%"].into_iter().find(|open| text.contains(open)) {
        Some(open) => Err(flaw(
            "leftover-expression",
            format!("holds `{open}`, which looks like an expression that was never filled in; remove it from the data"),
        )),
        None => Ok(()),
    }
}

/// A body parameter.
pub(super) fn body(text: &str) -> Result<(), Flaw> {
    parameter(text, 1024)
}

/// A body parameter of a limited-time offer.
pub(super) fn offer_body(text: &str) -> Result<(), Flaw> {
    parameter(text, 600)
}

/// A body parameter of a carousel card.
pub(super) fn card_body(text: &str) -> Result<(), Flaw> {
    parameter(text, 160)
}

/// A header's text.
pub(super) fn header(text: &str) -> Result<(), Flaw> {
    parameter(text, 60)
}

/// The title of a list of products.
pub(super) fn section_title(text: &str) -> Result<(), Flaw> {
    parameter(text, 24)
}

/// A document's name.
pub(super) fn file_name(text: &str) -> Result<(), Flaw> {
    parameter(text, 240)
}

/// Text that people read: no line breaks, tabs or wide gaps.
fn parameter(text: &str, most: usize) -> Result<(), Flaw> {
    let refused = |what: &str| {
        Err(flaw(
            "forbidden-text",
            format!("holds {what}; WhatsApp refuses that in a parameter; put one space in its place"),
        ))
    };
    if is_plain(text) {
        return within(text, most);
    }
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => return refused("a line break"),
            '\t' => return refused("a tab"),
            _ if c.is_control() => return refused("a control character"),
            _ => {}
        }
    }
    if text.contains("     ") {
        return refused("more than four spaces in a row");
    }
    within(text, most)
}

/// Whether a look at the bytes shows that nothing in a text is refused. Characters that are, begin with C2 or E2 where they
/// are not ASCII.
fn is_plain(text: &str) -> bool {
    let mut spaces = 0;
    text.bytes().all(|byte| {
        spaces = if byte == b' ' { spaces + 1 } else { 0 };
        matches!(byte, b' '..=b'~' | 0x80..=0xBF | 0xC3..=0xE1 | 0xE3..) && spaces < 5
    })
}

fn within(text: &str, most: usize) -> Result<(), Flaw> {
    if text.len() <= most {
        return Ok(());
    }
    let length = text.chars().count();
    if length > most {
        return Err(flaw("too-long", format!("is {length} characters long; at most {most} are allowed")));
    }
    Ok(())
}

fn unbroken(text: &str) -> Result<(), Flaw> {
    if text.chars().any(char::is_whitespace) {
        return Err(flaw("forbidden-text", "holds a space or a line break; write it without"));
    }
    if text.chars().any(char::is_control) {
        return Err(flaw("forbidden-text", "holds a control character; remove it"));
    }
    Ok(())
}

/// The variable end of a button's URL.
pub(super) fn url_suffix(text: &str) -> Result<(), Flaw> {
    unbroken(text)
        .map_err(|flaw| Flaw { words: format!("{}, or add `| urlencode` to the expression", flaw.words), ..flaw })?;
    within(text, 2000)
}

/// A public URL of a media file.
pub(super) fn link(text: &str) -> Result<(), Flaw> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if !host.is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '[')) {
        return Err(flaw("invalid-link", "is not a web address such as `https://cdn.example.com/spring.jpg`"));
    }
    unbroken(text)?;
    within(text, 2000)
}

/// An id that Meta or the seller gave: of a media file, catalogue or product.
pub(super) fn id(text: &str) -> Result<(), Flaw> {
    if text.trim() != text {
        return Err(flaw("forbidden-text", "starts or ends with a space; write the id alone"));
    }
    parameter(text, 512)
}

/// A coupon code.
pub(super) fn coupon(text: &str) -> Result<(), Flaw> {
    if !text.chars().all(char::is_alphanumeric) {
        return Err(flaw(
            "invalid-code",
            "holds something other than letters and digits; a coupon code takes no others",
        ));
    }
    within(text, 20)
}

/// A one-time password. Never quoted in a reason.
pub(super) fn otp(text: &str) -> Result<(), Flaw> {
    unbroken(text)?;
    within(text, 15)
}

/// What the webhook gets from a quick reply.
pub(super) fn reply_payload(text: &str) -> Result<(), Flaw> {
    parameter(text, 128)
}

/// What the webhook gets from a call button.
pub(super) fn call_payload(text: &str) -> Result<(), Flaw> {
    parameter(text, 512)
}

/// A flow's token.
pub(super) fn flow_token(text: &str) -> Result<(), Flaw> {
    parameter(text, 2000)
}

/// A string inside JSON that Meta documents elsewhere.
pub(super) fn anything(_: &str) -> Result<(), Flaw> {
    Ok(())
}

/// What tells one occurrence from another: short, and of one line.
pub(super) fn occurrence(text: &str) -> Result<(), Flaw> {
    const CHARS_MAX: usize = 128;
    if text.trim().chars().count() > CHARS_MAX || text.trim().contains(char::is_control) {
        let words = format!("is no short name: at most {CHARS_MAX} characters, without line breaks");
        return Err(flaw("invalid-occurrence", words));
    }
    Ok(())
}

/// An ISO 4217 code.
pub(super) fn currency(text: &str) -> Result<String, Flaw> {
    let code = text.trim();
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(flaw(
            "invalid-currency",
            format!("is `{code}`, not a currency code of three letters such as `BRL`"),
        ));
    }
    Ok(code.to_ascii_uppercase())
}

/// A decimal number with at most three decimals, to the thousandth, without floating point.
pub(super) fn amount(text: &str) -> Result<Amount, Flaw> {
    let written = text.trim();
    let (whole, decimals) = written.split_once('.').unwrap_or((written, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return Err(flaw(
            "invalid-amount",
            format!("is `{written}`; write digits, a point and at most three decimals, such as `1234.50`"),
        ));
    }
    // At most three digits: no overflow.
    let thousandths = format!("{decimals:0<3}").parse::<i32>().ok();
    let thousandths = whole.parse::<i32>().ok().and_then(|whole| whole.checked_mul(1000)?.checked_add(thousandths?));
    match thousandths {
        Some(thousandths) if decimals.len() == 1 && written.contains('.') => {
            Ok(Amount { thousandths, written: format!("{written}0") })
        }
        Some(thousandths) => Ok(Amount { thousandths, written: written.to_owned() }),
        None => Err(flaw(
            "invalid-amount",
            format!("is `{written}`, more than WhatsApp takes as an amount (2147483.647); write it as text instead"),
        )),
    }
}

/// A latitude.
pub(super) fn latitude(text: &str) -> Result<String, Flaw> {
    degrees(text, 90.0)
}

/// A longitude.
pub(super) fn longitude(text: &str) -> Result<String, Flaw> {
    degrees(text, 180.0)
}

fn degrees(text: &str, most: f64) -> Result<String, Flaw> {
    let written = text.trim();
    let plain = written.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    match written.parse::<f64>() {
        Ok(degrees) if plain && degrees.abs() <= most => Ok(written.to_owned()),
        _ => Err(flaw(
            "invalid-degrees",
            format!("is `{written}`; write degrees from -{most} to {most} with a point, such as `37.44`"),
        )),
    }
}

/// How long a call button works, in minutes.
pub(super) fn minutes(text: &str) -> Result<u32, Flaw> {
    match text.trim().parse::<u32>() {
        Ok(minutes) if (1..=43_200).contains(&minutes) => Ok(minutes),
        _ => {
            Err(flaw("invalid-minutes", format!("is `{}`; write whole minutes from 1 to 43200 (30 days)", text.trim())))
        }
    }
}

/// The end of an offer, in milliseconds since 1970.
pub(super) fn instant(text: &str) -> Result<i64, Flaw> {
    let written = text.trim();
    written.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| {
        let help = "write date, time and offset, such as `2026-04-07T23:59:00-03:00`";
        flaw("invalid-time", format!("is `{written}`, which is not one moment in time; {help}"))
    })
}
