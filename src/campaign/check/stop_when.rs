//! How much may go wrong before a campaign stops.

use super::Check;
use crate::campaign::problems::shown;
use crate::campaign::spot::Spot;
use crate::policy::threshold::{Share, ShareError, StopWhen, Threshold};

impl Check<'_> {
    /// None when a threshold cannot be represented.
    pub(super) fn stop_when(&mut self, spot: Spot<'_>) -> Option<StopWhen> {
        let (refused, in_doubt) = (self.threshold(spot, "refused"), self.threshold(spot, "in_doubt"));
        Some(StopWhen { refused: refused?, in_doubt: in_doubt? })
    }

    /// The threshold if there is one; none when it cannot be represented.
    fn threshold(&mut self, stop_when: Spot<'_>, key: &str) -> Option<Option<Threshold>> {
        let (spot, named_at) = (stop_when.key(key), stop_when.place_of(key));
        if spot.node().is_none() {
            return Some(None);
        }
        self.lacks(spot, named_at, "above");
        self.lacks(spot, named_at, "of_last");
        let (above, of_last) = (self.share(spot.key("above")), self.of_last(spot.key("of_last")));
        Some(Some(Threshold { above: above?, of_last: of_last? }))
    }

    /// A share of messages, from `5%`.
    fn share(&mut self, spot: Spot<'_>) -> Option<Share> {
        let written = spot.text()?.source;
        let message = match written.parse() {
            Ok(share) => return Some(share),
            Err(ShareError::Form) => format!("{} is no percentage", shown(&written)),
            Err(ShareError::TooLarge) => format!("more than {} can never be", shown(&written)),
        };
        let help =
            "write it like `5%` or `0.5%`, with up to three decimals: `0%` (any at all) or more, and below `100%`";
        self.problem(spot, "share", message, help);
        None
    }

    /// A number of messages.
    fn of_last(&mut self, spot: Spot<'_>) -> Option<u32> {
        let written = spot.text()?.source;
        let is_number = written.bytes().all(|byte| byte.is_ascii_digit());
        let count = written.parse().ok().filter(|count| is_number && Threshold::OF_LAST.contains(count));
        if count.is_none() {
            let message = format!("{} is no number from 1 to {}", shown(&written), Threshold::OF_LAST.end());
            self.problem(spot, "of-last", message, "write how many of the last messages count: `of_last: 200`");
        }
        count
    }
}
