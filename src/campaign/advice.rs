//! What to write instead, for people who have never heard of YAML.

use super::kinds::LIST_OR_MAP;
use super::problems::shown;
use super::tree::Kind;

/// Keys that tidings is going to have; to someone who read of them, "did you mean" would be an insult.
pub(super) const NOT_YET: &[&str] = &[
    "timezone",
    "where",
    "suppress",
    "max",
    "max_growth",
    "when",
    "split",
    "holdout",
    "window",
    "not_before",
    "not_after",
    "start_deadline",
    "waves",
    "observe",
    "message_cap",
    "undelivered",
    "opted_out",
    "notify",
    "file",
];

/// How to speak of a file, and what to do when there is nothing in it to go on with.
pub(super) struct Form {
    /// What it is.
    pub name: &'static str,
    /// A key that it may have.
    pub first_key: &'static str,
    /// Where it is a directory.
    pub directory: &'static str,
    /// Where a name leads to nothing.
    pub missing: &'static str,
    /// Where it is too large.
    pub large: &'static str,
}

/// A campaign file.
pub(super) const CAMPAIGN: Form = Form {
    name: "a campaign file",
    first_key: "campaign",
    directory: "name the campaign file in it",
    missing: "check the name and the directory",
    large: "a campaign file names recipients by their CSV file; it does not hold them",
};

/// What campaigns share.
pub(super) const DEFAULTS: Form = Form {
    name: "a file of defaults",
    first_key: "sender",
    directory: "rename it: a file of this name holds what the campaigns beside it share",
    missing: "a link of this name leads to nothing: mend the link, or remove it",
    large: "it holds what the campaigns beside it share: a few lines",
};

/// How to call what was found.
pub(super) fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::List(_) => "a list",
        Kind::Map(_) => "a map",
        Kind::Text(_) | Kind::Null { .. } | Kind::Broken => "a text",
    }
}

/// How to make what was found into what is wanted.
pub(super) fn kind_help(wanted: &str, kind: &Kind, word: &str) -> String {
    match (wanted, kind) {
        ("a list", Kind::Text(scalar)) => format!("put it in brackets: [{}]", shown(&scalar.text).trim_matches('`')),
        ("a list", _) => "start each entry with a dash and a space".to_owned(),
        (LIST_OR_MAP, Kind::Text(scalar)) => {
            format!("put it in brackets: [\"{}\"]", shown(&scalar.text).trim_matches('`'))
        }
        ("a map", _) => format!("write {}", example(word)),
        _ => "write one text here".to_owned(),
    }
}

/// What to write for a key, by example.
pub(super) fn example(key: &str) -> &'static str {
    match key {
        "campaign" => "`campaign: spring_sale_2026`",
        "sender" => "`sender: { phone_number_id: \"106540352242922\" }`",
        "phone_number_id" => "`phone_number_id: \"106540352242922\"`",
        "recipients" => "`recipients: spring_sale.csv`",
        "file" => "`file: spring_sale.csv`",
        "templates" => "`templates: [{ name: spring_sale, languages: [en_US] }]`",
        "name" => "`name: spring_sale`, the template's name at Meta",
        "languages" => "`languages: [en_US]`",
        "body" => "`body: { first_name: \"{{ first_name }}\" }`",
        "header" => "`header: { text: \"{{ first_name }}\" }`",
        "buttons" => "`buttons: { 0: { url: \"{{ coupon }}\" } }`",
        "carousel" => "`carousel: [{ header: { image: \"https://...\" } }]`",
        "limited_time_offer" | "ends" => "`limited_time_offer: { ends: 2026-04-07T23:59:00-03:00 }`",
        "location" | "latitude" | "longitude" => "`location: { latitude: \"41.4\", longitude: \"2.2\" }`",
        "product" | "catalog" | "id" => "`product: { catalog: \"...\", id: \"...\" }`",
        "products" | "thumbnail" | "sections" | "title" | "items" => {
            "`products: { thumbnail: \"...\", sections: [{ title: \"...\", items: [\"...\"] }] }`"
        }
        "command" => "`token: { command: [program, argument] }`",
        "send" => "`send: { rate: 60/s }`",
        "stop_when" => "`stop_when: { refused: { above: 5%, of_last: 200 } }`",
        "refused" | "in_doubt" => "the share of the last messages that is too much: `{ above: 5%, of_last: 200 }`",
        "above" => "`above: 5%`",
        "of_last" => "`of_last: 200`",
        "budget" => "`budget: { max_cost: 500 EUR, rates: rates.csv }`",
        "max_cost" => "`max_cost: 500 EUR`",
        "rates" => "`rates: rates.csv`, the file with WhatsApp's prices",
        "report" => "`report: { directory: reports }`",
        "columns" => "`columns: { price: number, ends_on: date }`",
        "defaults" => "`defaults: { first_name: friend }`",
        _ => "it as a map: `{ key: value }`",
    }
}

/// `a`, `b` or `c`.
pub(super) fn either(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
