-- Facteur embedded store, version 12: work on messages in the middle of which the process ended. Times as in version 1.

CREATE TABLE crash (
    -- A RiskyWork, and the id of the message as that work knows it.
    kind  INTEGER NOT NULL,
    id    INTEGER NOT NULL,
    -- One of several pieces of work on the message, as its deliveries to different hosts.
    part  INTEGER NOT NULL,
    -- Of the message as a whole, up to the last time when this piece was at work.
    count INTEGER NOT NULL,
    at    INTEGER NOT NULL,
    -- The administrator knows that it is in quarantine.
    told  INTEGER NOT NULL,
    PRIMARY KEY (kind, id, part)
) WITHOUT ROWID;
