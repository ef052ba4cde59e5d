//! Header and body, of a message or of a card.

use std::collections::BTreeMap;

use super::finding::{Findings, listed};
use crate::campaign::{self, Body, Button, Places};
use crate::cloud::templates::{self, HeaderFormat, Placeholder, placeholders};
use crate::problem::{Place, nearest};

/// What the author gives.
pub(super) struct Written<'c> {
    pub header: Option<&'c campaign::Header>,
    pub body: &'c Body,
    pub buttons: &'c BTreeMap<u8, Button>,
    pub places: &'c Places,
}

/// What the template has.
pub(super) struct Approved<'t> {
    pub header: Option<&'t templates::Header>,
    pub body: Option<&'t str>,
    pub buttons: &'t [templates::Button],
}

/// The header: of the same kind, and given where it takes something.
pub(super) fn header(written: &Written<'_>, approved: &Approved<'_>, of: &str, findings: &mut Findings<'_>) {
    let at = written.places.header;
    let gaps = approved.header.map(templates::Header::placeholders).unwrap_or_default();
    let format = approved.header.map(|header| &header.format);
    let takes = format.is_some_and(|format| *format != HeaderFormat::Text || !gaps.is_empty());
    match (written.header, format) {
        (_, Some(HeaderFormat::Other(_))) => {}
        (None, Some(format)) if takes => {
            let message = format!("{of}'s header takes {}, and nothing is given", one(format));
            findings.add(at, "missing-header", message, format!("write `header: {{ {} }}`", sample(format)));
        }
        (None, _) => {}
        (Some(_), None) => {
            findings.add(at, "unneeded-header", format!("{of} has no header"), "remove `header`".to_owned());
        }
        (Some(_), Some(HeaderFormat::Text)) if !takes => {
            let message = format!("{of}'s header is fixed text and takes nothing");
            findings.add(at, "unneeded-header", message, "remove `header`".to_owned());
        }
        (Some(header), Some(format)) if kind(header) != *format => {
            let message = format!("{of}'s header takes {}, not {}", one(format), one(&kind(header)));
            findings.add(at, "header-kind", message, format!("write `header: {{ {} }}`", sample(format)));
        }
        (Some(campaign::Header::Text(_)), _) => {
            if let Some(Placeholder::Name(name)) = gaps.first() {
                let message = format!("the parameter of {of}'s header has a name: `{name}`");
                let help = format!("write `header: {{ text: {{ {name}: \"...\" }} }}`");
                findings.add(at, "named-parameters", message, help);
            }
        }
        (Some(campaign::Header::NamedText(name, _)), _) => named_header(name, at, &gaps, of, findings),
        (Some(_), _) => {}
    }
}

