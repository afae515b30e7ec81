"""Acting on messages: those that are marked, else the one under the cursor."""

import asyncio
from collections.abc import Sequence

from tui.commands.desk import AccountPort, Desk, require
from tui.commands.mailbox import pick_target
from tui.commands.registry import command
from tui.mail.act import Act
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.thread import thread_named
from tui.screens.confirm import ConfirmScreen

SETTLES = 0.5
"""Seconds a command waits for the rows it took away to leave the list, before the next key acts."""
MANY = 20
"""Messages one key acts on without asking."""


async def chosen(desk: Desk, count: int = 1) -> tuple[AccountPort, MailboxId, list[Uid]]:
    """Return what a command acts on: the marked messages, else ``count`` of them from the cursor on, as they are seen.

    The row of a conversation stands for all its messages in this mailbox.

    Raises:
        MailError: when there is no message under the cursor.
    """
    account, mailbox, current = require(desk.mail.current, "There is no message here.")
    uids = list(desk.mail.marked_or_current())
    threads = [thread for uid in uids if (thread := thread_named(uid)) is not None]
    if threads:
        mailbox = require(desk.mail.mailbox, "There is no message here.")
        if count > 1 and len(uids) == 1 and (rows := await desk.store.threads.many(mailbox, threads)):
            threads += [row.thread for row in await desk.store.threads.older(mailbox, rows[0].key, count - 1)]
        whole = await desk.store.threads.uids(mailbox, threads)
        return desk.accounts[account], mailbox, sorted({*whole, *(uid for uid in uids if thread_named(uid) is None)})
    if count > 1 and uids == [current]:
        uids += await desk.mail.behind(count - 1)
    return desk.accounts[account], mailbox, uids


async def agreed(desk: Desk, uids: Sequence[Uid], will: str, yes: str) -> bool:
    """Return whether an act is to be done: of one on many messages the user is asked once.

    Args:
        will: what it does to them: ``archive {}``.
        yes: the word for that.
    """
    if len(uids) <= MANY:
        return True
    what = will.format(f"{len(uids):,} messages")
    return await desk.ask(ConfirmScreen(f"This will {what}.", yes=yes, no="leave them")) is True


async def _gone(desk: Desk, uids: Sequence[Uid]) -> None:
    """Wait until the cursor has left these rows, so that a key pressed twice acts on two messages."""
    gone = frozenset(uids)
    deadline = asyncio.get_running_loop().time() + SETTLES
    while asyncio.get_running_loop().time() < deadline:
        current = desk.mail.current
        if current is None or current[2] not in gone:
            return
        await asyncio.sleep(0.005)


def tell(desk: Desk, act: Act | None, otherwise: str) -> None:
    """Say what was done and the key that undoes it, or why nothing was."""
    desk.flash(f"{act.short} · {desk.keymap.label('app.undo')} undo" if act is not None else otherwise)


@command("message.archive", keys="e", hint="archive", undoable=True)
async def archive(desk: Desk, count: int = 1) -> None:
    """Archive: move to Archive."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        if not await agreed(desk, uids, "archive {}", "archive"):
            return
        await moved(desk, await account.changes.archive(mailbox, uids), uids)


@command("message.delete", keys="d", hint="delete", undoable=True)
async def delete(desk: Desk, count: int = 1) -> None:
    """Delete: move to Trash; in Trash it asks, and deletes for good."""
    account, mailbox, uids = await chosen(desk, count)
    state = await desk.store.mailboxes.get(mailbox)
    if state is not None and state.mailbox.role is Role.TRASH:
        await erase_asked(desk, account, mailbox, uids)
        return
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        if not await agreed(desk, uids, "move {} to Trash", "delete"):
            return
        await moved(desk, await account.changes.delete(mailbox, uids), uids)


@command("message.erase", undoable=True, opens=True)
async def erase(desk: Desk, count: int = 1) -> None:
    """Delete for good: not by way of Trash; asks first."""
    await erase_asked(desk, *await chosen(desk, count))


async def erase_asked(desk: Desk, account: AccountPort, mailbox: MailboxId, uids: Sequence[Uid]) -> None:
    """Delete messages for good when the user says so once more."""
    what = "this message" if len(uids) == 1 else f"these {len(uids):,} messages"
    if await desk.ask(ConfirmScreen(f"Delete {what} for good?", yes="delete", no="keep")):
        async with desk.turn:
            await moved(desk, await account.changes.erase(mailbox, uids), uids)


@command("message.move", keys="m", hint="move to", undoable=True, opens=True)
async def move(desk: Desk, count: int = 1) -> None:
    """Move: to another mailbox, by a part of its name; Enter repeats the last."""
    account, mailbox, uids = await chosen(desk, count)
    heading = f"Move {len(uids):,} messages to" if len(uids) > 1 else "Move to"
    target = await pick_target(desk, heading, does="move there", source=mailbox)
    if target is None:
        return
    async with desk.turn:
        await moved(desk, await account.changes.move(mailbox, uids, target), uids)


@command("message.copy", keys="C", hint="copy to", undoable=True, opens=True)
async def copy(desk: Desk, count: int = 1) -> None:
    """Copy: to another mailbox, by a part of its name; undo deletes the copies."""
    account, mailbox, uids = await chosen(desk, count)
    heading = f"Copy {len(uids):,} messages to" if len(uids) > 1 else "Copy to"
    await copy_asked(desk, account, mailbox, uids, heading)


async def copy_asked(desk: Desk, account: AccountPort, mailbox: MailboxId, uids: Sequence[Uid], heading: str) -> None:
    """Copy messages to the mailbox the user picks; of many it is asked once more."""
    account.changes.check_can_copy()
    target = await pick_target(desk, heading, does="copy there", source=mailbox)
    if target is None or not await agreed(desk, uids, "copy {}", "copy"):
        return
    async with desk.turn:
        tell(desk, await account.changes.copy(mailbox, uids, target), "nothing to copy")


async def moved(desk: Desk, act: Act | None, uids: Sequence[Uid]) -> None:
    """Say what was moved, and return when it has left the list."""
    tell(desk, act, "nothing to move: it is there already")
    if act is not None:
        await _gone(desk, uids)


@command("message.flag", keys="s", hint="flag", undoable=True)
async def flag(desk: Desk, count: int = 1) -> None:
    """Flag: or take the flag off."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        on = not await desk.store.envelopes.all_flagged(mailbox, uids)
        if not await agreed(desk, uids, "flag {}" if on else "take the flag off {}", "flag" if on else "unflag"):
            return
        tell(desk, await account.changes.flag(mailbox, uids, FLAGGED, on), "nothing to flag")


@command("message.mark_read", keys="I", hint="read", undoable=True)
async def mark_read(desk: Desk, count: int = 1) -> None:
    """Mark as read."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        if not await agreed(desk, uids, "mark {} as read", "mark"):
            return
        tell(desk, await account.changes.flag(mailbox, uids, SEEN, True), "read already")


@command("message.mark_unread", keys="U", hint="unread", undoable=True)
async def mark_unread(desk: Desk, count: int = 1) -> None:
    """Mark as unread."""
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        if not await agreed(desk, uids, "mark {} as unread", "mark"):
            return
        tell(desk, await account.changes.flag(mailbox, uids, SEEN, False), "unread already")
