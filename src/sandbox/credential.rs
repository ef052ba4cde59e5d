//! Who asks: the token, and the proof of the app secret where one is demanded.

use super::faults::{Script, TokenDigest};
use super::refusal::Refusal;
use super::world::Asked;
use crate::cloud::PROOF_PARAMETER;
use crate::secret::Token;

/// Refuses whoever does not show what the script demands.
///
/// Digests are compared: how long that takes says nothing about the token.
pub(super) fn check(asked: &Asked<'_>, script: &Script) -> Result<(), Refusal> {
    let bearer = asked.authorization.and_then(|header| header.split_at_checked(7));
    let Some((_, token)) =
        bearer.filter(|(scheme, token)| scheme.eq_ignore_ascii_case(b"bearer ") && !token.is_empty())
    else {
        return Err(Refusal::token("An access token is required to request this resource."));
    };
    if script.token.is_some_and(|expected| expected != TokenDigest::of(token)) {
        return Err(Refusal::token("Invalid OAuth access token - Cannot parse access token"));
    }
    check_proof(asked.query.unwrap_or_default(), token, script)
}

fn check_proof(query: &str, token: &[u8], script: &Script) -> Result<(), Refusal> {
    let Some(app_secret) = &script.app_secret else { return Ok(()) };
    let Some(proof) = proof(query) else { return Err(no_proof()) };
    let expected = std::str::from_utf8(token).map(|token| app_secret.proof(&Token::for_sandbox(token)));
    if expected.is_ok_and(|expected| expected == proof) {
        return Ok(());
    }
    Err(wrong_proof())
}

/// The proof in a query.
pub(super) fn proof(query: &str) -> Option<&str> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.rev().find(|(key, _)| *key == PROOF_PARAMETER).map(|(_, proof)| proof)
}

/// The words of these two are Meta's.
pub(super) fn no_proof() -> Refusal {
    Refusal::worded(100, None, "API calls from the server require an appsecret_proof argument")
}

pub(super) fn wrong_proof() -> Refusal {
    Refusal::worded(100, None, "Invalid appsecret_proof provided in the API argument")
}
