//! The parts of a template: header, body, footer, buttons, and the rarer ones.

use serde_json::Value;

use super::word::{ButtonKind, HeaderFormat};
use super::{Placeholder, placeholders};

/// Where the button of an authentication template leads. Meta lists it as a link, although it was made as a code.
const OTP_LINK: &str = "https://www.whatsapp.com/otp/";

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Component {
    /// What stands at its head.
    Header(Header),
    /// The message itself.
    Body {
        /// Its text, with placeholders.
        text: String,
    },
    /// A small line below.
    Footer {
        /// Its text.
        text: String,
    },
    /// What can be tapped.
    Buttons(Vec<Button>),
    /// Cards side by side.
    Carousel {
        /// The cards, in order.
        cards: Vec<Card>,
    },
    /// An offer that ends: a line above the body, with a countdown where it has an end.
    LimitedTimeOffer {
        /// The line's text.
        text: String,
        /// Whether each message says when it ends.
        has_expiration: bool,
    },
    /// A part that this version of tidings does not know, as Meta lists it.
    Other(Value),
}

/// What stands at a template's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Of which kind it is.
    pub format: HeaderFormat,
    /// Its text, with a placeholder at most; only where it is text.
    pub text: Option<String>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub kind: ButtonKind,
    /// Its label.
    pub text: String,
    /// Where it leads, with a placeholder at the end at most; only links.
    pub url: Option<String>,
}

/// A card of a carousel.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Its parts.
    pub components: Vec<Component>,
}

/// What a message gives to a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// The end of a link.
    Url,
    /// A coupon.
    CopyCode,
    /// What comes back when it is tapped; its label where none is given.
    QuickReply,
    /// A flow's token and data.
    Flow,
    /// The picture of a catalogue.
    Catalog,
    /// A choice of products.
    Products,
    /// How long a call is possible.
    VoiceCall,
    /// An order.
    OrderDetails,
    /// A one-time code.
    Otp,
}

impl Filling {
    /// Whether Meta refuses a message that does not give it.
    pub fn is_required(self) -> bool {
        match self {
            Self::Url | Self::CopyCode | Self::Products | Self::OrderDetails | Self::Otp => true,
            Self::QuickReply | Self::Flow | Self::Catalog | Self::VoiceCall => false,
        }
    }
}

impl Component {
    /// A part as Meta lists it.
    pub fn of(json: &Value) -> Self {
        Self::known(json).unwrap_or_else(|| Self::Other(json.clone()))
    }

    fn known(json: &Value) -> Option<Self> {
        Some(match json["type"].as_str()?.to_ascii_uppercase().as_str() {
            "HEADER" => Self::Header(Header::of(json)?),
            "BODY" => Self::Body { text: optional_text(&json["text"])?.unwrap_or_default() },
            "FOOTER" => Self::Footer { text: optional_text(&json["text"])?.unwrap_or_default() },
            "BUTTONS" => Self::Buttons(json["buttons"].as_array()?.iter().map(Button::of).collect::<Option<_>>()?),
            "CAROUSEL" => {
                Self::Carousel { cards: json["cards"].as_array()?.iter().map(Card::of).collect::<Option<_>>()? }
            }
            "LIMITED_TIME_OFFER" => Self::LimitedTimeOffer {
                text: optional_text(&json["limited_time_offer"]["text"])?.unwrap_or_default(),
                has_expiration: json["limited_time_offer"]["has_expiration"].as_bool().unwrap_or(false),
            },
            _ => return None,
        })
    }
}

impl Header {
    fn of(json: &Value) -> Option<Self> {
        Some(Self { format: HeaderFormat::of(json["format"].as_str()?), text: optional_text(&json["text"])? })
    }

    /// The gap in its text.
    pub fn placeholders(&self) -> Vec<Placeholder<'_>> {
        self.text.as_deref().map(placeholders).unwrap_or_default()
    }
}

impl Button {
    fn of(json: &Value) -> Option<Self> {
        let url = optional_text(&json["url"])?;
        let kind = match ButtonKind::of(json["type"].as_str()?) {
            ButtonKind::Url if url.as_deref().is_some_and(|url| url.starts_with(OTP_LINK)) => ButtonKind::Otp,
            kind => kind,
        };
        Some(Self { kind, text: optional_text(&json["text"])?.unwrap_or_default(), url })
    }

    /// What a message may or must give to it; none for a button that is complete as it is, or of a kind not known.
    pub fn filling(&self) -> Option<Filling> {
        match &self.kind {
            ButtonKind::Url => {
                self.url.as_deref().is_some_and(|url| !placeholders(url).is_empty()).then_some(Filling::Url)
            }
            ButtonKind::CopyCode => Some(Filling::CopyCode),
            ButtonKind::QuickReply => Some(Filling::QuickReply),
            ButtonKind::Flow => Some(Filling::Flow),
            ButtonKind::Catalog => Some(Filling::Catalog),
            ButtonKind::Products => Some(Filling::Products),
            ButtonKind::VoiceCall => Some(Filling::VoiceCall),
            ButtonKind::OrderDetails => Some(Filling::OrderDetails),
            ButtonKind::Otp => Some(Filling::Otp),
            ButtonKind::PhoneNumber | ButtonKind::Product | ButtonKind::Other(_) => None,
        }
    }
}

impl Card {
    fn of(json: &Value) -> Option<Self> {
        Some(Self { components: json["components"].as_array()?.iter().map(Component::of).collect() })
    }

    /// Its header.
    pub fn header(&self) -> Option<&Header> {
        header(&self.components)
    }

    /// The text of its body.
    pub fn body(&self) -> Option<&str> {
        body(&self.components)
    }

    /// Its buttons.
    pub fn buttons(&self) -> &[Button] {
        buttons(&self.components)
    }
}

pub(super) fn header(components: &[Component]) -> Option<&Header> {
    components.iter().find_map(|component| match component {
        Component::Header(header) => Some(header),
        _ => None,
    })
}

pub(super) fn body(components: &[Component]) -> Option<&str> {
    components.iter().find_map(|component| match component {
        Component::Body { text } => Some(text.as_str()),
        _ => None,
    })
}

pub(super) fn buttons(components: &[Component]) -> &[Button] {
    let buttons = components.iter().find_map(|component| match component {
        Component::Buttons(buttons) => Some(buttons.as_slice()),
        _ => None,
    });
    buttons.unwrap_or_default()
}

/// A text or nothing; none when it is something else.
fn optional_text(json: &Value) -> Option<Option<String>> {
    match json {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    }
}
