"""Changes made here that the server does not know yet: on disk before the screen shows them."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import apsw

from tui.mail.flags import Flags
from tui.mail.ids import AccountName, MailboxId, Uid, UidValidity
from tui.store import envelope_changes, mailbox_changes, shown, trail
from tui.store.change_codec import STEP_COLUMNS, step_change, step_values
from tui.store.databases import Connections, Databases
from tui.store.overlay import OF_MAILBOXES, Change, ChangeKind, Name, Place
from tui.store.shown import Effects, Sight
from tui.store.sqlite import query, transaction
from tui.store.trail import Lost

__all__ = ["Change", "ChangeKind", "Effects", "Lost", "Pending", "Place", "alter", "read_changes"]

_COLUMNS = f"account, {STEP_COLUMNS}, id, made, step, undoing, begun"


class Pending:
    """The changes that wait for the server, in the order they were made.

    While a row is here, `tui.store.envelopes` lays it over what the server says; `done` and `refused` end that.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, change: Change) -> int:
        """Write a change and show it; return its id. When this returns, it survives a power cut."""
        return await self._databases.write_precious(_add, change)

    async def next(self, account: AccountName) -> Change | None:
        """Return the account's oldest change, or None."""
        changes = await self._databases.read_precious(_read, account, 1)
        return changes[0] if changes else None

    async def get(self, id: int) -> Change | None:
        """Return one change as it is now, or None when it is done or taken back."""
        found = await self._databases.read_precious(_read, None, -1, id)
        return found[0] if found else None

    async def all(self, account: AccountName | None = None) -> list[Change]:
        """Return the changes of one account or of all, oldest first."""
        return await self._databases.read_precious(_read, account, -1)

    async def count(self, account: AccountName) -> int:
        """Return how many changes of an account there are."""
        return await self._databases.read_precious(_count, account)

    async def waiting(self) -> dict[AccountName, int]:
        """Return how many messages, or mailboxes, wait in each account for the server to hear what was done."""
        return await self._databases.read_precious(_waiting)

    async def flagged(self, mailbox: MailboxId) -> list[Uid]:
        """Return the messages of a mailbox whose flags are shown otherwise than the server has them."""
        return await self._databases.read(shown.flagged, mailbox)

    async def follow(self, change: Change) -> tuple[list[Place], list[Lost]]:
        """Return where the messages of a change are now, as far as known: `tui.store.trail.follow`."""
        return await self._databases.read_precious(_follow, change)

    async def names_now(self, place: Place) -> dict[Name, Uid]:
        """Return what messages are called now, as far as known → what they were called there."""
        return await self._databases.read_precious(_names_now, place)

    async def copied_from(self, change: Change) -> Place | None:
        """Return the messages whose copies an undone COPY deletes, as they were called then; None: it is forgotten."""
        return await self._databases.read_precious(_copied_from, change)

    async def lost_copies(self, change: Change) -> list[Lost]:
        """Return the copies that a COPY may have made, of which it is not known what they are called."""
        return await self._databases.read_precious(_lost_copies, change)

    async def wire(self, mailbox: MailboxId) -> bytes | None:
        """Return what a mailbox is called on the server, also one that is gone."""
        return await self._databases.read_precious(_wire, mailbox)

    async def known_by(self, place: Place) -> dict[Uid, tuple[str, int]]:
        """Return (Message-ID, octets) of messages that are here, hidden or not."""
        return await self._databases.read(shown.known_by, place)

    async def taken(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> set[Uid]:
        """Return the UIDs of a mailbox that are known to be messages we moved there."""
        return await self._databases.read_precious(_taken, mailbox, uidvalidity)

    async def begin(
        self,
        change: Change,
        places: Sequence[Place] = (),
        uidvalidity: UidValidity | None = None,
        since: Uid = Uid(1),  # noqa: B008 - a number
    ) -> bool:
        """Note that the server is going to hear of a change: from now on it cannot simply be dropped.

        Args:
            places: for MOVE and COPY: where the messages are.
            uidvalidity, since: for MOVE and COPY: of the target, now.

        Returns:
            False when the user has taken it back: it must not be carried out.
        """
        return await self._databases.write_precious(_begin, change, places, uidvalidity, since)

    async def call(self, change: Change, wire: bytes, name: str) -> None:
        """Note that the server calls a mailbox that is made, or renamed, otherwise than it was written down here.

        Args:
            change: CREATE or RENAME.
            wire, name: the right (new) name, as the server and as people write it.
        """
        await self._databases.write_precious(_call, change, wire, name)

    async def landed(self, went: dict[Name, Name | None]) -> Effects:
        """Note what moved messages are called now; None for those that are not there."""
        return await self._databases.write_precious(_landed, went)

    async def keep_here(self, place: Place, add: Flags, remove: Flags) -> Effects:
        """Give messages keywords that the server does not keep, and take others off: this machine has them."""
        from tui.store import kept  # noqa: PLC0415 - late: start-up time

        return await self._databases.write_precious(kept.change, place, add, remove)

    async def done(self, id: int, places: Sequence[Place] | None = None) -> Effects:
        """Drop a change: the server has it.

        Args:
            places: where its messages were when it got it; None for where they were when the user acted.
        """
        return await self._databases.write_precious(_done, id, places)

    async def refused(self, id: int, words: str) -> Effects:
        """Drop a change that the server has refused, and what was to follow on it; show what is so without it.

        Args:
            words: why, cleaned; kept with the act.
        """
        return await self._databases.write_precious(_refused, id, words)


def read_changes(at: Connections) -> list[Change]:
    """Return every change, oldest first, with where its messages are now."""
    changes = _read(at, None, -1)
    named: dict[tuple[MailboxId, UidValidity | None], set[Uid]] = {}
    for each in changes:
        named.setdefault((each.mailbox, each.uidvalidity), set()).update(each.uids)
    went: dict[tuple[MailboxId, UidValidity | None], set[Uid]] = {}
    for (mailbox, uidvalidity), uids in named.items():
        for place in trail.left(at.precious, Place(mailbox, uidvalidity, tuple(uids))):
            went[mailbox, uidvalidity] = set(place.uids)
    none: frozenset[Uid] = frozenset()
    return [  # a question for each of thousands would keep the first keys waiting; most were never moved
        each
        if went.get((each.mailbox, each.uidvalidity), none).isdisjoint(each.uids)
        else replace(each, places=_places(at, each))
        for each in changes
    ]


def _count(at: Connections, account: AccountName) -> int:
    count: int = query(at.precious, "SELECT count(*) FROM pending WHERE account = ?", (account,))[0][0]
    return count


def _waiting(at: Connections) -> dict[AccountName, int]:
    rows = query(
        at.precious,
        "SELECT account, sum(max(1, (SELECT coalesce(sum(CASE type WHEN 'array' THEN"
        " json_extract(value, '$[1]') - json_extract(value, '$[0]') + 1 ELSE 1 END), 0) FROM json_each(uids))))"
        " FROM pending GROUP BY account",
    )
    return {AccountName(account): count for account, count in rows}


def _places(at: Connections, change: Change) -> tuple[Place, ...]:
    return tuple(trail.follow(at.precious, [change.origin])[0]) if change.uids else ()


def _follow(at: Connections, change: Change) -> tuple[list[Place], list[Lost]]:
    return trail.follow(at.precious, [change.origin])


def _names_now(at: Connections, place: Place) -> dict[Name, Uid]:
    return trail.names_now(at.precious, place)


def _copied_from(at: Connections, change: Change) -> Place | None:
    rows = query(at.precious, "SELECT mailbox FROM steps WHERE id = ?", (change.step,))
    return Place(rows[0][0], change.uidvalidity, change.uids) if rows else None


def _lost_copies(at: Connections, change: Change) -> list[Lost]:
    return trail.follow(at.precious, [change.copies])[1]


def _wire(at: Connections, mailbox: MailboxId) -> bytes | None:
    rows = query(at.precious, "SELECT wire FROM mailbox_ids WHERE id = ?", (mailbox,))
    return rows[0][0] if rows else None


def _taken(at: Connections, mailbox: MailboxId, uidvalidity: UidValidity | None) -> set[Uid]:
    where = "to_mailbox = ? AND to_uidvalidity = ? AND to_uid > 0"
    return {
        Uid(row[0])
        for row in query(at.precious, f"SELECT to_uid FROM trail WHERE {where}", (mailbox, uidvalidity or 0))
    }


def alter(
    at: Connections,
    *,
    add: Sequence[Change] = (),
    drop: Iterable[int] = (),
    write: Callable[[], None] | None = None,
    unwrite: Callable[[], None] | None = None,
    sight: Sight = (None, ()),
) -> tuple[list[int], Effects]:
    """Add and drop changes and show what follows from it: one step, on disk before it is on the screen.

    Args:
        add: changes; their ids are given here.
        drop: ids of changes that come to nothing.
        write: what else is written to precious.db in the same transaction, before the changes.
        unwrite: takes that back, when the disk is full before it could be shown.
        sight: what is on the screen: it goes first where thousands are shown otherwise.

    Returns:
        (the ids given, what is shown otherwise).

    Raises:
        apsw.Error: it could not be written; then nothing was changed.
    """
    dropped = [change for id in drop if (change := at.overlay.get(id))]
    with transaction(at.precious):
        if write is not None:
            write()
        added = [_insert(at, change) for change in add]
        for change in dropped:
            at.precious.execute("DELETE FROM pending WHERE id = ?", (change.id,))
    for change in dropped:
        at.overlay.drop(change.id)
    for change in added:
        at.overlay.add(change)
    try:
        effects = shown.refresh_first(at, [spot for change in (*dropped, *added) for spot in change.spots], sight)
        for change in reversed(dropped):
            effects.tree |= mailbox_changes.show(at, change, forward=False)
        for change in added:
            effects.tree |= mailbox_changes.show(at, change, forward=True)
    except apsw.Error:
        for change in added:
            at.overlay.drop(change.id)
        with transaction(at.precious):  # what could not be shown is not to be done behind the user's back either
            for change in added:
                at.precious.execute("DELETE FROM pending WHERE id = ?", (change.id,))
            if unwrite is not None:
                unwrite()
        raise
    return [change.id for change in added], effects


def _add(at: Connections, change: Change) -> int:
    return alter(at, add=[change])[0][0]


def _insert(at: Connections, change: Change) -> Change:
    change = replace(change, made=time.time())
    values = (change.made, change.step, int(change.undoing), int(change.begun))
    row = (change.account, *step_values(change), *values)
    columns = f"account, {STEP_COLUMNS}, made, step, undoing, begun"
    at.precious.execute(f"INSERT INTO pending ({columns}) VALUES ({','.join('?' * len(row))})", row)
    change = replace(change, id=at.precious.last_insert_rowid())
    return replace(change, places=_places(at, change))


def _read(at: Connections, account: AccountName | None, limit: int, id: int | None = None) -> list[Change]:
    where = "(?1 IS NULL OR account = ?1) AND (?2 IS NULL OR id = ?2)"
    statement = f"SELECT {_COLUMNS} FROM pending WHERE {where} ORDER BY id LIMIT ?3"
    rows = query(at.precious, statement, (account, id, limit))
    return [_change(row) for row in rows]


def _change(row: tuple[Any, ...]) -> Change:
    account, *values = row[:-5]
    id, made, step, undoing, begun = row[-5:]
    return step_change(step, account, *values, id=id, made=made, undoing=bool(undoing), begun=bool(begun))


def _begin(
    at: Connections, change: Change, places: Sequence[Place], uidvalidity: UidValidity | None, since: Uid
) -> bool:
    known = {place: shown.known_by(at, place) for place in places}
    with transaction(at.precious):
        if not query(at.precious, "SELECT id FROM pending WHERE id = ?", (change.id,)):
            return False
        if not change.begun:
            at.precious.execute("UPDATE pending SET begun = 1 WHERE id = ?", (change.id,))
        if change.kind in (ChangeKind.ERASE, ChangeKind.REMOVE) and not change.undoing:
            act = "(SELECT act FROM steps WHERE id = ?)"
            at.precious.execute(f"UPDATE acts SET final = 1 WHERE id = {act}", (change.step,))
        if change.kind is ChangeKind.COPY and change.target_mailbox is not None:
            named = trail.names_now(at.precious, change.origin)
            told = {
                named[name]: known[place].get(uid, ("", 0))
                for place in places
                for uid in place.uids
                if (name := (place.mailbox, place.uidvalidity, uid)) in named
            }
            going = (change.target_mailbox, uidvalidity, since)
            trail.begin_copies(at.precious, change.copies, *going, told, anew=not change.begun)
        elif change.target_mailbox is not None:
            for place in places:
                trail.begin(at.precious, place, change.target_mailbox, uidvalidity, since, known[place])
    return True


def _call(at: Connections, change: Change, wire: bytes, name: str) -> None:
    mailbox_changes.call(at, change, wire, name)
    for each in at.overlay.changes:
        if each.mailbox == change.mailbox and each.kind in OF_MAILBOXES:
            for now in _read(at, None, -1, each.id):
                at.overlay.add(now)


def _landed(at: Connections, went: dict[Name, Name | None]) -> Effects:
    from tui.store import kept  # noqa: PLC0415 - late: start-up time

    with transaction(at.precious):
        trail.landed(at.precious, went)
        known = {name: now for name, now in went.items() if now is not None}
        kept.follow(at, known)
    at.overlay.retarget(known)
    return shown.refresh(at, [Place(now[0], now[1], (now[2],)) for now in went.values() if now is not None])


def _done(at: Connections, id: int, places: Sequence[Place] | None) -> Effects:
    change = at.overlay.get(id)
    if change is None:
        return Effects()
    mailbox_changes.settle(at, change)
    with transaction(at.precious):
        at.precious.execute("DELETE FROM pending WHERE id = ?", (id,))
    at.overlay.drop(id)
    gone: list[Place] = []
    if change.kind is ChangeKind.FLAGS:
        for spot in places if places is not None else change.spots:
            shown.note(at, spot, change.add, change.remove)
    elif places is not None and change.kind is not ChangeKind.COPY:
        gone = [place for place in (*places, *trail.left(at.precious, change.origin)) if place.is_real]
    effects = shown.refresh_first(at, [*(places or ()), *change.spots])
    for place in gone:
        effects.note_gone(place.mailbox, envelope_changes.remove(at, place.mailbox, place.uids))
    effects.tree |= change.kind in OF_MAILBOXES
    return effects


def _refused(at: Connections, id: int, words: str) -> Effects:
    change = at.overlay.get(id)
    if change is None:
        return Effects()
    follows = [
        each.id for each in at.overlay.changes if change.step is not None and each.step == change.step and each.id >= id
    ]

    def write() -> None:
        if change.kind is ChangeKind.MOVE:
            trail.forget(at.precious, change.spots)
        elif change.kind is ChangeKind.COPY:
            trail.forget(at.precious, [change.copies])
        mark = "undone = 0, cut = 0" if change.undoing else "refused = 1, final = 0"
        if not change.origin.is_real:
            mark += ", passed = 1"  # the last copy stays the last one: undo goes on with what was before
        act = "(SELECT act FROM steps WHERE id = ?)"
        at.precious.execute(f"UPDATE acts SET {mark}, words = ? WHERE id = {act}", (words, change.step))

    return alter(at, drop=follows or [id], write=write)[1]
