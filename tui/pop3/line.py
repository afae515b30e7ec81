"""A line to a POP3 server: beside lines it has answers of many lines (RFC 1939, 3)."""

import asyncio
from collections.abc import Callable

from tui.config.line import Line
from tui.pop3.block import Block

PIECE = 64 * 1024
"""Octets that are taken at once before others on the loop get their turn."""


class BlockLine(Line):
    """A line that reads blocks; see `tui.config.line.Line`."""

    async def block(self, take: Callable[[bytes], None]) -> int:
        """Give the lines of an answer, with their ends and with single dots, piece by piece; return their octets.

        Raises:
            ConnectionLost, TimedOut: the end did not come.
            MailError: as ``take`` does; then the line is of no use any more.
        """
        block, count = Block(), 0
        try:
            while not block.is_complete:
                while not self._unread:
                    await self._more()
                given, used = block.feed(bytes(self._unread[:PIECE]))
                self._taken(used)
                count += len(given)
                if given:
                    take(given)
                if len(self._unread) >= PIECE:
                    await asyncio.sleep(0)
        except BaseException:
            self.abort()
            raise
        self.rest()
        return count
