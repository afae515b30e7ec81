"""The verb ``send``: a message goes into the outbox, is submitted, and what became of it is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from tui.engine.desk import Desk, Row, Wish, account_of
from tui.mail.errors import ConfigError
from tui.mail.ids import SubmissionId
from tui.mail.ready_made import make_ready
from tui.mail.submission import Submission, SubmissionState
from tui.sync.events import Event, SubmissionChanged

STATE = SubmissionState
TOLD = {STATE.COPIED: "accepted", STATE.HELD: "queued", STATE.SENDING: "queued"}
"""States that a script need not tell apart; the others are told by their own names."""
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
    identities = [chosen.config.identity] if name else [each.config.identity for each in desk.accounts.values()]
    now = datetime.fromtimestamp(time.time(), UTC).astimezone()
    ready = await asyncio.to_thread(make_ready, wish.data, identities, date=now)
    account = desk.accounts[ready.draft.identity.account]
    if account.config.send is None:
        raise ConfigError(
            f"{account.name} has no sending server.", cure=f"Write one: [accounts.{account.name}.send] in config.toml."
        )
    changed = asyncio.Event()
    mine: SubmissionId | None = None

    def heard(event: Event) -> None:
        if isinstance(event, SubmissionChanged) and event.sent is None and mine in (None, event.submission):
            changed.set()

    deaf = desk.listen(heard)
    try:
        mine = await account.submit_ready(ready)
        async with asyncio.timeout(wish.number("patience", PATIENCE)):
            while not _is_settled(row := await desk.store.outbox.get(mine)):
                await changed.wait()
                changed.clear()
    except TimeoutError:
        row = await desk.store.outbox.get(mine) if mine is not None else None
    finally:
        deaf()
    told = _told(row)
    wish.status = 0 if told["state"] == "accepted" and not told["refused"] else 1
    yield Row({**told, "message_id": ready.draft.message_id})


def _is_settled(row: Submission | None) -> bool:
    """Whether nothing more happens to it soon: it waits for the user, for another try, or is where it should be.

    The copy in Sent is waited for: a command that ends without it leaves it to the next start.
    """
    if row is None or row.state in (STATE.FAILED, STATE.UNKNOWN, STATE.COPIED):
        return True
    if row.state is STATE.QUEUED:
        return row.attempts > 0
    return row.state is STATE.ACCEPTED and bool(row.copy)


def _told(row: Submission | None) -> dict[str, object]:
    if row is None:
        return {"state": "failed", "reply": "It was taken out of the outbox.", "refused": []}
    refused = [{"address": each.address, "reply": each.words} for each in row.open_refusals]
    return {"state": TOLD.get(row.state, row.state.value), "reply": row.words, "refused": refused}
