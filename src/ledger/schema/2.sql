-- Edits between runs, and seeds. What a new plan changes of an older one waits here until the plan is opened.

-- Why a message is withdrawn.
ALTER TABLE messages ADD COLUMN reason TEXT CHECK (reason IN ('given up', 'removed', 'over'));
UPDATE messages SET reason = 'given up' WHERE state = 5;

-- What a plan says of messages that were there before it and are still to be sent.
CREATE TABLE changes (
    plan_id    INTEGER NOT NULL REFERENCES plans,
    message_id INTEGER NOT NULL REFERENCES messages,
    recipient  TEXT NOT NULL,
    endpoint   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    template   TEXT NOT NULL,
    PRIMARY KEY (plan_id, message_id)
) STRICT, WITHOUT ROWID;

-- Whether somebody said of a plan that its campaign is a new one, though its people got the same from another.
ALTER TABLE plans ADD COLUMN new_campaign INTEGER NOT NULL DEFAULT 0;

-- The newest attempt when a breaker was acknowledged: what came before it was looked at.
ALTER TABLE breakers ADD COLUMN acknowledged_attempt INTEGER;

-- Whether the ledger is about rehearsals or real messages: one row, once anything is sent.
CREATE TABLE purpose (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    rehearsal INTEGER NOT NULL
) STRICT;

-- The messages that the opening of a plan withdrew.
CREATE TABLE withdrawals (
    plan_id    INTEGER NOT NULL REFERENCES plans,
    message_id INTEGER NOT NULL REFERENCES messages,
    PRIMARY KEY (plan_id, message_id)
) STRICT, WITHOUT ROWID;

-- Messages of a plan that were sent to people's own phones, to be looked at. They are no messages of the campaign.
CREATE TABLE seeds (
    seed_id           INTEGER PRIMARY KEY,
    campaign          TEXT NOT NULL,
    occurrence        TEXT NOT NULL,
    campaign_digest   BLOB NOT NULL,
    recipients_digest BLOB NOT NULL,
    row               INTEGER NOT NULL,
    recipient         TEXT NOT NULL,
    claimed_at        INTEGER NOT NULL,
    settled_at        INTEGER,
    outcome           INTEGER,
    code              INTEGER,
    wamid             TEXT,
    detail            TEXT
) STRICT;
