-- Keywords that a server keeps not: they lie over what it says, for ever.

CREATE TABLE kept (
    mailbox     INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL,                 -- 0: the server told none
    uid         INTEGER NOT NULL,
    words       TEXT    NOT NULL,                 -- sorted, a space between
    PRIMARY KEY (mailbox, uidvalidity, uid)
) WITHOUT ROWID;
