//! Pseudonyms: what stands in the ledger in place of people who were forgotten or purged.
//!
//! A pseudonym is a keyed hash of the person's identity, under a random key that only this ledger holds. Without the key
//! it says nothing. Whoever holds ledger and key can hash every phone number there is and compare: phone numbers are few.
//! So a pseudonym protects from a look, a leaked report or a mixed-up file, and not from who has the ledger and wants to
//! know whether one certain number is in it: without that, nobody could be kept from being messaged again.

use ring::hmac;
use ring::rand::SystemRandom;
use rusqlite::{CachedStatement, Connection, OptionalExtension};

use super::error::LedgerError;
use crate::clock::UnixMs;

/// Marks pseudonyms: phone numbers have no such bit, and identities of user ids have the one above it.
const PSEUDONYM_BIT: u64 = 1 << 62;

/// Stands before the pseudonym of an occurrence that was made of a row.
const OCCURRENCE_PREFIX: &str = "erased:";

/// Makes pseudonyms.
pub(super) struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    /// Those of a ledger; none where nothing was ever erased.
    pub(super) fn of(db: &Connection) -> Result<Option<Self>, LedgerError> {
        let key: Option<Vec<u8>> = db.query_row("SELECT key FROM erasure", [], |row| row.get(0)).optional()?;
        Ok(key.map(|key| Self(hmac::Key::new(hmac::HMAC_SHA256, &key))))
    }

    /// Those of a ledger, with a new key where there is none. On the disk before it returns: what is erased in reports
    /// afterwards must not get another name when it is tried again.
    pub(super) fn make(db: &Connection) -> Result<Self, LedgerError> {
        if let Some(pseudonyms) = Self::of(db)? {
            return Ok(pseudonyms);
        }
        let key: [u8; 32] = ring::rand::generate(&SystemRandom::new())
            .map_err(|_| LedgerError::Broken("this machine has no random numbers".to_owned()))?
            .expose();
        db.execute("INSERT INTO erasure (only, key) VALUES (1, ?1)", [key])?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// The pseudonym of an identity; a pseudonym is its own.
    pub(super) fn of_identity(&self, identity: i64) -> i64 {
        if identity.cast_unsigned() >> 62 == 1 {
            return identity;
        }
        let half = self.half(&identity.to_be_bytes());
        (half >> 2 | PSEUDONYM_BIT).cast_signed()
    }

    /// The pseudonym of an occurrence's name.
    pub(super) fn of_occurrence(&self, campaign: &str, occurrence: &str) -> String {
        if occurrence.starts_with(OCCURRENCE_PREFIX) {
            return occurrence.to_owned();
        }
        format!("{OCCURRENCE_PREFIX}{:016x}", self.half(format!("{campaign}\0{occurrence}").as_bytes()))
    }

    fn half(&self, data: &[u8]) -> u64 {
        let tag = hmac::sign(&self.0, data);
        tag.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// Knows people again who were erased. Where nobody was, it asks nothing.
pub(super) struct Recall<'a>(Option<Known<'a>>);

struct Known<'a> {
    pseudonyms: Pseudonyms,
    forgotten: CachedStatement<'a>,
    message: CachedStatement<'a>,
}

impl<'a> Recall<'a> {
    /// The memory of a ledger. One of an older format, which is only looked at, has erased nobody.
    pub(super) fn new(db: &'a Connection) -> Result<Self, LedgerError> {
        let is_able: bool =
            db.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'erasure')", [], |row| row.get(0))?;
        let Some(pseudonyms) = is_able.then(|| Pseudonyms::of(db)).transpose()?.flatten() else {
            return Ok(Self(None));
        };
        Ok(Self(Some(Known {
            pseudonyms,
            forgotten: db.prepare_cached("SELECT forgotten_at FROM forgotten WHERE pseudonym = ?1")?,
            message: db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM messages JOIN occurrences USING (occurrence_id)
                 WHERE campaign = ?1 AND occurrence = ?2 AND identity = ?3)",
            )?,
        })))
    }

    /// Since when a person is forgotten; none where they are not.
    pub(super) fn forgotten_at(&mut self, identity: i64) -> Result<Option<UnixMs>, LedgerError> {
        let Some(known) = &mut self.0 else { return Ok(None) };
        let pseudonym = known.pseudonyms.of_identity(identity);
        Ok(known.forgotten.query_row([pseudonym], |row| row.get(0)).optional()?)
    }

    /// Under which names of occurrence and person the ledger keeps a message, if its person was purged.
    pub(super) fn purged(
        &mut self,
        campaign: &str,
        occurrence: &str,
        identity: i64,
    ) -> Result<Option<(String, i64)>, LedgerError> {
        let Some(known) = &mut self.0 else { return Ok(None) };
        let pseudonym = known.pseudonyms.of_identity(identity);
        for occurrence in [occurrence.to_owned(), known.pseudonyms.of_occurrence(campaign, occurrence)] {
            if known.message.query_row((campaign, &occurrence, pseudonym), |row| row.get(0))? {
                return Ok(Some((occurrence, pseudonym)));
            }
        }
        Ok(None)
    }
}
