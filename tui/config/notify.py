"""``[notify]`` of config.toml: of which mail the terminal tells, and when it keeps quiet.

::

    [notify]
    quiet = ["22:00-07:00", "sat sun"]
    [[notify.rules]]
    query = "from:boss"
    always = true
    [[notify.rules]]
    mailbox = "Lists"
    action = "silent"
"""

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.mail.noun import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from tui.config.table import Table

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUIET_EXAMPLES: Final = '"22:00-07:00", "mon-fri 22:00-07:00" or "sat sun"'

_DAY = re.compile(r"([a-z]{3})[a-z]*(?:-([a-z]{3})[a-z]*)?\Z")
_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?\Z", re.ASCII)


class Action(StrEnum):
    """What is done about a mail that arrives."""

    NOTIFY = "notify"
    BELL = "bell"  # a sound, and no words
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which the terminal tells nothing, by the clock on the wall.

    Attributes:
        days: on which they begin, 0 for Monday.
        begin, end: minutes of the day, ``end`` not included; where it is not after ``begin``, that of the next day.
    """

    days: frozenset[int]
    begin: int = 0
    end: int = 24 * 60

    def covers(self, moment: "datetime") -> bool:
        """Whether a moment, in the zone of the user, is within them."""
        minute, day = moment.hour * 60 + moment.minute, moment.weekday()
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        return (day in self.days and minute >= self.begin) or ((day - 1) % 7 in self.days and minute < self.end)


@dataclass(frozen=True, slots=True)
class NotifyRule:
    """One ``[[notify.rules]]`` table; the first that fits a mail decides, without one it is told.

    Attributes:
        query: what it is about, in the language of the search, as far as the head of a mail tells; "" for all.
        account: the only one it is for; "" for all.
        mailbox: where mail arrives, as ``in:`` of a search has it; "" for every mailbox.
        action: what is done about it.
        always: in quiet hours, too.
    """

    query: str = ""
    account: str = ""
    mailbox: str = ""
    action: Action = Action.NOTIFY
    always: bool = False


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """``[notify]``: what the terminal is told beside the screen."""

    arrivals: str = "away"
    """When new mail is announced by the terminal: ``away`` while its window has not the focus, ``always``, ``off``."""
    way: str = "auto"
    """``osc9`` (iTerm2), ``osc777`` (foot, urxvt, WezTerm, Ghostty), ``osc99`` (kitty), ``bell``, or ``auto``: what
    the terminal is known to show, else the bell."""
    title: bool = True
    """Whether the window's title tells how much is unread."""
    quiet: tuple[Quiet, ...] = ()
    """When nothing is told: ``"22:00-07:00"``, ``["mon-fri 22:00-07:00", "sat sun"]``."""
    rules: tuple[NotifyRule, ...] = ()
    """``[[notify.rules]]``: of which mail, see `NotifyRule`."""

    def is_quiet(self, moment: "datetime") -> bool:
        """Whether a moment, in the zone of the user, is in quiet hours."""
        return any(each.covers(moment) for each in self.quiet)


def read_notify(root: "Table") -> NotifyConfig:
    """Return the table.

    Raises:
        ConfigError: something in it is not understood, or a rule can never decide anything.
    """
    table = root.table("notify")
    if table is None:
        return NotifyConfig()
    notify = NotifyConfig(
        arrivals=table.one_of("arrivals", ("away", "always", "off"), NotifyConfig().arrivals),
        way=table.one_of("way", ("auto", "osc9", "osc777", "osc99", "bell"), NotifyConfig().way),
        title=table.boolean("title", NotifyConfig().title),
        quiet=tuple(_quiet(table, text) for text in table.texts("quiet", example="22:00-07:00")),
        rules=_rules(table),
    )
    table.finish()
    return notify


def _quiet(table: "Table", text: str) -> Quiet:
    days: set[int] = set()
    hours: tuple[int, int] | None = None
    for word in text.lower().replace(",", " ").split():
        if match := _DAY.match(word):
            days |= _days(table, text, match[1], match[2] or match[1])
        elif (match := _HOURS.match(word)) and hours is None:
            hours = _minute(table, text, match[1], match[2]), _minute(table, text, match[3], match[4])
        else:
            raise _no_quiet(table, text)
    if not days and hours is None:
        raise _no_quiet(table, text)
    return Quiet(frozenset(days or range(7)), *(hours or ()))


def _days(table: "Table", text: str, first: str, last: str) -> set[int]:
    if first not in DAYS or last not in DAYS:
        raise _no_quiet(table, text)
    begin = DAYS.index(first)
    return {(begin + more) % 7 for more in range((DAYS.index(last) - begin) % 7 + 1)}


def _minute(table: "Table", text: str, hour: str, minute: str | None) -> int:
    found = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or found > 24 * 60:
        raise _no_quiet(table, text)
    return found


def _no_quiet(table: "Table", text: str) -> Exception:
    return table.wrong("quiet", f"“{text[:40]}” says no hours and no days.", f"Write {QUIET_EXAMPLES}.")


def _rules(table: "Table") -> tuple[NotifyRule, ...]:
    if "rules" not in table:
        return ()
    from datetime import UTC, datetime  # noqa: PLC0415 - late: start-up time

    from tui.mail.query import Field  # noqa: PLC0415 - late: start-up time
    from tui.mail.query_syntax import parse  # noqa: PLC0415 - late: start-up time

    found: list[NotifyRule] = []
    for each in table.tables("rules"):
        rule = NotifyRule(
            query=each.text("query", ""),
            account=each.text("account", ""),
            mailbox=each.text("mailbox", ""),
            action=each.choice("action", Action, Action.NOTIFY),
            always=each.boolean("always", False),
        )
        each.finish()
        query = parse(rule.query, datetime.now(UTC))
        if query.problems or (query.node is None and "query" in each):
            sentence = query.problems[0].sentence if query.problems else "this looks for nothing."
            raise each.wrong("query", sentence)
        if any(text.field is Field.BODY for text in query.texts(negated=True)):
            cure = "Leave body: out, or use [[rules]] with notify = true, which wait for the text."
            raise each.wrong("query", "the text of a mail is not here yet when it is told.", cure)
        if rule.always and rule.action is Action.SILENT:
            raise each.wrong("always", "a rule that is silent tells nothing, in quiet hours or not.", "Leave it out.")
        if found and not (found[-1].query or found[-1].account or found[-1].mailbox):
            cure = "Put the rule without query, account and mailbox last."
            raise each.wrong("", "the rule before this one fits every mail: this one is never asked.", cure)
        found.append(rule)
    return tuple(found)
