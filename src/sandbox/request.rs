//! A request as it comes: the JSON of a message, read once and without copying, and its outer fields checked.
//!
//! Source: Meta's Cloud API reference, "Messages", and the published OpenAPI file (v23.0).

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, Visitor};

use super::component::{self, Component, Path};
use super::refusal::Refusal;
use crate::cloud::Endpoint;

/// Meta's longest callback data, in characters (raised from 256 in 2025).
const CALLBACK_CHARS_MAX: usize = 512;

const TEMPLATE_NAME_CHARS_MAX: usize = 512;

/// E.164 allows fifteen digits; no country has numbers of less than seven.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A business-scoped user id without its prefix.
const USER_ID_CHARS_MAX: usize = 128;

/// Text that borrows from the request unless it holds escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A number that Meta's samples write as a number and as text.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyNumber;
        impl Visitor<'_> for AnyNumber {
            type Value = Number;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a number, or one as text")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
                Ok(Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map(Number).map_err(|_| E::custom(format_args!("`{text}` is no number")))
            }
        }
        deserializer.deserialize_any(AnyNumber)
    }
}

/// A message, as it stands in the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    #[serde(borrow)]
    messaging_product: Option<Text<'a>>,
    recipient_type: Option<Text<'a>>,
    to: Option<Text<'a>>,
    recipient: Option<Text<'a>>,
    #[serde(rename = "type")]
    kind: Option<Text<'a>>,
    template: Option<Template<'a>>,
    biz_opaque_callback_data: Option<Text<'a>>,
    product_policy: Option<Text<'a>>,
    message_activity_sharing: Option<bool>,
    #[expect(dead_code, reason = "Meta knows it; nothing here depends on it")]
    context: Option<IgnoredAny>,
    #[expect(dead_code, reason = "Meta knows it; nothing here depends on it")]
    recipient_identity_key_hash: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    language: Option<Language<'a>>,
    components: Option<Vec<Component<'a>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language<'a> {
    #[serde(borrow)]
    policy: Option<Text<'a>>,
    code: Option<Text<'a>>,
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressee<'a> {
    /// A phone number: a plus sign and digits, of which the first is not zero.
    Phone(&'a str),
    /// A business-scoped user id.
    UserId(&'a str),
}

impl<'a> Addressee<'a> {
    /// As it was written.
    pub(super) fn text(self) -> &'a str {
        let (Self::Phone(text) | Self::UserId(text)) = self;
        text
    }
}

/// What the book keeps of a good request.
pub(super) struct Wanted<'m> {
    pub(super) to: Addressee<'m>,
    pub(super) template: &'m str,
    pub(super) language: &'m str,
    pub(super) callback: Option<&'m str>,
}

/// Reads and checks a body and passes on what is wanted.
///
/// The message may hold text of its own, so it lives here and is only lent.
pub(super) fn read<T>(endpoint: Endpoint, body: &[u8], take: impl FnOnce(Wanted<'_>) -> T) -> Result<T, Refusal> {
    // One check of the encoding is cheaper than one for every string.
    let text = std::str::from_utf8(body).map_err(|error| Refusal::invalid("body", error))?;
    let message: Message<'_> = serde_json::from_str(text).map_err(|_| misread(text))?;
    message.checked(endpoint).map(take)
}

/// Says where a body that cannot be read goes wrong. Reads it again: this is for bad requests only.
fn misread(body: &str) -> Refusal {
    let mut json = serde_json::Deserializer::from_str(body);
    match serde_path_to_error::deserialize::<_, Message<'_>>(&mut json) {
        Err(error) => Refusal::invalid(error.path().to_string(), error.inner()),
        Ok(_) => Refusal::invalid("body", "text after the end of the JSON"),
    }
}

