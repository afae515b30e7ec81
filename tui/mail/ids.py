"""Names for numbers and strings that must not be mixed up."""

from typing import NewType

Uid = NewType("Uid", int)
"""A message's unique identifier within one mailbox and one UIDVALIDITY (RFC 9051, 2.3.1.1); 1 to 2**32 - 1."""

UidValidity = NewType("UidValidity", int)
"""The generation of a mailbox's UIDs (RFC 9051, 2.3.1.1)."""

ModSeq = NewType("ModSeq", int)
"""A CONDSTORE modification sequence (RFC 7162); 0 means the server offers none."""

AccountName = NewType("AccountName", str)
"""The account's key in config.toml, such as ``work``."""

MailboxId = NewType("MailboxId", int)
"""The store's own key of one mailbox of one account. Never sent to a server."""

SubmissionId = NewType("SubmissionId", int)
"""The store's own key of one row of the outbox."""

ThreadId = NewType("ThreadId", int)
"""The store's own key of one thread, above 0; it goes when threads are found to be one."""
