-- Facteur embedded store, version 11: the address books of accounts. Times as in version 1.

CREATE TABLE contact (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    account  INTEGER NOT NULL,
    uid      TEXT NOT NULL,
    -- As shown, and folded: the order of lists.
    name     TEXT NOT NULL,
    sort     TEXT NOT NULL,
    -- Addresses, a line each.
    emails   TEXT NOT NULL,
    -- All that a list is searched in, folded.
    search   TEXT NOT NULL,
    -- Of the account's row in contact_state; each change has one of its own.
    created_modseq INTEGER NOT NULL,
    modseq         INTEGER NOT NULL,
    -- A Card of RFC 9553 in UTF-8. Last: a search does not read it.
    card     BLOB NOT NULL
);
CREATE UNIQUE INDEX contact_uid ON contact (account, uid);
CREATE UNIQUE INDEX contact_modseq ON contact (account, modseq);
CREATE INDEX contact_sort ON contact (account, sort);

CREATE TABLE contact_gone (
    account INTEGER NOT NULL,
    modseq  INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, modseq)
) WITHOUT ROWID;
CREATE INDEX contact_gone_at ON contact_gone (at);

-- A counter beside the account's MODSEQ: no message has changed. What the cards come to is kept here, so that their bound costs one row.
CREATE TABLE contact_state (
    account INTEGER PRIMARY KEY,
    modseq  INTEGER NOT NULL,
    -- Removals up to here are forgotten.
    floor   INTEGER NOT NULL,
    cards   INTEGER NOT NULL,
    octets  INTEGER NOT NULL
);
