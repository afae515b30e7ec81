"""Loops that go round: a test waits until one has had its chance to do something wrong, not for some time to pass."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.servers.scripted_imap import ScriptedServer
from tests.sync.desk import Desk
from tui.store.database import Store


class Rounds:
    """Sees a loop go round by what it asks the store for, once in every round.

    Args:
        monkeypatch: ends the seeing with the test.
        owner: what is asked, such as `Store.outbox`.
        name: of the method.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        self._seen = 0
        ask = getattr(owner, name)

        async def asked(*arguments: Any, **more: Any) -> Any:
            found = await ask(*arguments, **more)
            self._seen += 1
            return found

        monkeypatch.setattr(owner, name, asked)

    async def passes(self, work: Desk, wake: Callable[[], None]) -> None:
        """Wake the loop, and return when a whole round has passed that began after this call."""
        for _ in range(3):  # the one that was going on; the one that is meant; the next, so that the one meant is over
            seen = self._seen
            wake()
            await work.until(lambda seen=seen: self._seen > seen)  # type: ignore[misc]


def sending(monkeypatch: pytest.MonkeyPatch, store: Store) -> Rounds:
    """The rounds of what sends."""
    return Rounds(monkeypatch, store.outbox, "due")


def following_up(monkeypatch: pytest.MonkeyPatch, store: Store) -> Rounds:
    """The rounds of what looks for mail in doubt."""
    return Rounds(monkeypatch, store.outbox, "unknown")


def copying_drafts(monkeypatch: pytest.MonkeyPatch, store: Store) -> Rounds:
    """The rounds of what keeps drafts on the server."""
    return Rounds(monkeypatch, store.drafts, "versions")


async def connections(server: ScriptedServer) -> int:
    """Return how many connections there were; one of our own, which comes last, shows that no other is on its way."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    own = writer.get_extra_info("sockname")

    def is_here() -> bool:
        return any(each.writer.get_extra_info("peername") == own for each in server.dialogues)

    await server.until(is_here)
    writer.close()
    return len(server.dialogues) - 1
