-- Search. A hit is known by its doc, which grows with the time it came: walking an index by rowid is walking by time.

CREATE TABLE docs (
    doc      INTEGER PRIMARY KEY,                 -- received << 10 | a number; more than 1,024 of one second go on behind it
    envelope INTEGER NOT NULL UNIQUE
);
-- What is fed to these is folded, see mail/fold.py: plain words with one space between, nothing to be tokenized.
CREATE VIRTUAL TABLE head_words USING fts5 (
    subject, sender, target, copy, other, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2'
);
CREATE VIRTUAL TABLE head_parts USING fts5 (
    subject, sender, target, copy, other, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE body_words USING fts5 (
    body, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3'
);

-- What is still to be indexed: envelopes, and messages of which some section came.
CREATE TABLE unindexed (envelope INTEGER PRIMARY KEY);
CREATE TABLE unindexed_bodies (envelope INTEGER PRIMARY KEY);
INSERT INTO unindexed SELECT id FROM envelopes;
INSERT OR IGNORE INTO unindexed_bodies SELECT envelope FROM bodies WHERE section != 'HEADER';

CREATE TRIGGER search_envelope_came AFTER INSERT ON envelopes BEGIN
    INSERT OR IGNORE INTO unindexed VALUES (new.id);
END;
CREATE TRIGGER search_body_came AFTER INSERT ON bodies WHEN new.section != 'HEADER' BEGIN
    INSERT OR IGNORE INTO unindexed_bodies VALUES (new.envelope);
END;
CREATE TRIGGER search_envelope_gone AFTER DELETE ON envelopes BEGIN
    DELETE FROM head_words WHERE rowid = (SELECT doc FROM docs WHERE envelope = old.id);
    DELETE FROM head_parts WHERE rowid = (SELECT doc FROM docs WHERE envelope = old.id);
    DELETE FROM body_words WHERE rowid = (SELECT doc FROM docs WHERE envelope = old.id);
    DELETE FROM docs WHERE envelope = old.id;
    DELETE FROM unindexed WHERE envelope = old.id;
    DELETE FROM unindexed_bodies WHERE envelope = old.id;
END;
