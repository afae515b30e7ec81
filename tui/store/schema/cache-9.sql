-- The words of the search lie in as many pieces as they came in. A word is looked up in each of them, so they are put
-- together once there is a good deal more than the last time.

CREATE TABLE merges (
    name  TEXT PRIMARY KEY,                       -- of a table of words
    size  INTEGER NOT NULL,                       -- messages that are in one piece
    grown INTEGER NOT NULL,                       -- what came since
    under_way INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO merges (name, size, grown) SELECT 'head_words', 0, count(*) FROM docs;
INSERT INTO merges (name, size, grown) SELECT 'head_parts', 0, count(*) FROM docs;
INSERT INTO merges (name, size, grown) SELECT 'body_words', 0, count(*) FROM body_words_docsize;
