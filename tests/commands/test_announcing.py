"""What the terminal is told of mail that arrives, beside the screen: the octets that go to it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.store.sample import INBOX, READ, WORK, envelope
from tui.commands.announcing import Announcing
from tui.config.model import Config
from tui.config.notify import Action, NotifyConfig, NotifyRule, Quiet
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId
from tui.store.database import Store
from tui.sync.events import MessagesArrived
from tui.terminal.osc import BEL, Outside, Way

ALWAYS = frozenset(range(7))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(Paths.under(tmp_path))
    await opened.mailboxes.replace(WORK, [INBOX])
    yield opened
    await opened.close()


async def told(store: Store, config: NotifyConfig, *arrived: Envelope, away: bool = True) -> str:
    """Return what goes to the terminal when these arrive at once."""
    (state,) = await store.mailboxes.all(WORK)
    await store.envelopes.add(state.id, arrived)
    said: list[str] = []
    outside = Outside(said.append, {"TERM": "foot"}, Way.OSC777)
    desk = SimpleNamespace(store=store, accounts={WORK: None}, config=Config(notify=config))
    uids = tuple(each.uid for each in arrived)
    event = MessagesArrived(WORK, MailboxId(state.id), uids, True)
    await Announcing(cast("Any", desk), outside, lambda: away).take(event)
    return "".join(said)


def said(text: str) -> str:
    return f"\x1b]777;notify;Ada Lovelace;{text}\x1b\\"


async def test_the_newest_is_told_and_how_many_more(store: Store) -> None:
    mails = [replace(envelope(uid), subject=f"Note {uid}") for uid in (1, 2, 3)]
    assert await told(store, NotifyConfig(), *mails) == said("Note 3 and 2 more")
    assert await told(store, NotifyConfig(), *mails, away=False) == ""
    assert await told(store, NotifyConfig(arrivals="always"), mails[0], away=False) == said("Note 1")
    assert await told(store, NotifyConfig(arrivals="off"), *mails) == ""
    assert await told(store, NotifyConfig(), replace(envelope(9), flags=READ)) == ""


async def test_rules_choose_what_is_told_and_what_rings(store: Store) -> None:
    rules = NotifyConfig(
        rules=(
            NotifyRule("subject:note"),
            NotifyRule("subject:ring", action=Action.BELL),
            NotifyRule(action=Action.SILENT),
        )
    )
    note, ring, other = (replace(envelope(uid), subject=text) for uid, text in enumerate(("Note", "Ring", "Other"), 1))
    assert await told(store, rules, note, ring, other) == said("Note")  # which rings as it likes
    assert await told(store, rules, ring, other) == BEL
    assert await told(store, rules, other) == ""


async def test_in_quiet_hours_nothing_is_told(store: Store) -> None:
    rules = NotifyConfig(quiet=(Quiet(ALWAYS),), rules=(NotifyRule("subject:fire", always=True),))
    fire, other = replace(envelope(1), subject="Fire"), replace(envelope(2), subject="Other")
    assert await told(store, rules, other) == ""
    assert await told(store, rules, fire, other) == said("Fire")


async def test_what_strangers_write_is_text(store: Store) -> None:
    sly = replace(envelope(1), subject="a\x1b]2;b\x07c", from_=(Address("E\x9bve;", "eve@example.org"),))
    assert await told(store, NotifyConfig(), sly) == "\x1b]777;notify;E\ufffdve,;a\ufffd]2;b\ufffdc\x1b\\"
