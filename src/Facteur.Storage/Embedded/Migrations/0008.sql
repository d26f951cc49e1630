-- Facteur embedded store, version 9: emails that came back at a time that was chosen. Times as in version 1, but for this one.

-- Seconds since 1970 at which it last came back to the inbox after having been put off; 0 when it never did.
ALTER TABLE email ADD COLUMN returned_at INTEGER NOT NULL DEFAULT 0;
