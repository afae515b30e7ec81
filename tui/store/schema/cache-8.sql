-- What is asked of messages beside words, in the narrow rows of their docs: to look at one costs a tenth of looking at
-- an envelope, and what few messages have leads straight to them, in order of time.

ALTER TABLE docs ADD COLUMN facts INTEGER;        -- size << 8 | 128: other keywords | 64: a file | flags; NULL: not known
CREATE INDEX doc_mailbox ON docs (envelope >> 32, doc);
CREATE INDEX doc_unread ON docs (doc) WHERE facts & 1 = 0;
CREATE INDEX doc_answered ON docs (doc) WHERE facts & 2 != 0;
CREATE INDEX doc_flagged ON docs (doc) WHERE facts & 4 != 0;
CREATE INDEX doc_draft ON docs (doc) WHERE facts & 16 != 0;
CREATE INDEX doc_forwarded ON docs (doc) WHERE facts & 32 != 0;
CREATE INDEX doc_file ON docs (doc) WHERE facts & 64 != 0;
CREATE INDEX doc_keyword ON docs (doc) WHERE facts & 128 != 0;
CREATE INDEX doc_large ON docs (doc) WHERE facts >= 268435456;

CREATE TRIGGER search_envelope_changed AFTER UPDATE OF flags, keywords ON envelopes
WHEN new.flags != old.flags OR (new.keywords = '') != (old.keywords = '') BEGIN
    UPDATE docs SET facts = (facts & ~191) | (new.flags & 63) | ((new.keywords != '') << 7) WHERE envelope = new.id;
END;

-- What was in the index before: docs below this one are still to be looked at.
CREATE TABLE unfaceted (below INTEGER NOT NULL);
INSERT INTO unfaceted SELECT max(doc) + 1 FROM docs HAVING max(doc) IS NOT NULL;
