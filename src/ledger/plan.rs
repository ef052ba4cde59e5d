//! Staging: a plan's rows go into the ledger in batches and count for nothing until the plan is opened.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

use super::PlanId;
use super::erase;
use super::error::LedgerError;
use super::occurrences::Occurrences;
use super::open::{self, Opened};
use super::pseudonym::Recall;
use super::sqlite::Ledger;
use super::state::State;
use crate::audience::phone::FORGOTTEN;
use crate::clock::UnixMs;
use crate::cloud::Endpoint;
use crate::message::compose::Message;

/// So many changed messages are kept to be shown.
const CHANGES_SHOWN: usize = 3;

/// Rows a commit while staging: large enough that syncs do not matter, small enough that other processes get their turn.
const ROWS_PER_COMMIT: u64 = 10_000;

/// What a plan was made from. The same again needs no new plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanKey<'a> {
    /// The campaign key.
    pub campaign: &'a str,
    /// Which occurrence of the campaign; where each row has its own, the expression that gives it.
    pub occurrence: &'a str,
    /// SHA-256 of the campaign file.
    pub campaign_digest: [u8; 32],
    /// SHA-256 of the recipients file.
    pub recipients_digest: [u8; 32],
    /// The sender.
    pub phone_number_id: &'a str,
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content<'a> {
    /// Which endpoint sends it.
    pub endpoint: Endpoint,
    /// The template's name.
    pub name: &'a str,
    /// The template's language.
    pub language: &'a str,
    /// The `template` object as JSON.
    pub template: &'a str,
}

impl<'a> From<&'a Message<'_>> for Content<'a> {
    fn from(message: &'a Message<'_>) -> Self {
        let Message { endpoint, name, language, template, .. } = message;
        Self { endpoint: *endpoint, name, language, template }
    }
}

impl Content<'_> {
    /// Whether the same template says it in the same language, by the same endpoint.
    fn is_same_form(&self, other: &Content<'_>) -> bool {
        (self.endpoint, self.name, self.language) == (other.endpoint, other.name, other.language)
    }
}

/// A message that was still to be sent, and says something else in a new plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its row in the new plan.
    pub row: u64,
    /// The recipient, whole.
    pub recipient: String,
    /// What it said.
    pub before: Wording,
    /// What it says now.
    pub after: Wording,
}

/// What a message says, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Which endpoint sends it.
    pub endpoint: Endpoint,
    /// The template's name.
    pub name: String,
    /// The template's language.
    pub language: String,
    /// The `template` object as JSON.
    pub template: String,
}

impl Wording {
    fn content(&self) -> Content<'_> {
        let Self { endpoint, name, language, template } = self;
        Content { endpoint: *endpoint, name, language, template }
    }
}

impl From<&Content<'_>> for Wording {
    fn from(content: &Content<'_>) -> Self {
        let Content { endpoint, name, language, template } = *content;
        Self { endpoint, name: name.to_owned(), language: language.to_owned(), template: template.to_owned() }
    }
}

/// What a new plan does to messages that were there before it and were still to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// How many there are.
    pub pending: u64,
    /// How many of them get another template, language or endpoint.
    pub another_template: u64,
    /// How many of them keep those, and get other words.
    pub another_wording: u64,
    /// The first of those that change.
    pub shown: Vec<Change>,
    /// How many left the recipients file earlier and are in it again.
    pub readmitted: u64,
}

/// A plan whose rows are all in the ledger, and which counts for nothing before it is opened.
#[derive(Debug)]
pub struct Staged {
    /// Which plan.
    pub plan: PlanId,
    /// What it does to messages that were there before.
    pub edits: Edits,
    /// Whether somebody says that its campaign is a new one, though its people got the same from another.
    pub new_campaign: bool,
}

impl Ledger {
    /// The open plan made from exactly these files, if nothing was planned for the campaign since, nor a doubt ordered to be
    /// sent again: what the plan says of it counted for nothing while it was in doubt, and is looked at now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn find_plan(&self, key: &PlanKey<'_>) -> Result<Option<PlanId>, LedgerError> {
        let newest: Option<(i64, bool)> = self
            .db
            .query_row(
                "SELECT plan_id, opened_at IS NOT NULL AND occurrence = ?2 AND campaign_digest = ?3 AND recipients_digest = ?4
                     AND NOT EXISTS (SELECT 1 FROM messages m JOIN decisions d ON d.attempt_id = m.attempt_id
                                     WHERE m.plan_id = plans.plan_id AND m.state = 0 AND m.due_at > 0
                                       AND d.decision = 'resend')
                 FROM plans JOIN occurrences USING (occurrence_id) WHERE campaign = ?1 ORDER BY plan_id DESC LIMIT 1",
                (key.campaign, key.occurrence, key.campaign_digest, key.recipients_digest),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        Ok(newest.and_then(|(plan, same)| same.then_some(PlanId(plan))))
    }

