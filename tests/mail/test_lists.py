"""What a mail says of its list: hostile fields included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.authentication import Check
from tui.mail.lists import MailingList, is_public, list_of
from tui.mail.message import Header

GOOD = (Check("dkim", "pass", "news.example"),)
SIGNATURE = (
    "DKIM-Signature: v=1; a=rsa-sha256; d={}; s=x;\n h=from:to:List-Unsubscribe : list-unsubscribe-post; b=ab=\n"
)
POST = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"


def of(text: str, checks: tuple[Check, ...] = ()) -> MailingList | None:
    return list_of(Header.parse(text.encode()), checks)


def test_a_list_and_its_ways_out() -> None:
    assert of(
        'List-Id: "=?utf-8?q?R=C3=A4der?=" <wheels.lists.example>\n'
        "List-Unsubscribe: <mailto:leave@lists.example?subject=bye>,\n <https://lists.example/\n u?a=1>, (no) <ftp://x>\n"
    ) == MailingList(
        "Räder", "wheels.lists.example", "", "mailto:leave@lists.example?subject=bye", "https://lists.example/u?a=1"
    )
    assert of("Subject: x\n") is None
    assert of("List-Id: wheels.lists.example\n") == MailingList(id="wheels.lists.example")


def test_one_click_is_for_https_alone() -> None:
    found = of(f"List-Unsubscribe: <http://a.example/u>, <https://b.example/u>\n{POST}")
    assert found is not None
    assert (found.one_click, found.page) == ("https://b.example/u", "https://b.example/u")
    found = of(f"List-Unsubscribe: <http://a.example/u>, <javascript:x>, <file:///etc/passwd>\n{POST}")
    assert found is not None
    assert (found.one_click, found.page, found.mailto) == ("", "http://a.example/u", "")
    assert of(f"List-Unsubscribe: <javascript:x>, <file:///etc/passwd>\n{POST}") is None


@pytest.mark.parametrize(
    "place",
    [
        *(
            "127.0.0.1",
            "[::1]",
            "10.0.0.1",
            "2130706433",
            "0x7f.1",
            "localhost",
            "router",
            "nas.local",
            "a.example:8443",
        ),
        *("printer.lan.", "me@127.0.0.1"),
    ],
)
def test_what_may_be_in_the_users_own_net(place: str) -> None:
    assert not is_public(f"https://{place}/u")
    assert is_public("https://b.example:443/u")
    assert is_public("https://news.b.example./u?a=1")


@pytest.mark.parametrize(
    ("domain", "checks", "signed"),
    [
        ("news.example", GOOD, True),
        ("other.example", GOOD, False),
        ("news.example", (), False),
        ("news.example", (Check("dkim", "fail", "news.example"),), False),
    ],
)
def test_who_vouches_for_it(domain: str, checks: tuple[Check, ...], signed: bool) -> None:
    found = of(f"{SIGNATURE.format(domain)}List-Unsubscribe: <https://a.example/u>\n{POST}", checks)
    assert found is not None
    assert found.is_signed is signed
    bare = of(f"{SIGNATURE.format(domain).replace('-post', '')}List-Unsubscribe: <https://a.example/u>\n{POST}", checks)
    assert bare is not None
    assert not bare.is_signed


@given(st.text(alphabet='<>a:/@,"= \n;.?é', max_size=200))
def test_nothing_raises(text: str) -> None:
    of(f"List-Id: {text}\nList-Unsubscribe: {text}\nDKIM-Signature: {text}\n", GOOD)
