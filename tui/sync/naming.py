"""What a mailbox is called that a person names: with the server's prefix, as bytes for the wire."""

from collections.abc import Sequence

from tui.imap import names
from tui.mail.errors import MailError
from tui.mail.mailbox import Role
from tui.mail.text import clean_line
from tui.store.mailboxes import MailboxState


def new_wire(name: str, states: Sequence[MailboxState]) -> bytes:
    """Return the wire name for a mailbox that is to be made, or renamed.

    Args:
        name: as a person wrote it, levels with the server's delimiter; the server's prefix may be left out.
        states: the mailboxes of its account.

    Raises:
        MailError: it can be the name of none, or there is one already.
    """
    shown = clean_line(name, 500).strip()
    delimiter = delimiter_of(states)
    if not shown or shown != name.strip() or (delimiter and "" in shown.split(delimiter)):
        raise MailError(f"“{shown}” cannot be the name of a mailbox.")
    shown = with_prefix(states, shown)
    utf8 = any(not each.mailbox.wire.isascii() for each in states)
    wire = names.encode(shown, utf8=utf8)
    if wire.upper() == b"INBOX" or any(each.mailbox.name == shown or each.mailbox.wire == wire for each in states):
        raise MailError(f"There is a mailbox {shown} already.")
    return wire


def delimiter_of(states: Sequence[MailboxState]) -> str:
    """Return what the account's server writes between levels, "" where nothing tells it."""
    return next((each.mailbox.delimiter for each in states if each.mailbox.delimiter), "")


def with_prefix(states: Sequence[MailboxState], name: str) -> str:
    """Return a name behind ``INBOX.`` where the server keeps everything of the user's below INBOX."""
    delimiter = delimiter_of(states)
    others = [each.mailbox.name for each in states if each.mailbox.role is not Role.INBOX]
    prefix = f"INBOX{delimiter}"
    is_below = bool(delimiter and others) and all(each.startswith(prefix) for each in others)
    return prefix + name if is_below and not name.startswith(prefix) else name
