"""Reading in linear mode: a message from its subject to its end, a piece at a time."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress

from tui.commands.desk import AccountPort
from tui.linear import words
from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.message import Message
from tui.render.lines import Mode, Page
from tui.render.message import render_message

WIDEST, NARROWEST = 80, 20
"""Columns a line of a message's text has at most, and at least."""
AT_ONCE = 60
"""Lines of a message that are read before a key is asked for."""


class LinearReader:
    """Reads one message at a time.

    Args:
        accounts: where messages are had.
        say: writes a line.
        width: columns of the terminal.
        unfold: the key that reads folded quotes.

    Attributes:
        name: mailbox and UID of the message that is read, None for none.
        message, page: it, and its text.
        mode: how it is laid out.
    """

    def __init__(
        self,
        accounts: Mapping[AccountName, AccountPort],
        say: Callable[[str], None],
        width: Callable[[], int],
        unfold: Callable[[], str],
    ) -> None:
        self._accounts = accounts
        self._say = say
        self._width = width
        self._unfold = unfold
        self._rest: list[str] = []
        self.name: tuple[MailboxId, Uid] | None = None
        self.message: Message | None = None
        self.page: Page | None = None
        self.mode = Mode.AUTO

    @property
    def has_more(self) -> bool:
        """Whether there is more to read."""
        return bool(self._rest)

    def is_at(self, mailbox: MailboxId, uids: Collection[Uid]) -> bool:
        """Whether one of these messages is read."""
        return self.name is not None and self.name[0] == mailbox and self.name[1] in uids

    def leave(self) -> None:
        """Read nothing any more."""
        self.name = self.message = self.page = None
        self.mode = Mode.AUTO
        self._rest = []

    async def read(self, name: AccountName, mailbox: MailboxId, envelope: Envelope) -> None:
        """Read a message from its beginning; that makes it seen.

        Raises:
            MailError: when it is not to be had.
        """
        account = self._accounts[name]
        width = max(NARROWEST, min(WIDEST, self._width()))
        known = self.message if self.is_at(mailbox, (envelope.uid,)) else None
        message = known or await account.message(mailbox, envelope.uid)
        page = await asyncio.to_thread(render_message, message, width, mode=self.mode)
        self.name, self.message, self.page = (mailbox, envelope.uid), message, page
        if page.mode in (Mode.SOURCE, Mode.HEADERS):
            self._rest = words.page_text(page)
        else:
            own = {each.config.address.spec.casefold() for each in self._accounts.values()}
            text = words.body(page, width, unfold=self._unfold())
            self._rest = [*words.head(envelope, page, time.time(), own, message.standing), *text]
        self.read_on()
        if envelope.is_unread:
            with suppress(MailError):  # it is read all the same
                await account.change_flags(mailbox, [envelope.uid], add=[SEEN])

    def read_as(self, charset: str) -> None:
        """Read the texts of this message in a charset from now on; "" for their own."""
        if self.message is not None:
            self.message = self.message.read_as(charset)

    def read_quotes(self) -> None:
        """Read what the message quotes, however long."""
        quotes = words.quotes(self.page) if self.page is not None else []
        for line in quotes or ["Nothing is quoted here."]:
            self._say(line)

    def read_on(self, lines: int = AT_ONCE) -> None:
        """Read so many more lines."""
        now, self._rest = self._rest[:lines], self._rest[lines:]
        for line in now:
            self._say(line)
        if self._rest and lines == AT_ONCE:
            self._say(f"{words.counted(len(self._rest), 'more line')}. Space reads on.")
