-- Facteur embedded store, version 2: aliases, the queue, the trace, settings, learnt state. Times as in version 1.

INSERT INTO store (key, value) VALUES ('trace_next', 1), ('queue_next', 1);

-- A domain that stands for another: what is not an address of its own leads to the same local part there.
ALTER TABLE domain ADD COLUMN alias_of INTEGER REFERENCES domain (id);

ALTER TABLE address ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE address ADD COLUMN disposable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE address ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;

-- An address that leads to others; "@domain" takes what the domain has no address for. Never also in "address".
CREATE TABLE alias (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    folded  TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    domain  INTEGER NOT NULL REFERENCES domain (id),
    -- JSON array of addresses.
    targets TEXT NOT NULL,
    label   TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX alias_domain ON alias (domain);

-- Kind: 's'ite, 'd'omain, 'a'ccount, as its character code.
CREATE TABLE setting (
    kind  INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    name  TEXT NOT NULL,
    json  BLOB NOT NULL,
    PRIMARY KEY (kind, owner, name)
) WITHOUT ROWID;
CREATE INDEX setting_name ON setting (name);

CREATE TABLE state (
    space   TEXT NOT NULL,
    key     TEXT NOT NULL,
    first   INTEGER NOT NULL,
    second  INTEGER NOT NULL,
    expires INTEGER,
    value   BLOB,
    PRIMARY KEY (space, key)
) WITHOUT ROWID;
CREATE INDEX state_expires ON state (expires) WHERE expires IS NOT NULL;

-- One line of a message's life. Ids ascend in the order of commits.
CREATE TABLE trace (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    account     INTEGER,
    queue       INTEGER,
    email       INTEGER,
    txn         TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    sender      TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    -- JSON object.
    detail      TEXT NOT NULL
);

-- Rows "first" to "last" have their keys in "trace_key"; rows after the last run are few and looked at one by one.
CREATE TABLE trace_run (
    first  INTEGER PRIMARY KEY,
    last   INTEGER NOT NULL,
    -- Earliest and latest "at" of its rows.
    since  INTEGER NOT NULL,
    until  INTEGER NOT NULL
);

-- Of a run, the keys whose hash ends in the last 6 bits of the id (the rest of it is "first"): octets in fours and twos,
-- the upper half of the hash and the row's distance from "first". One short read a run finds what was asked.
CREATE TABLE trace_key (
    id   INTEGER PRIMARY KEY,
    keys BLOB NOT NULL
);

CREATE TABLE queue_message (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account         INTEGER,
    txn             TEXT NOT NULL,
    sender          TEXT NOT NULL,
    envelope_id     TEXT,
    dsn_return      INTEGER NOT NULL,
    body_type       INTEGER NOT NULL,
    -- 1 SMTPUTF8, 2 REQUIRETLS, 4 TLS-Required: No.
    flags           INTEGER NOT NULL,
    blob            INTEGER NOT NULL,
    size            INTEGER NOT NULL,
    prefix          BLOB NOT NULL,
    skip_octets     INTEGER NOT NULL,
    message_id      TEXT NOT NULL,
    subject         TEXT NOT NULL,
    locale          TEXT NOT NULL,
    kind            TEXT NOT NULL,
    created         INTEGER NOT NULL,
    not_before      INTEGER,
    expires         INTEGER,
    -- Recipients as it entered. Their rows are "first_recipient" and those after it, as many as "kept".
    recipients      INTEGER NOT NULL,
    first_recipient INTEGER NOT NULL,
    kept            INTEGER NOT NULL,
    -- Recipients that wait or are held.
    open            INTEGER NOT NULL,
    -- Recipients of which a report is owed, and since when the oldest is.
    owed            INTEGER NOT NULL,
    owed_since      INTEGER,
    -- Since when none is open.
    finished        INTEGER,
    -- Hashes of message_id and envelope_id, for bounces that come late.
    message_hash    INTEGER,
    envelope_hash   INTEGER
);
CREATE INDEX queue_message_account ON queue_message (account, created) WHERE account IS NOT NULL;
CREATE INDEX queue_message_owed ON queue_message (owed_since) WHERE owed_since IS NOT NULL;
CREATE INDEX queue_message_finished ON queue_message (finished) WHERE finished IS NOT NULL;
CREATE INDEX queue_message_hash ON queue_message (message_hash) WHERE message_hash IS NOT NULL;
CREATE INDEX queue_envelope_hash ON queue_message (envelope_hash) WHERE envelope_hash IS NOT NULL;

CREATE TABLE queue_recipient (
    id             INTEGER PRIMARY KEY,
    message        INTEGER NOT NULL,
    state          INTEGER NOT NULL,
    next_attempt   INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    owed           INTEGER NOT NULL,
    notify         INTEGER NOT NULL,
    -- 1 when a delay was reported.
    delay_reported INTEGER NOT NULL,
    finished       INTEGER,
    address        TEXT NOT NULL,
    destination    TEXT NOT NULL,
    orcpt          TEXT,
    -- Why, when no attempt says it.
    reason         TEXT
);
-- Waiting and held: what the schedule in memory is made of at the start, and what lists show first.
CREATE INDEX queue_recipient_open ON queue_recipient (message) WHERE state <= 1;

CREATE TABLE queue_attempt (
    message   INTEGER NOT NULL,
    recipient INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    -- Milliseconds.
    took      INTEGER NOT NULL,
    state     INTEGER NOT NULL,
    code      INTEGER NOT NULL,
    enhanced  TEXT NOT NULL,
    host      TEXT NOT NULL,
    answer    TEXT NOT NULL,
    security  TEXT NOT NULL,
    PRIMARY KEY (message, recipient, number)
) WITHOUT ROWID;

-- The last answer of a destination, for lists.
CREATE TABLE queue_destination (
    name   TEXT PRIMARY KEY,
    answer TEXT NOT NULL,
    at     INTEGER NOT NULL
) WITHOUT ROWID;
