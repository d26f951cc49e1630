-- Facteur embedded store, version 3: kinds of accounts, several credentials of a kind, groups, shared accounts, login history. Times as in version 1.

-- 0 personal, 1 shared, 2 system.
ALTER TABLE account ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;

-- Anew, without UNIQUE (account, kind).
CREATE TABLE credential_3 (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account        INTEGER NOT NULL REFERENCES account (id),
    kind           TEXT NOT NULL,
    value          TEXT NOT NULL,
    created        INTEGER NOT NULL,
    label          TEXT NOT NULL DEFAULT '',
    -- What it is found by without its account.
    lookup         TEXT,
    -- JSON object, or empty.
    detail         TEXT NOT NULL DEFAULT '',
    last_used      INTEGER,
    last_used_from TEXT
);
INSERT INTO credential_3 (id, account, kind, value, created) SELECT id, account, kind, value, created FROM credential;
DROP TABLE credential;
ALTER TABLE credential_3 RENAME TO credential;
CREATE INDEX credential_account ON credential (account);
CREATE UNIQUE INDEX credential_lookup ON credential (kind, lookup) WHERE lookup IS NOT NULL;

CREATE TABLE "group" (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    domain INTEGER NOT NULL REFERENCES domain (id),
    -- As compared.
    folded TEXT NOT NULL,
    name   TEXT NOT NULL,
    UNIQUE (domain, folded)
);

CREATE TABLE group_member (
    account INTEGER NOT NULL REFERENCES account (id),
    "group" INTEGER NOT NULL REFERENCES "group" (id),
    PRIMARY KEY (account, "group")
) WITHOUT ROWID;
CREATE INDEX group_member_group ON group_member ("group", account);

-- What "member" may do with the shared account: 1 read, 2 write, 4 send as.
CREATE TABLE share (
    member INTEGER NOT NULL REFERENCES account (id),
    shared INTEGER NOT NULL REFERENCES account (id),
    rights INTEGER NOT NULL,
    PRIMARY KEY (member, shared)
) WITHOUT ROWID;
CREATE INDEX share_shared ON share (shared, member);

-- Logins of one kind that came close together.
CREATE TABLE login (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Not a foreign key: a login may be noted while its account goes.
    account    INTEGER NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    protocol   TEXT NOT NULL,
    remote     TEXT NOT NULL,
    program    TEXT NOT NULL,
    credential TEXT NOT NULL,
    result     TEXT NOT NULL
);
-- With the id behind it: of one account in order.
CREATE INDEX login_account ON login (account);
CREATE INDEX login_last ON login (last);
