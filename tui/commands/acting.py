"""What a command acts on, and acting: mailbox by mailbox where marks are in several, and one act to the user."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from tui.commands.desk import AccountPort, Desk, require
from tui.commands.places import Gathered
from tui.mail.act import Act, as_one
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.mail.thread import thread_named
from tui.screens.confirm import ConfirmScreen

SETTLES = 0.5
"""Seconds a command waits for the rows it took away to leave the list, before the next key acts."""
MANY = 20
"""Messages one key acts on without asking."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Messages of one mailbox that are acted on."""

    account: AccountPort
    mailbox: MailboxId
    uids: list[Uid]


async def chosen(desk: Desk, count: int = 1) -> Chosen:
    """Return what a command acts on: the marked messages, else ``count`` of them from the cursor on, as they are seen.

    The row of a conversation stands for all its messages in this mailbox.

    Raises:
        MailError: when there is no message under the cursor, or marked ones are in several mailboxes.
    """
    marked = marked_in_one(desk)
    if marked is not None:
        return marked
    account, mailbox, current = require(desk.mail.current, "There is no message here.")
    uids = list(desk.mail.marked_or_current())
    threads = [thread for uid in uids if (thread := thread_named(uid)) is not None]
    if threads:
        mailbox = require(desk.mail.mailbox, "There is no message here.")
        if count > 1 and len(uids) == 1 and (rows := await desk.store.threads.many(mailbox, threads)):
            threads += [row.thread for row in await desk.store.threads.older(mailbox, rows[0].key, count - 1)]
        whole = await desk.store.threads.uids(mailbox, threads)
        whole = sorted({*whole, *(uid for uid in uids if thread_named(uid) is None)})
        return Chosen(desk.accounts[account], mailbox, whole)
    if count > 1 and uids == [current]:
        uids += await desk.mail.behind(count - 1)
    return Chosen(desk.accounts[account], mailbox, uids)


async def chosen_in_each(desk: Desk, count: int = 1) -> list[Chosen]:
    """Return what a command acts on, mailbox by mailbox, for one that can act on several.

    Raises:
        MailError: when there is no message under the cursor.
    """
    return _marked(desk) or [await chosen(desk, count)]


def marked_in_one(desk: Desk) -> Chosen | None:
    """Return the messages that are marked where rows are of several mailboxes, None where there is none such.

    Raises:
        MailError: when they are in several mailboxes.
    """
    marked = _marked(desk)
    if len(marked) > 1:
        raise MailError(
            f"The marked messages are in {len(marked)} mailboxes.", cure="This is for those of one: unmark the others."
        )
    return marked[0] if marked else None


def _marked(desk: Desk) -> list[Chosen]:
    place = desk.mail
    if not isinstance(place, Gathered):
        return []
    return [Chosen(desk.accounts[account], mailbox, uids) for account, mailbox, uids in place.marked_in_each()]


async def agreed(desk: Desk, parts: Sequence[Chosen], will: str, yes: str) -> bool:
    """Return whether an act is to be done: of one on many messages the user is asked once.

    Args:
        parts: the messages it is about.
        will: what it does to them: ``archive {}``.
        yes: the word for that.
    """
    number = sum(len(part.uids) for part in parts)
    if number <= MANY:
        return True
    what = will.format(f"{number:,} messages")
    return await desk.ask(ConfirmScreen(f"This will {what}.", yes=yes, no="leave them")) is True


async def act_on_each(
    desk: Desk, parts: Iterable[Chosen], do: Callable[[Chosen], Awaitable[Act | None]], otherwise: str
) -> list[Chosen]:
    """Do something to messages, mailbox by mailbox; say what was done, and have one undo take it back.

    Args:
        parts: the messages.
        do: does it to some of them.
        otherwise: what is said when nothing was done.

    Returns:
        Those of the messages that it was done to.

    Raises:
        MailError: when it could not be done to any of them.
    """
    acts: list[Act] = []
    done: list[Chosen] = []
    trouble: MailError | None = None
    for part in parts:
        try:
            act = await do(part)
        except MailError as error:
            trouble = trouble or error
        else:
            if act is not None:
                acts.append(act)
                done.append(part)
    if len(acts) > 1:
        await desk.store.journal.join([act.id for act in acts])
    if trouble is not None and not acts:
        raise trouble
    tell(desk, as_one(acts) if acts else None, otherwise)
    if trouble is not None:
        desk.flash(f"{as_one(acts).short}, not all: {trouble}", style="bad")
    return done


async def move_each(
    desk: Desk, parts: Sequence[Chosen], do: Callable[[Chosen], Awaitable[Act | None]], otherwise: str = ""
) -> None:
    """Do what takes messages out of their lists, as `act_on_each`, and return when they have left."""
    done = await act_on_each(desk, parts, do, otherwise or "nothing to move: it is there already")
    await _gone(desk, {(part.mailbox, uid) for part in done for uid in part.uids})


def tell(desk: Desk, act: Act | None, otherwise: str) -> None:
    """Say what was done and the key that undoes it, or why nothing was."""
    desk.flash(f"{act.short} · {desk.keymap.label('app.undo')} undo" if act is not None else otherwise)


async def _gone(desk: Desk, gone: Collection[tuple[MailboxId, Uid]]) -> None:
    """Wait until the cursor has left these rows, so that a key pressed twice acts on two messages."""
    deadline = asyncio.get_running_loop().time() + SETTLES
    while asyncio.get_running_loop().time() < deadline:
        current = desk.mail.current
        if current is None or current[1:] not in gone:
            return
        await asyncio.sleep(0.005)
