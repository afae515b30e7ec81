"""A text that is longer than is read: its beginning is there, nothing is claimed of the rest, and nothing is kept."""

import base64

import pytest

from tests.mail.judge import unsafe
from tests.servers.scripted_imap import scripted_imap
from tests.sync.desk import desk
from tui.mail.errors import MailError
from tui.mail.ids import Uid
from tui.mail.part import Part
from tui.render.message import as_text, render_message
from tui.store.database import Store
from tui.sync.reader import READ_LIMIT, SAVE_LIMIT

WORDS = b"word " * ((READ_LIMIT + 100_000) // 5)


async def test_its_beginning_is_shown_and_not_kept(store: Store) -> None:
    head = b"From: ada@example.org\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    async with scripted_imap() as server:
        server.boxes[b"INBOX"].add(head + base64.encodebytes(WORDS))
        async with desk(store, server) as work:
            await work.holds(1)
            inbox = await work.inbox()
            message = await work.account.message(inbox, Uid(1))
            assert len(message.bodies["1"]) == READ_LIMIT
            assert "1" not in await store.bodies.get(inbox, Uid(1))
            whole = await work.account.part(inbox, Uid(1), message.structure)
            assert whole == WORDS
    page = render_message(message, 78)
    assert as_text(page).startswith("word word")
    assert page.notes == ("The text is longer than 2.0 MB; its end is left out here.",)
    assert not unsafe(as_text(page), "\n")


async def test_what_is_larger_than_is_saved_is_not_asked_for(store: Store) -> None:
    async with scripted_imap(messages=1) as server, desk(store, server) as work:
        await work.holds(1)
        with pytest.raises(MailError, match="537 MB long: more than"):
            await work.account.part(await work.inbox(), Uid(1), Part("1", "video/mp4", size=SAVE_LIMIT + 1))
        assert not any(b"BODY.PEEK[1]" in line for line in server.log)
