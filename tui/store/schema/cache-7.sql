-- What is put aside (hidden = 2), and what was sent and is to be answered, is found without walking through the others.

CREATE INDEX envelope_aside ON envelopes (mailbox) WHERE hidden = 2;
CREATE INDEX envelope_remind ON envelopes (mailbox) WHERE instr(lower(keywords), 'tidings-remind-') > 0;

-- The version before took the keywords for such as any: these rows are looked at when the store is opened.
INSERT OR IGNORE INTO told SELECT id, flags, keywords FROM envelopes WHERE instr(lower(keywords), 'tidings-') > 0;
