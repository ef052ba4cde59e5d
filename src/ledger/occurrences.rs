//! The occurrences of a campaign: its names for each time that it reaches people, as numbers.

use rusqlite::{CachedStatement, Connection};

use super::error::LedgerError;

/// The occurrences of one campaign, by name.
pub(super) struct Occurrences<'a> {
    campaign: String,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    /// The last one asked for: mostly it is the same for all rows.
    last: Option<(String, i64)>,
}

impl<'a> Occurrences<'a> {
    pub(super) fn new(db: &'a Connection, campaign: &str) -> Result<Self, LedgerError> {
        Ok(Self {
            campaign: campaign.to_owned(),
            find: db.prepare_cached("SELECT occurrence_id FROM occurrences WHERE campaign = ?1 AND occurrence = ?2")?,
            insert: db.prepare_cached(
                "INSERT INTO occurrences (campaign, occurrence) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?,
            last: None,
        })
    }

    pub(super) fn id(&mut self, occurrence: &str) -> Result<i64, LedgerError> {
        if let Some((last, id)) = &self.last
            && last == occurrence
        {
            return Ok(*id);
        }
        let key = (&self.campaign, occurrence);
        self.insert.execute(key)?;
        let id = self.find.query_row(key, |row| row.get(0))?;
        self.last = Some((occurrence.to_owned(), id));
        Ok(id)
    }
}
