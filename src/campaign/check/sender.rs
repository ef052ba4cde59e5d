//! The number that sends, and where its token is.

use super::Check;
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::campaign::{Sender, file};
use crate::problem::Location;
use crate::secret::{DEFAULT_VARIABLE, TokenSource};

/// The Graph API version that tidings is written against.
const API_VERSION: &str = "v25.0";

/// Stands for a sender that cannot be told: nothing can be sent from it.
pub(super) fn nobody() -> Sender {
    Sender {
        at: Location::default(),
        phone_number_id: String::new(),
        business_account_id: None,
        business_account_at: None,
        token: TokenSource::Env(DEFAULT_VARIABLE.to_owned()),
        api_version: API_VERSION.to_owned(),
    }
}

impl Check<'_> {
    /// The sender of a file.
    pub(super) fn sender(&mut self, written: Option<&file::Sender>, root: Spot<'_>) -> Option<Sender> {
        let (spot, named_at) = (root.key("sender"), root.place_of("sender"));
        self.lacks(root, root.at(), "sender");
        self.lacks(spot, named_at, "phone_number_id");
        let number = self.meta_id(spot.key("phone_number_id"));
        let account = spot.key("business_account_id");
        let business_account_id = self.meta_id(account);
        let token = self.token(written.and_then(|sender| sender.token.as_ref()), spot.key("token"));
        let api_version = self.api_version(spot.key("api_version")).unwrap_or_else(|| API_VERSION.to_owned());
        Some(Sender {
            at: self.problems.location(spot.at()?),
            phone_number_id: number?,
            business_account_id,
            business_account_at: account.at().map(|at| self.problems.location(at)),
            token: token?,
            api_version,
        })
    }

    /// Meta's ids are digits; it stands in a URL, so nothing else may pass.
    fn meta_id(&mut self, spot: Spot<'_>) -> Option<String> {
        const DIGITS_MAX: usize = 32;
        let id = spot.text()?.source;
        if id.is_empty() || id.len() > DIGITS_MAX || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            let help = if id.starts_with('+') {
                "this is not the phone number but its id: digits, to be found in WhatsApp Manager under API setup"
            } else {
                "an id consists of digits: copy it from WhatsApp Manager"
            };
            self.problem(spot, "meta-id", format!("{} is no id of Meta's", shown(&id)), help);
        }
        Some(id)
    }

    fn api_version(&mut self, spot: Spot<'_>) -> Option<String> {
        let version = spot.text()?.source;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts = version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
        if !parts.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
            let message = format!("{} is no version of the Graph API", shown(&version));
            self.problem(spot, "api-version", message, format!("write `{API_VERSION}`, or remove the key"));
        }
        Some(version)
    }
}
