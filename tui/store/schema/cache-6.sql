-- People whom the user wrote to and got mail from, for completing addresses.

CREATE TABLE people (
    id      INTEGER PRIMARY KEY,
    spec    TEXT    NOT NULL UNIQUE,              -- the address, case-folded
    shown   TEXT    NOT NULL,                     -- as it was written last
    name    TEXT    NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,           -- mails to them
    heard   INTEGER NOT NULL DEFAULT 0,           -- mails from them
    last    INTEGER NOT NULL DEFAULT 0,           -- the newest of these, seconds since 1970 UTC
    score   REAL    NOT NULL DEFAULT 0,           -- binary logarithm of a sum that halves with time, see people.py
    card    TEXT    NOT NULL DEFAULT '',          -- the source of contacts that names them, '' for none
    words   TEXT    NOT NULL DEFAULT ''           -- name and address, folded, a space before each word
);
CREATE INDEX person_score ON people (score);
CREATE INDEX person_card ON people (card) WHERE card != '';
CREATE VIRTUAL TABLE people_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3'
);

-- Domains that were written to.
CREATE TABLE domains (
    domain  TEXT PRIMARY KEY,
    written INTEGER NOT NULL
) WITHOUT ROWID;

-- Files and commands with contacts, and what they were when they were read.
CREATE TABLE card_sources (
    source TEXT PRIMARY KEY,
    stamp  TEXT NOT NULL
) WITHOUT ROWID;

-- What was in the index of the search before there were people: docs below this one are still to be met.
CREATE TABLE unmet (below INTEGER NOT NULL);
INSERT INTO unmet SELECT max(doc) + 1 FROM docs HAVING max(doc) IS NOT NULL;
