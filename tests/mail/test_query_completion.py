from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.queries import NOW, queries
from tui.mail.query import In
from tui.mail.query_completion import Known, completions, person_typed
from tui.mail.query_syntax import parse

KNOWN = Known(("INBOX", "Archive", "Old mail", "Lists/a"), ("work", "home"), threads=("<a.1@b>",))
TODAY = date(2026, 11, 25)


def words(text: str, cursor: int | None = None) -> list[str]:
    return [each.word for each in completions(text, len(text) if cursor is None else cursor, KNOWN, TODAY)]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", []),
        ("table ", []),
        ("fr", ["from:"]),
        ("ab -su", ["-subject:"]),
        ("(fr", ["(from:"]),
        ("is:un", ["is:unread"]),
        ("is:unread", []),
        ("has:", ["has:file"]),
        ("in:ar", ["in:Archive"]),
        ("in:mail", ['in:"Old mail"']),
        ('in:"old m', ['in:"Old mail"']),
        ("account:h", ["account:home"]),
        ("thr", ["thread:"]),
        ("thread:", ["thread:<a.1@b>"]),
        ("thread:<a.1@b>", []),
        ("larger:1", ["larger:1M", "larger:100k"]),
        ("http:x", []),
    ],
)
def test_what_is_offered(text: str, offered: list[str]) -> None:
    assert sorted(words(text)) == sorted(offered)


def test_the_word_under_the_cursor_is_replaced() -> None:
    (offer,) = completions("ab in:ol cd", 8, KNOWN, TODAY)
    text, cursor = offer.applied("ab in:ol cd")
    assert text == 'ab in:"Old mail" cd'
    assert text[:cursor] == 'ab in:"Old mail"'
    (offer,) = completions("fr", 2, KNOWN, TODAY)
    assert offer.applied("fr") == ("from:", 5)


@given(queries | st.text(max_size=30), st.integers(0, 30))
def test_it_never_fails(text: str, cursor: int) -> None:
    for offer in completions(text, min(cursor, len(text)), KNOWN, TODAY):
        after, at = offer.applied(text)
        assert 0 <= at <= len(after)


def test_what_is_offered_is_understood() -> None:
    for offer in completions("in:", 3, KNOWN, TODAY):
        query = parse(offer.applied("in:")[0], NOW)
        assert isinstance(query.node, In)
        assert query.node.name in KNOWN.mailboxes


def test_whom_is_typed_is_known_where_a_person_is_asked_for() -> None:
    assert person_typed("is:unread from:gra", 18) == "gra"
    assert person_typed('-to:"grace h', 12) == "grace h"
    assert person_typed("subject:gra", 11) == person_typed("gra", 3) == person_typed("from:gra note", 13) == ""
