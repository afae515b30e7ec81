"""A command's side of the socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from tui.engine import wire
from tui.engine.desk import Row
from tui.mail.errors import ConfigError, MailError


class Asked:
    """What the program that runs does for a command.

    Attributes:
        status, note: of the end, once all rows are taken.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.status = 0
        self.note = ""

    async def rows(self, verb: str, arguments: Mapping[str, Any], data: bytes) -> AsyncIterator[Row]:
        """Ask, and return what is answered.

        Raises:
            ConfigError: when what is asked for cannot be.
            MailError: when it did not come about, or the program has ended.
        """
        try:
            await wire.put(self._writer, {"verb": verb, "arguments": arguments}, data)
            while True:
                said, octets = await wire.take(self._reader)
                if "row" in said:
                    yield Row(said["row"], octets)
                elif "error" in said:
                    raise (ConfigError if said.get("status") == 2 else MailError)(
                        str(said["error"]), cure=str(said.get("cure") or "")
                    )
                else:
                    self.status = int(said.get("status") or 0)
                    self.note = str(said.get("note") or "")
                    return
        finally:
            self._writer.close()


async def ask(path: Path) -> Asked | None:
    """Return the way to the program that runs, None where none does."""
    try:
        with wire.short(path) as address:
            return Asked(*await asyncio.open_unix_connection(address, limit=wire.MOST_LINE))
    except OSError:
        return None
