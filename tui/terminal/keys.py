"""Keys and sequences of keys: how they are written, and a reader that stands above Textual's own bindings.

A key is written as a person types it: ``j``, ``G``, ``?``, ``ctrl+x``, ``alt+b``, ``enter``, ``f5``. A sequence is
its keys with spaces between, ``g i``; several sequences for one command have ", " between. Textual's own names
(``question_mark``) are understood too, but never shown. Digits before a command are its count: ``5 j``.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from tui.mail.errors import ConfigError
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

Sequence = tuple[str, ...]
"""Keys pressed one after the other, each in canonical spelling."""

_NAMED = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "backspace": "Backspace",
    "delete": "Delete",
    "insert": "Insert",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}
_ALIASES = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "spacebar": "space",
    "del": "delete",
}
_MODIFIERS = ("ctrl", "alt", "shift", "super")
# Textual calls these keys by their Unicode names; we write the character. The comma separates sequences in a setting,
# so there it has to be written by name.
_TEXTUAL_NAMES = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "backslash": "\\",
    "dollar_sign": "$",
    "exclamation_mark": "!",
    "vertical_line": "|",
    "ampersand": "&",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "underscore": "_",
    "equals_sign": "=",
    "full_stop": ".",
    "comma": ",",
    "semicolon": ";",
    "apostrophe": "'",
    "quotation_mark": '"',
    "number_sign": "#",
    "percent_sign": "%",
    "at": "@",
    "circumflex_accent": "^",
    "grave_accent": "`",
    "tilde": "~",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}
_DIGITS = frozenset("0123456789")
MOST_DIGITS = 4
"""Digits of a count; more are not heard."""
_NOT_TYPED = re.compile(r"(?:ctrl|alt|super)\+|escape\Z|f\d+\Z")


class Scope(StrEnum):
    """Where a command is at hand. A screen names its scopes, the most particular first."""

    MAIL = "mail"
    MESSAGE = "message"
    THREAD = "thread"
    SELECT = "select"
    TREE = "tree"
    COMPOSE = "compose"
    OUTBOX = "outbox"
    HISTORY = "history"
    SEARCH = "search"
    PAGE = "page"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One entry of a hint line: the key as it is shown, what it does in a word or two, and the command's id."""

    key_label: str
    text: str
    command_id: str


def parse_key(written: str) -> str:
    """Return one key in canonical spelling.

    Args:
        written: as in a setting: ``Ctrl+X``, ``?``, ``question_mark``, ``Enter``, ``G``.

    Raises:
        ConfigError: when there is no such key.
    """
    if len(written) == 1:
        return "space" if written == " " else written
    *modifiers, last = [*written[:-2].split("+"), "+"] if written.endswith("++") else written.split("+")
    modifiers = [modifier.lower() for modifier in modifiers]
    last = _TEXTUAL_NAMES.get(last.lower(), last)
    if len(last) > 1:
        last = _ALIASES.get(last.lower(), last.lower())
    elif modifiers:
        last = last.lower()
    known = len(last) == 1 or last in _NAMED
    if not known or any(modifier not in _MODIFIERS for modifier in modifiers):
        shown = clean_line(written, 40)
        raise ConfigError(f'"{shown}" is no key.', cure="Write it as j, G, ?, ctrl+x, alt+b, enter or f5.")
    return "+".join([*(modifier for modifier in _MODIFIERS if modifier in modifiers), last])


def parse_sequence(written: str) -> Sequence:
    """Return the keys of a sequence such as ``g i``. Raises `ConfigError` when one of them is no key."""
    keys = tuple(parse_key(key) for key in written.split())
    if not keys:
        raise ConfigError("a key is missing.", cure="Write it as j, G, ?, ctrl+x or g i.")
    return keys


def parse_sequences(written: str) -> tuple[Sequence, ...]:
    """Return the sequences of a setting such as ``enter, l``; none for an empty one: the command has no key then."""
    if written.strip() == ",":
        return ((",",),)
    return tuple(parse_sequence(each) for each in written.split(",") if each.strip())


def canonical_key(key: str, character: str | None) -> str:
    """Return a key event's key in our spelling.

    Args:
        key: Textual's name of it, ``question_mark``, ``ctrl+x``, ``G``.
        character: what it would type, or None.
    """
    if "+" not in key and character and len(character) == 1 and character.isprintable() and character != " ":
        return character
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _ALIASES.get(last, _TEXTUAL_NAMES.get(last, last))])