impl Message<'_> {
    fn checked(&self, endpoint: Endpoint) -> Result<Wanted<'_>, Refusal> {
        exactly(&self.messaging_product, "messaging_product", "whatsapp")?;
        if self.recipient_type.is_some() {
            exactly(&self.recipient_type, "recipient_type", "individual")?;
        }
        let to = self.addressee()?;
        self.check_kind(endpoint)?;
        self.check_marketing(endpoint)?;
        if self.biz_opaque_callback_data.as_ref().is_some_and(|data| longer(data, CALLBACK_CHARS_MAX)) {
            return Err(Refusal::invalid("biz_opaque_callback_data", "longer than 512 characters"));
        }
        let template = self.template.as_ref().ok_or_else(|| Refusal::missing("template"))?;
        let (name, language) = template.checked()?;
        Ok(Wanted { to, template: name, language, callback: self.biz_opaque_callback_data.as_deref() })
    }

    /// `to` wins where both are given, as Meta has it.
    fn addressee(&self) -> Result<Addressee<'_>, Refusal> {
        match (&self.to, &self.recipient) {
            (Some(to), _) if is_phone(to) => Ok(Addressee::Phone(to)),
            (Some(_), _) => Err(Refusal::bad_value("to", "not a phone number with `+`, country code and digits only")),
            (None, Some(id)) if is_user_id(id) => Ok(Addressee::UserId(id)),
            (None, Some(_)) => Err(Refusal::bad_value("recipient", "not a user id such as `US.13491208655302741918`")),
            (None, None) => Err(Refusal::missing("to or recipient")),
        }
    }

    fn check_kind(&self, endpoint: Endpoint) -> Result<(), Refusal> {
        match (self.kind.as_deref(), endpoint) {
            (Some("template"), _) => Ok(()),
            (None, _) => Err(Refusal::missing("type")),
            (Some(_), Endpoint::MarketingMessages) => Err(Refusal::invalid("type", "must be a template message")),
            (Some(_), Endpoint::Messages) => Err(Refusal::new(131_051, "type: the sandbox takes templates only")),
        }
    }

    fn check_marketing(&self, endpoint: Endpoint) -> Result<(), Refusal> {
        let policy = self.product_policy.as_deref();
        if policy.is_some_and(|policy| !matches!(policy, "CLOUD_API_FALLBACK" | "STRICT")) {
            return Err(Refusal::invalid("product_policy", "must be CLOUD_API_FALLBACK or STRICT"));
        }
        if endpoint == Endpoint::Messages && policy.is_some() {
            return Err(Refusal::invalid("product_policy", "only for marketing_messages"));
        }
        if endpoint == Endpoint::Messages && self.message_activity_sharing.is_some() {
            return Err(Refusal::invalid("message_activity_sharing", "only for marketing_messages"));
        }
        Ok(())
    }
}

impl Template<'_> {
    /// The name and the language, once everything is checked. There can be no template with an impossible name.
    fn checked(&self) -> Result<(&str, &str), Refusal> {
        let name = required(&self.name, "template.name")?;
        if longer(name, TEMPLATE_NAME_CHARS_MAX) || !name.bytes().all(is_name_byte) {
            return Err(Refusal::new(132_001, "template.name: only a-z, 0-9 and _, at most 512"));
        }
        let language = self.language.as_ref().ok_or_else(|| Refusal::missing("template.language"))?;
        if language.policy.is_some() {
            exactly(&language.policy, "template.language.policy", "deterministic")?;
        }
        let code = required(&language.code, "template.language.code")?;
        if !is_language(code) {
            return Err(Refusal::new(132_001, "template.language.code: not a language code such as `en` or `pt_BR`"));
        }
        if let Some(components) = &self.components {
            component::check_template(components, &Path::root("template").key("components"))?;
        }
        Ok((name, code))
    }
}

/// The text of a field that must be there and must say something.
fn required<'m>(field: &'m Option<Text<'_>>, name: &str) -> Result<&'m str, Refusal> {
    field.as_deref().filter(|text| !text.is_empty()).ok_or_else(|| Refusal::missing(name))
}

fn exactly(field: &Option<Text<'_>>, name: &str, only: &str) -> Result<(), Refusal> {
    if required(field, name)? == only { Ok(()) } else { Err(Refusal::invalid(name, format_args!("must be `{only}`"))) }
}

/// Whether a text has more characters than `chars_max`. Counts only where it might.
pub(super) fn longer(text: &str, chars_max: usize) -> bool {
    text.len() > chars_max && text.chars().count() > chars_max
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        PHONE_DIGITS.contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A country, perhaps `ENT` for an id of linked portfolios, and up to 128 letters and digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, id)) = text.split_once('.') else { return false };
    let id = id.strip_prefix("ENT.").unwrap_or(id);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=USER_ID_CHARS_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

/// Two or three small letters, perhaps a region or script after an underscore.
fn is_language(code: &str) -> bool {
    let (language, region) = code.split_once('_').map_or((code, None), |(language, region)| (language, Some(region)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.is_none_or(|region| {
            (2..=4).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
