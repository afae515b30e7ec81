"""An account by POP3 at work on a scripted server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers.scripted_pop3 import ScriptedPop3
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.sync.desk import HASTE, Desk, Pace, server
from tui.config.model import AccountConfig, ComposeConfig, Config, Protocol, SyncConfig
from tui.mail.address import Address
from tui.mail.ids import AccountName
from tui.store.database import Store


@asynccontextmanager
async def pop3_desk(
    store: Store,
    pop3: ScriptedPop3,
    smtp: ScriptedSmtp | None = None,
    *,
    leave_days: int | None = None,
    poll: int = 120,
    timeout: int = 5,
    name: str = "work",
    mailboxes: dict[str, str] | None = None,
) -> AsyncIterator[Desk]:
    """Start an account and stop it at the end.

    Args:
        leave_days: days for which mail stays on the server; None: for ever.
        poll, timeout: seconds.
        mailboxes: role → name, as configured.
    """
    account = AccountConfig(
        AccountName(name),
        Address("Ada Lovelace", "ada@example.org"),
        Protocol.POP3,
        server(pop3.port),
        server(smtp.port) if smtp is not None else None,
        mailboxes=mailboxes or {},
        leave_days=leave_days,
        poll=poll,
    )
    times = SyncConfig(timeout=timeout)
    desk = Desk(account, Config((account,), ComposeConfig(0), sync=times), store, Pace(HASTE))
    desk.account.start()
    try:
        yield desk
    finally:
        await asyncio.wait_for(desk.account.stop(), 5)


def mail(number: int, text: str = "Hello.") -> bytes:
    """Return a mail of its own, wire bytes."""
    minutes, seconds = divmod(number % 3600, 60)
    fields = [
        f"Received: from x by y; Tue, 24 Nov 2026 10:{minutes:02}:{seconds:02} +0000",
        "From: Grace Hopper <grace@example.org>",
        "To: ada@example.org",
        f"Subject: number {number}",
        f"Message-ID: <{number}@example.org>",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return ("\r\n".join(fields) + f"\r\n\r\n{text}\r\n.\r\n..dots {number}\r\n").encode()
