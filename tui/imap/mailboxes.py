"""The verbs for mailboxes: LIST, NAMESPACE, SELECT, EXAMINE, STATUS."""

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress

from tui.imap import names
from tui.imap.arguments import astring
from tui.imap.limits import COMMON, FETCH, PARSE_SECONDS
from tui.imap.listed import List, Listed, Namespace, StatusLine, listed, prefixes, status_name
from tui.imap.listed import status as read_status
from tui.imap.responses import Exists, FlagsChanged, Result, Vanished, result, untagged
from tui.imap.selected import Known, Missed, Selected, Status
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound, ProtocolViolation, ServerRefused
from tui.mail.flags import NO_FLAGS, Flags, canonical
from tui.mail.ids import AccountName, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role

__all__ = [
    "Known",
    "Missed",
    "Selected",
    "Status",
    "list_mailboxes",
    "personal_name",
    "resync",
    "select",
    "status",
    "subscribed",
]

_NOT_SELECTABLE = frozenset((b"\\noselect", b"\\nonexistent"))
_FLAG_WORD = re.compile(rb"[^\s()]+")

Rows = list[tuple[bytes, Sequence[bytes]]]


async def list_mailboxes(
    session: Session, account: AccountName, counts: dict[bytes, Status] | None = None
) -> list[Mailbox]:
    """Return every mailbox, in the server's order, each with its role where the server or its name tells one.

    Args:
        session: logged in.
        account: written into each noun.
        counts: gets the counts of every mailbox by its wire name, where the server can tell them in the same answer
            (LIST-STATUS, RFC 5819); else it stays empty.

    Raises:
        MailError: as for any command.
    """
    extended = "LIST-EXTENDED" in session.capability
    rows: Rows = []
    if extended:
        options = b"SPECIAL-USE SUBSCRIBED" if "SPECIAL-USE" in session.capability else b"SUBSCRIBED"
        if counts is not None and "LIST-STATUS" in session.capability:
            options += b" STATUS (" + _status_items(session) + b")"
        try:
            rows = await _rows(session, "LIST", b'"" "*" RETURN (' + options + b")", counts)
        except ServerRefused:
            extended = False
    if not extended:
        rows = await _rows(session, "LIST", b'"" "*"')
    found = await _read(rows)
    names_told: set[bytes] | None = None
    if extended:
        names_told = {row.wire for row in found.values() if b"\\subscribed" in row.attributes}
    else:
        with suppress(ServerRefused):
            names_told = set(await _read(await _rows(session, "LSUB", b'"" "*"')))
    return await asyncio.to_thread(_mailboxes, account, list(found.values()), names_told)


async def subscribed(session: Session) -> dict[bytes, str]:
    """Return every name that is subscribed to, also of mailboxes that are gone → its delimiter.

    Raises:
        MailError: as for any command.
    """
    if "LIST-EXTENDED" in session.capability:
        rows = await _rows(session, "LIST", b'(SUBSCRIBED) "" "*"')
    else:
        rows = await _rows(session, "LSUB", b'"" "*"')
    return {wire: row.delimiter for wire, row in (await _read(rows)).items()}


async def _rows(session: Session, name: str, arguments: bytes, counts: dict[bytes, Status] | None = None) -> Rows:
    rows: Rows = []

    def take(line: bytes, literals: Sequence[bytes]) -> bool:
        if List.match(line):
            rows.append((line, literals))
            return True
        if counts is not None and StatusLine.match(line):
            found = read_status(line)
            if found is not None:
                counts[status_name(line, literals)] = found
            return True
        return False

    await session.run("Listing the mailboxes", name, arguments, take=take)
    return rows


async def _read(rows: Rows) -> dict[bytes, Listed]:
    found: dict[bytes, Listed] = {}
    until = time.monotonic() + PARSE_SECONDS
    for line, literals in rows:
        row = listed(line, literals)
        if row is not None:
            found.setdefault(row.wire, row)
        if time.monotonic() > until:
            await asyncio.sleep(0)
            until = time.monotonic() + PARSE_SECONDS
    return found


def _mailboxes(account: AccountName, rows: Sequence[Listed], subscribed: set[bytes] | None) -> list[Mailbox]:
    shown = [names.decode(row.wire) for row in rows]
    roles = _roles(rows, shown)
    made: list[Mailbox] = []
    for row, name, role in zip(rows, shown, roles, strict=True):
        selectable = not (row.attributes & _NOT_SELECTABLE)
        is_subscribed = subscribed is None or row.wire in subscribed or role is Role.INBOX
        made.append(Mailbox(account, row.wire, name, row.delimiter, role, selectable, is_subscribed))
    return made


def _roles(rows: Sequence[Listed], shown: Sequence[str]) -> list[Role | None]:
    roles: list[Role | None] = []
    taken: set[Role] = set()
    for row in rows:
        role = names.role_of(row.wire, row.attributes)
        roles.append(role if role not in taken else None)
        if role is not None:
            taken.add(role)
    for place, row in enumerate(rows):
        if roles[place] is None and not row.attributes & _NOT_SELECTABLE:
            role = names.guess(shown[place], row.delimiter)
            if role is not None and role not in taken:
                roles[place] = role
                taken.add(role)
    return roles


