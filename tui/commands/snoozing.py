"""Snoozing: mail leaves the list until a time or an answer, and what was sent comes back when nobody answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.commands.acting import Chosen, act_on_each, agreed, chosen_in_each, move_each
from tui.commands.compose import writing
from tui.commands.desk import Desk
from tui.commands.registry import command
from tui.commands.thread import whole
from tui.mail.act import Act
from tui.mail.mailbox import Role
from tui.terminal.keys import Scope

if TYPE_CHECKING:
    from tui.screens.moment import Wait

SNOOZED = "is:snoozed"
"""Finds what is snoozed, and what is to be answered."""


@command("message.snooze", keys="w", hint="snooze", undoable=True, opens=True)
async def snooze(desk: Desk, count: int = 1) -> None:
    """Snooze: out of the list until a time, or until someone answers."""
    parts = await chosen_in_each(desk, count)
    states = [await desk.store.mailboxes.get(part.mailbox) for part in parts]
    if all(state is not None and state.mailbox.role is Role.SENT for state in states):
        await _remind(desk, parts)
    else:
        await _snooze(desk, parts)


@command("thread.snooze", undoable=True, opens=True)
async def snooze_thread(desk: Desk) -> None:
    """Snooze the conversation: all its messages in this mailbox."""
    await _snooze(desk, [await whole(desk)])


async def _snooze(desk: Desk, parts: Sequence[Chosen]) -> None:
    number = sum(len(part.uids) for part in parts)
    wait = await _asked(desk, "Snooze" if number == 1 else f"Snooze {number:,} messages", "snooze")
    if wait is None or not await agreed(desk, parts, "snooze {}", "snooze"):
        return

    async def put_aside(part: Chosen) -> Act | None:
        return await part.account.snoozes.put_aside(part.mailbox, part.uids, wait.until, answer=wait.answer)

    async with desk.turn:
        await move_each(desk, parts, put_aside, "it is snoozed already")


@command("message.remind", undoable=True, opens=True)
async def remind(desk: Desk, count: int = 1) -> None:
    """Remind if nobody answers: of a mail you sent, by a copy in the Inbox."""
    await _remind(desk, await chosen_in_each(desk, count))


async def _remind(desk: Desk, parts: Sequence[Chosen]) -> None:
    wait = await _asked(desk, "Remind me if nobody answers", "remind me", answer=False)
    if wait is None or wait.until is None or not await agreed(desk, parts, "remind you of {}", "remind me"):
        return
    moment = wait.until

    async def note(part: Chosen) -> Act | None:
        return await part.account.snoozes.remind(part.mailbox, part.uids, moment)

    async with desk.turn:
        await act_on_each(desk, parts, note, "nothing to be reminded of")


@command("compose.remind", keys="alt+w", scope=Scope.COMPOSE, opens=True)
async def remind_of_this(desk: Desk) -> None:
    """Remind if nobody answers: this mail, by a time; once more: not at all."""
    screen = writing(desk)
    if screen.remind:
        screen.remind = 0.0
        screen.flash("no reminder")
        return
    wait = await _asked(desk, "Remind me if nobody answers", "remind me", answer=False)
    if wait is not None and wait.until is not None:
        screen.remind = wait.until
        screen.flash("a reminder, unless somebody answers")


@command("message.unsnooze", keys="z w", undoable=True)
async def unsnooze(desk: Desk, count: int = 1) -> None:
    """Bring back: what is snoozed, into the list at once."""

    async def bring_back(part: Chosen) -> Act | None:
        return await part.account.snoozes.bring_back(part.mailbox, part.uids)

    async with desk.turn:
        parts = await chosen_in_each(desk, count)
        if await agreed(desk, parts, "bring back {}", "bring back"):
            await act_on_each(desk, parts, bring_back, "it is not snoozed")


@command("mailbox.snoozed", keys="g w", opens=True)
async def snoozed(desk: Desk) -> None:
    """Go to Snoozed: what waits for a time or an answer."""
    from tui.commands.search import begin  # noqa: PLC0415 - late: start-up time

    await begin(desk, SNOOZED, listing=True)


async def _asked(desk: Desk, heading: str, does: str, *, answer: bool = True) -> "Wait | None":
    from tui.screens.moment import MomentScreen  # noqa: PLC0415 - late: start-up time

    return await desk.ask(MomentScreen(heading, does=does, answer=answer))
