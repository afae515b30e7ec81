"""The verbs that change: ``flag``, ``move``, ``copy``, ``archive``, ``delete``, ``snooze``, ``undo``.

Each is one act to undo.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from tui.engine.desk import Desk, Row, Wish
from tui.engine.names import MessageName, mailbox_of, message_of, name_of
from tui.engine.reading import query_of
from tui.mail.act import Act, ActState, Verb
from tui.mail.errors import ConfigError, MailError
from tui.mail.flags import ANSWERED, FLAGGED, SEEN, canonical
from tui.mail.ids import MailboxId, Uid
from tui.mail.moment import parse_moment
from tui.store.mailboxes import MailboxState
from tui.sync.mailing import Mailing

MOST = 100_000
"""Messages that one command changes."""
WORDS = {"read": SEEN, "seen": SEEN, "flagged": FLAGGED, "answered": ANSWERED}
"""What flags may be called in a command; keywords are called by their own names."""

Chosen = dict[MailboxId, tuple[MailboxState, list[Uid]]]
Change = Callable[[Mailing, MailboxState, list[Uid]], Awaitable[Act | None]]


async def archive(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Move messages to the archive of their account."""
    async for row in _change(desk, wish, lambda account, state, uids: account.changes.archive(state.id, uids)):
        yield row


async def delete(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Move messages to the trash of their account."""
    async for row in _change(desk, wish, lambda account, state, uids: account.changes.delete(state.id, uids)):
        yield row


async def move(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Move messages to a mailbox of their account: ``target``."""

    async def to_target(account: Mailing, state: MailboxState, uids: list[Uid]) -> Act | None:
        target = await mailbox_of(desk, account.name, wish.text("target"))
        return await account.changes.move(state.id, uids, target.id)

    async for row in _change(desk, wish, to_target):
        yield row


async def copy(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Copy messages to a mailbox of their account: ``target``."""

    async def to_target(account: Mailing, state: MailboxState, uids: list[Uid]) -> Act | None:
        target = await mailbox_of(desk, account.name, wish.text("target"))
        return await account.changes.copy(state.id, uids, target.id)

    async for row in _change(desk, wish, to_target):
        yield row


async def flag(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Give messages a flag or keyword (``add``), and take others off (``remove``); both are lists of names."""
    given = {
        name: sorted(canonical(WORDS.get(each.lower(), each) for each in wish.texts(name)))
        for name in ("add", "remove")
    }
    if not any(given.values()):
        raise ConfigError("No flag is named.", cure="--add or --remove, for instance: --add flagged --remove read")

    async def change(account: Mailing, state: MailboxState, uids: list[Uid]) -> Act | None:
        add, remove = given["add"], given["remove"]
        if len(add) + len(remove) == 1:
            return await account.changes.flag(state.id, uids, (add or remove)[0], bool(add))
        return await account.changes.flags(state.id, uids, add=add, remove=remove, verb=Verb.CHANGED)

    async for row in _change(desk, wish, change):
        yield row


async def snooze(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Put messages aside: ``until`` a time, ``until_answered``; have the user reminded of them: ``remind``; ``back``.

    Raises:
        ConfigError: when not just one of these is asked for, or a time is none.
    """
    until, remind = wish.text("until"), wish.text("remind")
    answer, back = wish.is_on("until_answered"), wish.is_on("back")
    if [bool(until or answer), bool(remind), back].count(True) != 1:
        raise ConfigError("Until when?", cure='For instance: --until "mon 8:00", --until-answered, --remind 3d, --back')
    try:
        moment = parse_moment(until or remind, time.time()) if until or remind else None
    except ValueError as error:
        raise ConfigError(str(error)) from error

    async def change(account: Mailing, state: MailboxState, uids: list[Uid]) -> Act | None:
        if back:
            return await account.snoozes.bring_back(state.id, uids)
        if remind and moment is not None:
            return await account.snoozes.remind(state.id, uids, moment)
        return await account.snoozes.put_aside(state.id, uids, moment, answer=answer)

    async for row in _change(desk, wish, change):
        yield row


async def undo(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Undo what was done last, here or on the screen.

    Raises:
        MailError: when there is nothing to undo, or nothing can take it back.
    """
    act = await desk.store.journal.newest(tuple(desk.accounts))
    if act is None:
        raise MailError("There is nothing to undo.")
    if act.state is ActState.FINAL:
        raise MailError(f"Nothing can take this back: {act.label}.")
    for each in await desk.store.journal.together(act, tuple(desk.accounts)):
        account = desk.accounts[each.account]
        if each.submission is not None:
            if await account.take_back(each.submission) is None:
                raise MailError(f"It has left already: {each.label}.")
        elif await account.changes.undo(each) is None:
            raise MailError(f"It cannot be taken back any more: {each.label}.")
        yield Row({"account": each.account, "undone": each.label})


async def _change(desk: Desk, wish: Wish, change: Change) -> AsyncIterator[Row]:
    chosen = await chosen_messages(desk, wish)
    for state, uids in chosen.values():
        row: dict[str, Any] = {
            "account": state.mailbox.account,
            "mailbox": state.mailbox.name,
            "count": len(uids),
            "ids": [str(name_of(state, uid)) for uid in uids],
        }
        if wish.is_on("dry_run"):
            yield Row({**row, "done": None})
            continue
        act = await change(desk.accounts[state.mailbox.account], state, uids)
        yield Row({**row, "done": act.label if act is not None else None})


async def chosen_messages(desk: Desk, wish: Wish) -> Chosen:
    """Return the messages that are named (``ids``) or found (``query``), by mailbox.

    Raises:
        ConfigError: when none is named, or a name or the query is wrong.
    """
    chosen: Chosen = {}
    for text in wish.texts("ids"):
        name = MessageName.parse(text)
        state, _ = await message_of(desk, name)
        chosen.setdefault(state.id, (state, []))[1].append(name.uid)
    if wish.text("query"):
        states = {state.id: state for state in await desk.store.mailboxes.all()}
        for hit in await desk.store.search.hits(await query_of(desk, wish), None, MOST):
            if hit.mailbox in states:
                chosen.setdefault(hit.mailbox, (states[hit.mailbox], []))[1].append(hit.envelope.uid)
    elif not chosen:
        raise ConfigError("No message is named.", cure="Name some as tidings list says them, or use --query.")
    return chosen
