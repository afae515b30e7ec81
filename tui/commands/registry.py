"""The one list of everything a key can do.

A command is a function with a decorator::

    @command("message.archive", keys="e", scope=Scope.MAIL, hint="archive", undoable=True)
    async def archive(desk: Desk) -> None:
        \"\"\"Archive: to the Archive mailbox.\"\"\"

The first line of its docstring is its manual everywhere: before the colon the label (palette, help, README), behind
it the detail. Its group is the area, that is the module, it lives in.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence

from tui.commands.desk import Desk
from tui.mail.noun import dataclass
from tui.terminal.keys import Scope

Act = Callable[..., Awaitable[None] | None]
"""What a command does. A plain function runs within the key's own turn; a coroutine runs beside it.

Its argument is the desk; one that asks for ``count`` as well gets the number typed before its key.
"""

GROUPS = {
    "navigate": "Move",
    "view": "Read",
    "message": "Act",
    "mailbox": "Mailboxes",
    "search": "Search",
    "compose": "Write",
    "drafts": "Drafts",
    "outbox": "Outbox",
    "history": "Undo",
    "look": "Look",
    "app": "App",
}
"""Area (module of this package) → its heading in the help, in the help's order."""


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

    def perform(self, desk: Desk, count: int | None = None) -> Awaitable[None] | None:
        """Do it; what is returned is still to be awaited.

        Args:
            desk: where.
            count: the number typed before the key; ignored by commands that take none.

        Raises:
            MailError: it cannot be done, and why.
        """
        return self.act(desk, count=count) if self.counts and count is not None else self.act(desk)


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
        if id in _commands:
            raise ValueError(f"two commands are called {id}")
        first_line = (inspect.getdoc(act) or "").split("\n", 1)[0].strip()
        if not first_line:
            raise ValueError(f"{id} has no docstring: it is the command's help")
        label, _, detail = first_line.rstrip(".").partition(": ")
        area = act.__module__.rpartition(".")[2]
        scopes = (scope,) if isinstance(scope, Scope) else tuple(scope)
        counts = "count" in inspect.signature(act).parameters
        group = GROUPS.get(area, area)
        _commands[id] = Command(id, label, detail, keys, scopes, group, hint, undoable, act, counts, opens, closes)
        return act

    return register


def all_commands() -> tuple[Command, ...]:
    """Return every command, in the order of the help: by area, then as written in the module."""
    order = list(GROUPS.values())
    known = {group: place for place, group in enumerate(order)}
    return tuple(sorted(_commands.values(), key=lambda each: known.get(each.group, len(order))))


def get_command(id: str) -> Command | None:
    """Return the command of this id."""
    return _commands.get(id)
