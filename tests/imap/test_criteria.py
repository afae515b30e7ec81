"""A query as search keys; what stands in it can end no line and begin no key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imap.lines import on
from tests.mail.queries import NOW, queries
from tui.imap import mailboxes, search
from tui.imap.arguments import Literal
from tui.imap.criteria import Criteria, criteria
from tui.mail.ids import AccountName
from tui.mail.mailbox import Mailbox, Role
from tui.mail.query_syntax import parse

INBOX = Mailbox(AccountName("work"), b"INBOX", "INBOX", "/", Role.INBOX)


def keys(text: str, *, gmail: bool = False) -> Criteria | None:
    node = parse(text, NOW).node
    assert node is not None
    return criteria(node, INBOX, gmail=gmail)


def line(text: str, *, gmail: bool = False) -> str:
    found = keys(text, gmail=gmail)
    assert found is not None
    return " ".join(f"{{{key.data.decode()}}}" if isinstance(key, Literal) else key.decode() for key in found.keys)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("table", 'TEXT "table"'),
        ("from:ada is:unread", 'FROM "ada" UNSEEN'),
        ('subject:"the draft" -is:flagged', 'SUBJECT "the draft" UNFLAGGED'),
        ("to:ab cc:cd body:ef", 'TO "ab" CC "cd" BODY "ef"'),
        ("keyword:$Label1 -keyword:work", "KEYWORD $Label1 UNKEYWORD work"),
        ("is:forwarded", "KEYWORD $Forwarded"),
        ("thread:<a@b>", 'OR HEADER MESSAGE-ID "a@b" OR HEADER IN-REPLY-TO "a@b" HEADER REFERENCES "a@b"'),
        ("after:2026-09 before:2026-11-05", "SINCE 1-Sep-2026 BEFORE 5-Nov-2026"),
        ("on:2026-09-14", "NOT OR NOT SINCE 14-Sep-2026 NOT BEFORE 15-Sep-2026"),
        ("larger:2k smaller:1M", "LARGER 2048 SMALLER 1048576"),
        ("ab OR cd OR ef", 'OR TEXT "ab" OR TEXT "cd" TEXT "ef"'),
        ("-(ab cd)", 'NOT NOT OR NOT TEXT "ab" NOT TEXT "cd"'),
        ("list:engine", 'OR TO "engine" OR CC "engine" HEADER LIST-ID "engine"'),
        ("in:inbox ab", 'TEXT "ab"'),
        ("in:inbox", "ALL"),
        ("has:file", "ALL"),
        ("has:file ab", 'TEXT "ab"'),
        ("-has:file ab", 'TEXT "ab"'),
        ("has:file OR ab", "ALL"),
        ("-in:sent account:WORK ab", 'TEXT "ab"'),
        ("Tábla", "TEXT {Tábla}"),
    ],
)
def test_what_is_sent(text: str, sent: str) -> None:
    assert line(text) == sent


def test_what_another_mailbox_holds_is_not_asked_for() -> None:
    assert keys("in:sent ab") is None
    assert keys("account:home OR in:sent") is None


def test_gmail_looks_for_words_by_its_own_search() -> None:
    assert line("table has:file from:ada", gmail=True) == 'X-GM-RAW "table" X-GM-RAW "has:attachment" FROM "ada"'
    assert line('"the table"', gmail=True) == 'X-GM-RAW "\\"the table\\""'


@given(queries | st.text(max_size=40), st.booleans())
def test_nothing_ends_the_line(text: str, gmail: bool) -> None:
    node = parse(text, NOW).node
    found = criteria(node, INBOX, gmail=gmail) if node is not None else None
    for key in found.keys if found is not None else ():
        assert isinstance(key, Literal) or not set(key) & {0, 10, 13}
        assert isinstance(key, Literal) or key.isascii()


@pytest.mark.parametrize("utf8", [False, True])
async def test_a_charset_is_named_only_where_it_may_be(utf8: bool) -> None:
    async with on("normal", messages=2) as (session, server):
        await mailboxes.select(session, b"INBOX")
        session.utf8 = utf8
        for text in ("table", "Tábla"):
            wanted = keys(text)
            assert wanted is not None
            await search.find(session, wanted)
        asked = [said for said in server.log if b"UID SEARCH" in said]
        assert [b"CHARSET UTF-8" in said for said in asked] == [False, not utf8]
