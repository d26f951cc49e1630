-- Facteur embedded store, version 8: what members are told of shared accounts. Times as in version 1.

-- The rights of "member" on the shared account changed.
CREATE TABLE share_notice (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    member     INTEGER NOT NULL,
    -- May be gone by now, and its name another.
    shared     INTEGER NOT NULL,
    name       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    old_rights INTEGER NOT NULL,
    new_rights INTEGER NOT NULL
);
-- With the id behind it: of one member in order.
CREATE INDEX share_notice_member ON share_notice (member);
