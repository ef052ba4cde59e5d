-- Edits between runs. What a new plan changes of an older one waits here until the plan is opened.

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

-- The messages that the opening of a plan withdrew.
CREATE TABLE withdrawals (
    plan_id    INTEGER NOT NULL REFERENCES plans,
    message_id INTEGER NOT NULL REFERENCES messages,
    PRIMARY KEY (plan_id, message_id)
) STRICT, WITHOUT ROWID;
