"""Receiving by POP3: from the login on. The line before it is `tui.setup.line`'s."""

from tui.mail.errors import MailError
from tui.pop3 import login
from tui.pop3.session import Session
from tui.setup.check import Check, Status
from tui.setup.line import LineWalk, counted


class Collecting:
    """The steps login and inbox of a POP3 account.

    Args:
        line: of the same server.
    """

    def __init__(self, line: LineWalk) -> None:
        self.line = line
        self._session: Session | None = None

    async def login(self, secret: str) -> Check:
        """Log in, once.

        Raises:
            MailError: why not.
        """
        line, scene = self.line, self.line.scene
        session = self._session = await Session.connect(line.server, timeout=scene.limit)
        await login.enter(session, secret)
        names = " ".join(sorted(session.capability))
        return line.check("login", Status.OK, "login", user=line.server.user, detail=names)

    async def inbox(self) -> Check:
        """Count the messages."""
        assert self._session is not None
        try:
            reply = await self._session.command(b"STAT")
        except MailError as error:
            return self.line.check("inbox", Status.FAIL, "words", words=error.message, cure=error.cure)
        if not reply.is_ok:
            return self.line.check("inbox", Status.FAIL, "words", words=reply.text, cure="Try again in a minute.")
        lasting = "UIDL" in self._session.capability or not self._session.capability
        words: dict[str, object] = {"messages": counted(_number(reply.text)), "validity": "", "quota": ""}
        key = "inbox" if lasting else "inbox-unsure"
        return self.line.check("inbox", Status.OK if lasting else Status.WARN, key, words)

    async def close(self) -> None:
        """Leave without deleting anything."""
        if self._session is not None:
            self._session.abort()


def _number(text: str) -> int:
    first = text.partition(" ")[0]
    return int(first) if first.isascii() and first.isdecimal() and len(first) < 12 else 0
