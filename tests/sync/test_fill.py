"""The older part of a list: newest first, asked for ahead, and taken up where a line was cut."""

import re

import pytest

from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.sync.desk import desk
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import mailbox

COUNT = 900


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLICE_FIRST", "SLICE_LEAST", "SLICE_MOST"):
        monkeypatch.setattr(mailbox, name, 40)


def asked(server: ScriptedServer) -> list[tuple[int, int]]:
    """Return the ranges of the list that were asked for."""
    found = [re.search(rb" UID FETCH (\d+):(\d+) \(UID FLAGS INTERNALDATE", line) for line in server.log]
    return [(int(match[1]), int(match[2])) for match in found if match is not None]


async def test_the_newest_come_first_and_none_twice(store: Store) -> None:
    async with scripted_imap(messages=COUNT) as server, desk(store, server) as work:
        await work.holds(COUNT)
        ranges = asked(server)
        assert ranges == sorted(ranges, reverse=True)
        assert sum(high - low + 1 for low, high in ranges) == COUNT - mailbox.PAGE


async def test_after_a_cut_only_what_is_missing_is_asked_for(store: Store) -> None:
    async with scripted_imap(messages=COUNT) as server, desk(store, server) as work:
        await server.until(lambda: len(asked(server)) >= 6)
        server.cut()
        await work.holds(COUNT)
        rows = await store.envelopes.older(await work.inbox(), None, COUNT)
        assert [row.uid for row in rows] == [Uid(uid) for uid in range(COUNT, 0, -1)]
        again = sum(high - low + 1 for low, high in asked(server)) - (COUNT - mailbox.PAGE)
        assert 0 <= again <= 4 * 40, "no more than what was under way"


@pytest.mark.parametrize("behaviour", ["list-status", "normal"])
async def test_how_much_is_unread_is_the_servers_number_from_the_start(store: Store, behaviour: str) -> None:
    seen: list[int] = []
    async with scripted_imap(behaviour, messages=COUNT) as server, desk(store, server) as work:
        unread = sum("\\Seen" not in mail.flags for mail in server.boxes[b"INBOX"].mails)

        async def complete() -> bool:
            state = await work.mailbox()
            if mailbox.PAGE < state.held < COUNT:
                seen.append(state.unread)
            return state.complete

        await work.until(complete)
    assert set(seen) == {unread}
