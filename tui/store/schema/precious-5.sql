-- The last words with a submission server, and the files of drafts apart from their words.

CREATE TABLE talks (
    submission INTEGER PRIMARY KEY REFERENCES submissions (id) ON DELETE CASCADE,
    words      TEXT NOT NULL                      -- a line each; no secret is in it
);

-- Apart from the draft, so that saving what was typed does not write megabytes again.
CREATE TABLE draft_files (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    draft    INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    place    INTEGER NOT NULL,                    -- among the files of the draft
    filename TEXT    NOT NULL,
    type     TEXT    NOT NULL,
    data     BLOB    NOT NULL
);
CREATE INDEX draft_file_draft ON draft_files (draft, place);
