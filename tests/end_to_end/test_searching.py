"""Searching on Dovecot: what only the server knows is found, fetched, and among the hits here."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tui.mail.query_syntax import parse
from tui.store.database import Store
from tui.store.search import Hits
from tui.sync.events import Link

NOW = datetime.now(UTC)
MAILS = (
    mail("The engine, second draft", "Nothing of note."),
    mail("Minutes", "The Tábla is done, and the 月食 too."),
    mail("=?utf-8?q?Stra=C3=9Fe_nach_Turin?=", "Hello."),
    mail("Dinner", "Bring the needle.", sender="Mary Somerville <mary@obs.example>"),
)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("needle", {"Dinner"}),
        ("body:needle from:mary", {"Dinner"}),
        ("subject:Straße", {"Straße nach Turin"}),
        ("Tábla", {"Minutes"}),
        ('body:"月食"', {"Minutes"}),
        ("needle OR engine", {"Dinner", "The engine, second draft"}),
        ("-from:mary in:Old -engine", {"Minutes", "Straße nach Turin"}),
        ("in:Old is:unread larger:1 after:3w -(Turin OR Dinner OR minutes)", {"The engine, second draft"}),
        ("in:INBOX needle", set()),
    ],
)
async def test_what_only_the_server_knows(store: Store, dovecot: Dovecot, text: str, subjects: set[str]) -> None:
    with other_client(dovecot) as other:
        other.create("Old")
        other.append("Old", *MAILS)
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.mailbox(b"Old")
        await desk.until(lambda: desk.account.link.link is Link.LIVE)
        node = parse(text, NOW).node
        assert node is not None
        hits = Hits(store.search, node)
        states = await store.mailboxes.all()
        await asyncio.wait_for(desk.account.search.ask(node, states, hits.listed.update), 20)
        assert {row.subject for row in await hits.older(None, 100)} == subjects
