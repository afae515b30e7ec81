-- What exists nowhere else. Never dropped, never rebuilt.

CREATE TABLE mailbox_ids (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    wire    BLOB NOT NULL,
    UNIQUE (account, wire)
);

CREATE TABLE pending (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,
    mailbox     INTEGER NOT NULL,
    wire        BLOB    NOT NULL,
    uidvalidity INTEGER,
    kind        TEXT    NOT NULL,
    uids        TEXT    NOT NULL,                 -- JSON list
    added       TEXT    NOT NULL DEFAULT '[]',    -- JSON list of flags
    removed     TEXT    NOT NULL DEFAULT '[]',    -- JSON list of flags
    target      BLOB    NOT NULL DEFAULT x'',
    made        REAL    NOT NULL
);
CREATE INDEX pending_account ON pending (account, id);

CREATE TABLE submissions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    sender     TEXT    NOT NULL,
    recipients TEXT    NOT NULL,                  -- JSON list
    subject    TEXT    NOT NULL,
    shown_to   TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    due        REAL    NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    words      TEXT    NOT NULL DEFAULT '',
    refused    TEXT    NOT NULL DEFAULT '[]',     -- JSON list of [address, code, text]
    changed    REAL    NOT NULL,
    size       INTEGER NOT NULL
);
CREATE INDEX submission_state ON submissions (account, state, due);

-- Apart from the row, so that a change of state does not write megabytes again.
CREATE TABLE letters (
    submission INTEGER PRIMARY KEY REFERENCES submissions (id) ON DELETE CASCADE,
    draft      TEXT NOT NULL,
    data       BLOB NOT NULL
);

CREATE TABLE drafts (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    draft   TEXT NOT NULL,                        -- JSON, `tui.mail.draft`
    changed REAL NOT NULL
);