    /// Begins to stage a plan. What an earlier one left that was never opened goes.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn stage(&mut self, key: &PlanKey<'_>, now: UnixMs) -> Result<Staging<'_>, LedgerError> {
        open::discard_unopened(&mut self.db, key.campaign)?;
        let db = &self.db;
        let mut occurrences = Occurrences::new(db, key.campaign)?;
        let occurrence = occurrences.id(key.occurrence)?;
        db.execute(
            "INSERT INTO plans (occurrence_id, campaign_digest, recipients_digest, phone_number_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (occurrence, key.campaign_digest, key.recipients_digest, key.phone_number_id, now),
        )?;
        let plan = PlanId(db.last_insert_rowid());
        db.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Staging {
            find: db.prepare_cached(
                "SELECT message_id, state, coalesce(reason, ''), recipient, endpoint, name, language, template
                 FROM messages JOIN contents USING (message_id) WHERE occurrence_id = ?1 AND identity = ?2",
            )?,
            insert: db.prepare_cached(
                "INSERT INTO messages (occurrence_id, identity, state, due_at, plan_id, row, attempts, recipient)
                 VALUES (?1, ?2, 0, 0, ?3, ?4, 0, ?5) ON CONFLICT DO NOTHING",
            )?,
            content: db.prepare_cached("INSERT INTO contents VALUES (?1, ?2, ?3, ?4, ?5)")?,
            change: db.prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?,
            row: db.prepare_cached("INSERT INTO plan_rows VALUES (?1, ?2, ?3, ?4, ?5)")?,
            recall: Recall::new(db)?,
            campaign: key.campaign.to_owned(),
            db,
            plan,
            occurrences,
            rows: 0,
            edits: Edits::default(),
        })
    }

    /// Opens a staged plan: from now on it is what runs send, and older plans of its campaign are not.
    ///
    /// What the plan changes takes effect. Messages that an older plan left to be sent, and that have no row any more, are
    /// withdrawn.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn open_plan(&mut self, staged: &Staged, now: UnixMs) -> Result<Opened, LedgerError> {
        open::open(&self.db, staged.plan, staged.new_campaign, now)
    }

    /// What the opening of a plan withdrew, unless a run of it came to its report and told of it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unreported_withdrawals(&self, plan: PlanId) -> Result<Opened, LedgerError> {
        open::unreported(&self.db, plan)
    }
}

/// A plan on its way into the ledger. Dropped before [`Staging::finish`], it stays without effect.
pub struct Staging<'a> {
    db: &'a Connection,
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    content: CachedStatement<'a>,
    change: CachedStatement<'a>,
    row: CachedStatement<'a>,
    recall: Recall<'a>,
    campaign: String,
    plan: PlanId,
    occurrences: Occurrences<'a>,
    rows: u64,
    edits: Edits,
}

/// Where a row's message goes.
#[derive(Debug, Clone, Copy)]
pub struct Addressee<'a> {
    /// The row of the recipients file.
    pub row: u64,
    /// The person in one number.
    pub identity: u64,
    /// Which occurrence of the campaign.
    pub occurrence: &'a str,
    /// E.164 number or business-scoped user id.
    pub recipient: &'a str,
}

