//! The media of the first messages: uploads that exist, and links that answer.

use std::collections::BTreeSet;
use std::time::Duration;

use super::check::Check;
use crate::cli::failure::Failure;
use crate::cli::printer::counted;
use crate::cloud::ReadError;
use crate::cloud::account::AccountReader;
use crate::cloud::client::is_loopback;
use crate::cloud::media::{Found, Media, Prober, is_private, named};
use crate::plan::{Plan, Planned};

const ID: &str = "media";

/// So many rows are looked at: a campaign has one file for everybody, or one for each language.
const ROWS_MAX: usize = 200;

/// So many files are looked at; a campaign with a link for each person would ask its server for everybody's.
const FILES_MAX: usize = 5;

/// As long as somebody waits for a file's server.
const PATIENCE: Duration = Duration::from_secs(5);

/// Enough rows were seen.
struct Enough;

/// The first distinct media of a plan.
pub fn first(plan: &Plan<'_>) -> BTreeSet<Media> {
    let (mut found, mut rows) = (BTreeSet::new(), 0);
    // Whatever ends it, what was found by then is what is looked at.
    let _ = plan.compose(|planned| {
        rows += 1;
        if let Planned::Message { message, .. } = planned {
            found.extend(named(&message.template));
        }
        if rows >= ROWS_MAX || found.len() >= FILES_MAX { Err(Enough) } else { Ok(()) }
    });
    while found.len() > FILES_MAX {
        found.pop_last();
    }
    found
}

/// What the looks at files came to.
#[derive(Default)]
struct Seen {
    good: u64,
    missing: Vec<String>,
    /// Links that say neither.
    unclear: Vec<String>,
    /// Uploads of which WhatsApp does not tell.
    untold: Vec<String>,
    /// Links that were not looked at.
    links: u64,
}

/// What came of a look at each file; none where there is no file.
pub async fn look(
    media: &BTreeSet<Media>,
    reader: &AccountReader,
    number: &str,
    is_rehearsal: bool,
) -> Result<Option<Check>, Failure> {
    let prober = Prober::new(PATIENCE)?;
    let mut seen = Seen::default();
    for file in media {
        match file {
            Media::Link(link) if is_rehearsal && !is_loopback(link) => seen.links += 1,
            Media::Link(link) if !is_rehearsal && is_private(link) => {
                seen.missing.push(format!("{}: WhatsApp cannot reach that address", without_keys(link)));
            }
            Media::Link(link) => seen.link(link, prober.look(link).await),
            Media::Id(id) => seen.upload(id, reader.media(number, id).await),
        }
    }
    Ok(seen.judged())
}

impl Seen {
    fn link(&mut self, link: &str, found: Found) {
        let link = without_keys(link);
        match found {
            Found::There => self.good += 1,
            Found::Missing(why) => self.missing.push(format!("{link}: {why}")),
            Found::Unclear(why) => self.unclear.push(format!("{link}: {why}")),
        }
    }

    fn upload(&mut self, id: &str, told: Result<(), ReadError>) {
        match told {
            Ok(()) => self.good += 1,
            // One that has expired, or another number's.
            Err(ReadError::Refused(refusal)) if refusal.is_unknown_object() => self
                .missing
                .push(format!("{id}: no upload with this id; they live for 30 days, and belong to one number")),
            Err(error) => self.untold.push(format!("{id}: {error}")),
        }
    }

    fn judged(self) -> Option<Check> {
        let files = |count: u64| counted(count, "file");
        Some(if !self.missing.is_empty() {
            Check::failed(
                ID,
                self.missing.join("; "),
                "a message whose file is not found does not arrive: upload it, or correct the link or id in the campaign \
                 or its recipients",
            )
        } else if !self.unclear.is_empty() {
            Check::warning(
                ID,
                self.unclear.join("; "),
                "WhatsApp fetches a link itself when a message is sent, and follows no login: open it in a private window",
            )
        } else if !self.untold.is_empty() {
            Check::unknown(ID, self.untold.join("; "))
        } else if self.links > 0 {
            Check::unknown(ID, format!("{}: a rehearsal looks at no links", files(self.links)))
        } else if self.good > 0 {
            Check::ok(ID, format!("{} of the first messages found", files(self.good)))
        } else {
            return None;
        })
    }
}

/// What stands behind a question mark, or before the host, may be somebody's key.
fn without_keys(link: &str) -> String {
    let link = link.split(['?', '#']).next().unwrap_or(link);
    let Some((scheme, rest)) = link.split_once("://") else { return link.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}{path}")
}