def is_command_key(key: str) -> bool:
    """Whether this key can be a command in a text field: it types nothing there and does not edit."""
    return bool(_NOT_TYPED.match(key))


def key_label(key: str) -> str:
    """Return one canonical key as people know it: ``Ctrl+X``, ``Esc``, ``g``."""
    *modifiers, last = key.split("+") if len(key) > 1 and not key.endswith("++") else [key]
    name = _NAMED.get(last, last)
    if modifiers and len(name) == 1:
        name = name.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def sequence_label(sequence: Sequence) -> str:
    """Return a sequence as it is shown: ``g i``."""
    return " ".join(key_label(key) for key in sequence)


class KeyTable:
    """Sequences and the commands they mean, for one place of the program.

    Args:
        commands: sequence → command id. No sequence may begin another: that is the maker's to check, see `clash`.
    """

    def __init__(self, commands: Mapping[Sequence, str]) -> None:
        self._commands = dict(commands)
        self._prefixes = {sequence[:length] for sequence in commands for length in range(1, len(sequence))}

    def command(self, sequence: Sequence) -> str | None:
        """Return the id of the command this whole sequence means."""
        return self._commands.get(sequence)

    def begins(self, sequence: Sequence) -> bool:
        """Whether longer sequences begin like this."""
        return sequence in self._prefixes

    def following(self, prefix: Sequence) -> list[tuple[Sequence, str]]:
        """Return what may follow: (the keys still to press, command id), in the order of registration."""
        length = len(prefix)
        return [
            (sequence[length:], command)
            for sequence, command in self._commands.items()
            if len(sequence) > length and sequence[:length] == prefix
        ]

    def items(self) -> Iterable[tuple[Sequence, str]]:
        return self._commands.items()


def clash(sequences: Iterable[Sequence]) -> tuple[Sequence, Sequence] | None:
    """Return two of the sequences of which one begins the other, so that the longer could never be typed; else None."""
    known = set(sequences)
    for sequence in known:
        for length in range(1, len(sequence)):
            if sequence[:length] in known:
                return sequence[:length], sequence
    return None


def clash_of(one: Sequence, other: Sequence) -> bool:
    """Whether one of two sequences is the other, or begins it."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


class Reading(StrEnum):
    """What became of a key."""

    NOT_OURS = "not ours"
    WAITING = "waiting"
    COMMAND = "command"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Read:
    """The reader's answer to one key.

    Attributes:
        reading: what became of it.
        sequence: the keys so far, a count's digits among them.
        command_id: the command's, when the sequence is complete.
        count: the number that was typed before it, None for none.
    """

    reading: Reading
    sequence: Sequence = ()
    command_id: str = ""
    count: int | None = None


class KeyReader:
    """Gathers keys into sequences. It waits without limit; Esc or a key that leads nowhere forgets what was begun.

    Attributes:
        pending: the keys of the sequence that was begun.
        digits: the count that was typed before it, "" for none.
    """

    def __init__(self) -> None:
        self.pending: Sequence = ()
        self.digits = ""

    def press(self, key: str, table: KeyTable, *, in_text: bool = False) -> Read:
        """Take one key.

        Args:
            key: in canonical spelling.
            table: the commands at hand.
            in_text: a text field has the focus, where only keys that type nothing begin a command.
        """
        begun, digits = self.pending, self.digits
        self.forget()
        if in_text and not begun and not is_command_key(key):
            return Read(Reading.NOT_OURS)
        sequence, typed = (*begun, key), (*digits, *begun, key)
        command = table.command(sequence)
        if command is not None:
            return Read(Reading.COMMAND, typed, command, int(digits) if digits else None)
        if table.begins(sequence):
            self.pending, self.digits = sequence, digits
            return Read(Reading.WAITING, typed)
        if not begun and not in_text and _counts(key, digits):
            self.digits = (digits + key)[:MOST_DIGITS]
            return Read(Reading.WAITING, tuple(self.digits))
        return Read(Reading.FORGOTTEN, typed) if begun or digits else Read(Reading.NOT_OURS)

    @property
    def begun(self) -> Sequence:
        """All keys that were pressed and wait for the next one."""
        return (*self.digits, *self.pending)

    def forget(self) -> None:
        """Drop what was begun: the focus or the screen is another now."""
        self.pending, self.digits = (), ""


def _counts(key: str, digits: str) -> bool:
    """Whether a key goes on with a count; none begins with 0."""
    return key in _DIGITS and (key != "0" or bool(digits))
