-- Receipts that tell more, and drafts that have a copy on the server.

ALTER TABLE submissions ADD COLUMN looked INTEGER NOT NULL DEFAULT 0;     -- times it was looked for on the server
ALTER TABLE submissions ADD COLUMN looked_at REAL NOT NULL DEFAULT 0;
ALTER TABLE submissions ADD COLUMN copy TEXT NOT NULL DEFAULT '';         -- `tui.mail.submission.Copy`, or why it waits
ALTER TABLE submissions ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;    -- 1: the user chose when it leaves
ALTER TABLE submissions ADD COLUMN rest_of INTEGER;                       -- for those whom this submission did not reach

ALTER TABLE drafts ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN version INTEGER NOT NULL DEFAULT 1;         -- another one every time it is written
ALTER TABLE drafts ADD COLUMN writing INTEGER NOT NULL DEFAULT 0;         -- 1: open for writing, or was in a crash
UPDATE drafts SET account = coalesce(json_extract(draft, '$.account'), '') WHERE json_valid(draft);

-- What is in the server's Drafts for a draft of ours, or may be: the row is there before the APPEND begins.
CREATE TABLE draft_copies (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    draft       INTEGER NOT NULL,                 -- its draft may be gone: then the copy is to go, too
    version     INTEGER NOT NULL,                 -- of the draft that was stored
    account     TEXT    NOT NULL,
    wire        BLOB    NOT NULL,
    mark        TEXT    NOT NULL,                 -- in a header field of its own; '' for one that another program made
    uidvalidity INTEGER,
    uid         INTEGER                           -- NULL: the server did not tell, or the answer was lost
);
CREATE INDEX draft_copy_draft ON draft_copies (draft);
CREATE INDEX draft_copy_account ON draft_copies (account);
