-- Facteur embedded store, version 6: what accounts sent through JMAP. Times as in version 1.

CREATE TABLE submission (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    account  INTEGER NOT NULL,
    -- Message of the queue that carries it; NULL when every recipient was delivered here at once.
    queue    INTEGER,
    -- May be gone by now.
    email    INTEGER NOT NULL,
    thread   INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    send_at  INTEGER NOT NULL,
    document TEXT NOT NULL,
    -- Of the account's row in submission_state; each change has one of its own.
    created_modseq INTEGER NOT NULL,
    modseq         INTEGER NOT NULL
);
-- With the id behind it: of one account in order.
CREATE INDEX submission_account ON submission (account);
CREATE UNIQUE INDEX submission_modseq ON submission (account, modseq);
CREATE INDEX submission_queue ON submission (queue) WHERE queue IS NOT NULL;
CREATE INDEX submission_local ON submission (send_at) WHERE queue IS NULL;

CREATE TABLE submission_gone (
    account INTEGER NOT NULL,
    modseq  INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, modseq)
) WITHOUT ROWID;
CREATE INDEX submission_gone_at ON submission_gone (at);

-- A counter beside the account's MODSEQ: what was sent is told to who asks for it, and no mailbox has changed.
CREATE TABLE submission_state (
    account INTEGER PRIMARY KEY,
    modseq  INTEGER NOT NULL,
    -- Removals up to here are forgotten.
    floor   INTEGER NOT NULL
);
