"""What is parked, and what the user makes of it: done all the same to the messages as they are called now, or dropped.

Messages are known again by Message-ID and size. Where none or several are alike, nothing is done to any of them.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tui.mail.act import Act, Verb
from tui.mail.ids import AccountName, MailboxId, Uid, UidValidity
from tui.mail.noun import dataclass
from tui.store import acts
from tui.store.change_codec import STEP_COLUMNS, step_change
from tui.store.codec import AWAY, row_uid
from tui.store.counters import generation
from tui.store.databases import Connections, Databases
from tui.store.journal import Turned, carry_out
from tui.store.overlay import Change
from tui.store.parking import park
from tui.store.shown import Effects
from tui.store.sqlite import query, transaction

_COLUMNS = f"id, step, account, {STEP_COLUMNS}, undoing, known"

Known = tuple[MailboxId, UidValidity | None, Uid, str, int]
"""A message: what it was called, Message-ID and octets."""


@dataclass(frozen=True, slots=True)
class Again:
    """What doing a parked act again came to.

    Attributes:
        turned: the new act, with what is shown otherwise.
        missing: messages that were not found, or of which there are several: they stay parked.
        is_complete: everything in their mailboxes is here, so that those that are missing are surely not there.
    """

    turned: Turned
    missing: int
    is_complete: bool


class Parked:
    """The changes that wait for the user."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def park(self, id: int) -> Effects:
        """Park a pending change whose mailbox turned out to be another generation than it was made for."""
        return await self._databases.write_precious(park, [id])

    async def counts(self) -> dict[AccountName, int]:
        """Return the acts that are parked, by account."""
        return await self._databases.read_precious(_counts)

    async def again(self, act: Act) -> Again:
        """Do a parked act to the messages that can be found; it is an act of its own, and can be undone as such.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        return await self._databases.write_precious(_again, act)

    async def drop(self, act: Act) -> bool:
        """Drop what is parked of an act: it is not done. Return whether there was something."""
        return await self._databases.write_precious(_drop, act.id)


def _counts(at: Connections) -> dict[AccountName, int]:
    rows = query(at.precious, f"SELECT account, count(*) FROM acts WHERE {acts.PARKED} GROUP BY account")
    return {AccountName(account): count for account, count in rows}


@dataclass(slots=True)
class _Row:
    id: int
    change: Change
    known: list[Known]


def _rows(at: Connections, act: int) -> list[_Row]:
    where = "step IN (SELECT id FROM steps WHERE act = ?) ORDER BY id"
    found = []
    for id, step, account, *values, undoing, known in query(
        at.precious, f"SELECT {_COLUMNS} FROM parked WHERE {where}", (act,)
    ):
        change = replace(step_change(step, account, *values), undoing=bool(undoing))
        found.append(_Row(id, change, [(*each,) for each in json.loads(known)]))
    return found


def _again(at: Connections, act: Act) -> Again:
    steps: list[Change] = []
    left: list[tuple[int, list[Known]]] = []
    places: set[MailboxId] = set()
    undoing = False
    for row in _rows(at, act.id):
        undoing = row.change.undoing
        places.update(each[0] for each in row.known)
        found, missing = _find(at, row.known)
        left.append((row.id, missing))
        steps += [_step(at, row.change, mailbox, uids) for mailbox, uids in found.items()]
    missing_count = sum(len(missing) for _, missing in left)
    if not steps:
        return Again(Turned(None, Effects()), missing_count, all(_is_complete(at, each) for each in places))

    count = len({(step.mailbox, uid) for step in steps for uid in step.uids})
    turned = carry_out(at, *_told_as(act, undoing, count), steps)
    _settle(at, act.id, left)  # not before the new act stands: a full disk must not lose both
    return Again(turned, missing_count, all(_is_complete(at, each) for each in places))


def _settle(at: Connections, act: int, left: Sequence[tuple[int, list[Known]]]) -> None:
    """Keep what was not found parked, and nothing else."""
    with transaction(at.precious):
        for id, missing in left:
            if missing:
                values = (json.dumps([each[2] for each in missing]), json.dumps(missing), id)
                at.precious.execute("UPDATE parked SET uids = ?, known = ? WHERE id = ?", values)
            else:
                at.precious.execute("DELETE FROM parked WHERE id = ?", (id,))
        count = sum(len(missing) for _, missing in left)
        if count:
            at.precious.execute("UPDATE acts SET count = ? WHERE id = ?", (count, act))
        else:
            at.precious.execute("DELETE FROM acts WHERE id = ?", (act,))


def _told_as(act: Act, undoing: bool, count: int) -> tuple[Verb, int, str, str]:
    """Return (verb, count, place, target) of the act that is made of a parked one."""
    if not undoing:
        return act.verb, count, act.place, act.target
    if act.verb in (Verb.ARCHIVED, Verb.DELETED, Verb.MOVED):
        return Verb.MOVED, count, act.target, act.place
    if act.verb is Verb.COPIED:
        return Verb.ERASED, count, act.target, ""
    return Verb.CHANGED, count, act.place, ""


def _find(at: Connections, known: Sequence[Known]) -> tuple[dict[MailboxId, list[Uid]], list[Known]]:
    """Return what messages are called now, by mailbox, and those of which that is not known."""
    found: dict[MailboxId, list[Uid]] = {}
    missing: list[Known] = []
    for each in known:
        mailbox, uidvalidity, uid, message_id, size = each
        now = generation(at.cache, mailbox)
        uids = [uid] if now is not None and now[0] == uidvalidity else _alike(at, mailbox, message_id, size)
        if len(uids) == 1:
            found.setdefault(mailbox, []).append(uids[0])
        else:
            missing.append(each)
    return found, missing


def _alike(at: Connections, mailbox: MailboxId, message_id: str, size: int) -> list[Uid]:
    if not message_id:
        return []
    where = f"message_id = ? AND mailbox = ? AND (size = ? OR ? = 0) AND hidden != {AWAY} LIMIT 2"
    rows = query(at.cache, f"SELECT id FROM envelopes WHERE {where}", (message_id, mailbox, size, size))
    return [row_uid(id) for (id,) in rows]


def _step(at: Connections, change: Change, mailbox: MailboxId, uids: Sequence[Uid]) -> Change:
    now = generation(at.cache, mailbox)
    wire: Any = query(at.precious, "SELECT wire FROM mailbox_ids WHERE id = ?", (mailbox,))
    return Change(
        change.account,
        mailbox,
        wire[0][0] if wire else change.wire,
        now[0] if now is not None else None,
        change.kind,
        tuple(sorted(uids)),
        change.add,
        change.remove,
        change.target,
        target_mailbox=change.target_mailbox,
    )


def _is_complete(at: Connections, mailbox: MailboxId) -> bool:
    rows = query(at.cache, "SELECT complete FROM mailboxes WHERE id = ?", (mailbox,))
    return bool(rows) and bool(rows[0][0])


def _drop(at: Connections, act: int) -> bool:
    rows = _rows(at, act)
    if not rows:
        return False
    undoing = any(row.change.undoing for row in rows)
    with transaction(at.precious):
        at.precious.execute("DELETE FROM parked WHERE step IN (SELECT id FROM steps WHERE act = ?)", (act,))
        if undoing:  # it is in force as before
            at.precious.execute(
                "UPDATE acts SET undone = 0, cut = 0, words = 'its undoing was dropped' WHERE id = ?", (act,)
            )
        else:
            undone = "(SELECT max(undone) + 1 FROM acts)"
            words = "dropped: the server never knew of it"
            at.precious.execute(f"UPDATE acts SET undone = {undone}, cut = 1, words = ? WHERE id = ?", (words, act))
    return True
