"""A server that follows a script, line by line: for dialogues where each octet matters."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

Step = tuple[str, str]
"""What the client has to say, as a pattern, and what is answered; groups are named ``{tag}``. "" says nothing."""


class Script:
    """See `script`.

    Attributes:
        port: on 127.0.0.1.
        heard: lines of the client.
        wrong: what did not fit.
    """

    def __init__(self, greeting: str, steps: Sequence[Step]) -> None:
        self.port = 0
        self.heard: list[str] = []
        self.wrong: list[str] = []
        self._greeting = greeting
        self._steps = list(steps)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Play the script to one client."""
        tag = ""
        try:
            writer.write(f"{self._greeting}\r\n".encode())
            while self._steps:
                line = (await reader.readline()).decode().removesuffix("\r\n")
                if not line and reader.at_eof():
                    break
                self.heard.append(line)
                wanted, answer = self._steps.pop(0)
                found = re.fullmatch(wanted, line)
                if found is None:
                    self.wrong.append(f"{line!r} is not {wanted!r}")
                    break
                tag = found.groupdict().get("tag") or tag
                for each in answer.split("\n") if answer else ():
                    writer.write(f"{each.replace('{tag}', tag)}\r\n".encode())
            await reader.read()
        except OSError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def script(greeting: str, *steps: Step) -> AsyncIterator[Script]:
    """Run one; when the client had to say something else, that is an error at the end."""
    made = Script(greeting, steps)
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=2**20)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
    assert not made.wrong