async def personal_name(session: Session, name: str) -> bytes:
    """Return the wire name for a mailbox of the user's own, with the prefix that the server wants (``INBOX.``).

    Args:
        session: logged in.
        name: as a person wrote it; one that lies in another namespace of the server's stays as it is.

    Raises:
        MailError: as for any command.
    """
    prefix: bytes = b""
    others: list[bytes] = []
    if "NAMESPACE" in session.capability:
        seen: Rows = []

        def take(line: bytes, literals: Sequence[bytes]) -> bool:
            if Namespace.match(line):
                seen.append((line, literals))
                return True
            return False

        await session.run("Asking for the namespace", "NAMESPACE", take=take)
        if seen:
            prefix, others = prefixes(*seen[0])
    wire = names.encode(name, utf8=session.utf8)
    return wire if wire.startswith((prefix, *others)) else prefix + wire


class _Selecting:
    """Gathers what SELECT says; what came before ``[CLOSED]`` was about the mailbox before."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.exists = 0
        self.uidvalidity: UidValidity | None = None
        self.uidnext: Uid | None = None
        self.modseq = ModSeq(0)
        self.sticky = True
        self.flags: Flags = NO_FLAGS
        self.missed = Missed()

    def take(self, line: bytes, literals: Sequence[bytes]) -> bool:
        said = result(line)
        if said is not None:
            if said.code == "ALERT" or said.kind == "BYE":
                return False
            self._code(said)
            return True
        seen = untagged(line, literals)
        if isinstance(seen, Exists):
            self.exists = min(seen.count, 2**32 - 1)
        elif isinstance(seen, Vanished):
            self.missed.vanished += seen.uids
        elif isinstance(seen, FlagsChanged) and seen.uid is not None:
            self.missed.flags[seen.uid] = seen.flags
        return seen is not None

    def _code(self, said: Result) -> None:
        value = said.number
        if said.code == "CLOSED":
            self.clear()
        elif said.code == "UIDVALIDITY" and value:
            self.uidvalidity = UidValidity(value)
        elif said.code == "UIDNEXT" and value:
            self.uidnext = Uid(value)
        elif said.code == "UIDNOTSTICKY":
            self.sticky = False
        elif said.code == "HIGHESTMODSEQ" and said.argument.isdigit() and len(said.argument) < 20:
            self.modseq = ModSeq(int(said.argument))
        elif said.code == "PERMANENTFLAGS":
            words = _FLAG_WORD.findall(said.argument[:20_000])
            self.flags = canonical(word.decode("utf-8", "replace") for word in words)


async def select(session: Session, wire: bytes, *, read_only: bool = False) -> Selected:
    """Select a mailbox.

    Args:
        session: logged in.
        wire: its name, exactly as LIST gave it.
        read_only: use EXAMINE.

    Raises:
        MailboxNotFound: the server has it not, or does not open it.
        MailError: as for any command.
    """
    selected, _ = await _open(session, wire, "EXAMINE" if read_only else "SELECT")
    return selected


async def resync(session: Session, wire: bytes, known: Known) -> tuple[Selected, Missed]:
    """Select a mailbox and learn in the same answer what was missed since it was known (RFC 7162, 3.2.5).

    Args:
        session: logged in; with `Session.resyncs`.
        wire: its name, exactly as LIST gave it.
        known: what is held of it.

    Raises:
        MailboxNotFound: the server has it not, or does not open it.
        MailError: as for any command.
    """
    selected, missed = await _open(session, wire, "SELECT", known)
    same = selected.uidvalidity == known.uidvalidity
    missed.told = session.resyncs and same and selected.highestmodseq >= known.highestmodseq
    return selected, missed


async def _open(session: Session, wire: bytes, command: str, known: Known | None = None) -> tuple[Selected, Missed]:
    gathered = _Selecting()
    arguments = [astring(wire)]
    if known is not None and session.resyncs:
        point = (known.uidvalidity, known.highestmodseq, known.low, known.high)
        arguments.append(b"(QRESYNC (%d %d %d:%d))" % point)
    elif "CONDSTORE" in session.capability or "QRESYNC" in session.capability:
        arguments.append(b"(CONDSTORE)")
    session.selected = None
    doing = f"Opening “{names.decode(wire)}”"
    limits = FETCH if known is not None else COMMON
    try:
        answer = await session.run(doing, command, *arguments, take=gathered.take, limits=limits)
    except ServerRefused as error:
        session.set_selected(None)
        if known is not None and not session.resyncs:  # the server offers what it then refuses
            return await _open(session, wire, command)
        if type(error) is ServerRefused:
            raise MailboxNotFound(error.message, code=error.code, text=error.text) from None
        raise
    selected = Selected(
        wire,
        gathered.exists,
        gathered.uidvalidity if gathered.sticky else None,
        gathered.uidnext,
        gathered.modseq,
        answer.code == "READ-ONLY",
        gathered.flags,
    )
    session.set_selected(selected)
    return selected, gathered.missed


def _status_items(session: Session) -> bytes:
    knows = "CONDSTORE" in session.capability or "QRESYNC" in session.capability
    return b"MESSAGES UNSEEN UIDNEXT UIDVALIDITY" + (b" HIGHESTMODSEQ" if knows else b"")


async def status(session: Session, wire: bytes) -> Status:
    """Ask for the counts of a mailbox that is not selected.

    Raises:
        MailboxNotFound: the server has it not.
        MailError: as for any command.
    """
    items = _status_items(session)
    seen: list[Status] = []

    def take(line: bytes, literals: Sequence[bytes]) -> bool:
        if not StatusLine.match(line):
            return False
        found = read_status(line)
        if found is not None:
            seen.append(found)
        return True

    await session.run(f"Counting “{names.decode(wire)}”", "STATUS", astring(wire), b"(" + items + b")", take=take)
    if not seen:
        raise ProtocolViolation(f"{session.server.label} did not say what STATUS asked for.")
    return seen[-1]
