-- What rules did: each message once, by its name on the server; and up to where each mailbox was looked at.

CREATE TABLE ruled (
    account     TEXT    NOT NULL,
    mailbox     BLOB    NOT NULL,                  -- its wire name
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    message_id  TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    rules       TEXT    NOT NULL,                  -- JSON: their names, in their order
    at          REAL    NOT NULL,
    state       TEXT    NOT NULL,                  -- begun, done, failed
    words       TEXT    NOT NULL,                  -- what was done, or why not
    PRIMARY KEY (account, mailbox, uidvalidity, uid)
);
CREATE INDEX ruled_at ON ruled (at);
CREATE INDEX ruled_message_id ON ruled (account, message_id);

CREATE TABLE ruled_marks (
    account     TEXT    NOT NULL,
    mailbox     BLOB    NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    PRIMARY KEY (account, mailbox)
);
