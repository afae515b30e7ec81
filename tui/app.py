"""The Textual application: it wires accounts to screens, keys to commands, and forwards events. It stays short."""

import asyncio
import gc
import logging
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual.message import Message as TextualMessage
from textual.screen import Screen
from textual.widget import AwaitMount

import tui.commands  # noqa: F401 - importing it fills the registry
from tui.commands.announcing import Announcing
from tui.commands.hints import hints
from tui.commands.keyboard import Keyboard
from tui.commands.keymap import Keymap
from tui.commands.registry import Command, all_commands, get_command
from tui.config.habits import Habits
from tui.config.model import Config
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.mail.errors import MailError
from tui.mail.mailbox import Mailbox, Role
from tui.mail.text import clean
from tui.screens.mail import MailScreen
from tui.screens.styles import styles
from tui.screens.view_keeper import ViewKeeper
from tui.store.database import Store
from tui.sync.events import AccountsChanged, Event, MessagesArrived, MessagesChanged, SubmissionChanged
from tui.sync.late_account import load_behind
from tui.sync.roster import Roster
from tui.sync.tasks import Tasks
from tui.terminal.application import TerminalApp
from tui.terminal.background import AUTO, Color, is_light, theme_on
from tui.terminal.crash import describe
from tui.terminal.marks import ASCII, choose
from tui.terminal.osc import Way
from tui.terminal.painted import Painted
from tui.terminal.theme import ThemeFile, install
from tui.terminal.theme_file import folders, load_or_default
from tui.widgets.mailbox_tree import MailboxTree

if TYPE_CHECKING:
    from tui.commands.places import MailPlace, Place
    from tui.commands.sending import Sending
    from tui.engine.service import Service
    from tui.screens.help import HelpGroup
    from tui.sync.gathering import Gathering
    from tui.sync.indexing import Indexing

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

STOP_WITHIN = 4.0
"""Seconds the accounts have to say goodbye when the program ends."""
HURRIED_WITHIN = 0.3
"""The same when a signal ends it."""
BEHIND = (
    "tui.sync.account",
    "tui.sync.following",
    "tui.sync.gathering",
    "tui.sync.indexing",
    *(f"tui.commands.{area}" for area in ("navigate", "message", "thread", "view", "drafts", "compose", "app")),
    "tui.screens.search",
    "tui.screens.thread",
    "tui.widgets.header_block",
    "tui.render.message",
)
"""Modules that are loaded behind the first screen, so that no key waits for them."""
KEYS_FIRST = 0.05
"""Seconds in which the keys that were typed during the start are obeyed, before anything else is loaded."""
KEEP_EVERY = 30.0
"""Seconds between looks whether the view is another than what the next start would show first."""


