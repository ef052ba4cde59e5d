-- Erasing personal data. What is left of a person who was forgotten or purged is a pseudonym in place of the identity.

-- Messages of people who were forgotten are withdrawn for that reason. A check cannot be changed, only replaced.
ALTER TABLE messages ADD COLUMN why TEXT CHECK (why IN ('given up', 'removed', 'over', 'forgotten'));
UPDATE messages SET why = reason WHERE reason IS NOT NULL;
ALTER TABLE messages DROP COLUMN reason;
ALTER TABLE messages RENAME COLUMN why TO reason;

-- What pseudonyms are made with: one row, once anything was erased.
CREATE TABLE erasure (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    key  BLOB NOT NULL
) STRICT;

-- People who are never to be messaged from this ledger again.
CREATE TABLE forgotten (
    pseudonym    INTEGER PRIMARY KEY,
    forgotten_at INTEGER NOT NULL
) STRICT;