fn named_header(name: &str, at: Place, gaps: &[Placeholder<'_>], of: &str, findings: &mut Findings<'_>) {
    match gaps.first() {
        Some(Placeholder::Number(_)) => {
            let message = format!("the parameter of {of}'s header has no name");
            findings.add(at, "named-parameters", message, "write `header: { text: \"...\" }`".to_owned());
        }
        Some(Placeholder::Name(known)) if *known != name => {
            let message = format!("{of}'s header has no parameter `{name}`");
            findings.add(at, "unknown-parameter", message, format!("its parameter is `{known}`"));
        }
        _ => {}
    }
}

/// The body: as many parameters, by position or with the same names.
pub(super) fn body(written: &Written<'_>, approved: &Approved<'_>, of: &str, findings: &mut Findings<'_>) {
    let gaps = approved.body.map(placeholders).unwrap_or_default();
    let at = written.places.body;
    let names: Option<Vec<&str>> = gaps
        .iter()
        .map(|gap| match gap {
            Placeholder::Name(name) => Some(*name),
            Placeholder::Number(_) => None,
        })
        .collect();
    match (written.body, names) {
        (Body::Empty, _) if gaps.is_empty() => {}
        (_, _) if gaps.is_empty() => {
            let message = format!("{of}'s body is fixed text and takes no parameters");
            findings.add(at, "unknown-parameter", message, "remove `body`".to_owned());
        }
        (Body::Empty, _) => {
            let message = format!("{of}'s body takes {}, and nothing is given", told(&gaps));
            findings.add(at, "missing-parameter", message, write(&gaps));
        }
        (Body::Positional(_), Some(names)) => {
            let message = format!("the parameters of {of}'s body have names: {}", listed(&names));
            findings.add(at, "named-parameters", message, write(&gaps));
        }
        (Body::Named(_), None) => {
            let message = format!("the parameters of {of}'s body have no names: it takes {}", told(&gaps));
            findings.add(at, "named-parameters", message, write(&gaps));
        }
        (Body::Positional(list), None) if list.len() != gaps.len() => {
            let given = match list.len() {
                1 => "1 is given".to_owned(),
                count => format!("{count} are given"),
            };
            findings.add(
                at,
                "parameter-count",
                format!("{of}'s body takes {}, and {given}", told(&gaps)),
                write(&gaps),
            );
        }
        (Body::Positional(_), None) => {}
        (Body::Named(list), Some(names)) => {
            let given: Vec<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
            named_body(&given, &names, written.places, of, findings);
        }
    }
}

fn named_body(given: &[&str], wanted: &[&str], places: &Places, of: &str, findings: &mut Findings<'_>) {
    let mut missing: Vec<&str> = wanted.iter().copied().filter(|name| !given.contains(name)).collect();
    let strange = given.iter().enumerate().filter(|(_, name)| !wanted.contains(name));
    for (index, name) in strange {
        let help = match nearest(name, missing.iter().copied()) {
            Some(near) => {
                missing.retain(|name| *name != near);
                format!("did you mean `{near}`?")
            }
            None => format!("its parameters are {}", listed(wanted)),
        };
        let at = places.names.get(index).copied().unwrap_or(places.body);
        findings.add(at, "unknown-parameter", format!("{of}'s body has no parameter `{name}`"), help);
    }
    if !missing.is_empty() {
        let message = format!("{of}'s body also takes {}, and nothing is given", listed(&missing));
        let lines: Vec<String> = missing.iter().map(|name| format!("`{name}: \"...\"`")).collect();
        findings.add(places.body, "missing-parameter", message, format!("add {}", lines.join(" and ")));
    }
}

fn told(gaps: &[Placeholder<'_>]) -> String {
    match gaps {
        [Placeholder::Number(_)] => "1 parameter".to_owned(),
        [Placeholder::Number(_), ..] => format!("{} parameters", gaps.len()),
        _ => listed(&gaps.iter().map(word).collect::<Vec<_>>()),
    }
}

fn word<'t>(gap: &Placeholder<'t>) -> &'t str {
    match gap {
        Placeholder::Name(name) => name,
        Placeholder::Number(_) => "{{1}}",
    }
}

/// The body that fills these gaps.
fn write(gaps: &[Placeholder<'_>]) -> String {
    let named = gaps.iter().all(|gap| matches!(gap, Placeholder::Name(_)));
    let items: Vec<String> = gaps
        .iter()
        .map(|gap| match gap {
            Placeholder::Name(name) if named => format!("{name}: \"...\""),
            _ => "\"...\"".to_owned(),
        })
        .collect();
    let items = items.join(", ");
    if named { format!("write `body: {{ {items} }}`") } else { format!("write `body: [{items}]`") }
}

fn kind(header: &campaign::Header) -> HeaderFormat {
    match header {
        campaign::Header::Text(_) | campaign::Header::NamedText(..) => HeaderFormat::Text,
        campaign::Header::Image(_) => HeaderFormat::Image,
        campaign::Header::Video(_) => HeaderFormat::Video,
        campaign::Header::Document(_) => HeaderFormat::Document,
        campaign::Header::Location { .. } => HeaderFormat::Location,
        campaign::Header::Product { .. } => HeaderFormat::Product,
    }
}

/// A header in words.
fn one(format: &HeaderFormat) -> String {
    match format {
        HeaderFormat::Text => "a text".to_owned(),
        HeaderFormat::Image => "an image".to_owned(),
        other => format!("a {}", other.as_str().to_ascii_lowercase()),
    }
}

/// What to write for a header.
fn sample(format: &HeaderFormat) -> &'static str {
    match format {
        HeaderFormat::Text | HeaderFormat::Other(_) => "text: \"...\"",
        HeaderFormat::Image => "image: \"https://...\"",
        HeaderFormat::Video | HeaderFormat::Gif => "video: \"https://...\"",
        HeaderFormat::Document => "document: \"https://...\"",
        HeaderFormat::Location => "location: { latitude: \"...\", longitude: \"...\" }",
        HeaderFormat::Product => "product: { catalog: \"...\", id: \"...\" }",
    }
}
