//! Buttons, by their position.

use super::finding::Findings;
use super::part::{Approved, Written};
use crate::campaign::Button;
use crate::cloud::templates::{self, ButtonKind, Filling};

/// Each button that is given exists and takes that, and each that must be given is.
pub(super) fn compare(written: &Written<'_>, approved: &Approved<'_>, of: &str, findings: &mut Findings<'_>) {
    let mut meant = Vec::new();
    for (position, button) in written.buttons {
        meant.extend(given(*position, button, written, approved, of, findings));
    }
    for (index, button) in approved.buttons.iter().enumerate() {
        let Some(filling) = button.filling().filter(|filling| filling.is_required()) else { continue };
        if is_given(index, written) || meant.contains(&index) {
            continue;
        }
        let message = format!("button {index} of {of}{} takes a value, and none is given", label(button));
        let help = format!("write `{index}: {}` under `buttons`", sample(filling));
        findings.add(written.places.buttons, "missing-button", message, help);
    }
}

/// Whether a button can be given what it is given; if not, which one seems to be meant.
fn given(
    position: u8,
    button: &Button,
    written: &Written<'_>,
    approved: &Approved<'_>,
    of: &str,
    findings: &mut Findings<'_>,
) -> Option<usize> {
    let at = written.places.positions.get(&position).copied().unwrap_or(written.places.buttons);
    let known = approved.buttons.get(usize::from(position));
    let message = match (known, known.and_then(templates::Button::filling)) {
        (Some(known), None) if matches!(known.kind, ButtonKind::Other(_)) => return None,
        (Some(known), None) => format!("button {position} of {of}{} takes no value", label(known)),
        (Some(known), Some(filling)) if !fills(button, filling) => {
            let (takes, given) = (key(filling), key_of(button));
            let message = format!("button {position} of {of}{} takes `{takes}`, not `{given}`", label(known));
            findings.add(at, "button-kind", message, format!("write `{position}: {}`", sample(filling)));
            return None;
        }
        (Some(_), Some(_)) => return None,
        (None, _) => match approved.buttons.len() {
            0 => format!("{of} has no buttons"),
            1 => format!("{of} has no button {position}: its only one is button 0"),
            count => format!("{of} has no button {position}: its buttons are 0 to {}", count - 1),
        },
    };
    let meant = elsewhere(button, written, approved);
    let help = match meant {
        Some(index) => format!("did you mean button {index}{}? Positions start at 0", label(&approved.buttons[index])),
        None => "remove it".to_owned(),
    };
    findings.add(at, "unneeded-button", message, help);
    meant
}

/// Where a button that stands at the wrong position belongs, if that can be seen.
fn elsewhere(button: &Button, written: &Written<'_>, approved: &Approved<'_>) -> Option<usize> {
    (0..approved.buttons.len()).find(|index| {
        let filling = approved.buttons[*index].filling();
        !is_given(*index, written) && filling.is_some_and(|filling| fills(button, filling))
    })
}

fn is_given(index: usize, written: &Written<'_>) -> bool {
    u8::try_from(index).is_ok_and(|index| written.buttons.contains_key(&index))
}

/// The code of an authentication template goes out as the end of a link.
fn fills(button: &Button, filling: Filling) -> bool {
    key_of(button) == key(filling) || (matches!(button, Button::Url(_)) && filling == Filling::Otp)
}

fn key_of(button: &Button) -> &'static str {
    match button {
        Button::Url(_) => "url",
        Button::CopyCode(_) => "copy_code",
        Button::QuickReply(_) => "quick_reply",
        Button::Flow { .. } => "flow",
        Button::Catalog { .. } => "catalog",
        Button::Products { .. } => "products",
        Button::VoiceCall { .. } => "voice_call",
        Button::OrderDetails(_) => "order_details",
    }
}

fn key(filling: Filling) -> &'static str {
    match filling {
        Filling::Url => "url",
        Filling::CopyCode => "copy_code",
        Filling::QuickReply => "quick_reply",
        Filling::Flow => "flow",
        Filling::Catalog => "catalog",
        Filling::Products => "products",
        Filling::VoiceCall => "voice_call",
        Filling::OrderDetails => "order_details",
        Filling::Otp => "otp",
    }
}

/// What to write for a button.
fn sample(filling: Filling) -> String {
    match filling {
        Filling::Otp => "{ url: \"{{ code }}\" }".to_owned(),
        Filling::Flow => "{ flow: { token: \"...\" } }".to_owned(),
        Filling::Catalog => "{ catalog: { thumbnail: \"...\" } }".to_owned(),
        Filling::Products => "{ products: { thumbnail: \"...\", sections: [...] } }".to_owned(),
        Filling::VoiceCall => "{ voice_call: { ttl_minutes: 60 } }".to_owned(),
        Filling::OrderDetails => "{ order_details: { ... } }".to_owned(),
        Filling::Url | Filling::CopyCode | Filling::QuickReply => format!("{{ {}: \"...\" }}", key(filling)),
    }
}

/// A button's label, to be recognised by.
fn label(button: &templates::Button) -> String {
    if button.text.is_empty() { String::new() } else { format!(" (\"{}\")", button.text) }
}
