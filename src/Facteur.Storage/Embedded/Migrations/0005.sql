-- Facteur embedded store, version 5: uploads. Times as in version 1.

-- Octets that nothing refers to yet. Ids ascend with time: the oldest is found without another index.
CREATE TABLE upload (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    account  INTEGER NOT NULL,
    uploader INTEGER NOT NULL,
    blob     INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    type     TEXT NOT NULL
);
CREATE INDEX upload_uploader ON upload (uploader);

-- What each who uploads has there, so that its bound costs one row.
CREATE TABLE upload_total (
    uploader INTEGER PRIMARY KEY,
    uploads  INTEGER NOT NULL,
    octets   INTEGER NOT NULL
);
