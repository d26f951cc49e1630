-- Facteur embedded store, version 10: annotations of mailboxes and accounts, and events in mailboxes that scripts are to run for. Times as in version 1.

CREATE TABLE annotation (
    account INTEGER NOT NULL,
    -- 0: of the account as a whole, which is the "server" of RFC 5464 to who logs in to it.
    mailbox INTEGER NOT NULL,
    -- The person whose "/private" entry it is; 0 for "/shared", which all have who may use the account.
    owner   INTEGER NOT NULL,
    -- In lower case: names are compared without.
    name    TEXT NOT NULL,
    value   BLOB NOT NULL,
    UNIQUE (account, mailbox, owner, name)
);
CREATE INDEX annotation_owner ON annotation (owner) WHERE owner <> 0;

-- Accounts whose mailboxes have scripts for events: few.
CREATE INDEX annotation_script ON annotation (account) WHERE name = '/shared/imapsieve/script';

-- Messages that came into a mailbox, or whose flags changed, by a command of IMAP or JMAP, where a script is bound. The commit that did it writes it.
CREATE TABLE mailbox_event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    mailbox INTEGER NOT NULL,
    -- 1 APPEND, 2 COPY, 3 FLAG.
    cause   INTEGER NOT NULL,
    -- Who did it; may be gone by now.
    person  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    -- Names of the flags that changed, with a space between.
    flags   TEXT NOT NULL,
    -- "1:5,9", ascending, and the last of them.
    uids    TEXT NOT NULL,
    last    INTEGER NOT NULL,
    -- Up to this UID the script ran: written by the commit of what it decided.
    done    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX mailbox_event_account ON mailbox_event (account, id);
CREATE INDEX mailbox_event_mailbox ON mailbox_event (mailbox);
