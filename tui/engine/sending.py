"""The verbs that send: a message goes into the outbox, is submitted, and what became of it is told."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from tui.engine.desk import Desk, Row, Wish, account_of
from tui.engine.names import MessageName, message_of
from tui.mail.compose import signature_block
from tui.mail.draft import Draft
from tui.mail.errors import ConfigError, MailError
from tui.mail.ids import SubmissionId
from tui.mail.ready_made import make_ready
from tui.mail.reply import reply as answer
from tui.mail.submission import Submission, SubmissionState
from tui.mail.text import clean
from tui.render.lines import Mode
from tui.render.message import as_text, render_message
from tui.sync.events import Event, SubmissionChanged
from tui.sync.mailing import Mailing

STATE = SubmissionState
TOLD = {STATE.COPIED: "accepted", STATE.HELD: "queued", STATE.SENDING: "queued"}
"""States that a script need not tell apart; the others are told by their own names."""
QUOTED_WIDTH = 72
"""Cells of a line of HTML when it is quoted."""
PATIENCE = 600.0
"""Seconds for which a mail is followed: as long as a server may take for the final dot (RFC 5321, 4.5.3.2.6)."""


async def send(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Queue a message, follow it until it has left or will not by itself, and say so.

    Arguments of the wish: ``account``, of whose server it leaves; ``patience``, seconds. Its data is the message.

    Raises:
        ConfigError: when it is from nobody, for nobody, or the account cannot send.
        MailError: when an address is none or the disk is full: then nothing was queued.
    """
    name = wish.text("account")
    chosen = account_of(desk, name)
    several = [chosen] if name else list(desk.accounts.values())
    identities = [identity for each in several for identity in each.config.all_identities]
    now = datetime.fromtimestamp(time.time(), UTC).astimezone()
    ready = await asyncio.to_thread(make_ready, wish.data, identities, date=now)
    account = desk.accounts[ready.draft.identity.account]
    _require_sending(account)
    async for row in _follow(desk, wish, lambda: account.submit_ready(ready)):
        yield row


async def reply(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Answer a message (``id``): the wish's data is the text, UTF-8; it is followed as by `send`.

    Arguments of the wish: ``everyone``, ``to_list``: to whom; ``quote``: the original's text below; ``dry_run``: tell
    only to whom it would go, under which subject.

    Raises:
        ConfigError: when there is no text, or the account cannot send.
        MailError: when the original is not to be had.
    """
    try:
        text = clean(wish.data.decode("utf-8")).strip("\n")
    except UnicodeDecodeError:
        raise ConfigError("The text is not UTF-8.") from None
    if not text.strip():
        raise ConfigError("There is no text on standard input.", cure="echo Yes. | tidings reply ID")
    name = MessageName.parse(wish.text("id"))
    state, envelope = await message_of(desk, name)
    account = desk.accounts[name.account]
    _require_sending(account)
    message = await account.message(state.id, name.uid)
    quoted = wish.is_on("quote")
    page = await asyncio.to_thread(render_message, message, QUOTED_WIDTH) if quoted else None
    draft = answer(
        message,
        envelope,
        account.config.identity,
        everyone=wish.is_on("everyone"),
        own=[each.config.address for each in desk.accounts.values()],
        now=datetime.now().astimezone(),
        to_list=wish.is_on("to_list"),
        text=as_text(page) if page is not None and page.mode is Mode.HTML else None,
        mailbox=state.id,
    )
    below = draft.body if quoted else signature_block(account.config.identity)
    original = replace(draft.original, uidvalidity=state.uidvalidity) if draft.original is not None else None
    draft = replace(draft, body=f"{text}\n{below}", original=original)
    if not draft.recipients:
        raise MailError("This message names nobody to answer.")
    if wish.is_on("dry_run"):
        yield Row(_planned(draft))
        return
    async for row in _follow(desk, wish, lambda: account.submit(draft, time.time())):
        yield Row({**_planned(draft), **row.fields})


def _planned(draft: Draft) -> dict[str, object]:
    return {
        "to": [each.spec for each in draft.recipients],
        "subject": draft.subject,
        "message_id": draft.message_id,
        "state": None,
        "reply": "",
        "refused": [],
    }


async def send_now(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Send what waits in the outbox, or failed, or is unknown, now: ``submission``; it is followed as by `send`."""
    row, account = await _submission(desk, wish)
    if row.state in (STATE.ACCEPTED, STATE.COPIED):
        raise MailError("It has left already.")

    async def again() -> SubmissionId:
        await account.send_now(row.id)
        return row.id

    async for each in _follow(desk, wish, again, was=row):
        yield Row({"submission": row.id, **each.fields})


async def cancel(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Take what waits out of the outbox: ``submission``. It is a draft again."""
    row, account = await _submission(desk, wish)
    if await account.take_back(row.id) is None:
        raise MailError("It has left already.")
    yield Row({"submission": row.id, "state": "draft", "message_id": row.message_id, "reply": "", "refused": []})


async def _submission(desk: Desk, wish: Wish) -> tuple[Submission, Mailing]:
    number = int(wish.number("submission", 0))
    row = await desk.store.outbox.get(SubmissionId(number))
    if row is None or row.account not in desk.accounts:
        raise MailError(f"There is no {number} in the outbox.", cure="tidings outbox --json says the numbers.")
    return row, desk.accounts[row.account]


def _require_sending(account: Mailing) -> None:
    if account.config.send is None:
        raise ConfigError(
            f"{account.name} has no sending server.", cure=f"Write one: [accounts.{account.name}.send] in config.toml."
        )


async def _follow(
    desk: Desk, wish: Wish, submit: Callable[[], Awaitable[SubmissionId]], *, was: Submission | None = None
) -> AsyncIterator[Row]:
    """Submit, and follow it until it has left or will not by itself; say which.

    Args:
        was: its row before, where it has one: its state then says nothing.
    """
    changed = asyncio.Event()
    mine: SubmissionId | None = was.id if was is not None else None

    def heard(event: Event) -> None:
        if isinstance(event, SubmissionChanged) and event.sent is None and mine in (None, event.submission):
            changed.set()

    deaf = desk.listen(heard)
    try:
        mine = await submit()
        async with asyncio.timeout(wish.number("patience", PATIENCE)):
            while not _is_settled(row := await desk.store.outbox.get(mine), was.attempts if was is not None else 0):
                await changed.wait()
                changed.clear()
    except TimeoutError:
        row = await desk.store.outbox.get(mine) if mine is not None else None
    finally:
        deaf()
    told = _told(row)
    wish.status = 0 if told["state"] == "accepted" and not told["refused"] else 1
    yield Row({**told, "message_id": row.message_id if row is not None else ""})


def _is_settled(row: Submission | None, attempts: int) -> bool:
    """Whether nothing more happens to it soon: it waits for the user, for another try, or is where it should be.

    Args:
        attempts: there were before.

    The copy in Sent is waited for: a command that ends without it leaves it to the next start.
    """
    if row is None or row.state in (STATE.FAILED, STATE.UNKNOWN, STATE.COPIED):
        return True
    if row.state is STATE.QUEUED:
        return row.attempts > attempts
    return row.state is STATE.ACCEPTED and bool(row.copy)


def _told(row: Submission | None) -> dict[str, object]:
    if row is None:
        return {"state": "failed", "reply": "It was taken out of the outbox.", "refused": []}
    refused = [{"address": each.address, "reply": each.words} for each in row.open_refusals]
    return {"state": TOLD.get(row.state, row.state.value), "reply": row.words, "refused": refused}
