//! A campaign against the templates of its lock file: what WhatsApp would refuse from everybody, known without asking it.
//!
//! Translations of a template are templates of their own, so every language of an entry is looked at; what is wrong in
//! several is said once. Source: Meta's documentation of template messages and of errors 132000, 132001, 132012, 132015
//! and 132018.

mod button;
mod finding;
mod part;
mod shape;

use crate::campaign::{Campaign, Template};
use crate::catalogue::{LOCK_FILE, Lock, SANDBOX};
use crate::cloud::templates::{ButtonKind, Category, Status, TemplateDefinition};
use crate::problem::{Place, Problem, nearest};
use finding::{Findings, listed};

/// Everything in a campaign that does not fit the templates of a lock file, in file order.
pub fn check(campaign: &Campaign, lock: &Lock) -> Vec<Problem> {
    let mut problems: Vec<Problem> = another_account(campaign, lock).into_iter().collect();
    let remedy = format!("`tidings templates pull {}`", campaign.file.display());
    for entry in &campaign.templates {
        let mut findings = Findings::new(&campaign.file, &entry.languages);
        if lock.named(&entry.name).next().is_none() {
            unknown_template(entry, lock, &remedy, &mut findings);
        }
        for (language, at) in entry.languages.iter().zip(&entry.languages_at) {
            let mut named = lock.named(&entry.name).peekable();
            if named.peek().is_none() {
                break;
            }
            match named.find(|template| template.language == *language) {
                None => no_language(entry, language, *at, lock, &mut findings),
                Some(template) => {
                    findings.begin(language);
                    not_sendable(template, *at, &remedy, &mut findings);
                    shape::compare(entry, template, &mut findings);
                }
            }
        }
        problems.extend(findings.into_problems());
    }
    problems.sort_by_key(|problem| problem.place);
    problems
}

/// What is no mistake and yet likely to cost: marketing without a way out for those who do not want it.
pub fn advice(campaign: &Campaign, lock: &Lock) -> Vec<String> {
    let mut advice = Vec::new();
    for entry in &campaign.templates {
        let used = lock.named(&entry.name).filter(|template| entry.languages.contains(&template.language));
        let without: Vec<&str> =
            used.filter(|template| !lets_people_out(template)).map(|template| template.language.as_str()).collect();
        if !without.is_empty() {
            advice.push(format!(
                "`{}` ({}) is marketing and has neither a footer nor a quick reply that says how to get no more of it: \
                 people then block the number, and WhatsApp pauses the template",
                entry.name,
                without.join(", ")
            ));
        }
    }
    advice
}

/// Words differ from language to language; where there is neither footer nor quick reply there is no room for them.
fn lets_people_out(template: &TemplateDefinition) -> bool {
    let quick_reply = template.buttons().iter().any(|button| button.kind == ButtonKind::QuickReply);
    template.category != Category::Marketing
        || quick_reply
        || template.footer().is_some()
        || !template.cards().is_empty()
}

fn another_account(campaign: &Campaign, lock: &Lock) -> Option<Problem> {
    let account = campaign.sender.business_account_id.as_ref()?;
    if lock.account == SANDBOX || lock.account == *account {
        return None;
    }
    let message = format!("{LOCK_FILE} holds the templates of account {}, not of {account}", lock.account);
    let help = format!("read those of {account} with `tidings templates pull {}`", campaign.file.display());
    let at = campaign.sender.business_account_at.as_ref().unwrap_or(&campaign.sender.at);
    Some(Problem::at(&at.file, at.place, "another-account", message).help(help))
}

fn unknown_template(entry: &Template, lock: &Lock, remedy: &str, findings: &mut Findings<'_>) {
    let names = lock.templates().iter().map(|template| template.name.as_str());
    let help = match nearest(&entry.name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`tidings templates list` shows those that are; if it is new, read them again: {remedy}"),
    };
    findings.alone(entry.at, "unknown-template", format!("{LOCK_FILE} has no template `{}`", entry.name), help);
}

/// Meta looks for exactly the language that is asked for.
fn no_language(entry: &Template, language: &str, at: Place, lock: &Lock, findings: &mut Findings<'_>) {
    let codes: Vec<&str> = lock.named(&entry.name).map(|template| template.language.as_str()).collect();
    let base = |code: &str| code.split('_').next().unwrap_or_default().to_owned();
    let alike = codes.iter().find(|code| base(code) == base(language));
    let help = match alike {
        Some(code) => format!("did you mean `{code}`?"),
        None => "remove it, or add the translation in WhatsApp Manager".to_owned(),
    };
    let message = format!("`{}` is not there in `{language}`, only in {}", entry.name, listed(&codes));
    findings.alone(at, "template-language", message, help);
}

fn not_sendable(template: &TemplateDefinition, at: Place, remedy: &str, findings: &mut Findings<'_>) {
    if template.status.is_sendable() {
        return;
    }
    let way_out = match template.status {
        Status::Pending | Status::InAppeal => "wait until WhatsApp has approved it",
        Status::Rejected => "change it in WhatsApp Manager and hand it in again",
        Status::Paused => "people complained about it: wait until WhatsApp lifts the pause, or send another",
        _ => "send another template, or look in WhatsApp Manager what can be done",
    };
    let TemplateDefinition { name, language, status, .. } = template;
    let message = format!("`{name}` in `{language}` cannot be sent: its status is {status}");
    findings.alone(at, "template-status", message, format!("{way_out}; then {remedy}"));
}
