"""The verbs that read: ``accounts``, ``mailboxes``, ``list``, ``search``, ``show``, ``part``, ``outbox``."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from tui.engine.desk import Desk, Row, Wish, account_of
from tui.engine.names import MessageName, mailbox_of, message_of, unknown
from tui.engine.rows import row_of, time_text
from tui.mail.envelope import Envelope
from tui.mail.errors import ConfigError, MailError, NotSupported
from tui.mail.ids import AccountName
from tui.mail.message import Message
from tui.mail.query import And, Node, Of
from tui.mail.query import In as InMailbox
from tui.mail.query_syntax import parse
from tui.render.message import as_text, render_message
from tui.store.mailboxes import MailboxState

MANY = 50
"""Messages that are listed unless more are asked for."""
SLICE = 200
TEXT_WIDTH = 78
"""Cells of a line of the text that ``show`` returns."""


async def accounts(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell the accounts, in the order of the configuration."""
    for name, account in desk.accounts.items():
        yield Row(
            {
                "account": name,
                "address": account.config.address.spec,
                "protocol": account.config.protocol.value,
                "link": account.link.link.value,
                "reason": account.link.reason,
            }
        )


async def mailboxes(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell the mailboxes of one account (``account``) or of all."""
    for name in _named(desk, wish):
        await look(desk, wish, await desk.store.mailboxes.all(name), only_inbox=True)
        if missing := await unknown(desk, name):
            _tell_unknown(wish, missing)
            continue
        for state in await desk.store.mailboxes.all(name):
            mailbox = state.mailbox
            yield Row(
                {
                    "account": name,
                    "mailbox": mailbox.name,
                    "role": mailbox.role.value if mailbox.role is not None else None,
                    "selectable": mailbox.selectable,
                    "total": state.total,
                    "unread": state.unread,
                }
            )


async def list_messages(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell the newest messages of a mailbox: ``account``, ``mailbox``, ``limit``."""
    account = account_of(desk, wish.text("account"))
    state = await mailbox_of(desk, account.name, wish.text("mailbox") or "inbox")
    await look(desk, wish, [state])
    state = await mailbox_of(desk, account.name, state.mailbox.name)  # its generation may be known only now
    left, key = int(wish.number("limit", MANY)), None
    while left > 0 and (rows := await desk.store.envelopes.older(state.id, key, min(left, SLICE))):
        for envelope in rows:
            yield Row(message_row(state, envelope))
        left, key = left - len(rows), rows[-1].key


async def search(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell the newest messages that a query finds here: ``query``, ``account``, ``mailbox``, ``limit``.

    Raises:
        ConfigError: when something of the query is not understood.
    """
    node = await query_of(desk, wish)
    for name in _named(desk, wish):
        if missing := await unknown(desk, name):
            _tell_unknown(wish, missing)
    states = {state.id: state for state in await desk.store.mailboxes.all()}
    hits = await desk.store.search.hits(node, None, int(wish.number("limit", MANY)))
    for hit in hits:
        if hit.mailbox in states:
            yield Row(message_row(states[hit.mailbox], hit.envelope))


async def query_of(desk: Desk, wish: Wish) -> Node:
    """Return what a query means, within the account and mailbox that are named, once all is in the index.

    Raises:
        ConfigError: when something of it is not understood.
    """
    query = parse(wish.text("query"), datetime.now().astimezone())
    if query.problems:
        raise ConfigError(query.problems[0].sentence)
    nodes: list[Node] = [query.node] if query.node is not None else []
    if wish.text("account"):
        nodes.append(Of(account_of(desk, wish.text("account")).name))
    if wish.text("mailbox"):
        nodes.append(InMailbox(wish.text("mailbox")))
    if not nodes:
        raise ConfigError("Nothing is looked for.", cure='For instance: tidings search "from:ada is:unread"')
    while await desk.store.search.index():
        pass
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


async def show(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell one message: ``id``; with ``raw``, its source goes along as octets."""
    name = MessageName.parse(wish.text("id"))
    state, envelope = await message_of(desk, name)
    account = desk.accounts[name.account]
    if wish.is_on("raw"):
        yield Row(message_row(state, envelope), await account.source(state.id, name.uid))
        return
    message = await account.message(state.id, name.uid)
    page = await asyncio.to_thread(render_message, message, TEXT_WIDTH)
    yield Row(
        {
            **message_row(state, envelope),
            "headers": _headers(message),
            "text": as_text(page),
            "parts": [
                {"part": part.section, "type": part.type, "name": part.filename, "size": part.size}
                for part in message.structure.leaves()
            ],
        }
    )


def _headers(message: Message) -> dict[str, str]:
    wanted = ("From", "To", "Cc", "Reply-To", "Date", "Subject", "Message-ID", "In-Reply-To", "References", "List-Id")
    return {name.lower(): text for name in wanted if (text := message.header.text(name, 4_000))}


async def part(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell one part of a message, decoded: ``id`` and ``part``, its number; the octets go along."""
    name = MessageName.parse(wish.text("id"))
    state, _ = await message_of(desk, name)
    account = desk.accounts[name.account]
    message = await account.message(state.id, name.uid)
    found = message.structure.find(wish.text("part"))
    if found is None or found.is_multipart:
        numbers = ", ".join(each.section for each in message.structure.leaves())
        raise ConfigError(f"{name} has no part {wish.text('part')}.", cure=f"It has: {numbers}.")
    data = await account.part(state.id, name.uid, found)
    row = {"id": str(name), "part": found.section, "type": found.type, "name": found.filename, "size": len(data)}
    yield Row(row, data)


async def outbox(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell what is on its way out and what has left, the newest first."""
    for row in await desk.store.outbox.list():
        yield Row(
            {
                "submission": row.id,
                "account": row.account,
                "state": row.state.value,
                "subject": row.subject,
                "to": list(row.recipients),
                "message_id": row.message_id,
                "attempts": row.attempts,
                "due": time_text(row.due) if row.due else None,
                "changed": time_text(row.changed),
                "reply": row.words,
                "refused": [{"address": each.address, "reply": each.words} for each in row.open_refusals],
            }
        )


async def look(desk: Desk, wish: Wish, states: Iterable[MailboxState], *, only_inbox: bool = False) -> None:
    """Make mailboxes like the server's first, unless ``offline`` is asked for; what keeps it from that is a note."""
    if wish.is_on("offline"):
        return
    for state in states:
        if only_inbox and (state.mailbox.role is None or state.mailbox.role.value != "inbox"):
            continue
        try:
            await desk.accounts[state.mailbox.account].look_into(state.id)
        except NotSupported:
            pass
        except MailError as error:
            wish.note = f"as it was when it was last seen: {error}"


def _named(desk: Desk, wish: Wish) -> list[AccountName]:
    """The account that is named, or all of them."""
    return [account_of(desk, wish.text("account")).name] if wish.text("account") else list(desk.accounts)


def _tell_unknown(wish: Wish, missing: MailError) -> None:
    """Have a person know that what is told leaves out an account, of which nothing is known."""
    wish.note = f"{wish.note}; {missing}" if wish.note else str(missing)
    wish.status = 1


def message_row(state: MailboxState, envelope: Envelope) -> dict[str, Any]:
    """Return what scripts are told of a message in a list."""
    return row_of(state.mailbox.account, state.mailbox.name, state.uidvalidity, envelope)
