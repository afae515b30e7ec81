"""Snoozing: mail leaves the list until a time or an answer, and what was sent comes back when nobody answers."""

from typing import TYPE_CHECKING

from tui.commands.acting import agreed, chosen, moved, tell
from tui.commands.compose import writing
from tui.commands.desk import AccountPort, Desk
from tui.commands.registry import command
from tui.mail.ids import MailboxId, Uid
from tui.mail.mailbox import Role
from tui.terminal.keys import Scope

if TYPE_CHECKING:
    from tui.screens.moment import Wait

SNOOZED = "is:snoozed"
"""Finds what is snoozed, and what is to be answered."""


@command("message.snooze", keys="w", hint="snooze", undoable=True, opens=True)
async def snooze(desk: Desk, count: int = 1) -> None:
    """Snooze: out of the list until a time, or until someone answers."""
    account, mailbox, uids = await chosen(desk, count)
    state = await desk.store.mailboxes.get(mailbox)
    if state is not None and state.mailbox.role is Role.SENT:
        await _remind(desk, account, mailbox, uids)
        return
    wait = await _asked(desk, "Snooze" if len(uids) == 1 else f"Snooze {len(uids):,} messages", "snooze")
    if wait is None or not await agreed(desk, uids, "snooze {}", "snooze"):
        return
    async with desk.turn:
        await moved(desk, await account.snoozes.put_aside(mailbox, uids, wait.until, answer=wait.answer), uids)


@command("message.remind", undoable=True, opens=True)
async def remind(desk: Desk, count: int = 1) -> None:
    """Remind if nobody answers: of a mail you sent, by a copy in the Inbox."""
    await _remind(desk, *await chosen(desk, count))


async def _remind(desk: Desk, account: AccountPort, mailbox: MailboxId, uids: list[Uid]) -> None:
    wait = await _asked(desk, "Remind me if nobody answers", "remind me", answer=False)
    if wait is None or wait.until is None:
        return
    async with desk.turn:
        tell(desk, await account.snoozes.remind(mailbox, uids, wait.until), "nothing to be reminded of")


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
    async with desk.turn:
        account, mailbox, uids = await chosen(desk, count)
        tell(desk, await account.snoozes.bring_back(mailbox, uids), "it is not snoozed")


@command("mailbox.snoozed", keys="g w", opens=True)
async def snoozed(desk: Desk) -> None:
    """Go to Snoozed: what waits for a time or an answer."""
    from tui.commands.search import begin  # noqa: PLC0415 - late: start-up time

    await begin(desk, SNOOZED)


async def _asked(desk: Desk, heading: str, does: str, *, answer: bool = True) -> "Wait | None":
    from tui.screens.moment import MomentScreen  # noqa: PLC0415 - late: start-up time

    return await desk.ask(MomentScreen(heading, does=does, answer=answer))
