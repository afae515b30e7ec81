"""One table of config.toml, read key by key; what is wrong is told with file, line and key."""

import difflib
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from tui.mail.errors import ConfigError

Choice = TypeVar("Choice", bound=StrEnum)


class Table:
    """A TOML table with its place in the file.

    Args:
        values: the parsed table.
        path: keys that lead to it, outermost first.
        file: the file it was read from, for messages.
        source: the file's text, for line numbers.
        number: which of the tables of this path it is, from 1.
    """

    def __init__(
        self, values: Mapping[str, Any], path: tuple[str, ...], file: Path, source: str, number: int = 1
    ) -> None:
        self._values = values
        self._path = path
        self._file = file
        self._source = source
        self._number = number
        self._known: set[str] = set()

    def place(self, key: str = "") -> str:
        """Return ``config.toml line 7: accounts.work.receive.port``."""
        names = (*self._path, key) if key else self._path
        path = ".".join(f'"{name}"' if "." in name else name for name in names)
        line = self._line(key)
        return f"{self._file.name} line {line}: {path}" if line else f"{self._file.name}: {path}"

    def _line(self, key: str) -> int:
        names = r"\s*\.\s*".join(f'"?{re.escape(name)}"?' for name in self._path)
        header = re.compile(rf"\s*\[{{1,2}}\s*{names}\s*\]")
        inside, found, seen = not self._path, 0, 0
        for number, line in enumerate(self._source.splitlines(), 1):
            if self._path and not inside and header.match(line):
                seen += 1
                if seen == self._number:
                    inside, found = True, number
            elif inside and re.match(r"\s*\[", line):
                break
            if inside and key and re.match(rf'\s*"?{re.escape(key)}"?\s*(\.|=)', line):
                return number
        return found

    def wrong(self, key: str, message: str, cure: str = "") -> ConfigError:
        """Return the error for a key."""
        return ConfigError(message, place=self.place(key), cure=cure)

    def _missing(self, key: str, cure: str) -> ConfigError:
        """Return the error for a key that is not there; where it is misspelt only, what was written is named."""
        near = self._misspelt(key)
        if near:
            return self.wrong(near, "there is no such setting.", f'Did you mean "{key}"?')
        return ConfigError(f"{key} is missing.", place=self.place(), cure=cure)

    def _misspelt(self, key: str) -> str:
        """Return a key that nobody asked for and that looks like this one, "" for none."""
        near = difflib.get_close_matches(key, [each for each in self._values if each not in self._known], 1, 0.7)
        return near[0] if near else ""

    def _below(self, key: str, values: Mapping[str, Any]) -> "Table":
        return Table(values, (*self._path, key), self._file, self._source)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def is_table(self, key: str) -> bool:
        """Whether a table is below this key, and not a value."""
        return isinstance(self._values.get(key), dict)

    def keys(self) -> tuple[str, ...]:
        return tuple(self._values)

    def _take(self, key: str, kind: type, wanted: str) -> Any:
        self._known.add(key)
        value = self._values.get(key)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise self.wrong(key, f"this must be {wanted}, not {_say(value)}.")
        return value

    def text(self, key: str, default: str | None = None, *, example: str = "") -> str:
        """Return a string of one line; without a default it is required.

        Raises:
            ConfigError: when it is missing, no string, or holds control characters.
        """
        value = self._take(key, str, 'text in quotes, such as "' + (example or "…") + '"')
        if value is None:
            if default is None:
                raise self._missing(key, f'Add {key} = "{example}".' if example else f"Add {key}.")
            return default
        if not str(value).isprintable():
            raise self.wrong(key, "this text holds a control character.", "Write it on one line.")
        return str(value)

    def lines(self, key: str, default: str = "") -> str:
        """Return a string that may hold several lines."""
        value = self._take(key, str, "text in quotes")
        return default if value is None else str(value)

    def integer(self, key: str, default: int | None, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``; without a default it is required."""
        value = self._take(key, int, f"a whole number from {low} to {high}")
        if value is None:
            if default is None:
                raise self._missing(key, f"Add {key} = {low}…{high}.")
            return default
        if not low <= int(value) <= high:
            raise self.wrong(key, f"{value} is out of range.", f"Use a whole number from {low} to {high}.")
        return int(value)

    def boolean(self, key: str, default: bool) -> bool:
        value = self._take(key, bool, "true or false")
        return default if value is None else bool(value)

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Return one of an enumeration's values; without a default it is required."""
        names = [member.value for member in kind]
        listed = " or ".join(f'"{name}"' for name in names)
        value = self._take(key, str, listed)
        if value is None:
            if default is None:
                raise self._missing(key, f"Add {key} = {listed}.")
            return default
        try:
            return kind(str(value))
        except ValueError:
            raise self.wrong(key, f"{_say(value)} is not known.", f"Use {listed}.{_near(str(value), names)}") from None

    def one_of(self, key: str, names: tuple[str, ...], default: str) -> str:
        """Return one of some strings."""
        value = self.text(key, default)
        if value not in names:
            listed = ", ".join(f'"{name}"' for name in names)
            raise self.wrong(key, f"{_say(value)} is not known.", f"Use one of {listed}.{_near(value, names)}")
        return value

    def argv(self, key: str) -> tuple[str, ...]:
        """Return a command as its arguments, () when absent."""
        example = 'a list of strings, such as ["pass", "show", "mail/work"]'
        value = self._take(key, list, example)
        if value is None:
            return ()
        if not value or not all(isinstance(word, str) and word and "\0" not in word for word in value):
            raise self.wrong(key, f"this must be {example}.")
        return tuple(value)

    def texts(self, key: str, *, example: str) -> tuple[str, ...]:
        """Return some strings of one line each, or one that stands alone; () when absent.

        Raises:
            ConfigError: when it is anything else, or one holds control characters.
        """
        value = self._values.get(key)
        texts = [value] if isinstance(value, str) else self._take(key, list, f'text in quotes, such as "{example}"')
        self._known.add(key)
        if texts is not None and not all(isinstance(text, str) and text.isprintable() for text in texts):
            raise self.wrong(key, f'this must be text in quotes, such as "{example}", or a list of such texts.')
        return tuple(texts or ())

    def table(self, key: str, *, required: bool = False) -> "Table | None":
        """Return the table below this key."""
        value = self._take(key, dict, f"a table, [{'.'.join((*self._path, key))}]")
        if value is None:
            if required:
                near = self._misspelt(key)
                path = ".".join((*self._path, key))
                if near:
                    raise self._below(near, {}).wrong("", "there is no such table.", f"Did you mean [{path}]?")
                raise ConfigError(f"the table [{path}] is missing.", place=self.place(), cure=f"Add [{path}].")
            return None
        return self._below(key, value)

    def tables(self, key: str) -> "list[Table]":
        """Return the tables of an array of tables, ``[[…]]``."""
        wanted = f"tables, [[{'.'.join((*self._path, key))}]]"
        values = self._take(key, list, wanted) or []
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(key, f"this must be {wanted}.")
        return [
            Table(value, (*self._path, key), self._file, self._source, number) for number, value in enumerate(values, 1)
        ]

    def finish(self) -> None:
        """Refuse every key that was not asked for: a misspelt setting must not be silently ignored."""
        for key in self._values:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                raise self.wrong(key, "there is no such setting.", f"Known here: {known}.{_near(key, self._known)}")


def place_in(file: Path, *path: str) -> str:
    """Return the place of a key that was read before, for an error that is found later. Blocks for a small file.

    Args:
        file: it is read again for the line; without it, the place has none.
        path: keys that lead to it, its own last.
    """
    try:
        source = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        source = ""
    return Table({}, path[:-1], file, source).place(path[-1])


def _say(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value[:60]}"'
        case dict():
            return "a table"
        case list():
            return "a list"
    return str(value)[:60]


def _near(word: str, known: "set[str] | tuple[str, ...] | list[str]") -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f' Did you mean "{close[0]}"?' if close else ""
