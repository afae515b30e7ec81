"""Acting on messages: those that are marked, else the one under the cursor."""

from collections.abc import Awaitable, Callable, Sequence

from tui.commands.acting import Chosen, act_on_each, agreed, chosen, chosen_in_each, move_each, tell
from tui.commands.desk import Desk
from tui.commands.mailbox import pick_target
from tui.commands.registry import command
from tui.mail.act import Act
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import AccountName, MailboxId
from tui.mail.mailbox import Role
from tui.screens.confirm import ConfirmScreen

Choosing = Callable[[], Awaitable[Sequence[Chosen]]]
"""Returns what is acted on. It is asked when the act before has been done: that may have moved the cursor."""


@command("message.archive", keys="e", hint="archive", undoable=True)
async def archive(desk: Desk, count: int = 1) -> None:
    """Archive: move to Archive."""
    await archive_them(desk, lambda: chosen_in_each(desk, count))


async def archive_them(desk: Desk, choose: Choosing) -> None:
    """Move what is chosen to Archive."""
    async with desk.turn:
        parts = await choose()
        if await agreed(desk, parts, "archive {}", "archive"):
            await move_each(desk, parts, lambda part: part.account.changes.archive(part.mailbox, part.uids))


@command("message.delete", keys="d", hint="delete", undoable=True)
async def delete(desk: Desk, count: int = 1) -> None:
    """Delete: move to Trash; in Trash it asks, and deletes for good."""
    await delete_them(desk, lambda: chosen_in_each(desk, count))


async def delete_them(desk: Desk, choose: Choosing) -> None:
    """Move what is chosen to Trash; where all of it is there, delete it for good when the user says so once more."""
    parts = await choose()
    if not await _outside_trash(desk, parts):
        await _erase_asked(desk, parts)
        return
    async with desk.turn:
        parts = await _outside_trash(desk, await choose())
        if await agreed(desk, parts, "move {} to Trash", "delete"):
            await move_each(desk, parts, lambda part: part.account.changes.delete(part.mailbox, part.uids))


async def _outside_trash(desk: Desk, parts: Sequence[Chosen]) -> list[Chosen]:
    """Return those that are not in Trash: marked together with others, what is there stays."""
    states = [await desk.store.mailboxes.get(part.mailbox) for part in parts]
    found = zip(parts, states, strict=True)
    return [part for part, state in found if state is None or state.mailbox.role is not Role.TRASH]


@command("message.erase", undoable=True, opens=True)
async def erase(desk: Desk, count: int = 1) -> None:
    """Delete for good: not by way of Trash; asks first."""
    await _erase_asked(desk, await chosen_in_each(desk, count))


async def _erase_asked(desk: Desk, parts: Sequence[Chosen]) -> None:
    number = sum(len(part.uids) for part in parts)
    what = "this message" if number == 1 else f"these {number:,} messages"
    if await desk.ask(ConfirmScreen(f"Delete {what} for good?", yes="delete", no="keep")):
        async with desk.turn:
            await move_each(desk, parts, lambda part: part.account.changes.erase(part.mailbox, part.uids))


@command("message.move", keys="m", hint="move to", undoable=True, opens=True)
async def move(desk: Desk, count: int = 1) -> None:
    """Move: to another mailbox, by a part of its name; Enter repeats the last."""
    parts = await chosen_in_each(desk, count)
    targets = await _targets(desk, parts)
    if targets is None:
        return

    async def moved_there(part: Chosen) -> Act | None:
        return await part.account.changes.move(part.mailbox, part.uids, targets[part.account.name])

    async with desk.turn:
        await move_each(desk, parts, moved_there)


async def _targets(desk: Desk, parts: Sequence[Chosen]) -> dict[AccountName, MailboxId] | None:
    """Ask where messages are to go, account by account; return None when the question was left."""
    targets: dict[AccountName, MailboxId] = {}
    accounts = dict.fromkeys(part.account.name for part in parts)
    for name in accounts:
        own = [part for part in parts if part.account.name == name]
        number = sum(len(part.uids) for part in own)
        of = f" of {name}" if len(accounts) > 1 else ""
        heading = f"Move {number:,} message{'' if number == 1 else 's'}{of} to" if number > 1 or of else "Move to"
        target = await pick_target(desk, heading, does="move there", source=own[0].mailbox)
        if target is None:
            return None
        targets[name] = target
    return targets


@command("message.copy", keys="C", hint="copy to", undoable=True, opens=True)
async def copy(desk: Desk, count: int = 1) -> None:
    """Copy: to another mailbox, by a part of its name; undo deletes the copies."""
    part = await chosen(desk, count)
    await copy_asked(desk, part, f"Copy {len(part.uids):,} messages to" if len(part.uids) > 1 else "Copy to")


async def copy_asked(desk: Desk, part: Chosen, heading: str) -> None:
    """Copy messages to the mailbox the user picks; of many it is asked once more."""
    changes = part.account.changes
    changes.check_can_copy()
    target = await pick_target(desk, heading, does="copy there", source=part.mailbox)
    if target is None or not await agreed(desk, [part], "copy {}", "copy"):
        return
    async with desk.turn:
        tell(desk, await changes.copy(part.mailbox, part.uids, target), "nothing to copy")


@command("message.flag", keys="s", hint="flag", undoable=True)
async def flag(desk: Desk, count: int = 1) -> None:
    """Flag: or take the flag off."""
    await flag_them(desk, lambda: chosen_in_each(desk, count))


async def flag_them(desk: Desk, choose: Choosing) -> None:
    """Flag what is chosen, or take the flags off where all of it is flagged."""
    async with desk.turn:
        parts = await choose()
        on = not all([await desk.store.envelopes.all_flagged(part.mailbox, part.uids) for part in parts])
        if await agreed(desk, parts, "flag {}" if on else "take the flag off {}", "flag" if on else "unflag"):
            await _give(desk, parts, FLAGGED, on, "nothing to flag")


@command("message.mark_read", keys="I", hint="read", undoable=True)
async def mark_read(desk: Desk, count: int = 1) -> None:
    """Mark as read."""
    await mark_them(desk, lambda: chosen_in_each(desk, count), read=True)


@command("message.mark_unread", keys="U", hint="unread", undoable=True)
async def mark_unread(desk: Desk, count: int = 1) -> None:
    """Mark as unread."""
    await mark_them(desk, lambda: chosen_in_each(desk, count), read=False)


async def mark_them(desk: Desk, choose: Choosing, *, read: bool) -> None:
    """Mark what is chosen as read, or as unread."""
    word = "read" if read else "unread"
    async with desk.turn:
        parts = await choose()
        if await agreed(desk, parts, f"mark {{}} as {word}", "mark"):
            await _give(desk, parts, SEEN, read, f"{word} already")


async def _give(desk: Desk, parts: Sequence[Chosen], flag: str, on: bool, otherwise: str) -> None:
    await act_on_each(desk, parts, lambda part: part.account.changes.flag(part.mailbox, part.uids, flag, on), otherwise)
