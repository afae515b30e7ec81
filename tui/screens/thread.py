"""The page of a conversation: a thread from its first message to its last, what was read folded to lines.

It is read again with everything that happens in its account: what comes stands in its place, what goes is gone.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.types import CSSPathType

from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.thread import Branch, Member, tree
from tui.mail.width import wrap
from tui.render.lines import Style, plain_line
from tui.render.parts import human_size
from tui.screens.place_above import Below
from tui.screens.reading import ReadAccount
from tui.screens.styles import styles
from tui.screens.thread_place import ThreadPlace
from tui.screens.throttle import Throttle
from tui.store.database import Store
from tui.sync.events import (
    Event,
    LinkChanged,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
    ThreadsChanged,
)
from tui.terminal.keys import Scope
from tui.widgets.envelope_row import who
from tui.widgets.hint_line import HintLine
from tui.widgets.list_head import ListHead, Rule
from tui.widgets.thread_pane import Name, name_of
from tui.widgets.thread_sheet import Sheet, lay
from tui.widgets.words import Words

log = logging.getLogger(__name__)

READ_EVERY = 0.1
"""Seconds between two readings because mail changed."""
AT_ONCE = 3
"""Texts that are fetched side by side."""
PATIENCE = 0.15
"""Seconds before it is said that a text is fetched."""
REST = 0.25
"""Seconds a message is in view under the cursor until it counts as read."""
AGES_EVERY = 60.0
MANY = 60
"""Messages from which the tree is made in a thread."""
NOBODY = Uid(0)
"""The UID of no message."""
LOW = 20
"""Rows of the terminal below which there is no line of hints."""


class ThreadScreen(ThreadPlace):
    """Shows a thread as one page.

    Args:
        store: open.
        account: whose it is.
        mailbox: where the page is opened.
        start: a message of the thread.
        chosen: that message is what the user was at; otherwise the page begins with the oldest unread one.
        below: see `PlaceAbove`.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("thread")

    def __init__(
        self,
        store: Store,
        account: ReadAccount,
        mailbox: MailboxId,
        start: Name,
        below: Below,
        *,
        chosen: bool = False,
    ) -> None:
        super().__init__(account, mailbox, below)
        self._store = store
        self._start = start
        self._chosen = chosen
        self._thread: ThreadId | None = None
        self._count = 0
        self._is_begun = False
        self._read: set[Name] = set()
        self._head = ListHead(below.look, id="thread-head")
        self._hint_line = HintLine(below.look, id="thread-hints")
        self._loading: asyncio.Task[None] | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._due = Throttle(self._read_again, READ_EVERY)

    def compose(self) -> ComposeResult:
        """Lay out the subject, the page, what can be done."""
        yield self._head
        yield Rule(self._look, id="thread-rule")
        yield self._view
        yield self._hint_line
        yield self._status

    async def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._take_colours())
        self.set_interval(AGES_EVERY, self._view.repaint_all)
        self.set_focus(self._view)
        self._arrange()
        self._due.ask()
        await self._due.done()

    async def on_unmount(self) -> None:
        self._stop_resting()
        await self._due.close()
        await self._tasks.end()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        self._hint_line.display = self.app.size.height >= LOW
        self._tell()

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        """Where the user is, the most particular first."""
        choosing = (Scope.SELECT,) if self.selecting else ()
        return (*choosing, Scope.THREAD, Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE)

    @property
    def opened_at(self) -> tuple[MailboxId, Name]:
        """The mailbox the page was opened in, and the message it was opened from."""
        return self._mailbox, self._start

    # Which messages there are

    async def _read_again(self) -> None:
        try:
            await self._read_members()
        except MailError as error:
            log.warning("a conversation could not be read: %s", error)
            self.flash(str(error), style="bad")

    async def _read_members(self) -> None:
        states = await self._store.mailboxes.all()
        self._states = {state.id: state for state in states}
        self._view.labels = {state.id: state.mailbox.label for state in states}
        members = await self._members()
        branches = await asyncio.to_thread(tree, members) if len(members) > MANY else tree(members)
        found = await self._store.threads.many(self._mailbox, [self._thread]) if self._thread is not None else []
        self._count = found[0].count if found else 0
        waiting = {box: set(await self._store.pending.flagged(box)) for box in {each.mailbox for each in members}}
        if not self.is_attached:
            return
        if not any(member.mailbox == self._mailbox for member in members):
            self._leave()
            return
        self._view.subject = branches[0].member.envelope.subject
        self._take(branches)
        for sheet in self._page.sheets:
            sheet.waits = sheet.name[1] in waiting[sheet.name[0]]
        self._tell()

    async def _members(self) -> list[Member]:
        """Return the messages of the thread, which may be called something else since two of them became one."""
        for mailbox, uid in [sheet.name for sheet in self._page.sheets] or [self._start]:
            of = await self._store.threads.of(mailbox, [uid])
            if uid in of:
                self._thread = of[uid]
                break
        if self._thread is not None:
            members = await self._store.threads.members(self._mailbox, self._thread)
            if members:
                return members
        envelope = await self._store.envelopes.get(*self._start)  # it came in a moment ago, and has no thread yet
        return [Member(self._start[0], envelope)] if envelope is not None else []

    def _take(self, branches: Sequence[Branch]) -> None:
        first = not self._is_begun
        begin = self._begin_with(branches) if first else None
        new = self._view.take(
            branches, lambda branch: not branch.member.envelope.is_unread and name_of(branch.member) != begin
        )
        if first:
            self._is_begun = True
            self._view.go(self._page.find(begin) or 0)
            return
        arrived = [sheet for sheet in new if sheet.envelope.is_unread]
        for sheet in arrived:
            sheet.fresh = True
        if arrived:
            name = who(arrived[-1].envelope.from_[:1])
            self._status.say_in_turn([(f"{self._look.marks.fresh} ", "new+"), (f"{name} wrote to this", "text")])

    def _begin_with(self, branches: Sequence[Branch]) -> Name:
        """Return the message the cursor begins on."""
        names = [name_of(branch.member) for branch in branches]
        if self._chosen and self._start in names:
            return self._start
        here = [branch.member for branch in branches if branch.member.mailbox == self._mailbox]
        unread = [member for member in here if member.envelope.is_unread]
        if unread:
            return name_of(min(unread, key=lambda member: member.envelope.key))
        return self._start if self._start in names else name_of(max(here, key=lambda member: member.envelope.key))

    def _leave(self) -> None:
        """Nothing of the conversation is left in the mailbox."""
        if self.is_current:
            self.dismiss(None)
        else:
            self._view.take([], lambda branch: True)

    def on_screen_resume(self) -> None:
        if self._is_begun and not self._page.sheets:
            self._due.ask()

    def apply(self, event: Event) -> None:
        """Take an account's event: the conversation is read again soon where it may be about it."""
        own = self._account.config.name
        match event:
            case MessagesArrived() | MessagesChanged() | MessagesVanished() | MailboxesChanged():
                if event.account == own:
                    self._due.ask()
            case ThreadsChanged():
                self._due.ask()
            case MailboxReset():
                self._forget(event.mailbox)
            case LinkChanged():
                self._status.update()

    def _forget(self, mailbox: MailboxId) -> None:
        """Show nothing of a mailbox whose UIDs name other messages now; what is there is read anew."""
        if self._start[0] == mailbox:
            self._start = (mailbox, NOBODY)
        self._read = {name for name in self._read if name[0] != mailbox}
        self._view.forget(mailbox)
        if mailbox == self._mailbox:
            self._leave()
        self._due.ask()

    # Their texts

    def on_thread_view_shifted(self) -> None:
        if (self._loading is None or self._loading.done()) and self._view.wanted():
            self._loading = self._begin(self._load_in_view())
        self._rest()
        self._tell()

    async def _load_in_view(self) -> None:
        while wanted := self._view.wanted()[:AT_ONCE]:
            await asyncio.gather(*(self._load(sheet) for sheet in wanted))

    async def _load(self, sheet: Sheet) -> None:
        """Bring the text of a message onto the page, or what is wrong with it."""
        width, mode, opened = self._view.text_width, sheet.mode, sheet.opened
        said = asyncio.get_running_loop().call_later(PATIENCE, self._say_fetching, sheet)
        try:
            message = sheet.message or await self._account.message(*sheet.name)
            laid = await asyncio.to_thread(lay, message, width, mode, opened)
        except MailError as error:
            lines = [plain_line(line, Style.WARN) for line in wrap(error.message, width)]
            self._view.tell(sheet, *lines, *(plain_line(line, Style.MUTED) for line in wrap(error.cure, width)))
        except Exception:
            log.exception("a message could not be shown")
            self._view.tell(sheet, plain_line("This message cannot be shown. The log has the details.", Style.BAD))
        else:
            if sheet.message is None or sheet.message is message:  # else it is to be read in another charset now
                self._view.show(sheet, laid)
        finally:
            said.cancel()

    def _say_fetching(self, sheet: Sheet) -> None:
        if sheet.laid is None:
            host = self._account.config.receive.host
            sheet.hint = f"fetching {human_size(sheet.envelope.size)} from {host}"
            self._view.refresh()

    # Reading makes read

    def _rest(self) -> None:
        self._stop_resting()
        self._resting = asyncio.get_running_loop().call_later(REST, self._note_read)

    def _stop_resting(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _note_read(self) -> None:
        """What is shown whole under the cursor has been read by that; once, so that it can be marked unread again."""
        self._resting = None
        sheet = self._open_sheet
        if sheet is None or sheet.laid is None or sheet.name in self._read or not self.is_current:
            return
        self._read.add(sheet.name)
        if sheet.envelope.is_unread:
            mailbox, uid = sheet.name
            self._begin(self._account.change_flags(mailbox, [uid], add=[SEEN]))

    # Telling

    def _tell(self) -> None:
        if not self.is_attached:
            return
        sheets, page = self._page.sheets, self._page
        unread = sum(sheet.envelope.is_unread for sheet in sheets)
        told = f"{len(sheets)} message{'' if len(sheets) == 1 else 's'}"
        here = sum(sheet.member.mailbox == self._mailbox for sheet in sheets)
        if self._count > here:
            told = f"the newest {len(sheets)} messages of {self._count + len(sheets) - here:,}"
        right: Words = [(f"{unread} unread", "new"), ("  ", "text")] if unread else []
        subject = self._view.subject or "(no subject)"
        self._head.say([(f" {subject}", "accent+")], [*right, (f"{told} ", "muted")])
        hints = self._below.hints(self.key_scopes, self.page_shown)
        self._hint_line.set_hints(hints)
        self._status.set_hints(() if self._hint_line.display else hints)
        name = self._account.config.name
        dot = self._look.marks.dot
        where: Words = [(f"{name} ", "muted"), (f"{dot} {page.at + 1:,} of {len(sheets):,}", "muted")] if sheets else []
        self._status.place(where, name)
        self._status.update()
