//! Symbols that nobody sees.

/// Symbols without a shape: direction marks, zero-width symbols, controls.
pub fn is_invisible(symbol: char) -> bool {
    symbol.is_control()
        || matches!(symbol,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// What could move a terminal's cursor, change its colours or turn its writing around: controls, those of eight bits too,
/// and marks that override the direction of text.
pub fn is_harmful(symbol: char) -> bool {
    symbol.is_control() || matches!(symbol, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The same text without such symbols: each is replaced.
pub fn harmless(text: &str) -> String {
    text.chars().map(|symbol| if is_harmful(symbol) { char::REPLACEMENT_CHARACTER } else { symbol }).collect()
}
