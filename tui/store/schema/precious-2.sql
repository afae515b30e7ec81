-- What the user did, so that it can be undone and done again.

CREATE TABLE acts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT    NOT NULL,
    verb       TEXT    NOT NULL,                  -- `tui.mail.act.Verb`
    count      INTEGER NOT NULL DEFAULT 0,
    place      TEXT    NOT NULL DEFAULT '',
    target     TEXT    NOT NULL DEFAULT '',
    submission INTEGER,
    made       REAL    NOT NULL,
    undone     INTEGER NOT NULL DEFAULT 0,        -- 0: in force; else the order in which acts were undone
    cut        INTEGER NOT NULL DEFAULT 0,        -- undone, and something else was done since
    refused    INTEGER NOT NULL DEFAULT 0,
    final      INTEGER NOT NULL DEFAULT 0,        -- nothing can take it back any more
    passed     INTEGER NOT NULL DEFAULT 0,        -- final, and the user was told so
    words      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX act_submission ON acts (submission) WHERE submission IS NOT NULL;

-- What an act changed, exactly: undoing is the opposite of this. Messages are named by what they were called then.
CREATE TABLE steps (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    act            INTEGER NOT NULL REFERENCES acts (id) ON DELETE CASCADE,
    mailbox        INTEGER NOT NULL,
    wire           BLOB    NOT NULL,
    uidvalidity    INTEGER,
    kind           TEXT    NOT NULL,
    uids           TEXT    NOT NULL DEFAULT '[]', -- JSON list of numbers and of [first, last]
    added          TEXT    NOT NULL DEFAULT '[]',
    removed        TEXT    NOT NULL DEFAULT '[]',
    target         BLOB    NOT NULL DEFAULT x'',
    target_mailbox INTEGER,
    name           TEXT    NOT NULL DEFAULT '',
    old_name       TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX step_act ON steps (act);

-- Where a message went that we moved: UIDs are never used again, so this leads from any name it had to the last.
CREATE TABLE trail (
    mailbox        INTEGER NOT NULL,
    uidvalidity    INTEGER NOT NULL,              -- 0: the server has none
    uid            INTEGER NOT NULL,
    to_mailbox     INTEGER NOT NULL,
    to_uidvalidity INTEGER NOT NULL DEFAULT 0,
    to_uid         INTEGER,                       -- NULL: not known yet; 0: looked for and not there
    since          INTEGER NOT NULL DEFAULT 1,    -- it has this UID or a later one
    message_id     TEXT    NOT NULL DEFAULT '',
    size           INTEGER NOT NULL DEFAULT 0,
    made           REAL    NOT NULL,
    PRIMARY KEY (mailbox, uidvalidity, uid)
) WITHOUT ROWID;
CREATE INDEX trail_made ON trail (made);
CREATE INDEX trail_target ON trail (to_mailbox, to_uid);

ALTER TABLE pending ADD COLUMN step INTEGER;                        -- NULL: not an act of the user
ALTER TABLE pending ADD COLUMN undoing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pending ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;    -- the server may have heard of it
ALTER TABLE pending ADD COLUMN target_mailbox INTEGER;
ALTER TABLE pending ADD COLUMN name TEXT NOT NULL DEFAULT '';       -- of a mailbox, for people
ALTER TABLE pending ADD COLUMN old_name TEXT NOT NULL DEFAULT '';
CREATE INDEX pending_step ON pending (step) WHERE step IS NOT NULL;

UPDATE pending SET begun = 1, target_mailbox =
    (SELECT id FROM mailbox_ids WHERE mailbox_ids.account = pending.account AND mailbox_ids.wire = pending.target);
