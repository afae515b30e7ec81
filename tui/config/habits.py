"""What the user chose and used while the program ran: remembered beside the log, config.toml is never written to.

One small JSON file in the state folder. It is a convenience: one that is missing, broken or full costs nothing but
the memory.
"""

import json
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

MAX_FILE = 256 * 1024
MOST_COMMANDS = 1000
MOST_MAILBOXES = 1000
MOST_TARGETS = 20
"""Mailboxes remembered as those that mail was moved to."""
MOST_SEARCHES = 100
MOST_LETTERS = 1_000
"""Letters of a search that is kept."""
MOST_USES = 1_000
"""Uses of a command at which all counts are halved, so that what was used lately weighs more."""


def _threaded(value: Mapping[str, object]) -> dict[str, bool]:
    known = value.get("threaded")
    pairs = list(known.items())[:MOST_MAILBOXES] if isinstance(known, dict) else []
    return {name: on for name, on in pairs if isinstance(on, bool)}


def _targets(value: Mapping[str, object]) -> list[str]:
    known = value.get("targets")
    names = known[:MOST_TARGETS] if isinstance(known, list) else []
    return [name for name in names if isinstance(name, str)]


def _searches(value: Mapping[str, object]) -> dict[str, str]:
    known = value.get("searches")
    pairs = list(known.items())[:MOST_SEARCHES] if isinstance(known, dict) else []
    return {name: query for name, query in pairs if isinstance(query, str) and _is_search(name, query)}


def _is_search(name: str, query: str) -> bool:
    return all(words.strip() and words.isprintable() and len(words) <= MOST_LETTERS for words in (name, query))


class Habits:
    """The theme that was chosen, and how often commands were called from the palette.

    Args:
        file: where it is kept.
        theme: the chosen theme's name, "" for none.
        over: what ``look.theme`` was when it was chosen.
        uses: command id → how often.
        light: whether the terminal's background was light when it told last.
        threaded: a mailbox's name → whether it is listed by conversations; those of which nobody said are not in it.
        targets: names of the mailboxes that mail was moved to, the last one first.
        searches: name → query, those that were kept while the program ran.
    """

    def __init__(
        self,
        file: Path,
        theme: str = "",
        over: str = "",
        uses: Mapping[str, int] | None = None,
        *,
        light: bool = False,
        threaded: Mapping[str, bool] | None = None,
        targets: Sequence[str] = (),
        searches: Mapping[str, str] | None = None,
    ) -> None:
        self._searches = dict(searches or {})
        self._targets = list(targets)
        self._threaded = dict(threaded or {})
        self._light = light
        self._file = file
        self._theme = theme
        self._over = over
        self._uses = dict(uses or {})
        self.is_changed = False
        """Whether there is something to write."""

    @classmethod
    def read(cls, file: Path) -> "Habits":
        """Return what the file says; nothing when there is none or it is no good. Blocks for a small file."""
        try:
            with file.open("rb") as stream:
                value = json.loads(stream.read(MAX_FILE))
            theme, over, uses = (value[key] for key in ("theme", "over", "uses"))
            if not (isinstance(theme, str) and isinstance(over, str) and isinstance(uses, dict)):
                raise TypeError
        except FileNotFoundError:
            return cls(file)
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            log.warning("%s is not read: %s", file.name, type(error).__name__)
            return cls(file)
        counts = {id: count for id, count in list(uses.items())[:MOST_COMMANDS] if type(count) is int and count > 0}
        return cls(
            file,
            theme if theme.isprintable() else "",
            over,
            counts,
            light=value.get("light") is True,
            threaded=_threaded(value),
            targets=_targets(value),
            searches=_searches(value),
        )

    def theme(self, configured: str) -> str:
        """Return the theme to use: the chosen one, unless config.toml says something else since.

        Args:
            configured: ``look.theme``.
        """
        return self._theme if self._theme and self._over == configured else configured

    def choose_theme(self, name: str, configured: str) -> None:
        """Remember a theme until ``look.theme`` is changed."""
        self._theme, self._over = ("", "") if name == configured else (name, configured)
        self.is_changed = True

    @property
    def light(self) -> bool:
        """Whether the terminal's background was light when it told last: for the first screen, before it tells."""
        return self._light

    def note_background(self, light: bool) -> None:
        """Remember what the terminal told."""
        if light != self._light:
            self._light, self.is_changed = light, True

    def is_threaded(self, mailbox: str) -> bool | None:
        """Return whether a mailbox is listed by conversations; None where nobody said so.

        Args:
            mailbox: its name and that of its account.
        """
        return self._threaded.get(mailbox)

    def choose_threaded(self, mailbox: str, on: bool) -> None:
        """Remember how a mailbox is listed; beyond a great number, the one that was chosen first is forgotten."""
        self._threaded.pop(mailbox, None)
        self._threaded[mailbox] = on
        if len(self._threaded) > MOST_MAILBOXES:
            del self._threaded[next(iter(self._threaded))]
        self.is_changed = True

    @property
    def targets(self) -> Sequence[str]:
        """The mailboxes that mail was moved to, by their names and those of their accounts, the last one first."""
        return self._targets

    def note_target(self, mailbox: str) -> None:
        """Remember that mail was moved to a mailbox: it is offered first the next time."""
        self._targets = [mailbox, *(each for each in self._targets if each != mailbox)][:MOST_TARGETS]
        self.is_changed = True

    @property
    def searches(self) -> Mapping[str, str]:
        """The searches that were kept: name → query."""
        return self._searches

    def keep_search(self, name: str, query: str) -> None:
        """Keep a search; one of this name is replaced.

        Raises:
            ValueError: there are too many, or it is no text of one line.
        """
        if not _is_search(name, query) or len(self._searches.keys() | {name}) > MOST_SEARCHES:
            raise ValueError
        self._searches[name] = query
        self.is_changed = True

    def forget_search(self, name: str) -> None:
        """Keep a search no longer."""
        if self._searches.pop(name, None) is not None:
            self.is_changed = True

    def count(self, id: str) -> None:
        """Note that a command was called from the palette."""
        self._uses[id] = self._uses.get(id, 0) + 1
        if self._uses[id] >= MOST_USES:
            self._uses = {each: count // 2 for each, count in self._uses.items() if count > 1}
        self.is_changed = True

    def uses(self, id: str) -> int:
        """Return how often a command was called."""
        return self._uses.get(id, 0)

    def snapshot(self) -> str:
        """Return what `write` is to write, and take it as written. To be called where the changes are made."""
        self.is_changed = False
        kept: dict[str, object] = {"theme": self._theme, "over": self._over, "uses": self._uses, "light": self._light}
        kept["threaded"] = self._threaded
        kept["targets"] = self._targets
        kept["searches"] = self._searches
        return json.dumps(kept, indent=1, sort_keys=True)

    def write(self, text: str) -> None:
        """Write a `snapshot`, the whole file or nothing. Blocks; for a thread. A full disk is told in the log only."""
        try:
            descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(text)
                os.replace(name, self._file)
            except BaseException:
                with suppress(OSError):
                    os.unlink(name)
                raise
        except OSError as error:
            log.warning("%s is not written: %s", self._file.name, error.strerror)
