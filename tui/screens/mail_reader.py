"""Bringing a message into view: fetched, laid out in a worker thread, shown if it is still wanted."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Protocol

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId, Uid
from tui.mail.message import Message
from tui.mail.noun import dataclass
from tui.render.lines import Mode
from tui.render.page import is_short, lay_out
from tui.widgets.message_view import MessageView

log = logging.getLogger(__name__)

AFTER_LAST_MOVE = 0.08
"""Seconds the cursor rests on a row before its message is shown."""
AT_ONCE = 0.02
"""Seconds nothing is painted while a message is fetched: one that is here comes with the frame that makes room."""
PATIENCE = 0.15
"""Seconds the message before stays in view while the next one is fetched."""


class MessageSource(Protocol):
    """What is needed of `tui.sync.account.Account`."""

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """The message to show."""

    source: MessageSource
    mailbox: MailboxId
    envelope: Envelope
    host: str = ""


class MailReader:
    """Owns the one load that is under way.

    Args:
        view: where messages are shown.
        find: returns the message under the cursor.
        shown: called with every message that came into view.

    Attributes:
        message: the message in view, None while there is none.
        mode: how it is laid out.
    """

    def __init__(self, view: MessageView, find: Callable[[], Wanted | None], shown: Callable[[Wanted], None]) -> None:
        self._view = view
        self._find = find
        self._resting: asyncio.TimerHandle | None = None
        self._shown = shown
        self._task: asyncio.Task[None] | None = None
        self._held = ExitStack()
        self._wanted: Wanted | None = None
        self._width = 0
        self.message: Message | None = None
        self.mode = Mode.AUTO

    @property
    def wanted(self) -> Wanted | None:
        """What is in view or on its way there."""
        return self._wanted

    def is_for(self, mailbox: MailboxId, uid: Uid) -> bool:
        """Whether this message is in view or on its way there."""
        wanted = self._wanted
        return wanted is not None and wanted.mailbox == mailbox and wanted.envelope.uid == uid

    def rest(self) -> None:
        """Bring what is under the cursor into view when it has rested there."""
        self._stop_resting()
        self._resting = asyncio.get_running_loop().call_later(AFTER_LAST_MOVE, lambda: self.go(hold=False))

    def go(self, *, hold: bool = True) -> None:
        """Bring what is under the cursor into view, unless it is there or on its way.

        Args:
            hold: as for `load`.
        """
        self._stop_resting()
        wanted = self._find()
        if wanted is not None and not self.is_for(wanted.mailbox, wanted.envelope.uid):
            self.load(wanted, hold=hold)

    def _stop_resting(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def load(self, wanted: Wanted, *, hold: bool = False) -> None:
        """Bring a message into view; what was on its way is dropped.

        Args:
            hold: room is made for it on the screen: both come with one frame.
        """
        self._stop()
        self._view.select_no_more()  # what is still in view is another's
        self._wanted, self.message, self.mode = wanted, None, Mode.AUTO
        self._held = self.hold() if hold else ExitStack()
        self._task = asyncio.create_task(self._load(wanted, self._held))

    def clear(self) -> None:
        """Show nothing."""
        self._stop()
        self._wanted = self.message = None
        self._view.clear()

    def again(self, mode: Mode | None = None) -> None:
        """Lay the message in view out again: for the width there is now, or in another mode."""
        if mode is not None:
            self.mode = mode
        elif self._view.text_width == self._width:
            return
        if self.message is not None and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._lay_out(keep_place=mode is None))

    def read_as(self, charset: str) -> None:
        """Lay the message in view out again, its texts read in a charset; "" for their own."""
        if self.message is not None:
            self.message = self.message.read_as(charset)
            self.again(self.mode)

    async def close(self) -> None:
        """End what is under way."""
        self._stop_resting()
        task = self._task
        self._stop()
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    def hold(self) -> ExitStack:
        """Have nothing painted until what is returned is closed, or time is up."""
        held = ExitStack()
        if self._view.is_placed:
            held.enter_context(self._view.held())
            held.callback(asyncio.get_running_loop().call_later(AT_ONCE, held.close).cancel)
        return held

    def _stop(self) -> None:
        self._held.close()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _load(self, wanted: Wanted, held: ExitStack) -> None:
        fetching = asyncio.ensure_future(wanted.source.message(wanted.mailbox, wanted.envelope.uid))
        try:
            if self._view.envelope is None:
                self._view.expect(wanted.envelope)
            await asyncio.wait([fetching], timeout=PATIENCE)
            if not fetching.done():
                from tui.render.parts import human_size  # noqa: PLC0415 - late: start-up time

                self._view.expect(wanted.envelope)
                self._view.tell(f"fetching {human_size(wanted.envelope.size)} from {wanted.host or 'the server'}")
            self.message = await fetching
            await self._lay_out(wanted.envelope)
        except MailError as error:
            self._view.expect(wanted.envelope)
            self._view.tell(error.message, error.cure, role="warn")
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a message could not be shown")
            self._view.expect(wanted.envelope)
            self._view.tell("This message cannot be shown.", "The log has the details.", role="bad")
        else:
            self._shown(wanted)
        finally:
            held.close()
            if not fetching.done():
                fetching.cancel()
                with suppress(asyncio.CancelledError, MailError):
                    await fetching

    async def _lay_out(self, envelope: Envelope | None = None, *, keep_place: bool = False) -> None:
        """Show the message, as it is wanted when all is laid out: in that mode and charset, for that width."""
        while (message := self.message) is not None:
            width, mode = self._view.text_width, self.mode
            if is_short(message, mode):  # a thread takes longer to answer
                page = lay_out(message, width, mode=mode)
            else:
                page = await asyncio.to_thread(lay_out, message, width, mode=mode)
            if message is self.message and (width, mode) == (self._view.text_width, self.mode):
                self._width = width
                self._view.show(page, envelope=envelope, standing=message.standing, asked=mode, keep_place=keep_place)
                return
