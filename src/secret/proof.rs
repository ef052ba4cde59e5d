//! The app secret, and the proof that whoever asks holds it.

use ring::hmac;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::Token;

/// The variable that holds the app secret, where an app demands proofs.
pub const APP_SECRET_VARIABLE: &str = "WHATSAPP_APP_SECRET";

/// The secret of the Meta app that the token was made for. No `Display`, no `Serialize`, a `Debug` that says nothing;
/// wiped when dropped.
#[derive(Clone, Debug)]
pub struct AppSecret(SecretString);

impl AppSecret {
    /// The one in [`APP_SECRET_VARIABLE`]; none where it is not set, or empty.
    pub fn from_environment() -> Option<Self> {
        let text = Zeroizing::new(std::env::var(APP_SECRET_VARIABLE).ok()?);
        let text = text.trim();
        (!text.is_empty()).then(|| Self(SecretString::from(text)))
    }

    /// What Meta calls `appsecret_proof`: the HMAC-SHA256 of the token under the app secret, in hexadecimal. A token that
    /// was stolen is of no use without it once the app requires it (App settings, "Require app secret").
    ///
    /// Source: Meta's guide "Securing Graph API Requests".
    pub fn proof(&self, token: &Token) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose_secret().as_bytes());
        let tag = hmac::sign(&key, token.expose().as_bytes());
        tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
