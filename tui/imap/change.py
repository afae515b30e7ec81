"""The verbs that change: flags, moving, deleting, appending, and mailboxes themselves."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from itertools import islice

from tui.imap import names, search
from tui.imap.arguments import Literal, astring, flag_list, uid_sets
from tui.imap.dates import internal_date
from tui.imap.responses import Result, number, ranges, result
from tui.imap.session import Session
from tui.mail.flags import DELETED, Flags
from tui.mail.ids import Uid, UidValidity
from tui.mail.noun import dataclass

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


@dataclass(frozen=True, slots=True)
class Copied:
    """What a server with UIDPLUS says of messages it has copied or moved (RFC 4315, 3; RFC 6851, 4.3).

    Attributes:
        uidvalidity: of the target; None where it says nothing.
        uids: old UID → new UID, of those it told.
    """

    uidvalidity: UidValidity | None = None
    uids: Mapping[Uid, Uid] = field(default_factory=dict)


async def move(session: Session, uids: Iterable[Uid], target: bytes) -> Copied:
    """Move messages of the selected mailbox.

    Without MOVE (RFC 6851): COPY, then \\Deleted, then `expunge`.

    Args:
        session: with a mailbox selected for writing.
        uids: the messages; those gone are passed over by the server.
        target: wire name of another mailbox.

    Returns:
        What they are called now, as far as the server says.

    Raises:
        MailboxNotFound: the target does not exist.
        MailError: as for any command.
    """
    wanted = list(uids)
    if can_move(session):
        return await _copy(session, wanted, target, "UID MOVE")
    copied = await copy(session, wanted, target)
    await expunge(session, wanted)
    return copied


def can_move(session: Session) -> bool:
    """Whether the server moves in one step: given again, the command then moves nothing twice."""
    return "MOVE" in session.capability


async def copy(session: Session, uids: Iterable[Uid], target: bytes) -> Copied:
    """Copy messages of the selected mailbox; arguments, result and errors as for `move`."""
    return await _copy(session, list(uids), target, "UID COPY")


async def _copy(session: Session, uids: Sequence[Uid], target: bytes, command: str) -> Copied:
    doing = f"{'Moving' if command == 'UID MOVE' else 'Copying'} to “{names.decode(target)}”"
    said: list[Result] = []

    def take(line: bytes, literals: Sequence[bytes]) -> bool:
        heard = result(line)
        if heard is None or heard.code != "COPYUID":
            return False
        said.append(heard)
        return True

    for piece in uid_sets(uids):
        said.append(await session.run(doing, command, piece.encode("ascii"), astring(target), take=take))
    return _copied(said, set(uids))


def _copied(said: Iterable[Result], wanted: Collection[Uid]) -> Copied:
    uidvalidity: UidValidity | None = None
    found: dict[Uid, Uid] = {}
    for each in said:
        words = each.argument.split()
        if each.code != "COPYUID" or len(words) != 3:
            continue
        generation = number(words[0])
        before, after = (list(_each(word, len(wanted))) for word in words[1:])
        fits = len(before) == len(after) <= len(wanted)
        if not generation or not fits or uidvalidity not in (None, generation):
            continue
        uidvalidity = UidValidity(generation)
        found.update({old: new for old, new in zip(before, after, strict=True) if old in wanted})
    return Copied(uidvalidity, found)


def _each(raw: bytes, most: int) -> Iterator[Uid]:
    """Yield the numbers of a set, one more than ``most`` at the utmost."""
    every = (Uid(uid) for low, high in ranges(raw) for uid in range(low, high + 1))
    return islice(every, most + 1)


async def expunge(session: Session, uids: Iterable[Uid]) -> None:
    """Delete messages of the selected mailbox for good, and no others: `mark_deleted`, then `expunge_marked`.

    Args:
        session: with a mailbox selected for writing.
        uids: the messages; those gone are passed over by the server.

    Raises:
        MailError: as for any command.
    """
    wanted = list(uids)
    await mark_deleted(session, wanted)
    await expunge_marked(session, wanted)


async def mark_deleted(session: Session, uids: Iterable[Uid]) -> None:
    """Mark messages of the selected mailbox as \\Deleted; arguments and errors as for `expunge`."""
    for piece in uid_sets(uids):
        await session.run("Deleting", "UID STORE", piece.encode("ascii"), b"+FLAGS.SILENT", flag_list([DELETED]))


async def expunge_marked(session: Session, uids: Iterable[Uid]) -> None:
    """Delete messages that are marked; arguments and errors as for `expunge`.

    Without UIDPLUS, EXPUNGE is given only when no other message is marked \\Deleted; else ours stay marked, for their
    owner to expunge.
    """
    wanted = list(uids)
    if "UIDPLUS" in session.capability:
        for piece in uid_sets(wanted):
            await session.run("Deleting", "UID EXPUNGE", piece.encode("ascii"))
        return
    marked = await search.search(session, b"DELETED")
    if marked and set(marked) <= set(wanted):
        await session.run("Deleting", "EXPUNGE")


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


async def subscribe(session: Session, wire: bytes) -> None:
    """Subscribe to a mailbox, so that clients that show subscribed ones only show it.

    Raises:
        MailError: as for any command.
    """
    await session.run(f"Subscribing to “{names.decode(wire)}”", "SUBSCRIBE", astring(wire))


async def unsubscribe(session: Session, wire: bytes) -> None:
    """Subscribe to a mailbox no longer; it need not exist.

    Raises:
        MailError: as for any command.
    """
    await session.run(f"Unsubscribing from “{names.decode(wire)}”", "UNSUBSCRIBE", astring(wire))


async def rename(session: Session, wire: bytes, new: bytes) -> None:
    """Rename a mailbox, and those below it with it (RFC 9051, 6.3.6).

    Raises:
        MailboxNotFound: there is none of this name.
        MailError: as for any command.
    """
    await session.run(f"Renaming “{names.decode(wire)}”", "RENAME", astring(wire), astring(new))


async def delete(session: Session, wire: bytes) -> None:
    """Delete a mailbox with what is in it. It must not be selected.

    Raises:
        MailboxNotFound: there is none of this name.
        MailError: as for any command.
    """
    await session.run(f"Deleting “{names.decode(wire)}”", "DELETE", astring(wire))
