"""The pace at which news is acted on."""

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import desk
from tui.store.database import Store
from tui.sync import watch


async def test_news_after_a_silence_is_acted_on_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SILENCE", 0.0)  # any pause is one: the test need not make any
    async with scripted_imap(messages=1) as server, desk(store, server) as work:
        await work.holds(1)
        for number in range(2, 8):
            await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))
            server.push_message(sample(number))
            await work.holds(number)
        assert b" NOOP" not in server.text  # which is what is asked after a calm


async def test_a_server_that_talks_without_end_is_given_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SILENCE", 60.0)
    async with scripted_imap(messages=1) as server, desk(store, server) as work:
        await work.holds(1)
        for number in range(2, 5):
            await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))
            server.push_message(sample(number))
            await work.holds(number)
        assert b" NOOP" in server.text
