"""What is new at a POP3 server, told by the headers alone: for ``tidings watch``. Nothing is taken, nothing deleted."""

from collections.abc import Callable

from tui.mail.envelope import Envelope
from tui.mail.errors import NotSupported
from tui.mail.ids import Uid
from tui.mail.parse import parse_message
from tui.mail.summary import arrival, summarize
from tui.pop3.session import Session


class News:
    """Remembers what a server had at the first visit, and tells what it has since.

    Args:
        say: called with the row of every new mail and its name on the server; the row's UID means nothing.
        known: names of what was there before; None: what there is at the first visit is nothing new.
        seen: called with all names when everything new is told.
    """

    def __init__(
        self,
        say: Callable[[Envelope, str], None],
        known: set[bytes] | None = None,
        seen: Callable[[set[bytes]], None] = lambda names: None,
    ) -> None:
        self._say = say
        self._known = known
        self._seen = seen

    async def visit(self, session: Session) -> str:
        """Look what there is; return what is in trouble: nothing.

        Raises:
            NotSupported: the server gives no names that last, or does not tell headers.
            MailError: the visit was cut short; what was not told yet is told by the next.
        """
        rows = await session.uidl()
        before = set(self._known) if self._known is not None else None
        if self._known is not None:
            await self._tell(session, [row for row in rows if row[1] not in self._known])
        names = {name for _, name in rows}
        if names != before:
            self._seen(names)
        self._known = names
        await session.leave()
        return ""

    async def _tell(self, session: Session, new: list[tuple[int, bytes]]) -> None:
        sizes = dict(await session.sizes()) if new else {}
        names = dict(new)
        async for head in session.tops(names):
            if head.data is None:
                raise NotSupported(f"{session.server.label} does not tell the headers of mails (TOP).")
            received, _ = arrival(head.data)
            row = summarize(parse_message(head.data), Uid(1), sizes.get(head.number, 0), received)
            self._say(row, names[head.number].decode("ascii", "replace"))
            if self._known is not None:
                self._known.add(names[head.number])
