-- Facteur embedded store, version 11: every message that comes in asks what of its account is put off.

CREATE INDEX snooze_account ON snooze (account);
