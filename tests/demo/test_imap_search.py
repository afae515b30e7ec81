"""The demonstration's server finds what a search asks for."""

import pytest

from tests.demo.lines import NOON, line
from tests.mail.queries import NOW
from tui.demo.demo import Demo
from tui.imap import search
from tui.imap.criteria import criteria
from tui.mail.ids import AccountName
from tui.mail.mailbox import Mailbox
from tui.mail.query_syntax import parse

INBOX = Mailbox(AccountName("work"), b"INBOX", "INBOX")


QUERIES = ("from:lovelace", "subject:table", "from:ada table", "to:charles", "table OR grace", "subject:月食")


@pytest.mark.parametrize("text", QUERIES)
async def test_what_a_query_finds(text: str) -> None:
    node = parse(text, NOW).node
    assert node is not None
    wanted = criteria(node, INBOX)
    assert wanted is not None
    async with Demo(pace=None, clock=lambda: NOON) as demo, line(demo) as session:
        assert await search.find(session, wanted)
