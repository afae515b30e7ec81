"""One refusal is one attempt, however many want in."""

import asyncio
from typing import cast

import pytest

from tui.imap.session import Session
from tui.mail.errors import AuthenticationFailed, ConnectionLost
from tui.sync.door import Door


class Server:
    """Counts attempts, and how many there were at once."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.attempts = self.at_once = self.most = 0

    async def login(self) -> Session:
        self.attempts += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.error is not None:
            raise self.error
        return cast(Session, self)


async def test_a_refused_password_is_not_tried_again_until_the_user_says_so() -> None:
    door, server = Door(), Server(AuthenticationFailed("no"))
    results = await asyncio.gather(*(door.enter(server.login) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(result, AuthenticationFailed) for result in results)
    assert server.attempts == 1
    door.unlock()
    with pytest.raises(AuthenticationFailed):
        await door.enter(server.login)
    assert server.attempts == 2


async def test_others_go_in_one_after_the_other_and_a_lost_line_closes_nothing() -> None:
    door, server = Door(), Server(ConnectionLost("gone"))
    await asyncio.gather(*(door.enter(server.login) for _ in range(3)), return_exceptions=True)
    server.error = None
    await asyncio.gather(*(door.enter(server.login) for _ in range(3)))
    assert (server.attempts, server.most) == (6, 1)
