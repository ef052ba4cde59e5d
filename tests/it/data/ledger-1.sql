-- A ledger as the first format wrote it. It stays as it is, whatever becomes of the schemas.
-- What tidings remembers. Times are milliseconds since 1970-01-01 UTC.

CREATE TABLE occurrences (
    occurrence_id INTEGER PRIMARY KEY,
    campaign      TEXT NOT NULL,
    occurrence    TEXT NOT NULL,
    UNIQUE (campaign, occurrence)
) STRICT;

-- One reading of a campaign and its recipients. Nothing of a plan is sent before opened_at is set.
CREATE TABLE plans (
    plan_id           INTEGER PRIMARY KEY,
    occurrence_id     INTEGER NOT NULL REFERENCES occurrences,
    campaign_digest   BLOB NOT NULL,
    recipients_digest BLOB NOT NULL,
    phone_number_id   TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    opened_at         INTEGER,
    data_rows         INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One person in one campaign and occurrence. The identity decides, not the wording, the sender or the row. `plan_id` and
-- `row` name the plan that said it last, and the row there.
CREATE TABLE messages (
    message_id    INTEGER PRIMARY KEY,
    occurrence_id INTEGER NOT NULL REFERENCES occurrences,
    identity      INTEGER NOT NULL,
    state         INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    plan_id       INTEGER NOT NULL REFERENCES plans,
    row           INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    attempt_id    INTEGER,
    first_attempt_at INTEGER,
    recipient     TEXT NOT NULL,
    -- Whether a person has looked at the doubt and holds it as it is.
    held          INTEGER NOT NULL DEFAULT 0,
    UNIQUE (occurrence_id, identity)
) STRICT;

-- Messages that wait for a later time, and messages under way: few at any moment.
CREATE INDEX messages_later ON messages (plan_id, due_at) WHERE state = 0 AND due_at > 0;
CREATE INDEX messages_sending ON messages (message_id) WHERE state = 1;
CREATE INDEX messages_in_doubt ON messages (occurrence_id, row) WHERE state = 4;

-- What each message says, apart from `messages` so that its rows stay small.
CREATE TABLE contents (
    message_id INTEGER PRIMARY KEY REFERENCES messages,
    endpoint   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    template   TEXT NOT NULL
) STRICT;

-- The rows of the recipients file: each became a message, or was turned away for a reason.
CREATE TABLE plan_rows (
    plan_id    INTEGER NOT NULL REFERENCES plans,
    row        INTEGER NOT NULL,
    message_id INTEGER REFERENCES messages,
    recipient  TEXT,
    reason     TEXT,
    PRIMARY KEY (plan_id, row),
    CHECK ((message_id IS NULL) = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    run_id     INTEGER PRIMARY KEY,
    plan_id    INTEGER NOT NULL REFERENCES plans,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    exit_code  INTEGER
) STRICT;

-- One asking. Without an outcome it is under way, or was when its process died.
CREATE TABLE attempts (
    attempt_id     INTEGER PRIMARY KEY,
    message_id     INTEGER NOT NULL REFERENCES messages,
    run_id         INTEGER NOT NULL REFERENCES runs,
    number         INTEGER NOT NULL,
    claimed_at     INTEGER NOT NULL,
    settled_at     INTEGER,
    outcome        INTEGER,
    code           INTEGER,
    subcode        INTEGER,
    wamid          TEXT,
    message_status TEXT,
    detail         TEXT,
    trace          TEXT
) STRICT;

-- What people decided about doubts. Only ever added to.
CREATE TABLE decisions (
    decision_id INTEGER PRIMARY KEY,
    attempt_id  INTEGER NOT NULL REFERENCES attempts,
    decided_at  INTEGER NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('hold', 'resend', 'give up'))
) STRICT;

-- Runs that stopped by themselves, until a person has looked. The scope is `campaign KEY` or `sender ID`.
CREATE TABLE breakers (
    breaker_id      INTEGER PRIMARY KEY,
    scope           TEXT NOT NULL,
    kind            TEXT NOT NULL,
    detail          TEXT NOT NULL,
    tripped_at      INTEGER NOT NULL,
    acknowledged_at INTEGER
) STRICT;
INSERT INTO occurrences VALUES (1, 'spring', 'once');
INSERT INTO plans VALUES (1, 1, zeroblob(32), zeroblob(32), '106540352242922', 0, 0, 3);
INSERT INTO messages (message_id, occurrence_id, identity, state, due_at, plan_id, row, attempts, attempt_id, first_attempt_at, recipient, held) VALUES
    (1, 1, 2, 0, 0, 1, 2, 0, NULL, NULL, '+15550000001', 0),
    (2, 1, 3, 2, 0, 1, 3, 1, 1048577, 1, '+15550000002', 0),
    (3, 1, 4, 5, 0, 1, 4, 1, 1048578, 1, '+15550000003', 0);
INSERT INTO contents VALUES (1, 0, 'hello', 'en_US', 'a'), (2, 0, 'hello', 'en_US', 'b'), (3, 0, 'hello', 'en_US', 'c');
INSERT INTO plan_rows VALUES (1, 2, 1, NULL, NULL), (1, 3, 2, NULL, NULL), (1, 4, 3, NULL, NULL);
INSERT INTO runs VALUES (1, 1, 0, 1, 4);
INSERT INTO attempts (attempt_id, message_id, run_id, number, claimed_at, settled_at, outcome, wamid) VALUES
    (1048577, 2, 1, 1, 1, 2, 1, 'wamid.2'),
    (1048578, 3, 1, 1, 1, 2, 4, NULL);
PRAGMA application_id = 1952737139;
PRAGMA user_version = 1;
