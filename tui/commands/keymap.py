"""The keys in force: a preset, and above it the user's own choices from [keys]."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Ordered

from tui.commands.presets import PRESETS
from tui.commands.registry import Command
from tui.mail.errors import ConfigError
from tui.terminal.keys import (
    KeyHint,
    KeyTable,
    Scope,
    Sequence,
    clash,
    clash_of,
    is_command_key,
    parse_sequences,
    sequence_label,
)

CHAINS: tuple[tuple[Scope, ...], ...] = (
    (Scope.MAIL, Scope.ANYWHERE),
    (Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE),
    (Scope.THREAD, Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE),
    (Scope.SELECT, Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE),
    (Scope.SELECT, Scope.THREAD, Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE),
    (Scope.TREE, Scope.MAIL, Scope.ANYWHERE),
    (Scope.COMPOSE, Scope.ANYWHERE),
    (Scope.OUTBOX, Scope.ANYWHERE),
    (Scope.HISTORY, Scope.ANYWHERE),
    (Scope.PAGE,),
    (Scope.SEARCH, Scope.ANYWHERE),
)
"""Every combination of scopes that is at hand at once, the most particular first."""


class Keymap:
    """Which sequence means which command, where.

    Args:
        commands: the registry.
        overrides: [keys] of config.toml: command id → sequences; "" takes a command's keys away.
        preset: one of `PRESETS`.
        place: returns where a key of [keys] is written, for errors; see `tui.config.table.place_in`.

    Raises:
        ConfigError: there is no such preset, an override names no command or no key, or two commands share a key;
            both places are named.
    """

    def __init__(
        self,
        commands: Iterable[Command],
        overrides: Mapping[str, str] | None = None,
        preset: str = "vim",
        place: Callable[[str], str] | None = None,
    ) -> None:
        self.preset = preset
        self._commands = {each.id: each for each in commands}
        self._sequences: dict[str, tuple[Sequence, ...]] = {}
        self._place = place or _place
        self._overrides = overrides = overrides or {}
        self._refuse_unknown(overrides)
        for id, sequences in self._preset_sequences(preset).items():
            self._sequences[id] = sequences
        for id, written in overrides.items():
            try:
                self._sequences[id] = parse_sequences(written)
            except ConfigError as error:
                raise ConfigError(error.message, place=self._place(id), cure=error.cure) from None
        self._tables = {chain: self._make_table(chain) for chain in CHAINS}

    def _preset_sequences(self, preset: str) -> dict[str, tuple[Sequence, ...]]:
        """Return the preset's keys: its own rows, and vim's for the other commands where they are free."""
        table = PRESETS.get(preset)
        if table is None:
            cure = f"Use one of {', '.join(PRESETS)}."
            raise ConfigError(f'there is no preset "{preset}".', place=self._place("preset"), cure=cure)
        given = {id: parse_sequences(table.get(id, each.keys)) for id, each in self._commands.items()}
        free = {
            id: tuple(each for each in sequences if not self._is_taken(each, id, table, given))
            for id, sequences in given.items()
            if id not in table
        }
        return given | free

    def _is_taken(
        self, sequence: Sequence, id: str, table: Mapping[str, str], given: Mapping[str, tuple[Sequence, ...]]
    ) -> bool:
        """Whether a command of the preset's own rows has this sequence, or one that begins it or is begun by it."""
        scopes = set(self._commands[id].scopes)
        near = {scope for chain in CHAINS if scopes & set(chain) for scope in chain}
        for other in table:
            theirs = set(self._commands[other].scopes) if other in self._commands else set()
            for each in given[other] if other != id and near & theirs else ():
                if clash_of(sequence, each) and (sequence != each or scopes & theirs):
                    return True  # the same key in a more particular scope is no clash
        return False

    def _refuse_unknown(self, overrides: Mapping[str, str]) -> None:
        for id in overrides:
            if id not in self._commands:
                near = difflib.get_close_matches(id, list(self._commands), 1)
                cure = f'Did you mean "{near[0]}"?' if near else "The key ? in Tidings lists them all."
                raise ConfigError("there is no such command.", place=self._place(id), cure=cure)

    def _make_table(self, chain: tuple[Scope, ...]) -> KeyTable:
        bound: dict[Sequence, str] = {}
        for scope in chain:
            here: dict[Sequence, str] = {}
            for id, sequences in self._sequences.items():
                for sequence in sequences if scope in self._commands[id].scopes else ():
                    other = here.setdefault(sequence, id)
                    if other != id:
                        raise self._clash(sequence, other, sequence, id)
            for sequence, id in here.items():
                bound.setdefault(sequence, id)  # a more particular scope has taken it already
        found = clash(bound)
        if found is not None:
            raise self._clash(found[0], bound[found[0]], found[1], bound[found[1]])
        return KeyTable(bound)

    def _clash(self, first: Sequence, first_id: str, second: Sequence, second_id: str) -> ConfigError:
        if first_id not in self._overrides and second_id in self._overrides:  # what the user wrote is named first
            first, first_id, second, second_id = second, second_id, first, first_id
        return ConfigError(
            f'"{sequence_label(first)}" is also wanted as "{sequence_label(second)}" by {self._written(second_id)}.'
            if first != second
            else f'"{sequence_label(first)}" is also the key of {self._written(second_id)}.',
            place=self._written(first_id),
            cure="Choose another key for one of the two.",
        )

    def _written(self, id: str) -> str:
        """Return where it is said which keys a command has."""
        return self._place(id) if id in self._overrides else f"{self.preset} preset: {id}"

    def table(self, scopes: Ordered[Scope]) -> KeyTable:
        """Return the table for a place; an empty one where no command is at hand."""
        chain = tuple(scopes)
        if chain not in self._tables:
            self._tables[chain] = self._make_table(chain)
        return self._tables[chain]

    def sequences(self, id: str) -> tuple[Sequence, ...]:
        return self._sequences.get(id, ())

    def label(self, id: str) -> str:
        """Return the command's first key as it is shown, "" when it has none."""
        sequences = self._sequences.get(id, ())
        return sequence_label(sequences[0]) if sequences else ""

    def labels(self, id: str) -> tuple[str, ...]:
        """Return all of the command's keys as they are shown."""
        return tuple(sequence_label(sequence) for sequence in self._sequences.get(id, ()))

    def at_hand(self, scopes: Ordered[Scope]) -> list[Command]:
        """Return the commands of these scopes, in the registry's order."""
        return [each for each in self._commands.values() if any(scope in each.scopes for scope in scopes)]

    def hints(self, ids: Iterable[str], *, in_text: bool = False) -> list[KeyHint]:
        """Return hint-line entries for these commands; those without a key are left out.

        Args:
            ids: in the order of the line.
            in_text: the user is in a text field: only keys that work there are shown.
        """
        hints = []
        for id in ids:
            usable = [each for each in self._sequences[id] if not in_text or is_command_key(each[0])]
            if usable:
                text = self._commands[id].hint or self._commands[id].label.lower()
                hints.append(KeyHint(sequence_label(usable[0]), text, id))
        return hints

    def following(self, prefix: Sequence, scopes: Ordered[Scope]) -> list[KeyHint]:
        """Return what may follow a begun sequence, for the which-key hint."""
        return [
            KeyHint(sequence_label(rest), self._commands[id].hint or self._commands[id].label.lower(), id)
            for rest, id in self.table(scopes).following(prefix)
        ]


def _place(key: str) -> str:
    return "config.toml: keys." + (f'"{key}"' if "." in key else key)
