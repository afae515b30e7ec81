"""Messages from elsewhere that are put into a mailbox: on the server, or on this machine for an account by POP3."""

from datetime import UTC, datetime

from tui.imap import change, mailboxes, search
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound
from tui.mail.flags import NO_FLAGS, Flags
from tui.mail.ids import AccountName
from tui.mail.noun import dataclass
from tui.store.local_mail import LocalMail, NewMessage
from tui.sync.work import Rank, WorkLine


@dataclass(frozen=True, slots=True)
class Brought:
    """A message to be put somewhere.

    Attributes:
        data: its octets, lines ended by CRLF.
        received: seconds since 1970 UTC.
        flags: to give it.
        message_id: with angle brackets; "" for none. What has the same is there already, and is not put there again.
    """

    data: bytes
    received: int
    flags: Flags = NO_FLAGS
    message_id: str = ""


async def put_there(line: WorkLine, wire: bytes, brought: Brought) -> bool:
    """Put a message into a mailbox of a server (APPEND); return whether it was not there.

    It looks first: an APPEND whose answer was lost may have worked.

    Raises:
        MailError: when it cannot be done.
    """

    async def put(session: Session) -> bool:
        flags = brought.flags
        if brought.message_id:
            selected = await mailboxes.select(session, wire)  # Courier takes no APPEND for what is open with EXAMINE
            flags = frozenset(each for each in flags if each.startswith("\\") or selected.keeps(each))
            try:
                if await search.find_message_id(session, brought.message_id):
                    return False
            finally:
                session.selected = None  # whoever wants this mailbox next wants it compared with the store
        received = datetime.fromtimestamp(brought.received, UTC)
        await change.append(session, wire, brought.data, flags, received)
        return True

    return await line.do(put, Rank.CHANGE)


async def put_here(local: LocalMail, account: AccountName, wire: bytes, brought: Brought) -> bool:
    """Put a message into a mailbox of this machine; return whether it was not there.

    Raises:
        MailError: when it cannot be done.
    """
    box = await local.box(account, wire)
    if box is None:
        raise MailboxNotFound("This mailbox is gone.")
    if brought.message_id and await local.with_message_id(box.id, brought.message_id) is not None:
        return False
    message = NewMessage(brought.data, brought.received, brought.flags, brought.message_id)
    if await local.append(account, wire, message) is None:
        raise MailboxNotFound("This mailbox is gone.")
    return True
