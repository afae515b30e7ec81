"""Shared by the tests of the demonstration: lines to its servers, and waiting for mail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from tui.config.model import AccountConfig
from tui.demo.arrivals import Pace
from tui.demo.demo import Demo
from tui.imap import fetch, mailboxes
from tui.imap.idle import IdleTurn
from tui.imap.session import Session
from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.draft import Draft
from tui.mail.envelope import Envelope
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.mail.submission import Phase
from tui.smtp.submit import Receipt, submit

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUIET = Pace(first=3600, between=(3600, 3600), answer=(0, 0))
"""Nothing arrives by itself; answers come at once."""
DEADLINE = 20.0
"""Seconds a test waits for anything."""


def account(demo: Demo, name: str = "work") -> AccountConfig:
    """The configuration of one account."""
    return next(account for account in demo.config.accounts if account.name == name)


@asynccontextmanager
async def line(demo: Demo, name: str = "work", mailbox: bytes = b"INBOX") -> AsyncIterator[Session]:
    """A session with a mailbox selected."""
    receive = account(demo, name).receive
    session = await Session.open(receive, receive.secret.password, timeout=DEADLINE, on_untagged=lambda untagged: None)
    try:
        await mailboxes.select(session, mailbox)
        yield session
    finally:
        await session.close()


async def rows(session: Session, uid_set: str = "1:*") -> list[Envelope]:
    """Every envelope of the selected mailbox."""
    return [envelope async for batch in fetch.envelopes(session, uid_set) for envelope in batch]


async def pushed(session: Session, wanted: Callable[[Envelope], bool]) -> Envelope:
    """Wait until a message is there; nothing is asked again unless the server says that there is news."""

    news = asyncio.Event()
    session.on_untagged = lambda untagged: news.set()

    async def wait() -> Envelope:
        while True:
            news.clear()
            found = [envelope for envelope in await rows(session) if wanted(envelope)]
            if found:
                return found[-1]
            if not news.is_set():  # else it was told while the rows were read
                async with IdleTurn(session) as turn:
                    await turn.wait(news)

    return await asyncio.wait_for(wait(), DEADLINE)


async def whole(session: Session, envelope: Envelope) -> Message:
    """A message with all its parts."""
    return parse_message((await fetch.parts(session, envelope.uid, [""], limit=1_000_000))[""])


async def send(demo: Demo, draft: Draft, *, password: str | None = None) -> Receipt:
    """Submit a draft of the account "work"."""
    server = account(demo).send
    assert server is not None

    async def note(phase: Phase) -> None:
        pass

    return await submit(
        server,
        server.secret.password if password is None else password,
        sender=draft.identity.address.spec,
        recipients=[address.spec for address in draft.recipients],
        data=to_bytes(draft, date=NOON),
        on_phase=note,
        timeout=DEADLINE,
    )


def to(*specs: str) -> tuple[Address, ...]:
    """Addresses without names."""
    return tuple(Address("", spec) for spec in specs)
