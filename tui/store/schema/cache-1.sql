-- What can be fetched again. All accounts share these tables.

CREATE TABLE mailboxes (
    id            INTEGER PRIMARY KEY,            -- given out by mailbox_ids in precious.db, the same for ever
    account       TEXT    NOT NULL,
    wire          BLOB    NOT NULL,               -- the name as the server sends it
    name          TEXT    NOT NULL,
    delimiter     TEXT    NOT NULL DEFAULT '',
    role          TEXT,
    selectable    INTEGER NOT NULL DEFAULT 1,
    subscribed    INTEGER NOT NULL DEFAULT 1,
    listed        INTEGER NOT NULL DEFAULT 1,     -- 0: made for a pending change, no LIST has named it yet
    uidvalidity   INTEGER,
    uidnext       INTEGER,
    highestmodseq INTEGER NOT NULL DEFAULT 0,
    complete      INTEGER NOT NULL DEFAULT 0,
    held          INTEGER NOT NULL DEFAULT 0,     -- rows of envelopes that are not hidden
    unread        INTEGER NOT NULL DEFAULT 0,     -- those of them without \Seen
    server_total  INTEGER,                        -- what the server said last, carried on by what is known since
    server_unread INTEGER,
    UNIQUE (account, wire)
);

CREATE TABLE envelopes (
    id          INTEGER PRIMARY KEY,              -- mailbox << 32 | uid: unique, and in UID order within a mailbox
    mailbox     INTEGER NOT NULL,
    received    INTEGER NOT NULL,
    flags       INTEGER NOT NULL,                 -- bits, see codec.py; bit 0 is \Seen
    hidden      INTEGER NOT NULL DEFAULT 0,       -- 1: moved away here, the server does not know yet
    keywords    TEXT    NOT NULL DEFAULT '',      -- the other flags, sorted, a space between
    sent        INTEGER,
    size        INTEGER NOT NULL,
    has_file    INTEGER NOT NULL,
    who         TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    snippet     TEXT    NOT NULL DEFAULT '',
    message_id  TEXT    NOT NULL,
    in_reply_to TEXT    NOT NULL,
    addresses   TEXT    NOT NULL,                 -- JSON, see codec.py
    structure   TEXT                              -- JSON, see codec.py; last, so that lists never read it
);

-- The window of a list. An index ends with the row's id, so this is (mailbox, received, uid).
CREATE INDEX envelope_window ON envelopes (mailbox, received) WHERE hidden = 0;
CREATE INDEX envelope_unread ON envelopes (mailbox, received) WHERE hidden = 0 AND flags & 1 = 0;
CREATE INDEX envelope_hidden ON envelopes (mailbox) WHERE hidden = 1;
CREATE INDEX envelope_message_id ON envelopes (message_id) WHERE message_id != '';

CREATE TABLE bodies (
    envelope INTEGER NOT NULL,
    section  TEXT    NOT NULL,
    data     BLOB    NOT NULL,
    UNIQUE (envelope, section)
);
