"""Setting an account up: its address, its secret, and both halves as lamps that fill in as the doctor walks."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from tui.config.model import AccountConfig
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.errors import ConfigError, MailError
from tui.mail.noun import dataclass
from tui.screens.page import Chapter, PageScreen
from tui.screens.setup_form import changes, with_sending
from tui.screens.setup_panes import Stage
from tui.screens.setup_secret import BRIEFLY, SetupSecret
from tui.screens.setup_words import (
    WELCOME,
    Panel,
    counts,
    diagnosis,
    found_words,
    looking,
    secret_panel,
    strangers_panel,
    trust_panel,
    walking,
)
from tui.setup.check import Begun, Check, Half, Repair, Status
from tui.setup.discovery import WORDS, Found, Missed
from tui.setup.newcomer import Keep, Newcomer
from tui.setup.proposal import address_of
from tui.setup.report import report
from tui.terminal.keys import canonical_key


@dataclass(frozen=True, slots=True)
class SetUp:
    """An account that is written.

    Attributes:
        account: as it is in the file.
        typed: its password, where it was typed; "" else.
        file: where it is.
        words: what to say of it.
    """

    account: AccountConfig
    typed: str
    file: Path
    words: str


class SetupScreen(SetupSecret[SetUp | None]):
    """Asks, tests, repairs and writes; answers what was written, None when it was left.

    Args:
        setup: of a new account, or of one that is there: that is tested at once.
        paths: where tokens are kept.
        first: there is no account yet: leaving this is leaving the program.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back"),
        Binding("ctrl+c", "leave", priority=True),
        Binding("tab", "other(1)", priority=True),
        Binding("shift+tab", "other(-1)", priority=True),
    ]

    def __init__(self, setup: Newcomer, paths: Paths, *, first: bool = False) -> None:
        super().__init__(setup, paths)
        self._first = first
        self._before = setup.account
        self._is_agreed = not setup.is_new
        self._half = Half.RECEIVING
        self._discovery: asyncio.Task[None] | None = None
        self._keyring: asyncio.Task[None] | None = None
        self._work: asyncio.Task[None] | None = None
        self._asking: asyncio.Future[str] | None = None
        self._pending: tuple[str, str] | None = None

    def on_mount(self) -> None:
        self._keyring = asyncio.create_task(self._find_keyring())
        account = self.setup.account
        if account is None:
            self._to_address()
            return
        self._address.value = str(account.address)
        if account.receive.secret.is_set or self.setup.typed:
            self._start(self._walk())
        else:
            self._to_secret()

    async def on_unmount(self) -> None:
        tasks = [task for task in (self._work, self._discovery, self._keyring) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this instead of what is under way."""
        self._stop()
        self._work = asyncio.create_task(self._guarded(work))

    def _stop(self) -> None:
        """End what is under way: a walk that ends later must not take the page away on which somebody types."""
        if self._work is not None:
            self._work.cancel()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except MailError as error:
            facts = [("Why", error.message), ("Helps", error.cure)]
            facts += [("", line) for line in getattr(error, "example", "").splitlines()]
            keys = (("p", "another password"), ("e", "edit every value"), ("t", "test again"), ("Esc", "back"))
            self._go(Stage.WALK, Panel("This did not work", "bad", tuple(facts), keys), (("Esc", "back"),))

    # The address

    def _to_address(self) -> None:
        leave = "quit" if self._first else "back"
        hints = (
            ("Enter", "go on"),
            ("Esc", leave),
            *((("tidings demo", "looks around first"),) if self._first else ()),
        )
        self._go(Stage.ADDRESS, WELCOME, hints)

    def _take_address(self, written: str) -> None:
        address = address_of(written)
        if address is None:
            self._tell(f"“{written}” is no mail address" if written else "your address, such as ada@example.org", "bad")
            return
        if self._discovery is not None:
            self._discovery.cancel()
        self.setup.account = None
        self._is_agreed = False
        self._set("setup-origin", Content.styled("looking for its servers", "$muted"))
        self._discovery = asyncio.create_task(self._discover(address))
        self._to_secret()

    async def _discover(self, address: Address) -> None:
        domain = address.spec.rpartition("@")[2]
        told: list[tuple[str, str]] = []
        async for event in self.setup.discover(address):
            if isinstance(event, Found):
                told.append(("found", f"{WORDS[event.source]}: {event.origin}, {event.seconds:.1f} s"))
            elif isinstance(event, Missed):
                told.append(("nothing", f"{WORDS[event.source]}: {event.reason}"))
            if self.stage is Stage.SECRET:
                self._say(looking(domain, told))
        self._set("setup-origin", Content.styled(found_words(self.setup.chosen), "$muted"))
        self._show_lamps()
        self._offer_ways()
        if self.stage is Stage.SECRET:
            self._say(secret_panel(self.setup.provider))

    # The secret

    def _to_secret(self) -> None:
        self._secret.value = ""
        hints = (("Enter", "sign in and test"), ("Tab", "keep it elsewhere"), ("Esc", "back"))
        domain = self._address.value.rpartition("@")[2].rstrip(">")
        is_known = self._discovery is None or self._discovery.done()
        self._go(Stage.SECRET, secret_panel(self.setup.provider) if is_known else looking(domain, ()), hints)
        self._show_lamps()
        self._offer_ways()

    def _take_secret(self, written: str) -> None:
        if not written.strip():
            self._tell("nothing was typed", "bad")
            return
        self._pending = (self._way, written)
        self._start(self._give())

    async def _give(self) -> None:
        """Have what was typed used, once it is known which servers get it and the user agrees to them."""
        if self._discovery is not None and not self._discovery.done():
            self._tell("as soon as the servers are found")
            await asyncio.shield(self._discovery)
        chosen = self.setup.chosen
        if chosen is not None and not chosen.offers:
            raise ConfigError(f"{chosen.origin} has no servers for mail programs.")
        if self.setup.is_new and not self._is_agreed:
            if chosen is None:
                self._edit("No servers were found. These are a guess: change them as your provider says.")
                return
            if chosen.strangers and not await self._agreed(strangers_panel(chosen, chosen.strangers)):
                self._to_secret()
                return
            self._is_agreed = True
        if self._pending is not None:
            way, written = self._pending
            self._pending = None
            await self._use(way, written)
        await self._walk()

    # The walk

    async def _walk(self) -> None:
        """Have the doctor look at both halves; where all is well, write."""
        self._go(Stage.WALK, walking(self.setup), (("Esc", "back"),))
        self._set("setup-where", Content.styled(f"kept {BRIEFLY[self._kept]}", "$muted"))
        self.setup.checks.clear()
        self._show_lamps()
        async for event in self.setup.examine():
            lamps = self._lamps[event.half]
            lamps.asking = event.id if isinstance(event, Begun) else ""
            self._show_lamps()
            if isinstance(event, Check):
                self._count()
        failed = self.setup.failures
        self._half = failed[0].half if failed else Half.RECEIVING
        if self.setup.is_green and self.setup.account != self._before:
            await self._write()
            return
        self._diagnose()

    def _count(self) -> None:
        self._set("setup-counts", counts(lamp for half in self._lamps.values() for lamp in half.lamps))

    def _show_lamps(self) -> None:
        for lamps in self._lamps.values():
            lamps.show(self.setup.account, self.setup.checks)

    @property
    def _failure(self) -> Check | None:
        """The failure that is told: one that can be repaired goes before others of its half."""
        mine = [check for check in self.setup.failures if check.half is self._half]
        return next((check for check in mine if check.repairs), mine[0] if mine else None)

    def _diagnose(self) -> None:
        hints = (("t", "test again"), ("w", "the whole talk"), ("Esc", "back"))
        self._go(Stage.WALK, diagnosis(self.setup, self._failure), hints)
        self._count()

    async def _write(self) -> None:
        if self._keyring is not None:
            await self._keyring
        if self._is_given:
            self.setup.keep(Keep(self._way))
        file = await self.setup.save()
        account = self.setup.account
        assert account is not None
        notes = sum(check.status is Status.WARN for check in self.setup.checks.values())
        well = "receiving and sending work" if account.send is not None else "receiving works"
        said = well if self.setup.is_green else "saved as it is"
        noted = f", {notes} note{'' if notes == 1 else 's'}" if notes else ""
        self.dismiss(SetUp(account, self.setup.typed, file, f"{account.name}: {said}{noted}; written to {file.name}"))

    # Changing values

    def _edit(self, why: str = "") -> None:
        account = self.setup.account
        if account is None:
            return
        for form in self._forms.values():
            form.show(account)
        hints = (("Enter", "done, test it"), ("Tab", "next value"), ("Esc", "back"))
        self._go(Stage.EDIT, Panel(why), hints)
        self._show_lamps()

    def _take_values(self) -> None:
        account = self.setup.account
        assert account is not None
        receiving, sending = (self._forms[half].typed for half in Half)
        try:
            found = changes(account, Half.RECEIVING, receiving)
            adds = account.send is None and bool(sending["host"])
            if account.send is not None:
                found += changes(account, Half.SENDING, sending)
            self.setup.change(found)
            if adds:
                self.setup.take(with_sending(self.setup.account or account, sending))
            if sending["name"] != account.address.name:
                self.setup.call(sending["name"])
            if receiving["account"] != account.name:
                self.setup.rename(receiving["account"])
        except ConfigError as error:
            self._tell(str(error), "bad")
            return
        self._is_agreed = True
        self._start(self._give() if self.setup.is_new else self._walk())

    async def _repair(self, repair: Repair) -> None:
        if repair.trusts:
            named = {"pin": "Pin", "host": "Host", "port": "Port"}
            facts = [(named[each.field], str(each.value)) for each in repair.changes if each.field in named]
            if not await self._agreed(trust_panel(facts, repair.words)):
                self._diagnose()
                return
        self.setup.repair(repair)
        await self._walk()

    async def _agreed(self, panel: Panel) -> bool:
        """Ask what needs a yes of its own."""
        self._go(Stage.ASK, panel, ())
        self._asking = asyncio.get_running_loop().create_future()
        return await self._asking == "y"

    # Keys

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        match self.stage:
            case Stage.ADDRESS:
                self._take_address(event.value.strip())
            case Stage.SECRET:
                self._take_secret(event.value)
            case Stage.EDIT:
                self._take_values()
            case Stage.SIGN_IN if self._pasting is not None and not self._pasting.done():
                self._pasting.set_result(event.value)
            case _:
                pass

    def on_key(self, event: events.Key) -> None:
        """Obey what is offered below the lamps."""
        key = canonical_key(event.key, event.character)
        if self.stage is Stage.ASK and self._asking is not None and not self._asking.done():
            if key in ("y", "n"):
                self._asking.set_result(key)
            elif key == "e":
                self._edit()
        elif self.stage is Stage.WALK:
            self._obey(key)

    def _obey(self, key: str) -> None:
        failure = self._failure
        failures = self.setup.failures
        match key:
            case "f" if failure is not None and failure.repairs:
                self._start(self._repair(failure.repairs[0]))
            case "p":
                self._stop()
                self._to_secret()
            case "e":
                self._stop()
                self._edit()
            case "t":
                self._start(self._walk())
            case "o" if failures and all(check.half is Half.SENDING for check in failures):
                self.setup.receive_only()
                self._start(self._walk())
            case "s" if failures and self.setup.account is not None:
                self._start(self._write())
            case "w" if self.setup.account is not None:
                lines = report(self.setup.account.name, self.setup.checks.values()).splitlines()
                self.app.push_screen(PageScreen("The whole talk", [Chapter("", lines=tuple(lines))]))
            case _:
                pass

    def action_other(self, step: int) -> None:
        """Go to the other half, the next place, the next value."""
        match self.stage:
            case Stage.SECRET:
                self._choose(step)
            case Stage.EDIT:
                _ = self.focus_next() if step > 0 else self.focus_previous()
            case Stage.WALK if {check.half for check in self.setup.failures} == set(Half):
                self._half = self._half.other
                self._diagnose()
            case _:
                pass

    def action_back(self) -> None:
        """Go a page back; from the first one, leave."""
        self._stop()
        is_new = self.setup.is_new
        if self.stage is Stage.ADDRESS or (not is_new and self.stage in (Stage.WALK, Stage.SECRET)):
            self.dismiss(None)
        elif self.stage is Stage.EDIT and self.setup.checks:
            self._diagnose()
        elif self.stage is Stage.SECRET:
            self._to_address()
        elif self.stage is Stage.ASK and self.setup.checks:
            self._diagnose()
        else:
            self._to_secret()

    def action_leave(self) -> None:
        """Leave at once; nothing was written."""
        self.dismiss(None)
