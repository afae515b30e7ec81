"""The command line as data, read out of its parser: what completion and the manual page are made of."""

from __future__ import annotations

import argparse
from enum import StrEnum

from tui.mail.noun import dataclass


class Kind(StrEnum):
    """What may stand where a word is wanted, as far as it can be offered."""

    NONE = ""
    ANYTHING = "anything"
    CHOICE = "choice"
    FILE = "files"
    ACCOUNT = "accounts"
    MAILBOX = "mailboxes"


@dataclass(frozen=True, slots=True)
class Word:
    """An option, or an operand.

    Attributes:
        names: of an option, ``--json``; empty for an operand.
        metavar: what stands for its value; "" where it takes none.
        says: what it is for, in a few words.
        kind: what its value may be; NONE where it takes none.
        choices: the values there are, for CHOICE.
        usage: it as the usage line has it, without brackets: ``--limit N``, ``ID ...``.
        is_required: it cannot be left out.
    """

    names: tuple[str, ...]
    metavar: str
    says: str
    kind: Kind
    choices: tuple[str, ...]
    usage: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Command:
    """``tidings`` itself, or a subcommand.

    Attributes:
        path: the words that call it, without the program's name.
        says: what it is for.
        options, operands: what may follow, in the parser's order.
        commands: its own subcommands.
    """

    path: tuple[str, ...]
    says: str
    options: tuple[Word, ...]
    operands: tuple[Word, ...]
    commands: tuple[Command, ...]

    @property
    def operand(self) -> Word | None:
        """The first operand whose values can be offered."""
        offered = (Kind.NONE, Kind.ANYTHING)
        return next((word for word in self.operands if word.kind not in offered), None)

    def walk(self) -> list[Command]:
        """Return this and all below it."""
        return [self, *(each for command in self.commands for each in command.walk())]


def read(parser: argparse.ArgumentParser, path: tuple[str, ...] = (), says: str = "") -> Command:
    """Return what a parser understands.

    argparse has no public way to ask for that; `_actions` is what its own help is made of.

    Args:
        parser: with all its subcommands.
        path: the words that call it.
        says: what it is for; "" for the parser's description.
    """
    options: list[Word] = []
    operands: list[Word] = []
    commands: list[Command] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {each.dest: each.help or "" for each in action._choices_actions}
            commands += [read(sub, (*path, name), told.get(name, "")) for name, sub in action.choices.items()]
        elif action.help != argparse.SUPPRESS:
            (options if action.option_strings else operands).append(_word(action))
    return Command(path, says or parser.description or "", tuple(options), tuple(operands), tuple(commands))


def _word(action: argparse.Action) -> Word:
    names = tuple(action.option_strings)
    choices = tuple(str(each) for each in action.choices or ())
    metavar = "" if action.nargs == 0 else str(action.metavar or "|".join(choices) or action.dest.upper())
    usage = {"?": f"[{metavar}]", "...": f"{metavar} ..."}.get(str(action.nargs), metavar)
    usage += " ..." if action.nargs in ("*", "+") else ""
    if names:
        usage = f"{names[-1]} {usage}".rstrip()
    elif action.nargs == "?":
        usage = metavar
    is_required = bool(action.required) and action.nargs != "*"
    return Word(names, metavar, (action.help or "").replace("%%", "%"), _kind(action), choices, usage, is_required)


def _kind(action: argparse.Action) -> Kind:
    if action.nargs == 0:
        return Kind.NONE
    if action.choices:
        return Kind.CHOICE
    if action.metavar in ("FILE", "PATH"):
        return Kind.FILE
    if action.metavar == "MAILBOX" or action.dest == "mailbox":
        return Kind.MAILBOX
    return Kind.ACCOUNT if action.metavar in ("ACCOUNT", "NAME") else Kind.ANYTHING