impl Staging<'_> {
    /// Adds a row that becomes a message, unless this person has one already for this occurrence.
    ///
    /// A message not yet sent takes the new wording when the plan is opened; what was sent, or may have been, stays as it
    /// was. Whoever was forgotten at their request is turned away.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn message(&mut self, to: &Addressee<'_>, content: &Content<'_>) -> Result<(), LedgerError> {
        // An identity fits 64 bits; the ledger keeps the same bits as a signed number.
        let (row, identity) = (to.row.cast_signed(), to.identity.cast_signed());
        if let Some(at) = self.recall.forgotten_at(identity)? {
            return self.turned_away(to.row, FORGOTTEN, &erase::forgotten_reason(at));
        }
        let (occurrence, identity) = match self.recall.purged(&self.campaign, to.occurrence, identity)? {
            Some((occurrence, pseudonym)) => (self.occurrences.id(&occurrence)?, pseudonym),
            None => (self.occurrences.id(to.occurrence)?, identity),
        };
        let inserted = self.insert.execute((occurrence, identity, self.plan.0, row, to.recipient))?;
        let message = if inserted == 1 {
            let message = self.db.last_insert_rowid();
            let Content { endpoint, name, language, template } = *content;
            self.content.execute((message, endpoint_number(endpoint), name, language, template))?;
            message
        } else {
            let known = self.find.query_row((occurrence, identity), known)?;
            self.meet_again(&known, to, content)?;
            known.message
        };
        self.row.execute((self.plan.0, row, message, None::<&str>, None::<&str>))?;
        self.count()
    }

    /// Adds a row that is turned away.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn turned_away(&mut self, row: u64, recipient: &str, reason: &str) -> Result<(), LedgerError> {
        self.row.execute((self.plan.0, row.cast_signed(), None::<i64>, recipient, reason))?;
        self.count()
    }

    /// Ends staging. The plan waits to be opened.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn finish(self) -> Result<Staged, LedgerError> {
        let rows = self.rows.cast_signed();
        self.db.execute("UPDATE plans SET data_rows = ?2 WHERE plan_id = ?1", (self.plan.0, rows))?;
        self.db.execute_batch("COMMIT")?;
        Ok(Staged { plan: self.plan, edits: self.edits.clone(), new_campaign: false })
    }

    /// Ends staging and opens the plan at once, whatever it changes.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn open(self, now: UnixMs) -> Result<PlanId, LedgerError> {
        let db = self.db;
        let plan = self.finish()?.plan;
        open::open(db, plan, false, now)?;
        Ok(plan)
    }

    /// A message that was there before. Only what is still to be sent, or left the file before its turn, can change.
    fn meet_again(&mut self, known: &Known, to: &Addressee<'_>, content: &Content<'_>) -> Result<(), LedgerError> {
        let readmitted = known.state == State::Withdrawn.number() && !open::is_final(&known.reason);
        if !readmitted && known.state != State::Planned.number() {
            return Ok(());
        }
        let before = known.wording.content();
        self.edits.readmitted += u64::from(readmitted);
        self.edits.pending += u64::from(!readmitted);
        if before != *content && !readmitted {
            let same_form = before.is_same_form(content);
            self.edits.another_wording += u64::from(same_form);
            self.edits.another_template += u64::from(!same_form);
            if self.edits.shown.len() < CHANGES_SHOWN {
                let (before, after) = (known.wording.clone(), Wording::from(content));
                self.edits.shown.push(Change { row: to.row, recipient: to.recipient.to_owned(), before, after });
            }
        }
        if before != *content || known.recipient != to.recipient {
            let Content { endpoint, name, language, template } = *content;
            let endpoint = endpoint_number(endpoint);
            self.change.execute((self.plan.0, known.message, to.recipient, endpoint, name, language, template))?;
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), LedgerError> {
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_PER_COMMIT) {
            self.db.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        }
        Ok(())
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.db.is_autocommit() {
            // What was committed in batches has no effect either; a failed rollback changes nothing about that.
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }
}

/// A message that is in the ledger.
struct Known {
    message: i64,
    state: i64,
    reason: String,
    recipient: String,
    wording: Wording,
}

fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        message: row.get(0)?,
        state: row.get(1)?,
        reason: row.get(2)?,
        recipient: row.get(3)?,
        wording: Wording {
            endpoint: endpoint_of(row.get(4)?),
            name: row.get(5)?,
            language: row.get(6)?,
            template: row.get(7)?,
        },
    })
}

/// The number that the ledger keeps. Never reused.
fn endpoint_number(endpoint: Endpoint) -> i64 {
    match endpoint {
        Endpoint::Messages => 0,
        Endpoint::MarketingMessages => 1,
    }
}

/// The endpoint that a number stands for.
pub(super) fn endpoint_of(number: i64) -> Endpoint {
    match number {
        0 => Endpoint::Messages,
        _ => Endpoint::MarketingMessages,
    }
}
