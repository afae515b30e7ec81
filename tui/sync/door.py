"""The door of an account: one login at a time, and none with a password that was refused until the user asks for it.

The two sessions of an account are often lost together; both trying a password that is good no longer would be two
attempts, and some servers lock an account after three.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tui.imap.session import Session
from tui.mail.errors import AuthenticationFailed


class Door:
    """Lets the sessions of one account in, one after the other."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._refused: AuthenticationFailed | None = None

    def unlock(self) -> None:
        """Forget a refusal: the user asked for another try."""
        self._refused = None

    async def enter(self, login: Callable[[], Awaitable[Session]]) -> Session:
        """Log in, unless that was refused already.

        Args:
            login: connects and logs in; with deadlines of its own.

        Raises:
            AuthenticationFailed: refused, now or before.
            MailError: why else there is no session.
        """
        async with self._one_at_a_time:
            if self._refused is not None:
                raise self._refused.with_traceback(None)
            try:
                return await login()
            except AuthenticationFailed as error:
                self._refused = error
                raise
