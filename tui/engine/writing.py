"""The verb ``compose``: a mail is begun, and kept as a draft until somebody writes it."""

import asyncio
from collections.abc import AsyncIterator

from tui.engine.desk import Desk, Row, Wish, account_of
from tui.mail.compose import empty_draft
from tui.mail.errors import ConfigError
from tui.mail.mailto import parse_mailto


async def compose(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Keep a new draft, and tell its key.

    Arguments of the wish: ``account``, whom it is from; ``links``, mailto links or addresses; ``subject``, ``body``.

    Raises:
        ConfigError: when there is no such account.
    """
    account = account_of(desk, wish.text("account")) if desk.accounts else None
    if account is None:
        raise ConfigError("No account is configured.", cure="Run: tidings setup")
    draft = empty_draft(account.config.identity)
    notes: list[str] = []
    for link in wish.texts("links"):
        asked = await asyncio.to_thread(parse_mailto, link)
        draft = asked.put_into(draft)
        notes += [asked.note] if asked.note else []
    key = await desk.store.drafts.keep(None, draft)
    await desk.store.drafts.close(key)
    wish.note = "; ".join(notes)
    yield Row({"draft": key})
