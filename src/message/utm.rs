//! Campaign parameters in links, so that the shop's statistics know where a visitor came from.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 calls unreserved stays as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A link, or the end of one, with these parameters; its own stay, but for those of the same names.
///
/// `in_query`: what comes before the text has a `?` already.
pub(super) fn with_parameters(link: &str, parameters: &[(&str, String)], in_query: bool) -> String {
    let (before, fragment) = link.split_once('#').map_or((link, None), |(before, after)| (before, Some(after)));
    let mark = if in_query { '&' } else { '?' };
    let (head, query) = before.split_once(mark).unwrap_or((before, ""));
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let replaced = |pair: &str| parameters.iter().any(|(key, _)| name(pair) == *key);
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !replaced(pair)).map(str::to_owned);
    let added = parameters.iter().map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, ENCODED)));
    let query: Vec<String> = kept.chain(added).collect();
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{head}{mark}{}{fragment}", query.join("&"))
}
