//! When a run gives up: nothing can be reached, no verdicts come back, nothing but throttles comes back, or a template is
//! wrong for everybody. Pure.

use std::time::Duration;

use tokio::time::Instant;

use super::retry::TemplateStanding;
use crate::cloud::outcome::Cause;

/// A network that is away for longer than this is not away for a moment; the next start of the job goes on.
const UNREACHABLE_MAX: Duration = Duration::from_secs(120);

/// The longest wait between two tries to reach WhatsApp.
const REACH_WAIT_MAX: Duration = Duration::from_secs(30);

/// Meta's longest limits on calls are counted by the hour; what lasts longer than this does not pass by waiting.
const THROTTLED_MAX: Duration = Duration::from_secs(2 * 3600);

/// So many requests in a row without a verdict are no accident, and each may be a person in doubt.
const DOUBTS_IN_A_ROW_MAX: u32 = 20;

/// So many answers of something else, without WhatsApp's between them, and it is what answers everybody.
const STRANGERS_MAX: u32 = 3;

/// So many faults of one template in a row mean that it is the template.
const TEMPLATE_FAULTS_IN_A_ROW_MAX: u32 = 5;

/// Whether WhatsApp can be reached.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    away_since: Option<Instant>,
    tries: u32,
}

impl Reach {
    /// A request could not leave: how long everybody waits, or none when it is time to give up.
    pub fn failed(&mut self, now: Instant) -> Option<Duration> {
        let since = *self.away_since.get_or_insert(now);
        if now - since >= UNREACHABLE_MAX {
            return None;
        }
        let wait = Duration::from_secs(1 << self.tries.min(5)).min(REACH_WAIT_MAX);
        self.tries += 1;
        Some(wait)
    }

    /// A request left.
    pub fn reached(&mut self) {
        *self = Self::default();
    }
}

/// Since when nothing but throttles came back.
#[derive(Debug, Clone, Default)]
pub struct Throttles {
    since: Option<Instant>,
}

impl Throttles {
    /// One more; whether it has been too long.
    pub fn one_more(&mut self, now: Instant) -> bool {
        now - *self.since.get_or_insert(now) >= THROTTLED_MAX
    }

    /// Something else came.
    pub fn passed(&mut self) {
        self.since = None;
    }
}

/// How many requests in a row ended without a verdict.
#[derive(Debug, Clone, Default)]
pub struct Doubts {
    in_a_row: u32,
    from_strangers: u32,
}

impl Doubts {
    /// One more; whether that is too many. A redirect is one too many: the address is wrong for everybody.
    pub fn one_more(&mut self, cause: Cause) -> bool {
        self.in_a_row += 1;
        self.from_strangers += u32::from(cause == Cause::Stranger);
        cause == Cause::Redirect || self.from_strangers >= STRANGERS_MAX || self.in_a_row >= DOUBTS_IN_A_ROW_MAX
    }

    /// A verdict came.
    pub fn verdict(&mut self) {
        *self = Self::default();
    }
}

/// What is known of each template and language.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    /// A handful: looked through from the front, once a message.
    known: Vec<TemplateRecord>,
}

#[derive(Debug, Clone)]
struct TemplateRecord {
    name: String,
    language: String,
    works: bool,
    faults_in_a_row: u32,
}

impl Templates {
    /// Somebody got it.
    pub fn accepted(&mut self, name: &str, language: &str) {
        let record = self.record(name, language);
        record.works = true;
        record.faults_in_a_row = 0;
    }

    /// WhatsApp refused a message for its template's sake: where the template stands now.
    pub fn fault(&mut self, name: &str, language: &str) -> TemplateStanding {
        let record = self.record(name, language);
        record.faults_in_a_row += 1;
        match record {
            TemplateRecord { faults_in_a_row: TEMPLATE_FAULTS_IN_A_ROW_MAX.., .. } => TemplateStanding::Broken,
            TemplateRecord { works: true, .. } => TemplateStanding::Works,
            TemplateRecord { works: false, .. } => TemplateStanding::Unproven,
        }
    }

    fn record(&mut self, name: &str, language: &str) -> &mut TemplateRecord {
        let known = self.known.iter().position(|record| record.name == name && record.language == language);
        let index = known.unwrap_or_else(|| {
            let (name, language) = (name.to_owned(), language.to_owned());
            self.known.push(TemplateRecord { name, language, works: false, faults_in_a_row: 0 });
            self.known.len() - 1
        });
        &mut self.known[index]
    }
}
