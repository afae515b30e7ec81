-- Who wrote it, so that "is this the first mail from that address?" is one step down an index.
CREATE INDEX envelope_sender ON envelopes (json_extract(addresses, '$[0][1]') COLLATE NOCASE);
