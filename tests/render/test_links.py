"""Links: where they really go, and what is odd about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe, within
from tui.render.lines import line_text
from tui.render.links import LinkList, find_urls, is_refused, mismatch, resolve
from tui.render.linktable import link_lines

GOES = {
    "https://a.example": ("https://a.example", "a.example"),
    "HTTPS://A.Example/X": ("https://a.example/X", "a.example"),
    "www.a.example": ("https://www.a.example", "www.a.example"),
    "//a.example/x": ("https://a.example/x", "a.example"),
    "http:\\\\a.example\\x": ("http://a.example/x", "a.example"),
    "https:a.example": ("https://a.example", "a.example"),
    " https://a.exa\tmple/x\ny ": ("https://a.example/xy", "a.example"),
    "https://a.example:8080/": ("https://a.example:8080/", "a.example"),
    "https://a%2eexample/": ("https://a.example/", "a.example"),
    "https://a。example": ("https://a.example", "a.example"),
    "https://[::1]/x": ("https://[::1]/x", "::1"),
    "https://a.example/a b": ("https://a.example/a%20b", "a.example"),
    "https://a.example/\u202ex": ("https://a.example/%E2%80%AEx", "a.example"),
    "mailto:a@b.example?body=x%0Ay": ("mailto:a@b.example?body=x%0Ay", "a@b.example"),
}


@pytest.mark.parametrize("href", GOES)
def test_where_it_goes(href: str) -> None:
    found = resolve(href)
    assert found is not None
    assert found[:2] == GOES[href]


NEVER = [
    *("javascript:alert(1)", "java\nscript:x", "file:///etc/passwd", "data:text/html,<b>", "vbscript:x", "smb://a/b"),
    *("ftp://a.example", "x-whatever:y", "blob:x", "about:blank", "intent://a#Intent;end", "ms-word:ofe|u|https://a"),
    *("", "#top", "/path", "?q", "https://", "https://a b/", "https://<x>/", "https://a.example:99999x/", "mailto:x"),
    *("https://" + "a" * 9_000, "https://[nonsense]/", "https://a..\x00"),
]


@pytest.mark.parametrize("href", NEVER)
def test_what_is_never_a_link(href: str) -> None:
    assert resolve(href) is None
    links = LinkList()
    assert links.add(href) == 0
    assert links.links == []


def test_what_is_refused_and_what_only_leads_nowhere() -> None:
    assert all(is_refused(href) for href in NEVER[:6])
    assert is_refused("\x01 java\tscript:x")
    assert not any(is_refused(href) for href in ("#top", "/path", "tel:+4930", "cid:1", ""))


@pytest.mark.parametrize(
    ("href", "doubt"),
    [
        ("https://bank.example@evil.example/", "“bank.example” before the @ is not the host"),
        ("https://user:pass@evil.example/", "“user:pass” before the @ is not the host"),
        ("https://xn--pypal-4ve.example/", "reads as pаypal.example"),
        ("https://pаypal.example/", "reads as pаypal.example"),
        ("https://127.0.0.1/", "a number instead of a name"),
        ("https://2130706433/", "a number instead of a name"),
        ("https://0x7f.1/", "a number instead of a name"),
        ("https://[::1]/", "a number instead of a name"),
    ],
)
def test_what_is_odd(href: str, doubt: str) -> None:
    found = resolve(href)
    assert found is not None
    assert doubt in found[2]


def test_punycode_is_where_it_goes() -> None:
    found = resolve("https://pаypal.example/")
    assert found is not None
    assert found[1].isascii()


@pytest.mark.parametrize(
    ("text", "host", "lies"),
    [
        ("https://bank.example/login", "evil.example", True),
        ("bank.example", "evil.example", True),
        ("www.bank.example", "bank.example.evil.example", True),
        ("a@bank.example", "evil.example", True),
        ("https://bank.example", "bank.example", False),
        ("bank.example", "www.bank.example", False),
        ("login.bank.example", "bank.example", False),
        ("Click here", "evil.example", False),
        ("Invoice.pdf", "bank.example", False),
        ("", "bank.example", False),
        ("bаnk.example", "bank.example", True),
    ],
)
def test_when_the_text_says_another_host(text: str, host: str, lies: bool) -> None:
    assert bool(mismatch(text, host)) is lies


def test_addresses_in_sentences_end_before_the_full_stop() -> None:
    text = "See (https://a.example/x_(y)), https://b.example/z. Or www.c.example! not@www.d.example mailto:e@f.example,"
    assert [text[start:end] for start, end in find_urls(text)] == [
        "https://a.example/x_(y)",
        "https://b.example/z",
        "www.c.example",
        "mailto:e@f.example",
    ]


def test_the_same_address_keeps_its_number() -> None:
    links = LinkList()
    assert [links.add(href) for href in ("https://a.example", "https://b.example", "https://A.example")] == [1, 2, 1]
    assert links.add("https://a.example", "bank.example") == 3  # the same place under a false name is another link


def test_the_list_says_where_each_goes() -> None:
    links = LinkList()
    links.add("https://evil.example/" + "x" * 200, "bank.example")
    links.add("https://b.example/", "B")
    lines = [line_text(line) for line in link_lines(links.links, 40)]
    assert lines[1].startswith("[1] evil.example/xxx")
    assert lines[1].endswith("…")
    assert lines[2:] == ["    but the text says bank.example", "[2] b.example"]
    assert all(len(line) <= 40 for line in lines)


@given(st.one_of(st.text(), st.text(alphabet="htps:/\\@[]%.w?#x \t0A"), st.builds("https://{}".format, st.text())))
def test_nothing_makes_it_raise(text: str) -> None:
    for start, end in find_urls(text):
        assert 0 <= start < end <= len(text)
    is_refused(text)
    mismatch(text, "a.example")
    found = resolve(text)
    if found is not None:
        assert found[0].startswith(("http://", "https://")) or found[0][:7].lower() == "mailto:"
        assert not any(map(str.isspace, found[0]))
        assert not any(map(unsafe, found))


@pytest.mark.parametrize(
    "text", ["http://a.example/" + "(" * 200_000, "https://" * 50_000, "www." * 100_000, "a@b." * 50_000, "." * 300_000]
)
def test_hostile_addresses_are_quick(text: str) -> None:
    with within(2):
        list(find_urls(text))
        resolve(text)
        mismatch(text[:2_000], "a.example")
