-- Facteur embedded store, version 4: accounts by email, as JMAP sees them. Times as in version 1.

ALTER TABLE mailbox ADD COLUMN sort_order INTEGER NOT NULL DEFAULT 0;
-- "#rrggbb", or empty.
ALTER TABLE mailbox ADD COLUMN color TEXT NOT NULL DEFAULT '';
-- When its name, role, place, colour or subscription changed last.
ALTER TABLE mailbox ADD COLUMN properties_modseq INTEGER NOT NULL DEFAULT 0;
UPDATE mailbox SET properties_modseq = created_modseq;

-- As the facts have it, to spare the join.
ALTER TABLE email ADD COLUMN has_attachment INTEGER NOT NULL DEFAULT 0;
UPDATE email SET has_attachment = 1 WHERE blob IN (SELECT blob FROM facts WHERE has_attachment <> 0);

-- When it came in sight again, last: every entry of it had had \Deleted, or all but those of it in deleted mailboxes. 0 when it never was out of sight.
ALTER TABLE email ADD COLUMN shown_modseq INTEGER NOT NULL DEFAULT 0;

-- The entries of an email.
CREATE INDEX entry_email ON entry (email);

-- INTERNALDATE of the entry it came with (receivedAt, RFC 8621 section 4.1.1).
UPDATE email SET received_at = ifnull((SELECT internal_date FROM entry WHERE entry.email = email.id LIMIT 1), received_at);

-- What is told of an object that is gone. The thread of an email; when the object came to be.
ALTER TABLE tombstone ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tombstone ADD COLUMN created INTEGER NOT NULL DEFAULT 0;

-- Rows of "tombstone" up to this MODSEQ were dropped: whoever asks from before reads the account anew.
ALTER TABLE account ADD COLUMN changes_floor INTEGER NOT NULL DEFAULT 0;
UPDATE account SET changes_floor = ifnull((
    SELECT max(t.modseq) FROM tombstone t
    WHERE t.account = account.id AND t.type = 1 AND NOT EXISTS (SELECT 1 FROM email e WHERE e.id = t.object)), 0);
DELETE FROM tombstone WHERE modseq <= (SELECT changes_floor FROM account WHERE account.id = tombstone.account);
UPDATE tombstone SET (thread, created) = (SELECT thread, created_modseq FROM email WHERE email.id = tombstone.object) WHERE type = 1;

-- An email that comes back at a time; gone with its email.
CREATE TABLE snooze (
    email   INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    -- Where it goes then; null where it is.
    mailbox INTEGER,
    unread  INTEGER NOT NULL
);
CREATE INDEX snooze_until ON snooze (until);
