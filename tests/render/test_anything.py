"""Whatever comes in: nothing raises, every line fits, nothing a terminal obeys comes out, nothing takes long."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail.judge import unsafe, within
from tui.mail.parse import parse_message
from tui.mail.text import clean
from tui.mail.width import cell_width
from tui.render.html import layout_html
from tui.render.lines import Line, Mode, line_text
from tui.render.links import LinkList
from tui.render.message import as_text, header_lines, render_message
from tui.render.plain import layout_plain

WIDTHS = st.integers(16, 120)
WORDS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="ab \t\n\xa0\u200d日é\u0301👩🏽🇩🇪\u202e\x1b\u2028\ufe0f", max_size=40),
    st.sampled_from(
        ["https://a.example/x", "x" * 300, "日" * 100, "a " * 100, "\xa0" * 50, "- item", "> ", ">>>", "-- "]
    ),
)
PLAIN = st.lists(st.tuples(st.sampled_from(["", "> ", ">>>> ", "  ", "\t", "* "]), WORDS), max_size=12).map(
    lambda rows: "\n".join(mark + words for mark, words in rows)
)
TAGS = [
    *("p", "div", "span", "center", "font", "h1", "hr", "br", "pre", "code", "blockquote", "o:p", "details", "form"),
    *(
        "b",
        "i",
        "a",
        "q",
        "s",
        "sup",
        "sub",
        "img",
        "input",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "noscript",
        "template",
    ),
    *("table", "tr", "td", "th", "tbody", "caption", "col", "style", "script", "svg", "html", "head", "title", "body"),
]
ATTRIBUTES = st.sampled_from(
    [
        *('href="https://a.example"', "href=javascript:x", 'href="mailto:a@b.example"', 'style="display:none"'),
        *('style="margin:20px;text-align:right"', 'style="font-size:0"', "colspan=3", "rowspan=9", "colspan=-1"),
        *("align=right", 'src="https://a.example/x"', "alt='words of it'", "start=-5", "value=99999999999", "class=x"),
        *('style="mso-list:l0 level3 lfo1"', 'style="mso-list:Ignore"', "bgcolor=white", 'color="#fff"', "hidden"),
        *('type=cite style="border:none"', "cellpadding=20", "height=99", 'style="white-space:pre"', "background=//x"),
    ]
)
OPEN = st.builds(
    lambda tag, attributes: f"<{' '.join([tag, *attributes])}>", st.sampled_from(TAGS), st.lists(ATTRIBUTES, max_size=2)
)
CLOSE = st.sampled_from(TAGS).map("</{}>".format)
ODD = st.sampled_from(
    ["<", "&#27;[2J", "&#x202e;", "&nbsp;", "<!--", "-->", "<![CDATA[", "]]>", "</", "<a ", "&#0;", '"']
)
RULES = st.sampled_from(["<style>.x{display:none}", "p>a~b+*{color:red;background:url(x)}", "@media{.y{", "</style>"])
HTML = st.lists(st.one_of(OPEN, OPEN, CLOSE, WORDS, ODD, RULES), max_size=40).map("".join)


def check(lines: list[Line], width: int) -> None:
    for line in lines:
        text = line_text(line)
        assert cell_width(text) <= width, text
        assert "\n" not in text


@settings(max_examples=300, deadline=None)
@given(HTML, WIDTHS)
def test_any_html_fits(html: str, width: int) -> None:
    check(layout_html(clean(html), width, LinkList()).lines, width)


@settings(max_examples=300, deadline=None)
@given(PLAIN, WIDTHS, st.booleans(), st.booleans())
def test_any_text_fits(text: str, width: int, flowed: bool, delsp: bool) -> None:
    check(layout_plain(clean(text), width, LinkList(), flowed=flowed, delsp=delsp), width)


KINDS = st.sampled_from(["text/plain", "text/html", "text/plain; format=flowed; delsp=yes", "message/rfc822", "a/b"])


@settings(max_examples=300, deadline=None)
@given(KINDS, st.one_of(HTML, PLAIN), WORDS, WIDTHS, st.sampled_from(Mode))
def test_any_message_comes_out_clean(kind: str, text: str, words: str, width: int, mode: Mode) -> None:
    raw = f"From: {words}\nSubject: {words}\nContent-Type: {kind}\n\n{text}".encode("utf-8", "replace")
    message = parse_message(raw)
    page = render_message(message, width, mode=mode)
    check([*page.lines, *header_lines(message, width)], width)
    assert not unsafe(as_text(page), allowed="\n")
    assert not unsafe("".join(map(line_text, header_lines(message, width))))
    for number, link in enumerate(page.links, 1):
        assert link.number == number
        assert link.url.lower().startswith(("https://", "http://", "mailto:"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), WIDTHS)
def test_any_octets_are_a_message(raw: bytes, width: int) -> None:
    message = parse_message(raw)
    for mode in Mode:
        page = render_message(message, width, mode=mode)
        check(list(page.lines), width)
        assert not unsafe(as_text(page), allowed="\n")


def test_nothing_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"the network was asked for: {arguments}")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    remote = "https://track.example/x"
    html = f"""<html><head><base href="{remote}"><link rel=stylesheet href="{remote}">
    <link rel=dns-prefetch href="{remote}"><meta http-equiv=refresh content="0;url={remote}">
    <style>@import url({remote});p{{background:url({remote})}}</style><script src="{remote}"></script></head>
    <body background="{remote}" onload="x()"><img src="{remote}" srcset="{remote} 2x"><bgsound src="{remote}">
    <form action="{remote}"><input type=image src="{remote}"></form><svg><image href="{remote}"/></svg>
    <iframe src="{remote}"></iframe><object data="{remote}"></object><embed src="{remote}">
    <video poster="{remote}" src="{remote}"></video><audio src="{remote}" autoplay></audio><p>words</p></body></html>"""
    page = render_message(parse_message(b"Content-Type: text/html\n\n" + html.encode()), 80)
    assert "words" in as_text(page)
    assert page.links == ()
    assert "2 remote images not loaded" in page.notes


H = b"Content-Type: text/html\n\n"
T = b"Content-Type: text/plain; charset=utf-8\n\n"
EXTREMES = {
    "3 MB of messages in messages": b"Content-Type: message/rfc822\r\n\r\n" * 100_000,
    "3,000 multiparts in multiparts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000)
    ),
    "a header of 210 kB": b"X: " + b"a" * 210_000 + b"\r\n\r\nx",
    "20,000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nx",
    "50,000 quotes": b"From: " + b'"' * 50_000 + b"\r\nTo: " + b"(" * 500 + b"\r\n\r\nx",
    "escaped quotes": b"From: " + b'"\\' * 30_000 + b"\r\n\r\nx",
    "50,000 divisions": H + b"<div>" * 50_000 + b"x",
    "50,000 bold paragraphs": H + b"<b><p>" * 50_000 + b"x",
    "50,000 tables": H + b"<table><tr><td>" * 50_000 + b"x",
    "50,000 quotations": H + b"<blockquote>x" * 50_000,
    "50,000 lists": H + b"<ul><li>x" * 50_000,
    "links around tables": H + b"<a href=https://a.example/><table><tr><td>" * 300 + b"<img src=x>word " * 50_000,
    "links around pictures": H + b"<a href=https://a.example/><table><tr><td>" * 130 + b"<img src=x>" * 150_000,
    "links one after another": H + b"<a href=https://a.example/><img src=x></a>" * 60_000,
    "exponents in exponents": H + b"x<sup>" * 390 + b"2" * 1_000_000,
    "50,000 attributes": H + b"<a " + b" x=1" * 50_000 + b">x",
    "50,000 equals signs": H + b"<a " + b"=" * 50_000 + b">x",
    "brackets only": H + b"<" * 1_000_000,
    "comments never closed": H + b"<!--" * 300_000,
    "a row of 50,000 cells": H + b"<table><tr>" + b"<td>x" * 50_000,
    "cells over everything": H + b"<table>" + b"<tr><td rowspan=99999 colspan=99999>x<td>y" * 10_000,
    "one long word": T + b"a" * 1_900_000,
    "one long line of marks": T + "a\u0300\u0301".encode() * 300_000,
    "joined signs": T + "👩\u200d".encode() * 200_000,
    "quote marks": T + b">" * 1_000_000,
    "line ends": T + b"\n" * 1_000_000,
    "addresses": T + b"https://a.example/((((" * 60_000,
    "a line of 50 MB": T + b"a" * 50_000_000,
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_take_no_time(name: str) -> None:
    with within(10):
        message = parse_message(EXTREMES[name])
        page = render_message(message, 78)
        lines = header_lines(message, 78)
    check([*page.lines[:2_000], *lines], 78)
