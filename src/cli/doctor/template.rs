//! The templates of the campaign: whether they may be sent, as they are at WhatsApp now, and whether the lock file says so.

use std::collections::BTreeSet;

use super::check::Check;
use crate::campaign::Campaign;
use crate::catalogue::{LOCK_FILE, Lock};
use crate::cloud::ReadError;
use crate::cloud::templates::{Quality, TemplateDefinition};

/// One line for each template of a campaign.
pub fn judge(told: &Result<Vec<TemplateDefinition>, ReadError>, campaign: &Campaign) -> Vec<Check> {
    let live = match told {
        Ok(live) => live,
        Err(error) => return vec![Check::unread("template", error)],
    };
    let names: BTreeSet<_> = campaign.templates.iter().map(|entry| entry.name.as_str()).collect();
    names.into_iter().map(|name| template(name, &languages(campaign, name), live).about(name)).collect()
}

/// The languages in which a campaign sends a template.
fn languages<'c>(campaign: &'c Campaign, name: &str) -> BTreeSet<&'c str> {
    let entries = campaign.templates.iter().filter(|entry| entry.name == name);
    entries.flat_map(|entry| &entry.languages).map(String::as_str).collect()
}

fn template(name: &str, languages: &BTreeSet<&str>, live: &[TemplateDefinition]) -> Check {
    const ID: &str = "template";
    let found: Vec<_> = live.iter().filter(|it| it.name == name && languages.contains(it.language.as_str())).collect();
    let missing = languages.iter().filter(|language| !found.iter().any(|it| it.language == **language));
    let missing: Vec<_> = missing.copied().collect();
    if !missing.is_empty() {
        return Check::failed(
            ID,
            format!("WhatsApp has none in {}", missing.join(", ")),
            "look in WhatsApp Manager > Message templates: name and language code must be spelt as there",
        );
    }
    let stopped: Vec<_> = found.iter().filter(|it| !it.status.is_sendable()).collect();
    if !stopped.is_empty() {
        let told: Vec<_> = stopped.iter().map(|it| format!("{} ({})", it.status, it.language)).collect();
        return Check::failed(
            ID,
            format!("may not be sent, it is {}", told.join(", ")),
            "WhatsApp Manager > Message templates shows why; a paused template comes back by itself after some hours, or \
             is lifted there",
        );
    }
    let category = found.first().map(|it| it.category.as_str().to_ascii_lowercase()).unwrap_or_default();
    let message = format!("approved, {category}, {}", in_languages(languages));
    match worst(&found) {
        Some(quality @ (Quality::Red | Quality::Yellow)) => Check::warning(
            ID,
            format!("{message}, quality {}", quality.as_str().to_ascii_lowercase()),
            "people block or report its messages: WhatsApp pauses a template whose quality stays low",
        ),
        Some(Quality::Green) => Check::ok(ID, format!("{message}, quality high")),
        _ => Check::ok(ID, message),
    }
}

fn in_languages(languages: &BTreeSet<&str>) -> String {
    languages.iter().copied().collect::<Vec<_>>().join(" ")
}

fn worst<'t>(found: &[&'t TemplateDefinition]) -> Option<&'t Quality> {
    let rank = |quality: &&Quality| match quality {
        Quality::Red => 3,
        Quality::Yellow => 2,
        Quality::Unknown | Quality::Other(_) => 1,
        Quality::Green => 0,
    };
    found.iter().filter_map(|it| it.quality.as_ref()).max_by_key(rank)
}

/// Whether the lock file says of the campaign's templates what WhatsApp says.
pub fn lock(lock: Option<&Lock>, live: &[TemplateDefinition], campaign: &Campaign, pull: &str) -> Check {
    const ID: &str = "template-lock";
    let Some(lock) = lock else {
        let message = format!("there is no {LOCK_FILE}: wording and parameters are not checked");
        return Check::warning(ID, message, pull);
    };
    let known = digests(lock.templates(), campaign);
    let now = digests(live, campaign);
    let names: BTreeSet<_> = known.symmetric_difference(&now).map(|(name, ..)| *name).collect();
    if names.is_empty() {
        return Check::ok(ID, format!("{LOCK_FILE} says of these templates what WhatsApp says"));
    }
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    Check::warning(ID, format!("{LOCK_FILE} is not up to date: {names}"), pull)
}

/// Name, language and digest of the templates that a campaign sends. What people think of one is not in its digest.
fn digests<'t>(templates: &'t [TemplateDefinition], campaign: &Campaign) -> BTreeSet<(&'t str, &'t str, [u8; 32])> {
    let is_sent = |it: &&TemplateDefinition| languages(campaign, &it.name).contains(it.language.as_str());
    templates.iter().filter(is_sent).map(|it| (it.name.as_str(), it.language.as_str(), it.digest())).collect()
}
