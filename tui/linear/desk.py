"""The desk in linear mode: what `tui.app.TidingsApp` is on the screen. One key after the other, each to its end."""

import asyncio
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from textual.screen import Screen

import tui.commands  # noqa: F401 - importing it fills the registry
from tui.commands import outbox
from tui.commands.asking import question
from tui.commands.drafts import offer, take_up
from tui.commands.keymap import Keymap
from tui.commands.places import MailPlace, Place
from tui.commands.registry import Command, all_commands, get_command
from tui.config.habits import Habits
from tui.config.model import Config
from tui.config.paths import Paths
from tui.config.scratch import empty
from tui.config.secrets import Secrets
from tui.engine.service import Service
from tui.linear import words
from tui.linear.editor import Typed
from tui.linear.finding import Finding
from tui.linear.mail import LinearMail
from tui.linear.news import News
from tui.linear.paper import LinearPaper, Wish
from tui.linear.questions import ask
from tui.linear.records import LinearReceipts, LinearTrail, Records
from tui.linear.sheet import Sheet
from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import AccountName
from tui.screens.compose import ComposeScreen
from tui.screens.help import HelpGroup, HelpScreen
from tui.screens.history import HistoryScreen
from tui.screens.inboxes import InboxesScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.search import SearchScreen
from tui.screens.thread import ThreadScreen
from tui.store.database import Store
from tui.sync.events import Event, MessagesArrived, MessagesChanged
from tui.sync.following import Following
from tui.sync.gathering import Gathering
from tui.sync.indexing import Indexing
from tui.sync.kinds import make_account
from tui.sync.mailing import Mailing
from tui.sync.tasks import Tasks
from tui.terminal.background import AUTO, theme_on
from tui.terminal.crash import describe
from tui.terminal.ends import LastResort
from tui.terminal.keys import KeyReader, Reading, key_label, sequence_label
from tui.terminal.marks import speaks_utf8
from tui.terminal.theme import ThemeFile
from tui.terminal.theme_file import folders, load_or_default

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

HELP_AFTER = 2.0
"""Seconds a begun sequence waits before its continuations are read."""
STOP_WITHIN = 4.0
"""Seconds the accounts have to say goodbye when the program ends."""
HURRIED_WITHIN = 0.3
"""The same when a signal ends it."""
ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


