"""Lines that break after N octets from the server: what is shown, when they are up again, and what is then here."""

import asyncio
import imaplib
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.servers.cutter import Cutter
from tests.servers.dovecot import Dovecot
from tests.sync.desk import Desk, Pace, open_store
from tui.config.model import ComposeConfig, Config, Security, SyncConfig
from tui.mail.errors import MailError
from tui.sync.events import Link

MAILS = 3
BROKEN_LINES = 2
"""Lines that have broken before a mail comes and the way is free again."""
PATIENCE = 40.0
UP = (Link.LIVE, Link.POLLING)


@dataclass
class Cut:
    """What came of breaking every line after so many octets.

    Attributes:
        after: octets.
        shown: what the trust meter said, each state once, in order.
        reason: why it was offline, in its words; "" where more was never sent than was let through.
        back: seconds from when the way was free again until the line was up.
        found: seconds from then until the mail that came meanwhile was here.
        wrong: what is not as it must be.
    """

    after: int
    shown: list[str] = field(default_factory=list)
    reason: str = ""
    back: float = 0.0
    found: float = 0.0
    wrong: list[str] = field(default_factory=list)


async def cut_all(dovecot: Dovecot, users: Sequence[str], octets: Sequence[int], haste: float) -> list[Cut]:
    """Break lines after so many octets, as many trials at a time as there are users.

    Args:
        haste: a second of back-off, in seconds.
    """
    todo = list(reversed(octets))
    found: list[Cut] = []

    async def work(user: str) -> None:
        while todo:
            found.append(await _cut(dovecot, user, todo.pop(), haste))

    await asyncio.gather(*map(work, users))
    return sorted(found, key=lambda cut: cut.after)


def _mail(number: int) -> bytes:
    head = f"From: Grace <grace@example.org>\r\nMessage-ID: <{number}@cuts.example>\r\nSubject: number {number}\r\n\r\n"
    return (head + "All of it, or nothing.\r\n" * 12).encode()


def _append(dovecot: Dovecot, user: str, *numbers: int, anew: bool = False) -> None:
    with imaplib.IMAP4("127.0.0.1", dovecot.clear_port, timeout=30) as line:
        line.login(user, dovecot.users[user])
        if anew:
            line.select("INBOX")
            line.uid("STORE", "1:*", "+FLAGS", "(\\Deleted)")
            line.expunge()
        for number in numbers:
            assert line.append("INBOX", "", "", _mail(number))[0] == "OK"


async def _cut(dovecot: Dovecot, user: str, after: int, haste: float) -> Cut:
    cut = Cut(after)
    await asyncio.to_thread(_append, dovecot, user, *range(MAILS), anew=True)
    with tempfile.TemporaryDirectory(prefix="tidings-cuts-") as folder:
        async with open_store(Path(folder)) as store, Cutter(dovecot.clear_port) as cutter:
            server = replace(dovecot.server(user, Security.PLAIN), port=cutter.port)
            account = replace(dovecot.account(user), receive=server)
            cutter.allowance = after
            settings = Config((account,), ComposeConfig(0), sync=SyncConfig(poll=120, timeout=20))
            desk = Desk(account, settings, store, Pace(haste))
            desk.account.start()
            try:
                await _break(desk, cutter)
                reading = asyncio.create_task(_read(desk))
                await asyncio.to_thread(_append, dovecot, user, MAILS)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                cut.shown = list(dict.fromkeys(state.link.value for state in desk.states))
                cut.reason = next((s.reason for s in reversed(desk.states) if s.link is Link.OFFLINE), "")
                await _mend(desk, cutter, cut)
            except AssertionError as error:
                cut.wrong.append(str(error))
            finally:
                await desk.account.stop()
    return cut


async def _break(desk: Desk, cutter: Cutter) -> None:
    """Wait until some lines have broken; one that lasts is cut once all is quiet."""
    with suppress(AssertionError):
        await desk.until(lambda: cutter.accepted > BROKEN_LINES, 2.0)
    if desk.account.link.link in UP:
        cutter.cut()
    await desk.until(lambda: any(state.link is Link.OFFLINE for state in desk.states))


async def _read(desk: Desk) -> None:
    """Open what is there, over a line that will not do."""
    with suppress(MailError, AssertionError):
        for row in await desk.rows():
            with suppress(MailError):
                await desk.account.source(await desk.inbox(), row.uid)


async def _mend(desk: Desk, cutter: Cutter, cut: Cut) -> None:
    began = time.monotonic()
    cutter.allowance = None
    cutter.cut()  # what is up may still have the old allowance
    seen = len(desk.states)
    await desk.until(lambda: any(state.link in UP for state in desk.states[seen:]), PATIENCE)
    cut.back = time.monotonic() - began
    rows = await desk.holds(MAILS + 1, timeout=PATIENCE)
    cut.found = time.monotonic() - began
    inbox = await desk.inbox()
    for row in rows:
        number = int(row.message_id.strip("<").partition("@")[0])
        if await desk.account.source(inbox, row.uid) != _mail(number):
            cut.wrong.append(f"message {number} is not whole")
    if sorted(row.message_id for row in rows) != [f"<{number}@cuts.example>" for number in range(MAILS + 1)]:
        cut.wrong.append(f"here are {[row.message_id for row in rows]}")
