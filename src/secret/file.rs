//! A token in a file, as Docker and Kubernetes mount their secrets.

use std::path::Path;

use super::{TOKEN_BYTES_MAX, Token, TokenError, room};

pub(super) fn read(path: &Path) -> Result<Token, TokenError> {
    use std::io::Read;
    let unreadable = |source| TokenError::Unreadable { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = room();
    file.take(TOKEN_BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
    Token::from_text(&text, &format!("the file {}", path.display()))
}
