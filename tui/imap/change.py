"""The verbs that change: flags, moving, appending, creating."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tui.imap import names, search
from tui.imap.arguments import Literal, astring, flag_list, uid_sets
from tui.imap.dates import internal_date
from tui.imap.session import Session
from tui.mail.flags import DELETED, Flags
from tui.mail.ids import Uid

UPLOAD_TIMEOUT = 120.0
"""Seconds a server may think about a message it has received."""


async def store_flags(session: Session, uids: Iterable[Uid], add: Flags, remove: Flags) -> None:
    """Add and remove flags: what others changed meanwhile stays.

    Args:
        session: with a mailbox selected for writing.
        uids: the messages; those gone are passed over by the server.
        add, remove: flags.

    Raises:
        ServerRefused: the mailbox is read-only, say.
        MailError: as for any command.
    """
    for piece in uid_sets(uids):
        for sign, flags in ((b"+", add), (b"-", remove)):
            if flags:
                arguments = (piece.encode("ascii"), sign + b"FLAGS.SILENT", flag_list(flags))
                await session.run("Changing flags", "UID STORE", *arguments)


async def move(session: Session, uids: Iterable[Uid], target: bytes) -> None:
    """Move messages of the selected mailbox.

    Without MOVE (RFC 6851): COPY, then \\Deleted, then UID EXPUNGE of exactly these. Without UIDPLUS too, EXPUNGE is
    given only when no other message is marked \\Deleted; else ours stay marked, for their owner to expunge.

    Args:
        session: with a mailbox selected for writing.
        uids: the messages.
        target: wire name of another mailbox.

    Raises:
        MailboxNotFound: the target does not exist.
        MailError: as for any command.
    """
    doing = f"Moving to “{names.decode(target)}”"
    wanted = list(uids)
    for piece in uid_sets(wanted):
        arguments = (piece.encode("ascii"), astring(target))
        if "MOVE" in session.capability:
            await session.run(doing, "UID MOVE", *arguments)
            continue
        await session.run(doing, "UID COPY", *arguments)
        await session.run(doing, "UID STORE", piece.encode("ascii"), b"+FLAGS.SILENT", flag_list([DELETED]))
        if "UIDPLUS" in session.capability:
            await session.run(doing, "UID EXPUNGE", piece.encode("ascii"))
    if "MOVE" not in session.capability and "UIDPLUS" not in session.capability:
        await _expunge_own(session, wanted, doing)


async def _expunge_own(session: Session, uids: Sequence[Uid], doing: str) -> None:
    marked = await search.search(session, b"DELETED")
    if marked and set(marked) <= set(uids):
        await session.run(doing, "EXPUNGE")


async def append(session: Session, wire: bytes, data: bytes, flags: Flags, received: datetime | None) -> Uid | None:
    """Put a message into a mailbox.

    Args:
        session: logged in.
        wire: the mailbox's name.
        data: the message, wire bytes with CRLF.
        flags: its flags.
        received: its INTERNALDATE, with time zone; None for now.

    Returns:
        Its UID where the server tells (RFC 4315), else None.

    Raises:
        MailboxNotFound: the mailbox does not exist.
        OverQuota: there is no room.
        MailError: as for any command.
    """
    arguments = [astring(wire)]
    if flags:
        arguments.append(flag_list(flags))
    if received is not None:
        arguments.append(internal_date(received))
    doing = f"Filing in “{names.decode(wire)}”"
    answer = await session.run(doing, "APPEND", *arguments, Literal(data), timeout=UPLOAD_TIMEOUT)
    if answer.code != "APPENDUID":
        return None
    validity, _, uid = answer.argument.partition(b" ")
    return Uid(int(uid)) if validity.isdigit() and uid.isdigit() and 0 < int(uid[:20]) < 2**32 else None


async def create(session: Session, wire: bytes) -> None:
    """Create a mailbox.

    Args:
        session: logged in.
        wire: its name: see `tui.imap.mailboxes.personal_name`.

    Raises:
        ServerRefused: it exists already, say.
        MailError: as for any command.
    """
    await session.run(f"Creating “{names.decode(wire)}”", "CREATE", astring(wire))
