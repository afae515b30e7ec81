"""``[notify]``: its rules and quiet hours, and what is refused with its place and what helps."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.load import load
from tui.config.notify import Action, NotifyConfig, NotifyRule, Quiet
from tui.mail.errors import ConfigError

EVERY_DAY = frozenset(range(7))


def read(tmp_path: Path, text: str) -> NotifyConfig:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load(file).notify


def at(day: int, clock: str) -> datetime:
    """Return a moment of the week from Monday, 2 November 2026."""
    hour, _, minute = clock.partition(":")
    return datetime(2026, 11, 2 + day, int(hour), int(minute), 30, tzinfo=UTC)


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    text = """
    [notify]
    arrivals = "always"
    quiet = "22:00-07:00"
    [[notify.rules]]
    query = "from:boss -subject:lunch"
    account = "work"
    always = true
    [[notify.rules]]
    mailbox = "Lists"
    action = "bell"
    [[notify.rules]]
    action = "silent"
    """
    notify = read(tmp_path, text)
    assert notify.rules == (
        NotifyRule("from:boss -subject:lunch", account="work", always=True),
        NotifyRule(mailbox="Lists", action=Action.BELL),
        NotifyRule(action=Action.SILENT),
    )
    assert notify.quiet == (Quiet(EVERY_DAY, 22 * 60, 7 * 60),)
    assert read(tmp_path, "") == NotifyConfig()


@pytest.mark.parametrize(
    ("written", "quiet"),
    [
        ('"22-7"', Quiet(EVERY_DAY, 22 * 60, 7 * 60)),
        ('"mon-fri 18:30-24:00"', Quiet(frozenset(range(5)), 18 * 60 + 30, 24 * 60)),
        ('"Sat, Sunday"', Quiet(frozenset((5, 6)))),
        ('["fri-mon 0:00-24:00"]', Quiet(frozenset((4, 5, 6, 0)))),
    ],
)
def test_hours_and_days_are_read(tmp_path: Path, written: str, quiet: Quiet) -> None:
    assert read(tmp_path, f"[notify]\nquiet = {written}\n").quiet == (quiet,)


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    friday = Quiet(frozenset((4,)), 22 * 60, 7 * 60)
    assert [friday.covers(at(*each)) for each in ((4, "21:59"), (4, "22:00"), (5, "6:59"), (5, "7:00"))] == [
        *(False, True, True, False)
    ]
    assert not friday.covers(at(4, "6:00"))  # that night began on Thursday
    assert Quiet(frozenset((6,)), 22 * 60, 7 * 60).covers(at(0, "6:00"))
    noon = Quiet(EVERY_DAY, 12 * 60, 13 * 60)
    assert [noon.covers(at(2, clock)) for clock in ("11:59", "12:00", "12:59", "13:00")] == [False, True, True, False]


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440))
def test_hours_of_one_day_last_as_long_as_they_say(day: int, begin: int, end: int) -> None:
    quiet = Quiet(frozenset((day,)), begin, end)
    hours = sum(quiet.covers(at(weekday, f"{hour}:00")) for weekday in range(7) for hour in range(24))
    assert hours == len([minute for minute in range(begin, end if end > begin else end + 1440) if minute % 60 == 0])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('quiet = "at night"', "line 2: notify.quiet: “at night” says no hours"),
        ('quiet = "25:00-07:00"', '"mon-fri 22:00-07:00"'),
        ('quiet = "22:00-07:61"', "says no hours"),
        ('quiet = ""', "says no hours"),
        ('quiet = "1-2 3-4"', "says no hours"),
        ('quiet = "mon-ing"', "says no hours"),
        ("quiet = 22", "text in quotes"),
        ("quiet = [22]", "list of such texts"),
        ('[[notify.rules]]\nquery = "is:blue x"', "is:blue is not known"),
        ('[[notify.rules]]\nquery = ""', "looks for nothing"),
        ('[[notify.rules]]\nquery = "from:ada -body:bob"', "[[rules]] with notify = true"),
        ('[[notify.rules]]\naction = "beep"', '"bell"'),
        ('[[notify.rules]]\naction = "silent"\nalways = true', "Leave it out"),
        (
            '[[notify.rules]]\n[[notify.rules]]\nquery = "from:ada"',
            "line 3: notify.rules: the rule before this one fits",
        ),
        ('[[notify.rules]]\nqeury = "from:ada"', 'Did you mean "query"?'),
        ('[[notify.rules]]\naccount = "a"\n[[notify.rules]]\nquery = "is:x y"', "line 5: notify.rules.query"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[notify]\n{lines}\n")
    assert said in str(caught.value)
