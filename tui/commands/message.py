"""Acting on messages: those that are marked, else the one under the cursor."""

import asyncio
from collections.abc import Sequence

from tui.commands.desk import AccountPort, Deed, Desk, require
from tui.commands.mailbox import pick_mailbox
from tui.commands.registry import command
from tui.mail.errors import MailError
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import MailboxId, Uid

SETTLES = 0.5
"""Seconds a command waits for the rows it took away to leave the list, before the next key acts."""
MOST_MARKS = 200
"""Rows one key marks; a greater count is a slip of the finger."""


async def chosen(desk: Desk, count: int = 1) -> tuple[AccountPort, MailboxId, list[Uid]]:
    """Return what a command acts on: the marked messages, else ``count`` of them from the cursor on.

    Raises:
        MailError: when there is no message under the cursor.
    """
    account, mailbox, current = require(desk.mail.current, "There is no message here.")
    uids, envelope = list(desk.mail.marked_or_current()), desk.mail.current_envelope
    if count > 1 and uids == [current] and envelope is not None:
        uids += [row.uid for row in await desk.store.envelopes.older(mailbox, envelope.key, count - 1)]
    return desk.accounts[account], mailbox, uids


async def _gone(desk: Desk, uids: Sequence[Uid]) -> None:
    """Wait until the cursor has left these rows, so that a key pressed twice acts on two messages."""
    deadline = asyncio.get_running_loop().time() + SETTLES
    while asyncio.get_running_loop().time() < deadline:
        current = desk.mail.current
        if current is None or current[2] not in uids:
            return
        await asyncio.sleep(0.005)


def _count(uids: Sequence[Uid]) -> str:
    return f"{len(uids):,}"


@command("message.archive", keys="e", hint="archive", undoable=True)
async def archive(desk: Desk, count: int = 1) -> None:
    """Archive: move to Archive."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        await account.archive(mailbox, uids)
        _moved(desk, account, mailbox, uids, f"archived {_count(uids)}", "Archive")
        await _gone(desk, uids)


@command("message.delete", keys="d", hint="delete", undoable=True)
async def delete(desk: Desk, count: int = 1) -> None:
    """Delete: move to Trash."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        await account.delete(mailbox, uids)
        _moved(desk, account, mailbox, uids, f"deleted {_count(uids)}", "Trash")
        await _gone(desk, uids)


@command("message.move", keys="m", hint="move to", undoable=True, opens=True)
async def move(desk: Desk, count: int = 1) -> None:
    """Move: to another mailbox, by a part of its name."""
    account, mailbox, uids = await chosen(desk, count)
    target = await pick_mailbox(desk, "Move to", does="move there", without=mailbox)
    if target is None:
        return
    state = await desk.store.mailboxes.get(target)
    label = state.mailbox.label if state is not None else "another mailbox"
    async with desk.turn:
        await account.move(mailbox, uids, target)
        _moved(desk, account, mailbox, uids, f"moved {_count(uids)} to {label}", label)
        await _gone(desk, uids)


def _moved(desk: Desk, account: AccountPort, mailbox: MailboxId, uids: Sequence[Uid], said: str, where: str) -> None:
    async def take_back() -> None:
        raise MailError("A move cannot be taken back yet.", cure=f"The mail is in {where}: m moves it from there.")

    desk.deeds.add(Deed("put back", take_back))
    desk.flash(said)


@command("message.flag", keys="s", hint="flag", undoable=True)
async def flag(desk: Desk, count: int = 1) -> None:
    """Flag: or take the flag off."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        envelopes = await desk.store.envelopes.many(mailbox, uids)
        on = not all(envelope.is_flagged for envelope in envelopes)
        await _change(desk, account, mailbox, uids, FLAGGED, on=on, said="flagged" if on else "flag taken off")


@command("message.mark_read", keys="I", hint="read", undoable=True)
async def mark_read(desk: Desk, count: int = 1) -> None:
    """Mark as read."""
    async with desk.turn:
        await _change(desk, *await chosen(desk, count), SEEN, on=True, said="read")


@command("message.mark_unread", keys="U", hint="unread", undoable=True)
async def mark_unread(desk: Desk, count: int = 1) -> None:
    """Mark as unread."""
    async with desk.turn:
        await _change(desk, *await chosen(desk, count), SEEN, on=False, said="unread")


async def _change(
    desk: Desk, account: AccountPort, mailbox: MailboxId, uids: Sequence[Uid], flag: str, *, on: bool, said: str
) -> None:
    envelopes = await desk.store.envelopes.many(mailbox, uids)
    changed = [envelope.uid for envelope in envelopes if (flag in envelope.flags) is not on]

    async def change(to: bool) -> None:
        await account.change_flags(mailbox, changed, add=(flag,) if to else (), remove=() if to else (flag,))

    if changed:
        await change(on)
        desk.deeds.add(Deed(f"no longer {said}" if on else "as it was", lambda: change(not on)))
    desk.flash(f"{said} {_count(changed)} · u undo" if changed else f"{said} already")


@command("message.mark", keys="v", hint="mark")
def mark(desk: Desk, count: int = 1) -> None:
    """Mark: for the next act; or unmark."""
    for _ in range(min(count, MOST_MARKS)):
        desk.mail.toggle_mark()