class LinearDesk:
    """Tidings in lines (`tui.commands.desk.Desk`).

    Args:
        config: accounts and settings.
        store: open; it is closed at the end.
        paths: where files are.

    Raises:
        ConfigError: when [keys] names no command or no key, two commands share a key, or the theme is wrong.
    """

    def __init__(self, config: Config, store: Store, paths: Paths) -> None:
        self.keymap = Keymap(all_commands(), config.keys, config.preset)
        self.config = config
        self.store = store
        self.paths = paths
        self.habits = Habits.read(paths.habits_file)
        wanted = self.habits.theme(config.look.theme)
        wanted = theme_on(self.habits.light) if wanted == AUTO else wanted
        self.theme_file, error = load_or_default(wanted, folders(paths.config))
        if error is not None and wanted == config.look.theme:
            raise error
        self.turn = asyncio.Lock()
        self.arrival: MessagesArrived | None = None
        self.flashed = ""
        self.resume: tuple[int, str] | None = None
        self._loop = asyncio.get_running_loop()
        self._sheet = Sheet(
            sys.stdin.fileno(),
            sys.stdout.fileno(),
            lost=self._lost,
            escaped=self._give_up,
            plain=os.environ.get("TERM") == "dumb",
            encoding="utf-8" if speaks_utf8() else "ascii",
        )
        self._news = News(self, self._sheet.say)
        secrets = Secrets(paths.tokens, self._ask_password)
        self._questions: deque[tuple[str, asyncio.Future[str | None]]] = deque()
        self._asked = asyncio.Event()
        self.accounts: Mapping[AccountName, Mailing] = {
            account.name: make_account(account, config, store, self._emit, secrets=secrets)
            for account in config.accounts
        }
        self._service = Service(config, store, self.accounts, lambda who, what: self._sheet.say(f"{who}: {what}"))
        self._mail = LinearMail(
            store, self.accounts, self._sheet.say, lambda: self._sheet.width, lambda: self.keymap.label("view.quotes")
        )
        self._finding = Finding(self, self._sheet.say, lambda: self._sheet.width)
        self._indexing = Indexing(store, self._emit)
        self._gathering = Gathering(store, self._emit)
        self._places: list[LinearPaper | Records[Any]] = []
        self._reader = KeyReader()
        self._wishes: list[Wish] = []
        self._tasks = Tasks(lambda error: self._sheet.say(words.sentence(str(error))), self._unexpected)
        self._work: asyncio.Task[None] | None = None
        self._main: asyncio.Task[Any] | None = None
        self._last_resort = LastResort()
        self._is_saved = self._is_leaving = self._is_lent = False
        self._status = 0
        self._acted_on: Envelope | None = None

    # From start to end

    async def run(self) -> int:
        """Work until the user leaves or a signal ends it; return the exit status."""
        self._main = asyncio.current_task()
        for number in ENDING:
            self._loop.add_signal_handler(number, self._end_by, number)
        self._loop.add_signal_handler(signal.SIGTSTP, self.go_to_background)
        self._loop.add_signal_handler(signal.SIGCONT, self._come_back)
        self._sheet.open()
        try:
            for account in self.accounts.values():
                account.start()
            await asyncio.to_thread(empty, self.paths.opened)  # what a run before this one may have left
            await self._mail.begin()
            await (offer(self) if self.resume is None else take_up(self, *self.resume))
            self.begin(self._news.run())
            self.begin(Following(self.store, self._emit).run())
            self.begin(self._indexing.run())
            self.begin(self._gathering.run())
            self.begin(self._service.run(self.paths.socket_file))
            while not self._is_leaving:
                await self._step()
        except asyncio.CancelledError:
            if not self._status:
                raise
        finally:
            await self._close()
        return self._status

    def _emit(self, event: Event) -> None:
        self._service.heard(event)
        if isinstance(event, MessagesArrived | MessagesChanged):
            self._indexing.nudge()
        if isinstance(event, MessagesArrived):
            self._gathering.nudge()
        self._news.put(event)

    async def _close(self) -> None:
        """Save what was written, give the terminal back, stop what runs, close the store."""
        for place in self._places:
            if isinstance(place, LinearPaper):
                with suppress(MailError):
                    await place.save()
        self._is_saved = True
        self._sheet.close()
        await self._tasks.end()
        stopping = [asyncio.create_task(account.stop()) for account in self.accounts.values()]
        if stopping:
            _, late = await asyncio.wait(stopping, timeout=HURRIED_WITHIN if self._status else STOP_WITHIN)
            for task in late:
                task.cancel()
        if self.habits.is_changed:
            with suppress(OSError):
                await asyncio.to_thread(self.habits.write, self.habits.snapshot())
        await asyncio.to_thread(empty, self.paths.opened)
        await self.store.close()

    def _end_by(self, number: int) -> None:
        if self._status or (self._is_lent and number == signal.SIGINT):  # Ctrl+C was for the other program
            return
        log.warning("ending: %s", signal.Signals(number).name)
        self._status = 128 + number
        self._last_resort.arm(self._status, lambda: self._is_saved)
        if self._main is not None:
            self._main.cancel()

    def _lost(self) -> None:
        """The terminal is gone: an SSH connection broke, a window was closed."""
        self._loop.call_soon(self._end_by, signal.SIGHUP)

    def leave(self) -> None:
        self._is_leaving = True

    async def lend(self, argv: Sequence[str]) -> int:
        from tui.terminal.foreground import in_foreground  # noqa: PLC0415 - late: start-up time

        self._sheet.close()
        self._is_lent = True
        try:
            return await in_foreground(argv)
        finally:
            self._is_lent = False
            self._sheet.open()

    def go_to_background(self) -> None:
        if not self._is_lent:
            self._sheet.close()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _come_back(self) -> None:
        if not self._is_lent:
            self._sheet.open()

    # One key after the other

    async def _step(self) -> None:
        place = self._places[-1] if self._places else None
        wish = await (place.step() if isinstance(place, LinearPaper) else self._read_keys())
        wishes = [wish] if wish is not None else []
        while wishes and not self._is_leaving:
            for id, count in wishes:
                await self._perform(id, count)
            wishes, self._wishes = self._wishes, []

    async def _read_keys(self) -> Wish | None:
        """Read keys up to a command; what is pasted here is nobody's."""
        table = self.keymap.table(self.place.key_scopes)
        is_told = False
        while True:
            while self._questions:
                await self._put_question()
            try:
                wait = HELP_AFTER if self._reader.pending and not is_told else None
                typed = await asyncio.wait_for(self._key_or_question(), wait)
            except TimeoutError:
                is_told = True
                self._tell_following()
                continue
            if typed is None or not typed.key:
                continue
            read = self._reader.press(typed.key, table)
            self._mail_here.hush()
            match read.reading:
                case Reading.COMMAND:
                    return read.command_id, read.count
                case Reading.FORGOTTEN:
                    if typed.key != "escape":
                        self._sheet.say(f"{sequence_label(read.sequence)} is no command.")
                    return None
                case Reading.NOT_OURS:
                    help = self.keymap.label("app.help")
                    self._sheet.say(f"{key_label(typed.key)} does nothing here. {help} tells the keys.")
                    return None

    async def _ask_password(self, whose: str) -> str | None:
        """Have the question put to the user as soon as nothing else is read from the keyboard."""
        answer: asyncio.Future[str | None] = self._loop.create_future()
        self._questions.append((whose, answer))
        self._asked.set()
        return await answer

    async def _put_question(self) -> None:
        whose, answer = self._questions.popleft()
        if answer.done():  # whoever wanted to know has gone
            return
        said = await self.ask(question(whose))
        if not answer.done():
            answer.set_result(said)

    async def _key_or_question(self) -> Typed | None:
        """Return the next key; None when there is a question first."""
        if not self._questions:
            self._asked.clear()
        waiting = self._loop.create_task(self._sheet.typed()), self._loop.create_task(self._asked.wait())
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return waiting[0].result() if waiting[0].done() else None
        finally:
            for task in waiting:
                task.cancel()

    def _tell_following(self) -> None:
        pending = self._reader.pending
        for hint in self.keymap.following(pending, self.place.key_scopes):
            self._sheet.say(f"{sequence_label(pending)} {hint.key_label} {hint.text}.")

    async def _perform(self, id: str, count: int | None) -> None:
        command = get_command(id)
        if command is None:
            return
        mail = self._mail_here
        before = mail.current_envelope if not mail.has_marks and len(mail.marked_or_current()) == 1 else None
        self._acted_on = before if command.undoable else None
        work = self._loop.create_task(self._done(command, count))
        self._work = None if command.closes else work
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            if not work.cancelled():
                work.cancel()
                raise
            self._sheet.say("Left.")
        finally:
            self._work = None

    async def _done(self, command: Command, count: int | None) -> None:
        try:
            work = command.perform(self, count)
            if work is not None:
                await work
            await self._finding.settle()
            if not self._places:
                await self._mail_here.settle()
            elif isinstance(self._places[-1], Records):
                await self._places[-1].settle()
        except MailError as error:
            self._sheet.say(words.sentence(str(error)))
        except Exception as error:
            self._unexpected(error)

    def _unexpected(self, error: Exception) -> None:
        log.error("a command failed: %s", describe(error))  # a traceback's words may hold mail
        self._sheet.say(f"Unexpected: {type(error).__name__}. The log has the details: {self.paths.log_file}")

    def _give_up(self) -> None:
        """Escape was pressed while a command is under way."""
        if self._work is not None:
            self._work.cancel()

    # What commands need

    @property
    def _mail_here(self) -> LinearMail:
        return self._finding.top or self._mail

    @property
    def mail(self) -> MailPlace:
        """Where mail is read: what was found, while that is looked at, else the mail."""
        return self._mail_here

    @property
    def place(self) -> Place:
        return self._places[-1] if self._places else self._mail_here

    @property
    def legend(self) -> Sequence[HelpGroup]:
        """There are no marks to explain."""
        return ()

    def flash(self, text: str, *, style: str = "muted") -> None:
        self.flashed = text
        self._sheet.say(words.act(text, self._acted_on))

    def show_searches(self) -> None:
        """There is no tree to show them in: g m names them."""

    def copy(self, text: str) -> bool:
        """Nothing but lines goes to the terminal: what was to be copied is read out by whoever asks."""
        return False

    def hand_over(self, name: str, data: bytes) -> bool:
        """Nothing but lines goes to the terminal."""
        return False

    @property
    def size(self) -> tuple[int, int]:
        """Of a page to be laid out; nobody looks at it."""
        return 80, 24

    async def graphics(self) -> None:
        """Nothing but lines goes to the terminal."""

    def open_screen(self, screen: Screen[Any]) -> None:
        if isinstance(screen, ComposeScreen):
            paper = LinearPaper(
                screen,
                self._sheet,
                table=self.keymap.table(LinearPaper.key_scopes),
                key=self._key_while_writing,
                gone=self._leave_place,
            )
            self._places = [paper]
            paper.begin()
        elif isinstance(screen, OutboxScreen):
            self._show(
                LinearReceipts(self.store, self._sheet.say, self._leave_place, lambda row: outbox.acts(self, row))
            )
        elif isinstance(screen, HistoryScreen):
            self._show(LinearTrail(self.store, self._sheet.say, self._leave_place, tuple(self.accounts)))
        elif isinstance(screen, HelpScreen):
            self._tell_help(screen)
        elif isinstance(screen, SearchScreen | ThreadScreen | InboxesScreen):
            self._finding.want(screen)
        else:
            self._sheet.say("There is nothing of that in linear mode yet.")

    def _show(self, records: Records[Any]) -> None:
        self._places = [records]
        self.begin(records.begin())

    def _leave_place(self, place: LinearPaper | Records[Any]) -> None:
        if place in self._places:
            self._places.remove(place)
            self._mail_here.say_again()

    def _key_while_writing(self, id: str) -> str:
        hints = self.keymap.hints([id], in_text=True)
        return hints[0].key_label if hints else ""

    def _tell_help(self, screen: HelpScreen) -> None:
        self._sheet.say(words.sentence(f"keys, {screen.about}"))
        for place, groups in (("", screen.groups), (" elsewhere", screen.elsewhere)):
            for group in groups:
                self._sheet.say(words.sentence(f"{group.heading}{place}"))
                for row in group.rows:
                    self._sheet.say(f"{', '.join(row.keys.split('  '))}: {words.stopped(row.text)}")
        for line in screen.foot:
            self._sheet.say(line)

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        work, self._work = self._work, None  # Escape answers the question
        try:
            answer: Answer | None = await ask(screen, self._sheet)
        finally:
            self._work = work
        return answer

    def wear(self, theme: ThemeFile) -> None:
        """Remember a theme: there is nothing to see of it here."""
        self.theme_file = theme

    def toggle_latency(self) -> None:
        """Nothing: lines are not painted."""
        self.flash("there is nothing to measure here: lines are not painted")

    def run_command(self, id: str, count: int | None = None) -> None:
        self._wishes.append((id, count))

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._tasks.begin(work)

    # News

    @property
    def records(self) -> Records[Any] | None:
        """The outbox or the history, where the user is there."""
        return self._places[-1] if self._places and isinstance(self._places[-1], Records) else None

    @property
    def linear_mail(self) -> LinearMail:
        """The mail, whatever is above it."""
        return self._mail

    async def heard(self, event: Event) -> None:
        """Have an event noted by the mail and by what was found in it."""
        await self._mail.take(event)
        await self._finding.take(event)
