"""The one list of everything a key can do.

A command is a function with a decorator::

    @command("message.archive", keys="e", scope=Scope.MAIL, hint="archive", undoable=True)
    async def archive(desk: Desk) -> None:
        \"\"\"Archive: to the Archive mailbox.\"\"\"

The first line of its docstring is its manual everywhere: before the colon the label (palette, help, README), behind
it the detail. Its group is the area, that is the module, it lives in.

No area is loaded before one of its commands is used: what the decorators say stands in ``index.tsv`` as well.
``python -m tests.commands.index`` writes it, and a test fails when it is not what they say.
"""

import importlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.mail.noun import dataclass
from tui.terminal.keys import Scope

if TYPE_CHECKING:
    from tui.commands.desk import Desk

INDEX = Path(__file__).with_name("index.tsv")
MARKS = ("undoable", "counts", "opens", "closes")
"""What a line of the index may say of a command."""

Act = Callable[..., Awaitable[None] | None]
"""What a command does. A plain function runs within the key's own turn; a coroutine runs beside it.

Its argument is the desk; one that asks for ``count`` as well gets the number typed before its key.
"""

GROUPS = {
    "navigate": "Move",
    "view": "Read",
    "select": "Read",
    "parts": "Parts",
    "message": "Act",
    "marks": "Act",
    "labels": "Act",
    "lists": "Act",
    "invitation": "Act",
    "snoozing": "Snooze",
    "thread": "Conversations",
    "mailbox": "Mailboxes",
    "search": "Search",
    "compose": "Write",
    "letter": "Text",
    "templates": "Templates",
    "passing": "Pass on",
    "drafts": "Drafts",
    "outbox": "Outbox",
    "history": "Undo",
    "setup": "Accounts",
    "sieve": "Scripts on the server",
    "look": "Look",
    "app": "App",
    "trouble": "App",
}
"""Area (module of this package) → its heading in the help, in the help's order; small areas share one."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the registry.

    Attributes:
        id: ``noun.verb``; promised to the outside, see [keys] in config.toml.
        label, detail: from the docstring.
        keys: the vim preset's sequences, ", " between several; "" for none (palette only).
        scopes: where it is at hand.
        group: heading in the help.
        hint: a word or two for the hint line, "" when it is not to be shown there.
        undoable: whether ``u`` takes it back.
        act: the function.
        counts: whether it takes a count, ``5 j``.
        opens: whether a screen follows: what is typed until it is there is for it, see `tui.commands.keyboard`.
        closes: whether the screen goes away at its end: what is typed until then is for the one below it.
    """

    id: str
    label: str
    detail: str
    keys: str
    scopes: tuple[Scope, ...]
    group: str
    hint: str
    undoable: bool
    act: Act
    counts: bool = False
    opens: bool = False
    closes: bool = False

    def perform(self, desk: "Desk", count: int | None = None) -> Awaitable[None] | None:
        """Do it; what is returned is still to be awaited.

        Args:
            desk: where.
            count: the number typed before the key; ignored by commands that take none.

        Raises:
            MailError: it cannot be done, and why.
        """
        return self.act(desk, count=count) if self.counts and count is not None else self.act(desk)


@dataclass(frozen=True, slots=True)
class LateAct:
    """Stands for the function of a command until it is used.

    Attributes:
        area, function: module of this package, and what it is called there.
    """

    area: str
    function: str

    def __call__(self, desk: "Desk", **count: int) -> Awaitable[None] | None:
        act: Act = getattr(importlib.import_module(f"tui.commands.{self.area}"), self.function)
        return act(desk, **count)


_commands: dict[str, Command] = {}


def command(
    id: str,
    *,
    keys: str = "",
    scope: Scope | Sequence[Scope] = Scope.MAIL,
    hint: str = "",
    undoable: bool = False,
    opens: bool = False,
    closes: bool = False,
) -> Callable[[Act], Act]:
    """Register the decorated function; see `Command` for the arguments.

    Raises:
        ValueError: when the id is taken, or the function has no docstring.
    """

    def register(act: Act) -> Act:
        area = act.__module__.rpartition(".")[2]
        if id in _commands and _commands[id].act != LateAct(area, act.__name__):
            raise ValueError(f"two commands are called {id}")
        import inspect  # noqa: PLC0415 - late: start-up time

        first_line = (inspect.getdoc(act) or "").split("\n", 1)[0].strip()
        if not first_line:
            raise ValueError(f"{id} has no docstring: it is the command's help")
        label, detail = _label_and_detail(first_line)
        scopes = (scope,) if isinstance(scope, Scope) else tuple(scope)
        counts = "count" in inspect.signature(act).parameters
        group = GROUPS.get(area, area)
        _commands[id] = Command(id, label, detail, keys, scopes, group, hint, undoable, act, counts, opens, closes)
        return act

    return register


def _label_and_detail(first_line: str) -> tuple[str, str]:
    label, _, detail = first_line.rstrip(".").partition(": ")
    return label, detail


def take_index(index: Path = INDEX) -> None:
    """Register what the index says; blocks for a small file."""
    for line in index.read_text("utf-8").splitlines():
        id, area, function, keys, scopes, hint, said, first_line = line.split("\t")
        marks = said.split()
        _commands[id] = Command(
            id,
            *_label_and_detail(first_line),
            keys,
            tuple(map(Scope, scopes.split())),
            GROUPS.get(area, area),
            hint,
            "undoable" in marks,
            LateAct(area, function),
            *(mark in marks for mark in MARKS[1:]),
        )


def index_line(command: Command) -> str:
    """Return a command, whose area is loaded, as a line of the index."""
    assert not isinstance(command.act, LateAct), f"{command.id} is in the index and nowhere else"
    name, area = command.act.__name__, _area(command)
    said = " ".join(mark for mark in MARKS if getattr(command, mark))
    first_line = f"{command.label}: {command.detail}" if command.detail else command.label
    return "\t".join((command.id, area, name, command.keys, " ".join(command.scopes), command.hint, said, first_line))


def all_commands() -> tuple[Command, ...]:
    """Return every command, in the order of the help: by area, then as written in the module."""
    groups, areas = list(dict.fromkeys(GROUPS.values())), list(GROUPS)
    group_place = {group: place for place, group in enumerate(groups)}
    area_place = {area: place for place, area in enumerate(areas)}

    def place(each: Command) -> tuple[int, int]:
        return group_place.get(each.group, len(groups)), area_place.get(_area(each), len(areas))

    return tuple(sorted(_commands.values(), key=place))


def _area(command: Command) -> str:
    act = command.act
    return act.area if isinstance(act, LateAct) else act.__module__.rpartition(".")[2]


def get_command(id: str) -> Command | None:
    """Return the command of this id."""
    return _commands.get(id)
