"""The verb ``rules``: what they did, and what they would do with what is here."""

from collections.abc import AsyncIterator
from datetime import datetime

from tui.engine.desk import Desk, Row, Wish
from tui.engine.names import MessageName, known_mailbox
from tui.engine.reading import MANY, message_row
from tui.engine.rows import time_text
from tui.engine.ruling import doings_of, node_of
from tui.imap import names
from tui.mail.errors import ConfigError
from tui.mail.ids import MailboxId, Uid
from tui.mail.query import And, Of
from tui.store.mailboxes import MailboxState

MOST = 100_000
"""Messages looked at for each rule."""


async def rules(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Tell what the rules did, the newest first (``limit``); with ``dry_run``, what they would do, and do nothing.

    Raises:
        ConfigError: when there are none to be tried.
    """
    if wish.is_on("dry_run"):
        async for row in _would(desk, int(wish.number("limit", MANY))):
            yield row
        return
    for each in await desk.store.rulings.history(int(wish.number("limit", MANY))):
        place = each.place
        mailbox = names.decode(place.mailbox)
        yield Row(
            {
                "id": str(MessageName(place.account, mailbox, place.uidvalidity, each.uid)),
                "account": place.account,
                "mailbox": mailbox,
                "subject": each.subject,
                "rules": list(each.rules),
                "at": time_text(each.at),
                "state": each.state,
                "words": each.words,
            }
        )


async def _would(desk: Desk, limit: int) -> AsyncIterator[Row]:
    if not desk.config.rules:
        raise ConfigError("There are no rules.", cure="docs/scripting.md says how to write [[rules]] in config.toml.")
    while await desk.store.search.index():
        pass
    states: dict[MailboxId, MailboxState] = {state.id: state for state in await desk.store.mailboxes.all()}
    found: dict[tuple[MailboxId, Uid], list[str]] = {}
    doing: dict[tuple[MailboxId, Uid], list[str]] = {}
    stopped: set[tuple[MailboxId, Uid]] = set()
    for rule in desk.config.rules:
        node = node_of(rule)
        if node is None:
            continue
        wanted = And((node, Of(rule.account))) if rule.account else node
        for hit in await desk.store.search.hits(wanted, None, MOST):
            key = (hit.mailbox, hit.envelope.uid)
            state = states.get(hit.mailbox)
            if state is None or key in stopped or known_mailbox([state], rule.mailbox) is None:
                continue
            found.setdefault(key, []).append(rule.name)
            doing.setdefault(key, []).extend(doings_of(rule))
            if rule.stop:
                stopped.add(key)
    for mailbox, uid in sorted(found, key=lambda key: key[1], reverse=True)[:limit]:
        envelope = await desk.store.envelopes.get(mailbox, uid)
        if envelope is not None:
            told = message_row(states[mailbox], envelope)
            kept = {name: told[name] for name in ("id", "account", "mailbox", "subject")}
            at = time_text(datetime.now().timestamp())
            words = ", ".join(doing[mailbox, uid])
            yield Row({**kept, "rules": found[mailbox, uid], "at": at, "state": "would", "words": words})
