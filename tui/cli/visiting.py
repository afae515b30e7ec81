"""``tidings watch`` for accounts by POP3: they are visited, and the names that are new are told."""

import asyncio
from typing import Any

from tui.cli.watching import Herald, Teller, Tiding, mind_sleep
from tui.config.model import AccountConfig, Config
from tui.config.secrets import Secrets
from tui.engine.lookout import Wanted
from tui.engine.rows import row_of
from tui.mail.envelope import Envelope
from tui.mail.mailbox import Mailbox, Role
from tui.mail.matching import Item, matches
from tui.pop3.login import enter
from tui.pop3.session import Session
from tui.sync.pop3_news import News
from tui.sync.pop3_poll import Poller


async def visit(
    config: Config, secrets: Secrets, account: AccountConfig, wanted: Wanted, teller: Teller, herald: Herald
) -> None:
    """Visit until cancelled. Nothing is taken from the server, nothing deleted. A query sees what the headers tell."""
    inbox = Mailbox(account.name, b"INBOX", "INBOX", "", Role.INBOX)
    bookmark = wanted.bookmark
    if wanted.since is not None:
        herald.warn(account.name, "by POP3 nobody tells when mail came; what comes from now on is told")

    async def login(secret: str) -> Session:
        session = await Session.connect(account.receive, timeout=float(config.sync.timeout))
        await enter(session, secret)
        return session

    def say(envelope: Envelope, name: str) -> None:
        if matches(wanted.query, Item(envelope, inbox)):
            row: dict[str, Any] = {**row_of(account.name, "INBOX", None, envelope), "id": None, "uid": name}
            teller.take(Tiding(row, inbox, envelope), lambda: None)

    def seen(names: set[bytes]) -> None:
        if bookmark is not None:
            teller.take(None, lambda: bookmark.tell_names(account.name, names))

    news = News(say, bookmark.names(account.name) if bookmark is not None else None, seen)
    poller = Poller(
        lambda: secrets.use(account.receive, login),
        news.visit,
        float(account.poll or config.sync.poll),
        lambda state: herald.tell(account.name, "", state),
    )
    sleeping = asyncio.create_task(mind_sleep(poller.look_now))
    try:
        await poller.run()
    finally:
        sleeping.cancel()
