"""A scripted server that refuses changes, or loses the line before or after it has done them: as it is told."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.servers.scripted_behaviours import BEHAVIOURS
from tests.servers.scripted_dialogue import Dialogue
from tests.servers.scripted_messages import Closed

CHANGES = ("UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE", "EXPUNGE", "CREATE", "RENAME", "DELETE")
REFUSED = b"out of quota"


class Unsure(Dialogue):
    """Does to each change what comes next in ``options["plan"]``, an endless supply of ``ok`` behind it.

    ``refuse``: NO. ``busy``: NO for the moment. ``before``, ``after``: the line is lost before or after it is done.
    ``ask``: ``options["ask"]`` is called, then it is done; ``ask, refuse`` and so on: then that.
    """

    muted = False

    async def command(self, tag: bytes, name: str, arguments: list[bytes]) -> None:
        full = f"UID {arguments[0].decode().upper()}" if name == "UID" else name
        plan: list[str] = self.server.options.setdefault("plan", [])
        action = plan.pop(0) if plan and full in CHANGES else "ok"
        if action.startswith("ask"):
            ask: Callable[[], Awaitable[Any]] = self.server.options["ask"]
            await ask()
        if action.endswith("refuse"):
            await self.say(tag + b" NO [OVERQUOTA] " + REFUSED)
            return
        if action == "busy":
            await self.say(tag + b" NO [UNAVAILABLE] not now")
            return
        if action.endswith("before"):
            self.cut()
        self.muted = action.endswith("after")
        await super().command(tag, name, arguments)
        if action.endswith("after"):
            self.cut()

    def cut(self) -> None:
        """Lose the line."""
        self.writer.transport.abort()
        raise Closed

    async def send(self, data: bytes) -> None:
        if not self.muted:
            await super().send(data)


BEHAVIOURS["unsure"] = Unsure
