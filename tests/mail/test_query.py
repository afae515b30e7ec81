from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.queries import NOW, queries
from tui.mail.flags import SEEN
from tui.mail.fold import fold
from tui.mail.query import And, Field, Flagged, HasFile, In, Node, Not, Of, Or, Received, Size, Text, Thread
from tui.mail.query_syntax import KEYS, parse


def node(text: str) -> Node | None:
    return parse(text, NOW).node


def word(text: str, field: Field = Field.ANY, *, whole: bool = False) -> Text:
    return Text(field, fold(text), text, whole)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        ("table", word("table")),
        ("from:ada", word("ada", Field.FROM)),
        ("FROM:Ada", word("Ada", Field.FROM)),
        ('subject:"the draft"', word("the draft", Field.SUBJECT, whole=True)),
        ('"the dra', word("the dra")),
        ("is:unread", Not(Flagged(SEEN))),
        ("has:attachment", HasFile()),
        ("larger:2M", Size(2 * 1024 * 1024, True)),
        ("smaller:200k", Size(200 * 1024, False)),
        ('in:"Old mail"', In("Old mail")),
        ("account:home", Of("home")),
        ("keyword:$Label1", Flagged("$Label1")),
        ("keyword:\\seen", Flagged(SEEN)),
        ("thread:<a.1@b>", Thread("a.1@b")),
        ('-thread:"a(1)@b"', Not(Thread("a(1)@b"))),
        ("-word", Not(word("word"))),
        ("ab cd", And((word("ab"), word("cd")))),
        ("ab OR cd ef", Or((word("ab"), And((word("cd"), word("ef")))))),
        ("(ab OR cd) -ef", And((Or((word("ab"), word("cd"))), Not(word("ef"))))),
        ("-(ab cd)", Not(And((word("ab"), word("cd"))))),
        ("((ab", word("ab")),
        ("or", word("or")),
        ("月食", word("月食")),
        ("月", word("月")),
        ("at 12:30", And((word("at"), word("12:30")))),
        ("from: ab", word("ab")),
    ],
)
def test_what_is_meant(text: str, meant: Node | None) -> None:
    query = parse(text, NOW)
    assert query.node == meant
    assert query.problems == ()


@pytest.mark.parametrize(
    ("text", "part", "words"),
    [
        ("ab form:ada", "form:ada", "Did you mean from:?"),
        ("is:odd ab", "is:odd", "unread, read"),
        ("before:soon", "before:soon", "no date"),
        ("on:2026-13", "on:2026-13", "no date"),
        ("larger:big", "larger:big", "200k or 5M"),
        ("ab x cd", "x", "two letters"),
        ("ab OR", "OR", "between two"),
        ("ab ) cd", ")", "closes nothing"),
        ("??? ab", "???", "no letter"),
        ('keyword:"a b"', 'keyword:"a b"', "cannot be a keyword"),
        ('thread:"<a@b> c"', 'thread:"<a@b> c"', "no Message-ID"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(text: str, part: str, words: str) -> None:
    (problem,) = parse(text, NOW).problems
    assert text[problem.start : problem.end] == part
    assert words in problem.sentence


def test_a_value_that_is_still_being_written_is_no_mistake() -> None:
    assert parse("is:unr", NOW).problems == ()
    assert parse("is:unr ab", NOW).problems != ()
    assert parse("note g", NOW).problems == parse("from:g", NOW).problems == ()
    assert parse("note g ", NOW).problems != ()


@pytest.mark.parametrize(
    ("text", "since", "before"),
    [
        ("after:2026-09", (2026, 9, 1), None),
        ("before:2026", None, (2026, 1, 1)),
        ("on:2025-12", (2025, 12, 1), (2026, 1, 1)),
        ("on:2026-2-28", (2026, 2, 28), (2026, 3, 1)),
        ("on:yesterday", (2026, 11, 24), (2026, 11, 25)),
        ("after:mon", (2026, 11, 23), None),
        ("after:3w", (2026, 11, 4), None),
    ],
)
def test_days(text: str, since: tuple[int, int, int] | None, before: tuple[int, int, int] | None) -> None:
    found = node(text)
    assert isinstance(found, Received)
    assert (found.since, found.before) == (since, before)


def test_days_begin_where_the_user_is() -> None:
    found = parse("after:2026-09-14", datetime(2026, 11, 25, tzinfo=timezone(timedelta(hours=9)))).node
    assert isinstance(found, Received)
    assert found.low == datetime(2026, 9, 13, 15, tzinfo=UTC).timestamp()


@given(st.text(max_size=60) | queries)
def test_it_never_fails(text: str) -> None:
    query = parse(text, NOW)
    assert all(0 <= problem.start <= problem.end <= len(text) for problem in query.problems)
    assert all(texts.words == fold(texts.words) for texts in query.texts())


def test_it_is_bounded() -> None:
    assert len(parse("(" * 5000 + "ab" + " cd" * 5000, NOW).problems) < 100
    parse('"' * 100_000, NOW)


@given(st.text(max_size=30))
def test_folded_text_is_plain_words(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split(" ")).strip()
    assert all(each == " " or each.isalnum() for each in folded)


def test_folding() -> None:
    assert fold("Re: Whether the TÁBLE—should, be; engraved?") == "re whether the table should be engraved"
    assert fold("月食の球と灯") == "月 食 の 球 と 灯"
    assert fold("한국어") == "한국어"


def test_users_are_told_of_every_key() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}:" not in readme] == []
