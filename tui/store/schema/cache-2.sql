-- What the server says of the flags of rows that show others because a change of ours waits.
CREATE TABLE told (
    id       INTEGER PRIMARY KEY REFERENCES envelopes (id) ON DELETE CASCADE,
    flags    INTEGER NOT NULL,
    keywords TEXT    NOT NULL DEFAULT ''
);
