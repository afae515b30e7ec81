"""Where the remote and the local meet: accounts, mailboxes, IDLE, pending changes, the outbox."""
