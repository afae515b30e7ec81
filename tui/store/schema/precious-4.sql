-- Changes whose mailbox was made anew on the server before they could be carried out: they wait for the user.

CREATE TABLE parked (
    id             INTEGER PRIMARY KEY,           -- what it had in pending
    account        TEXT    NOT NULL,
    mailbox        INTEGER NOT NULL,
    wire           BLOB    NOT NULL,
    uidvalidity    INTEGER,
    kind           TEXT    NOT NULL,
    uids           TEXT    NOT NULL,
    added          TEXT    NOT NULL,
    removed        TEXT    NOT NULL,
    target         BLOB    NOT NULL,
    target_mailbox INTEGER,
    name           TEXT    NOT NULL,
    old_name       TEXT    NOT NULL,
    step           INTEGER NOT NULL,
    undoing        INTEGER NOT NULL,
    known          TEXT    NOT NULL               -- JSON list of [mailbox, uidvalidity, uid, Message-ID, octets]
);
CREATE INDEX parked_step ON parked (step);
