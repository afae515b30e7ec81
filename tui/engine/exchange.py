"""The verbs between here and files: ``export`` gives messages out as they came, ``import`` takes one in."""

import asyncio
from collections.abc import AsyncIterator

from tui.engine.desk import Desk, Row, Wish, account_of
from tui.engine.filing import WORDS, chosen_messages
from tui.engine.names import mailbox_of, name_of
from tui.engine.reading import look, message_row
from tui.mail.errors import ConfigError, MailError
from tui.mail.fields import find_message_ids
from tui.mail.flags import canonical
from tui.mail.ids import Uid
from tui.mail.mbox import crlf
from tui.mail.message import Header
from tui.mail.summary import arrival
from tui.store.mailboxes import MailboxState
from tui.sync.bringing import Brought

SLICE = 500


async def export(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Give out messages, the oldest first: those named (``ids``), those found (``query``), or a whole ``mailbox``.

    The octets of each go along, as it came; with ``dry_run`` none do. One that cannot be had is told with its reason
    (``error``), and the others go on.
    """
    async for state, uid in _wanted(desk, wish):
        envelope = await desk.store.envelopes.get(state.id, uid)
        if envelope is None:
            wish.status = 1
            wish.note = f"{name_of(state, uid)} is not here."
            continue
        row = {**message_row(state, envelope), "error": None}
        if wish.is_on("dry_run"):
            yield Row(row)
            continue
        try:
            data = await desk.accounts[state.mailbox.account].source(state.id, uid)
        except MailError as error:
            wish.status = 1
            yield Row({**row, "error": str(error)})
        else:
            yield Row(row, data)


async def _wanted(desk: Desk, wish: Wish) -> AsyncIterator[tuple[MailboxState, Uid]]:
    if wish.texts("ids") or wish.text("query"):
        for state, uids in (await chosen_messages(desk, wish)).values():
            for uid in sorted(uids):
                yield state, uid
        return
    if not wish.text("mailbox"):
        raise ConfigError("No message is named.", cure="Name some, or a --mailbox, or use --query.")
    account = account_of(desk, wish.text("account"))
    state = await mailbox_of(desk, account.name, wish.text("mailbox"))
    await look(desk, wish, [state])
    state = await mailbox_of(desk, account.name, state.mailbox.name)
    held: list[Uid] = []
    key = None
    while rows := await desk.store.envelopes.older(state.id, key, SLICE):
        held += [row.uid for row in rows]
        key = rows[-1].key
    for uid in sorted(held):
        yield state, uid


async def import_message(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Put one message, the wish's data, into a mailbox: ``account``, ``mailbox``, ``flags``, ``received``, ``again``.

    What has the same Message-ID there is not put there once more, unless ``again`` is on: an import that was cut short
    is simply done again.

    Raises:
        ConfigError: when it is no message.
        MailError: when it cannot be put there.
    """
    account = account_of(desk, wish.text("account"))
    state = await mailbox_of(desk, account.name, wish.text("mailbox") or "inbox")
    data = await asyncio.to_thread(crlf, wish.data)
    end = data.find(b"\r\n\r\n")
    header = Header.parse(data[: end + 2 if end >= 0 else len(data)])
    ids = find_message_ids(header.raw_field("message-id"), 1)
    if not data.strip() or not (ids or header.raw_field("from") or header.raw_field("date")):
        raise ConfigError("This is no message: it has no From, no Date and no Message-ID.")
    message_id = ids[0] if ids else ""
    flags = canonical(WORDS.get(each.lower(), each) for each in wish.texts("flags"))
    received = int(wish.number("received", arrival(data)[0]))
    row = {
        "account": account.name,
        "mailbox": state.mailbox.name,
        "message_id": message_id,
        "size": len(data),
        "done": None,
    }
    if wish.is_on("dry_run"):
        yield Row(row)
        return
    brought = Brought(data, received, flags, "" if wish.is_on("again") else message_id)
    done = await account.put(state.id, brought)
    yield Row({**row, "done": "imported" if done else "there already"})
