-- Facteur embedded store, version 1. Times are milliseconds since 1970 UTC unless said otherwise.

-- Counters of the store as a whole.
CREATE TABLE store (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO store (key, value) VALUES ('blob_high', 1), ('email_next', 1);

CREATE TABLE domain (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL UNIQUE,
    enabled INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE account (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Not a foreign key: a removed account may outlive its domain for a moment.
    domain             INTEGER NOT NULL,
    address            TEXT NOT NULL,
    display_name       TEXT NOT NULL,
    enabled            INTEGER NOT NULL DEFAULT 1,
    quota              INTEGER,
    credential_version INTEGER NOT NULL DEFAULT 1,
    created            INTEGER NOT NULL,
    -- One MODSEQ counter for all that an account holds.
    modseq             INTEGER NOT NULL DEFAULT 1,
    -- UIDVALIDITY of the mailbox made last; the next is greater, whatever the clock says.
    uidvalidity        INTEGER NOT NULL DEFAULT 0,
    -- Messages that stand in at least one mailbox, each counted once.
    messages           INTEGER NOT NULL DEFAULT 0,
    octets             INTEGER NOT NULL DEFAULT 0,
    -- Removed: its rows go in the background, the row itself last.
    removed_at         INTEGER
);
CREATE INDEX account_domain ON account (domain);

-- Primary and other addresses, as compared (folded) and as written.
CREATE TABLE address (
    folded  TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    account INTEGER NOT NULL REFERENCES account (id)
) WITHOUT ROWID;
CREATE INDEX address_account ON address (account);

CREATE TABLE credential (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id),
    kind    TEXT NOT NULL,
    value   TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (account, kind)
);

CREATE TABLE mailbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account        INTEGER NOT NULL REFERENCES account (id),
    name           TEXT NOT NULL,
    role           INTEGER NOT NULL DEFAULT 0,
    selectable     INTEGER NOT NULL DEFAULT 1,
    uidvalidity    INTEGER NOT NULL,
    uidnext        INTEGER NOT NULL DEFAULT 1,
    created_modseq INTEGER NOT NULL,
    highest_modseq INTEGER NOT NULL,
    -- Rows of "expunged" up to this MODSEQ were dropped: whoever asks from before gets every UID that is not there.
    vanished_floor INTEGER NOT NULL DEFAULT 0,
    messages       INTEGER NOT NULL DEFAULT 0,
    unseen         INTEGER NOT NULL DEFAULT 0,
    deleted        INTEGER NOT NULL DEFAULT 0,
    octets         INTEGER NOT NULL DEFAULT 0,
    deleted_octets INTEGER NOT NULL DEFAULT 0,
    -- Deleted: its entries go in the background, the row itself last.
    deleted_at     INTEGER
);
CREATE UNIQUE INDEX mailbox_name ON mailbox (account, name) WHERE deleted_at IS NULL;
CREATE INDEX mailbox_deleted ON mailbox (deleted_at) WHERE deleted_at IS NOT NULL;

-- The keyword that a flag bit of a mailbox stands for.
CREATE TABLE keyword (
    mailbox INTEGER NOT NULL,
    bit     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (mailbox, bit)
) WITHOUT ROWID;

-- By name: a subscription may outlive its mailbox.
CREATE TABLE subscription (
    account INTEGER NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;

-- The bytes of a message: small ones here, others in extents of pack segments (see ExtentList for the format).
CREATE TABLE blob (
    id       INTEGER PRIMARY KEY,
    size     INTEGER NOT NULL,
    refs     INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    extents  BLOB,
    body     BLOB
);

CREATE TABLE segment (
    id   INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    -- End of the last extent that a commit refers to: what lies behind is free.
    head INTEGER NOT NULL,
    -- Octets of extents that blobs refer to.
    live INTEGER NOT NULL
);

CREATE TABLE extent (
    segment INTEGER NOT NULL,
    offset  INTEGER NOT NULL,
    length  INTEGER NOT NULL,
    blob    INTEGER NOT NULL,
    PRIMARY KEY (segment, offset)
) WITHOUT ROWID;

-- What was computed from the bytes when they came; derived, never changed.
CREATE TABLE facts (
    blob           INTEGER PRIMARY KEY,
    -- Short ones first: they are read without the pages that a long envelope may need.
    sent_date      INTEGER,
    sent_zone      INTEGER,
    header_size    INTEGER NOT NULL,
    has_attachment INTEGER NOT NULL,
    message_id     TEXT,
    base_subject   TEXT NOT NULL,
    envelope       BLOB NOT NULL,
    body_structure BLOB NOT NULL,
    parts          BLOB NOT NULL,
    preview        TEXT NOT NULL,
    folded_headers BLOB NOT NULL,
    subject        TEXT NOT NULL
);

-- A message of an account, in as many mailboxes as "entries" says.
CREATE TABLE email (
    id             INTEGER PRIMARY KEY,
    account        INTEGER NOT NULL,
    blob           INTEGER NOT NULL,
    thread         INTEGER NOT NULL,
    size           INTEGER NOT NULL,
    received_at    INTEGER NOT NULL,
    created_modseq INTEGER NOT NULL,
    -- When it last came into or left a mailbox; flags move entry.modseq.
    modseq         INTEGER NOT NULL,
    entries        INTEGER NOT NULL,
    -- When its last entry went; purged after the retention.
    removed_at     INTEGER
);
CREATE INDEX email_account ON email (account);
CREATE INDEX email_removed ON email (removed_at) WHERE removed_at IS NOT NULL;

-- A message in a mailbox. Blob, thread and size repeat the email's, which never change, to spare the join.
CREATE TABLE entry (
    mailbox       INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    email         INTEGER NOT NULL,
    modseq        INTEGER NOT NULL,
    flags         INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    blob          INTEGER NOT NULL,
    thread        INTEGER NOT NULL,
    internal_date INTEGER NOT NULL,
    -- Minutes east of UTC.
    internal_zone INTEGER NOT NULL,
    save_date     INTEGER NOT NULL,
    pop_uidl      TEXT,
    PRIMARY KEY (mailbox, uid)
) WITHOUT ROWID;

CREATE TABLE expunged (
    mailbox INTEGER NOT NULL,
    modseq  INTEGER NOT NULL,
    uid_lo  INTEGER NOT NULL,
    uid_hi  INTEGER NOT NULL,
    PRIMARY KEY (mailbox, modseq, uid_lo)
) WITHOUT ROWID;

-- What an account no longer has: type 1 email, type 2 mailbox.
CREATE TABLE tombstone (
    account INTEGER NOT NULL,
    type    INTEGER NOT NULL,
    modseq  INTEGER NOT NULL,
    object  INTEGER NOT NULL,
    PRIMARY KEY (account, type, modseq, object)
) WITHOUT ROWID;

-- The thread that a message id (hashed) belongs to.
CREATE TABLE thread_id (
    account INTEGER NOT NULL,
    hash    INTEGER NOT NULL,
    thread  INTEGER NOT NULL,
    PRIMARY KEY (account, hash)
) WITHOUT ROWID;
