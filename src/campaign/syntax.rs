//! What a YAML parser says of a text that it cannot read, in words for people.

/// The parser's words, translated: what is wrong, and what to do.
pub(super) fn explain(info: &str) -> (String, &'static str) {
    let (message, help) = if info.contains("flow") {
        ("this bracket is never closed, or a comma is missing inside", "close the bracket, or put texts in quotes")
    } else if info.contains("quoted scalar") && info.contains("end of stream") {
        ("this quote is never closed", "write the closing quote")
    } else if info.contains("quoted scalar") {
        ("something stands behind the closing quote", "put the whole text in one pair of quotes")
    } else if info.contains("tab") {
        ("a tab stands where only spaces may", "indent with spaces, never with tabs")
    } else if info.contains("mapping values") {
        ("this colon starts no value", "check the indentation; put a text that holds a colon and a space in quotes")
    } else if info.contains("simple key") {
        ("this line has no value, and no colon", "write `key: value`")
    } else if info.contains("anchor") {
        ("this alias names nothing", "put a text that starts with `*` in quotes")
    } else if info.contains("unexpected character") {
        ("a text cannot start with this character", "put the text in quotes")
    } else if info.contains("expected key") || info.contains("'-' indicator") {
        ("this does not fit to the lines above", "check the indentation, and the quotes and brackets above")
    } else {
        let help = "check the indentation, quotes and brackets here and in the lines above";
        return (format!("this is not YAML: {info}"), help);
    };
    (message.to_owned(), help)
}
