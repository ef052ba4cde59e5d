//! What the ledger knows of other plans and campaigns, for those who are about to send a new one.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::OptionalExtension;

use super::claim::ATTEMPT_COUNT_BITS;
use super::error::LedgerError;
use super::pseudonym::Pseudonyms;
use super::sqlite::Ledger;
use super::{PlanId, state::State};
use crate::clock::UnixMs;

/// So many people of a plan are looked for elsewhere: enough to tell a half of it.
const ASKED_ABOUT: u64 = 2_000;

/// The plan of a campaign that was opened last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its occurrence; where each row had its own, the expression that gave it.
    pub occurrence: String,
    /// Its sender.
    pub phone_number_id: String,
    /// SHA-256 of its recipients file.
    pub recipients_digest: [u8; 32],
}

/// Another campaign that sent the same template to people of a plan, or is about to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its key.
    pub campaign: String,
    /// So many of those who were looked for got it, may have got it, or wait for it.
    pub people: u64,
    /// So many were looked for.
    pub of: u64,
}

impl Ledger {
    /// The plan of a campaign that was opened last.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn previous(&self, campaign: &str) -> Result<Option<Previous>, LedgerError> {
        let previous = self.db.query_row(
            "SELECT occurrence, phone_number_id, recipients_digest FROM plans JOIN occurrences USING (occurrence_id)
             WHERE campaign = ?1 AND opened_at IS NOT NULL ORDER BY plan_id DESC LIMIT 1",
            [campaign],
            |row| {
                Ok(Previous { occurrence: row.get(0)?, phone_number_id: row.get(1)?, recipients_digest: row.get(2)? })
            },
        );
        Ok(previous.optional()?)
    }

    /// Whether somebody has said that a campaign is a new one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_new_campaign(&self, campaign: &str) -> Result<bool, LedgerError> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM plans JOIN occurrences USING (occurrence_id)
             WHERE campaign = ?1 AND opened_at IS NOT NULL AND new_campaign)",
            [campaign],
            |row| row.get(0),
        )?)
    }

    /// The other campaign that sent the same templates since a time to the most people who are new in a staged plan, or has
    /// them waiting.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn elsewhere(&self, plan: PlanId, since: UnixMs) -> Result<Option<Elsewhere>, LedgerError> {
        let asked = self.some_people(plan)?;
        let mut got: BTreeMap<String, HashSet<i64>> = BTreeMap::new();
        let mut query = self.db.prepare(
            "SELECT m.identity, o.campaign, m.message_id FROM messages m JOIN occurrences o USING (occurrence_id)
             WHERE (m.state = ?5 OR m.state IN (?2, ?3) AND m.attempt_id >= ?4) AND o.campaign <> (
                 SELECT campaign FROM plans JOIN occurrences USING (occurrence_id) WHERE plan_id = ?1)",
        )?;
        let mut name_of = self.db.prepare("SELECT name FROM contents WHERE message_id = ?1")?;
        let mut rows = query.query((
            plan.0,
            State::Accepted.number(),
            State::InDoubt.number(),
            since.max(0) << ATTEMPT_COUNT_BITS,
            State::Planned.number(),
        ))?;
        while let Some(row) = rows.next()? {
            let (identity, campaign, message): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let Some((person, name)) = asked.people.get(&identity) else { continue };
            if *name == name_of.query_row([message], |row| row.get::<_, String>(0))? {
                got.entry(campaign).or_default().insert(*person);
            }
        }
        let most = got.into_iter().max_by_key(|(_, people)| people.len());
        Ok(most.map(|(campaign, people)| Elsewhere { campaign, people: people.len() as u64, of: asked.count }))
    }

    /// People who are new in a plan, evenly from all of it, with the templates they are to get.
    fn some_people(&self, plan: PlanId) -> Result<Asked, LedgerError> {
        let pseudonyms = Pseudonyms::of(&self.db)?;
        let mut query = self.db.prepare(
            "SELECT m.identity, c.name FROM plan_rows r JOIN messages m USING (message_id) JOIN contents c USING (message_id)
             WHERE r.plan_id = ?1 AND m.plan_id = ?1 AND r.row % (SELECT max(1, data_rows / ?2) FROM plans WHERE plan_id = ?1) = 0",
        )?;
        let mut rows = query.query((plan.0, ASKED_ABOUT.cast_signed()))?;
        let mut asked = Asked::default();
        while let Some(row) = rows.next()? {
            let (person, name): (i64, String) = (row.get(0)?, row.get(1)?);
            if let Some(pseudonyms) = &pseudonyms {
                asked.people.insert(pseudonyms.of_identity(person), (person, name.clone()));
            }
            asked.people.insert(person, (person, name));
            asked.count += 1;
        }
        Ok(asked)
    }
}

/// People who are looked for in other campaigns.
#[derive(Default)]
struct Asked {
    /// By identity, and by what stands in its place where they were purged: who it is, and the template.
    people: HashMap<i64, (i64, String)>,
    count: u64,
}
