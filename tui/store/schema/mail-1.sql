-- Mail that is on no server any more, or may soon be: what was taken by POP3, and what was filed beside it.
-- Never dropped, never rebuilt. What the lists show of it is in cache.db and can be made again from here.

CREATE TABLE accounts (
    account   TEXT PRIMARY KEY,
    caught_up INTEGER NOT NULL DEFAULT 0          -- 1: everything the server had at the first look is here
) WITHOUT ROWID;

CREATE TABLE boxes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,
    wire        BLOB    NOT NULL,                 -- the name as an IMAP server would send it
    role        TEXT,
    uidvalidity INTEGER NOT NULL,
    uidnext     INTEGER NOT NULL DEFAULT 1,
    modseq      INTEGER NOT NULL DEFAULT 1,       -- grows with every change of flags
    UNIQUE (account, wire)
);

-- Apart from the rows, so that moving and flagging do not write megabytes again.
CREATE TABLE contents (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    data BLOB NOT NULL                            -- the message as it came, wire bytes
);

CREATE TABLE messages (
    box        INTEGER NOT NULL REFERENCES boxes (id),
    uid        INTEGER NOT NULL,
    content    INTEGER NOT NULL REFERENCES contents (id),
    received   INTEGER NOT NULL,                  -- seconds since 1970 UTC
    flags      TEXT    NOT NULL DEFAULT '',       -- sorted, a space between
    modseq     INTEGER NOT NULL DEFAULT 1,
    message_id TEXT    NOT NULL DEFAULT '',
    mark       TEXT    NOT NULL DEFAULT '',       -- of a draft's copy
    PRIMARY KEY (box, uid)
) WITHOUT ROWID;
CREATE INDEX message_modseq ON messages (box, modseq);
CREATE INDEX message_message_id ON messages (message_id) WHERE message_id != '';

-- Where a message went: whoever was cut off in the middle of a move finds out here that it was done.
CREATE TABLE moved (
    box    INTEGER NOT NULL,
    uid    INTEGER NOT NULL,
    to_box INTEGER NOT NULL,
    to_uid INTEGER NOT NULL,
    made   REAL    NOT NULL,
    PRIMARY KEY (box, uid)
) WITHOUT ROWID;
CREATE INDEX moved_made ON moved (made);

-- What was taken from the server, by the name it has there: it is never taken again.
CREATE TABLE taken (
    account TEXT    NOT NULL,
    name    BLOB    NOT NULL,                     -- its UIDL, or a fingerprint where the server gives none
    state   INTEGER NOT NULL,                     -- 0: here; 1: here, and deleted there; 2: too large, not here
    made    REAL    NOT NULL,
    absent  REAL,                                 -- since when the server has not listed it; NULL: it does
    PRIMARY KEY (account, name)
) WITHOUT ROWID;
CREATE INDEX taken_due ON taken (account, state, made);