class MailEvent(TextualMessage):
    """An account's event on its way to the screens."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class TidingsApp(TerminalApp[int], inherit_bindings=False):
    """Tidings on the screen.

    Args:
        config: accounts and settings.
        store: open; the app closes it when it ends.
        paths: where files are.
        painted: the first screen, where it stands on the terminal already.

    Raises:
        ConfigError: when [keys] names no command or no key, two commands share a key, or the theme is wrong.
    """

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    ALLOW_SELECT: ClassVar[bool] = False  # the terminal's own selection, with Shift, knows its clipboard
    CSS_PATH: ClassVar[list[str | PurePath]] = styles("mail", "prompt")  # other screens bring their own

    def __init__(self, config: Config, store: Store, paths: Paths, *, painted: Painted | None = None) -> None:
        self.keymap = Keymap(all_commands(), config.keys, config.preset)
        way = None if config.notify.way == "auto" else Way(config.notify.way)
        super().__init__(way=way, painted=painted, keys_wait=True)
        self.habits = Habits.read(paths.habits_file)
        wanted = self.habits.theme(config.look.theme)
        wanted = theme_on(self.habits.light) if wanted == AUTO else wanted
        self.theme_file, self._theme_error = load_or_default(wanted, folders(paths.config))
        if self._theme_error is not None and wanted == config.look.theme:
            raise self._theme_error  # else it was chosen here, or goes with the background: another one does as well
        install(self, self.theme_file)
        self.marks = ASCII if painted is not None and painted.ascii_marks else choose(config.look.marks)
        self.set_class(self.marks is ASCII, "ascii")
        self.config = config
        self.store = store
        self.paths = paths
        self.crash_folder = paths.state
        self.accounts = Roster(config, store, self._emit, Secrets(paths.tokens, self._ask_password))
        self.turn = asyncio.Lock()
        self.arrival: MessagesArrived | None = None
        self.flashed = ""
        self.resume: tuple[int, str] | None = None
        self._mail: MailScreen | None = None
        self._keeper = ViewKeeper.read(paths, store)
        self._keyboard = Keyboard(self, self, self.on_event)
        self._tasks = Tasks(lambda error: self.flash(str(error), style="bad"), self._unexpected)
        self._indexing: Indexing | None = None
        self._gathering: Gathering | None = None
        self._sending: Sending | None = None
        self._service: Service | None = None
        self._is_shown = asyncio.Event()
        self._announcing = Announcing(self, self.outside, lambda: self.is_away)

    # From start to end

    def on_mount(self) -> None:
        begin_with = self._keeper.begin_with
        self._mail = MailScreen(
            self.store, self.accounts, marks=self.marks, begin_with=begin_with, threaded=self._is_threaded
        )
        self._mail.look.key = self.keymap.label
        self._mail.look.labels = self.config.labels
        self.show_searches()
        self._mail.set_subscribed_only(self.config.look.subscribed_only)
        self._mail.set_hints(hints(self.keymap, self._mail.key_scopes))
        self.push_screen(self._mail)
        if self._theme_error is not None:
            self.call_after_refresh(self.flash, str(self._theme_error), style="bad")

    def _is_threaded(self, mailbox: Mailbox) -> bool:
        chosen = self.habits.is_threaded(mailbox.full_name)
        return self.config.look.conversations if chosen is None else chosen

    def on_mail_screen_first_shown(self) -> None:
        """Obey keys, and only then turn to the servers: the first rows do not wait for them."""
        self.first_screen_is_there()
        self._is_shown.set()
        if not self.accounts:
            self.begin(self._first_account())
        self.begin(self._begin_work())

    async def _first_account(self) -> None:
        from tui.commands.setup import first  # noqa: PLC0415 - late: start-up time

        await first(self)

    async def _begin_work(self) -> None:
        await asyncio.sleep(KEYS_FIRST)
        await self._empty_opened()  # what a run before this one may have left
        await load_behind(*BEHIND)
        if gc.get_freeze_count():  # the program itself, see `tui.cli.app.loop_first`: this stays, too
            gc.freeze()
        self.accounts.start()
        from tui.commands.drafts import offer, take_up  # noqa: PLC0415 - late: start-up time
        from tui.engine.service import Service  # noqa: PLC0415 - late: start-up time
        from tui.sync.following import Following  # noqa: PLC0415 - late: start-up time
        from tui.sync.gathering import Gathering  # noqa: PLC0415 - late: start-up time
        from tui.sync.indexing import Indexing  # noqa: PLC0415 - late: start-up time

        self._service = Service(self.config, self.store, self.accounts, self.outside.notify)
        self.begin(self._service.run(self.paths.socket_file))
        self.begin(offer(self) if self.resume is None else take_up(self, *self.resume))
        self._indexing = Indexing(self.store, self._emit)
        self.begin(self._indexing.run())
        self.begin(Following(self.store, self._emit).run())
        self._gathering = Gathering(self.store, self._emit)
        self.begin(self._gathering.run())
        self.begin(self._keep())
        self.set_interval(KEEP_EVERY, lambda: self.begin(self._keep()))

    async def _empty_opened(self) -> None:
        from tui.config.scratch import empty  # noqa: PLC0415 - late: start-up time

        await asyncio.to_thread(empty, self.paths.opened)

    async def _keep(self) -> None:
        themes = [place / f"{self.theme_file.name}.toml" for place in folders(self.paths.config)]
        assert self._mail is not None
        await self._keeper.keep(self, self._mail, themes)

    def terminal_widens(self) -> None:
        """Use marks in ASCII, unless the user wants the others all the same."""
        if self.config.look.marks == "auto":
            self.marks = ASCII
            self.set_class(True, "ascii")
            if self._mail is not None:
                self._mail.use_marks(ASCII)

    def terminal_background(self, color: Color) -> None:
        """Wear what goes with the background, unless the user wants something else."""
        super().terminal_background(color)
        light = is_light(color)
        self.habits.note_background(light)
        name = theme_on(light)
        if self.habits.theme(self.config.look.theme) == AUTO and self.theme_file.name != name:
            self.begin(self._wear(name))

    async def _wear(self, name: str) -> None:
        theme, _ = await asyncio.to_thread(load_or_default, name, folders(self.paths.config))
        self.wear(theme)

    def leave(self) -> None:
        """End the program in good order."""
        self.begin(self._leave())

    async def _leave(self) -> None:
        for screen in self.screen_stack:
            save = getattr(screen, "save", None)  # what is being written
            if save is not None:
                await save()
        self.is_saved = True
        self.exit(0, return_code=self.return_code or 0)

    async def on_unmount(self) -> None:
        """Stop what runs, within a deadline, and close the store."""
        await self._tasks.end()
        await self.accounts.stop(HURRIED_WITHIN if self.is_hurried else STOP_WITHIN)
        if self.habits.is_changed:
            await asyncio.to_thread(self.habits.write, self.habits.snapshot())
        await self._empty_opened()
        if self._mail is not None:
            await self._keep()
        await self.store.close()

    # What commands need (`tui.commands.desk.Desk`)

    @property
    def mail(self) -> "MailPlace":
        """Where mail is read: the search, while one is open, else the mail screen, whatever is above it."""
        assert self._mail is not None
        found = (screen for screen in reversed(self.screen_stack) if getattr(screen, "shows_mail", False))
        return cast("MailPlace", next(found, self._mail))

    @property
    def place(self) -> "Place":
        """The screen that is shown."""
        return cast("Place", self.screen)

    @property
    def legend(self) -> "Sequence[HelpGroup]":
        """What the marks mean."""
        from tui.commands.legend import legend  # noqa: PLC0415 - late: start-up time

        return legend(self.marks)

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the topmost screen that has a status line."""
        self.flashed = text
        for screen in reversed(self.screen_stack):
            say = getattr(screen, "flash", None)
            if say is not None:
                say(text, style=style)
                return

    def show_searches(self) -> None:
        """Show the searches that are kept, below the mailboxes."""
        if self._mail is not None:
            self._mail.set_searches(tuple({**self.config.searches, **self.habits.searches}))

    def copy(self, text: str) -> bool:
        """Put text into the clipboard of the user's terminal."""
        return self.outside.copy(text)

    def hand_over(self, name: str, data: bytes) -> bool:
        """Have the user's terminal save a file on the machine it runs on."""
        return self.outside.hand_over(name, data)

    def open_screen(self, screen: Screen[Any]) -> None:
        """Show a screen above the present one; what is typed from now on is for it."""
        held = self._keyboard.hold()
        self.begin(self._shown(self.push_screen(screen), held))

    async def _shown(self, mounted: AwaitMount, held: int) -> None:
        await mounted
        self.call_later(self._keyboard.release, held)  # behind the call that gives the focus

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Show a screen and wait for its answer."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

        def answered(value: Answer | None) -> None:
            if not answer.done():
                answer.set_result(value)

        await self._shown(self.push_screen(screen, answered), self._keyboard.hold())
        return await answer

    async def _ask_password(self, whose: str) -> str | None:
        from tui.commands import asking  # noqa: PLC0415 - late: start-up time

        return await asking.ask(self, whose)

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine as a task of ours; what goes wrong is told, never raised."""
        return self._tasks.begin(work)

    def _unexpected(self, error: Exception) -> None:
        log.error("a command failed: %s", describe(error))  # a traceback's words may hold mail
        self.flash(f"Unexpected: {type(error).__name__}. The log has the details: {self.paths.log_file}", style="bad")

    def wear(self, theme: ThemeFile) -> None:
        """Show everything in this theme."""
        self.theme_file = theme
        install(self, theme)

    def toggle_latency(self) -> None:
        """Show what keys and servers take on the screen that is shown, or show it no more."""
        from tui.terminal.meter import Meter  # noqa: PLC0415 - late: start-up time
        from tui.widgets.latency import Latency  # noqa: PLC0415 - late: start-up time

        shown = self.screen.query(Latency)
        if shown:
            shown.remove()
            return
        meter = Meter()
        self.measure(meter)
        self.screen.mount(Latency(meter, self._round_trips, lambda: self.measure(None)))

    def _round_trips(self) -> Mapping[str, float]:
        return {name: account.round_trip for name, account in self.accounts.items()}

    def run_command(self, id: str, count: int | None = None) -> None:
        """Do what a command does; its errors go to the status line."""
        command = get_command(id)
        if command is not None:
            self._perform(command, count)

    def _perform(self, command: Command, count: int | None) -> None:
        try:
            work = command.perform(self, count)
        except MailError as error:
            self.flash(str(error), style="bad")
        except Exception as error:
            self._unexpected(error)
        else:
            if work is not None:
                task = self.begin(_awaited(work))
                if command.opens or command.closes:
                    self._keyboard.hold(task, to_the_end=command.closes)

    # Events

    def _emit(self, event: Event) -> None:
        if self._service is not None:
            self._service.heard(event)
        self.post_message(MailEvent(event))

    async def on_mail_event(self, message: MailEvent) -> None:
        """Forward an account's event to every screen that takes events."""
        event = message.event
        if isinstance(event, AccountsChanged):
            self.config = self.accounts.config
        if isinstance(event, MessagesArrived) and event.fresh:
            self.arrival = event
        if isinstance(event, MessagesArrived | MessagesChanged) and self._indexing is not None:
            self._indexing.nudge()
        if isinstance(event, MessagesArrived) and self._gathering is not None:
            self._gathering.nudge()
        for screen in self.screen_stack:
            take = getattr(screen, "apply", None)
            if take is not None:
                work = take(event)
                if work is not None:
                    await work
        if isinstance(event, SubmissionChanged):
            self.begin(self._follow(event))
        self.begin(self._announcing.take(event))

    async def _follow(self, event: SubmissionChanged) -> None:
        from tui.commands.sending import Sending  # noqa: PLC0415 - late: start-up time

        if self._sending is None:
            self._sending = Sending(self)
        await self._sending.changed(event)

    async def on_mailbox_tree_gathered(self) -> None:
        """Show all accounts' Inboxes."""
        self.run_command("mailbox.inboxes")

    async def on_mailbox_tree_snoozed(self) -> None:
        """Show what is snoozed."""
        self.run_command("mailbox.snoozed")

    async def on_mailbox_tree_searched(self, chosen: MailboxTree.Searched) -> None:
        """Make a saved search."""
        from tui.commands import search  # noqa: PLC0415 - late: start-up time

        await search.begin(self, search.kept(self)[chosen.name], listing=True)

    def on_mail_screen_place_changed(self) -> None:
        """Show the keys that are at hand now."""
        assert self._mail is not None
        in_drafts = self._mail.role is Role.DRAFTS
        self._mail.set_hints(hints(self.keymap, self._mail.key_scopes, self._mail.page_shown, in_drafts=in_drafts))

    def on_mail_screen_cramped(self) -> None:
        """Show what arrived, and no more, for as long as there is room for nothing else."""
        self.begin(self._show_pane())

    async def _show_pane(self) -> None:
        await self._is_shown.wait()
        from tui.commands.mailbox import show_inboxes  # noqa: PLC0415 - late: start-up time

        if self._mail is not None and self.screen is self._mail and self._mail.is_pane and not self._mail.reading:
            show_inboxes(self, passing=True)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Give commands the first look at every key, and clean what is pasted."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            event.text = clean(event.text)
        if isinstance(event, events.Key) and self._indexing is not None:
            self._indexing.stand_back()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and await self._keyboard.take(event):
            return
        await super().on_event(event)


async def _awaited(work: Any) -> None:
    await work
