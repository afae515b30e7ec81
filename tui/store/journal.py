"""The journal: what the user did, act by act, so that it can be undone and done again, also after a restart.

An act is made of steps, each an exact change: only messages that really were changed by it are in it. Doing, undoing
and doing again are one row in `tui.store.pending` per step. A row that the server cannot have heard of is dropped by
its opposite; else the opposite is added behind it, and finds the messages by their trail when its turn comes.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from tui.mail.act import Act, ActState, Verb
from tui.mail.flags import Flags
from tui.mail.ids import AccountName, Uid
from tui.mail.noun import dataclass
from tui.store import acts, change_codec, envelope_changes, pending, shown, trail
from tui.store.databases import Connections, Databases
from tui.store.mailboxes import MailboxState
from tui.store.overlay import Change, ChangeKind, Place
from tui.store.shown import Effects, Sight
from tui.store.sqlite import query, transaction


@dataclass(frozen=True, slots=True)
class Turned:
    """What doing, undoing or doing again came to.

    Attributes:
        act: as it is now; None when nothing was changed, or nobody asked for it.
        effects: what is shown otherwise.
    """

    act: Act | None
    effects: Effects


NOTHING: Final = Turned(None, Effects())


class Journal:
    """The acts of all accounts.

    Attributes:
        sight: asked which rows are on the screen: of an act on thousands, they are shown first.
        behind: set while there are rows for `follow`.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self.sight: Callable[[], Sight] = lambda: (None, ())
        self.behind = databases.behind

    async def follow(self) -> Effects | None:
        """Show the next slice of the rows that do not show yet what was done; None when all do.

        Raises:
            StoreError: it could not be written; they are next again.
        """
        return await self._databases.write_precious(shown.follow)

    async def flags(
        self, state: MailboxState, uids: Sequence[Uid], add: Flags, remove: Flags, verb: Verb | None = None
    ) -> Turned:
        """Add and remove flags.

        Args:
            verb: what the user calls it; None when it is no act of his, and cannot be undone.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        return await self._databases.write_precious(_flags, state, uids, add, remove, verb, self.sight())

    async def move(self, state: MailboxState, uids: Sequence[Uid], target: MailboxState, verb: Verb) -> Turned:
        """Move messages to another mailbox.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        return await self.sort(state, [(target, uids)], verb)

    async def copy(self, state: MailboxState, uids: Sequence[Uid], target: MailboxState) -> Turned:
        """Copy messages to another mailbox; undoing it deletes the copies for good.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        kind, verb = ChangeKind.COPY, Verb.COPIED
        return await self._databases.write_precious(_move, state, [(target, uids)], verb, self.sight(), kind)

    async def sort(
        self, state: MailboxState, groups: Sequence[tuple[MailboxState, Sequence[Uid]]], verb: Verb
    ) -> Turned:
        """Move messages of one mailbox to several, as one act.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        return await self._databases.write_precious(_move, state, groups, verb, self.sight())

    async def erase(self, state: MailboxState, uids: Sequence[Uid], verb: Verb) -> Turned:
        """Delete messages for good; it can be taken back until the server hears of it.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        return await self._databases.write_precious(_move, state, [(None, uids)], verb, self.sight())

    async def mailbox(self, change: Change, verb: Verb, count: int = 0) -> Turned:
        """Make, rename or delete a mailbox, subscribe to it or no longer.

        Args:
            change: of one of these kinds, with names.
            count: for REMOVE: messages that go with it.

        Raises:
            StoreError: it could not be written; then nothing was changed.
        """
        return await self._databases.write_precious(_mailbox, change, verb, count)

    async def undo(self, id: int) -> Turned:
        """Undo an act that is no submission. Nothing is changed where it cannot be undone."""
        return await self._databases.write_precious(_turn, id, True, self.sight())

    async def redo(self, id: int) -> Turned:
        """Do an act again that was undone. Nothing is changed where it was not."""
        return await self._databases.write_precious(_turn, id, False, self.sight())

    async def newest(self, accounts: Sequence[AccountName]) -> Act | None:
        """Return what undo is about: the newest act in force of these accounts, though it may be final."""
        where = f"undone = 0 AND acts.refused = 0 AND passed = 0 AND NOT {acts.PARKED}"
        return await self._databases.read_precious(acts.first, where, accounts, "acts.id DESC")

    async def undone(self, accounts: Sequence[AccountName]) -> Act | None:
        """Return what redo is about: the act that was undone last, unless something else was done since."""
        return await self._databases.read_precious(
            acts.first, f"undone > 0 AND cut = 0 AND NOT {acts.PARKED}", accounts, "undone DESC"
        )

    async def join(self, ids: Sequence[int]) -> None:
        """Note that acts which were just done are one to the user: undone, and done again, together."""
        await self._databases.write_precious(_join, ids)

    async def together(self, act: Act, accounts: Sequence[AccountName]) -> "list[Act]":
        """Return the acts of these accounts that are one with this one and stand as it does, the last one first."""
        undone = act.state is ActState.UNDONE
        names = ",".join("?" * len(accounts))
        where = (
            "made = (SELECT made FROM acts WHERE id = ?) AND (undone > 0) = ? AND acts.refused = 0 AND cut = 0"
            f" AND passed = 0 AND NOT {acts.PARKED} AND acts.account IN ({names}) ORDER BY acts.id DESC"
        )
        return await self._databases.read_precious(acts.read, where, act.id, undone, *accounts) or [act]

    async def get(self, id: int) -> Act | None:
        """Return one act, or None when it is forgotten."""
        found = await self._databases.read_precious(acts.read, "acts.id = ?", id)
        return found[0] if found else None

    async def list(self, limit: int = acts.KEEP) -> "list[Act]":
        """Return the acts, newest first."""
        return await self._databases.read_precious(acts.read, "true ORDER BY acts.id DESC LIMIT ?", limit)

    async def pass_by(self, id: int) -> None:
        """Note that the user was told that an act is final: undo goes on with what was before it."""
        await self._databases.write_precious(_pass_by, id)


def carry_out(
    at: Connections,
    verb: Verb,
    count: int,
    place: str,
    target: str,
    steps: Sequence[Change],
    sight: Sight = (None, ()),
) -> Turned:
    """Write an act with its steps and a pending change for each."""
    act = 0
    changes: list[Change] = []

    def write() -> None:
        nonlocal act
        act = acts.insert(at, steps[0].account, verb, count, place, target)
        changes.extend(replace(step, step=acts.insert_step(at, act, step)) for step in steps)

    def unwrite() -> None:
        at.precious.execute("DELETE FROM acts WHERE id = ?", (act,))

    _, effects = pending.alter(at, add=changes, write=write, unwrite=unwrite, sight=sight)
    return Turned(acts.read(at, "acts.id = ?", act)[0], effects)


def _flags(
    at: Connections,
    state: MailboxState,
    uids: Sequence[Uid],
    add: Flags,
    remove: Flags,
    verb: Verb | None,
    sight: Sight,
) -> Turned:
    late = shown.catch_up(at, state.id, uids)
    groups: dict[tuple[Flags, Flags], list[Uid]] = {}
    moved: list[Uid] = []
    for flags, hidden, found in envelope_changes.alike(at, state.id, uids):
        change = (add - flags, (remove & flags) - add)
        if hidden:
            moved += found
        elif change[0] or change[1]:
            groups.setdefault(change, []).extend(found)
    if verb is None:  # a mail is marked as answered when the answer has left; it may have been archived before
        gone = trail.left(at.precious, Place(state.id, state.uidvalidity, tuple(uids)), known=False)
        followed = {*moved, *(uid for place in gone for uid in place.uids)}
        if followed:
            groups.setdefault((add, remove), []).extend(followed)
    steps = [
        replace(_of(state, ChangeKind.FLAGS, found), add=added, remove=removed)
        for (added, removed), found in groups.items()
    ]
    if not steps:
        return Turned(None, late)
    if verb is None:
        return _after(late, Turned(None, pending.alter(at, add=steps, sight=sight)[1]))
    count = sum(map(len, groups.values()))
    return _after(late, carry_out(at, verb, count, state.mailbox.label, "", steps, sight))


def _after(late: Effects, turned: Turned) -> Turned:
    """Put what an act before it changed before what an act changed."""
    if not late:
        return turned
    late.merge(turned.effects)
    return Turned(turned.act, late)


def _of(state: MailboxState, kind: ChangeKind, uids: Iterable[Uid]) -> Change:
    mailbox = state.mailbox
    return Change(mailbox.account, state.id, mailbox.wire, state.uidvalidity, kind, tuple(sorted(uids)))


def _move(
    at: Connections,
    state: MailboxState,
    groups: Sequence[tuple[MailboxState | None, Sequence[Uid]]],
    verb: Verb,
    sight: Sight,
    kind: ChangeKind = ChangeKind.MOVE,
) -> Turned:
    late = Effects()
    steps: list[Change] = []
    for target, uids in groups:
        late.merge(shown.catch_up(at, state.id, uids))
        found = [uid for _, hidden, some in envelope_changes.alike(at, state.id, uids) if not hidden for uid in some]
        if not found:
            continue
        step = _of(state, ChangeKind.ERASE if target is None else kind, found)
        if target is not None:
            step = replace(step, target=target.mailbox.wire, target_mailbox=target.id)
        steps.append(step)
    if not steps:
        return Turned(None, late)
    count = sum(len(step.uids) for step in steps)
    label = ", ".join(target.mailbox.label for target, _ in groups if target is not None)
    return _after(late, carry_out(at, verb, count, state.mailbox.label, label, steps, sight))


def _mailbox(at: Connections, change: Change, verb: Verb, count: int) -> Turned:
    place = change.old_name if change.kind is ChangeKind.RENAME else change.name
    return carry_out(at, verb, count, place, change.name if change.kind is ChangeKind.RENAME else "", [change])


def _turn(at: Connections, id: int, undoing: bool, sight: Sight) -> Turned:
    found = acts.read(at, "acts.id = ?", id)
    if not found or not _can_turn(found[0], undoing):
        return NOTHING
    before = query(at.precious, "SELECT undone, words FROM acts WHERE id = ?", (id,))[0]
    add, drop = [], []
    for step in _steps(at, id, undoing):
        last = query(
            at.precious, "SELECT id, undoing, begun FROM pending WHERE step = ? ORDER BY id DESC LIMIT 1", (step.step,)
        )
        if last and bool(last[0][1]) is not undoing and not last[0][2]:
            drop.append(last[0][0])
        else:
            opposite = _opposite(step) if undoing else step
            if opposite is None:
                return NOTHING
            add.append(opposite)

    def write() -> None:
        undone = "(SELECT max(undone) + 1 FROM acts)" if undoing else "0"
        at.precious.execute(f"UPDATE acts SET undone = {undone}, words = '' WHERE id = ?", (id,))

    def unwrite() -> None:
        at.precious.execute("UPDATE acts SET undone = ?, words = ? WHERE id = ?", (*before, id))

    _, effects = pending.alter(at, add=add, drop=drop, write=write, unwrite=unwrite, sight=sight)
    return Turned(acts.read(at, "acts.id = ?", id)[0], effects)


def _can_turn(act: Act, undoing: bool) -> bool:
    if act.submission is not None:
        return False
    return act.state in (ActState.WAITING, ActState.DONE) if undoing else act.can_redo


def _steps(at: Connections, act: int, backwards: bool) -> list[Change]:
    rows = query(
        at.precious,
        f"SELECT id, (SELECT account FROM acts WHERE id = act), {change_codec.STEP_COLUMNS} FROM steps WHERE act = ?"
        f" ORDER BY id {'DESC' if backwards else 'ASC'}",
        (act,),
    )
    return [change_codec.step_change(*row) for row in rows]


def _opposite(step: Change) -> Change | None:
    """Return what undoes a step, None when nothing can."""
    back = replace(step, undoing=True)
    match step.kind:
        case ChangeKind.FLAGS:
            return replace(back, add=step.remove, remove=step.add)
        case ChangeKind.MOVE:
            return replace(back, target=step.wire, target_mailbox=step.mailbox)
        case ChangeKind.COPY:
            erase = replace(back, kind=ChangeKind.ERASE, mailbox=step.copies.mailbox, wire=step.target)
            return replace(erase, target=b"", target_mailbox=None)
        case ChangeKind.CREATE:
            return replace(back, kind=ChangeKind.REMOVE)
        case ChangeKind.REMOVE:
            return replace(back, kind=ChangeKind.CREATE)
        case ChangeKind.SUBSCRIBE:
            return replace(back, kind=ChangeKind.UNSUBSCRIBE)
        case ChangeKind.UNSUBSCRIBE:
            return replace(back, kind=ChangeKind.SUBSCRIBE)
        case ChangeKind.RENAME:
            return replace(back, wire=step.target, target=step.wire, name=step.old_name, old_name=step.name)
    return None


def _join(at: Connections, ids: Sequence[int]) -> None:
    """Have them done at the same moment; no two others are."""
    named = json.dumps(ids)
    among = "id IN (SELECT value FROM json_each(?))"
    with transaction(at.precious):
        at.precious.execute(
            f"UPDATE acts SET made = (SELECT min(made) FROM acts WHERE {among}) WHERE {among}", (named, named)
        )


def _pass_by(at: Connections, id: int) -> None:
    with transaction(at.precious):
        at.precious.execute("UPDATE acts SET passed = 1 WHERE id = ?", (id,))
