-- Conversations. Messages that name each other, straight or by way of others, are one thread, in all mailboxes.

CREATE TABLE thread_keys (
    key    INTEGER PRIMARY KEY,                   -- of a Message-ID or of another name, see mail/thread.py
    thread INTEGER NOT NULL
);
CREATE INDEX thread_key_thread ON thread_keys (thread);

-- What is known of a message that has a thread, so that nothing here reads the wide rows of envelopes.
CREATE TABLE members (
    envelope INTEGER PRIMARY KEY,
    thread   INTEGER NOT NULL,
    mailbox  INTEGER NOT NULL,
    received INTEGER NOT NULL,
    hidden   INTEGER NOT NULL,
    has_file INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    keys     BLOB    NOT NULL                     -- 8 octets each: its own, or 0, then those it names, nearest last
);
CREATE INDEX member_order ON members (thread, mailbox, hidden, received);

-- The rows of the lists: a thread in one mailbox, as far as it is shown there.
CREATE TABLE conversations (
    mailbox INTEGER NOT NULL,
    thread  INTEGER NOT NULL,
    newest  INTEGER NOT NULL,                     -- received of its newest message
    head    INTEGER NOT NULL,                     -- that message
    count   INTEGER NOT NULL,
    unread  INTEGER NOT NULL,
    flagged INTEGER NOT NULL,
    files   INTEGER NOT NULL,
    people  TEXT    NOT NULL,                     -- a name a line, those of the newest first
    PRIMARY KEY (mailbox, thread)
) WITHOUT ROWID;
CREATE INDEX conversation_window ON conversations (mailbox, newest, head);
CREATE INDEX conversation_unread ON conversations (mailbox, newest, head) WHERE unread > 0;
ALTER TABLE mailboxes ADD COLUMN conversations INTEGER NOT NULL DEFAULT 0;  -- rows of that table

-- What has no thread yet: came in a great number, or was here before there were threads (all rows below that key).
CREATE TABLE unthreaded (
    envelope INTEGER PRIMARY KEY,
    keys     BLOB NOT NULL                        -- those it names beside what its row tells
);
CREATE TABLE thread_backlog (
    mailbox INTEGER PRIMARY KEY,
    below   INTEGER NOT NULL
);
INSERT INTO thread_backlog SELECT id, (id + 1) << 32 FROM mailboxes;

-- Answers of which the server was not asked yet what else they name.
CREATE TABLE untraced (envelope INTEGER PRIMARY KEY);

CREATE TABLE thread_numbers (next INTEGER NOT NULL);
INSERT INTO thread_numbers VALUES (1);
