"""Autoconfig files from strangers: read with care, or refused with a reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.model import Security
from tui.setup.autoconfig import MAX_SERVERS, BadAutoconfig, Offer, parse
from tui.setup.dialogue import Service
from tui.setup.providers import bundled

SERVER = """<{way}Server type="{type}"><hostname>{host}</hostname><port>{port}</port>
<socketType>{socket}</socketType><username>{user}</username><authentication>password-cleartext</authentication></{way}Server>"""


def server(type: str = "imap", host: str = "imap.example.org", port: object = 993, **words: str) -> str:
    filled = {"socket": "SSL", "user": "%EMAILADDRESS%", "way": "outgoing" if type == "smtp" else "incoming", **words}
    return SERVER.format(type=type, host=host, port=port, **filled)


def config(*servers: str, more: str = "") -> bytes:
    inner = "<domain>example.org</domain><displayName>Example</displayName>" + "".join(servers)
    text = f'<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="e">{inner}</emailProvider>{more}'
    return f"{text}</clientConfig>".encode()


def test_servers_in_their_order() -> None:
    found = parse(config(server(), server("smtp", "smtp.example.org", 587, socket="STARTTLS")))
    assert (found.name, found.domains) == ("Example", ("example.org",))
    assert found.offers == (
        Offer(Service.IMAP, "imap.example.org", 993, Security.TLS),
        Offer(Service.SMTP, "smtp.example.org", 587, Security.STARTTLS),
    )


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("%EMAILADDRESS%", "ada@example.org"),
        ("%EMAILLOCALPART%", "ada"),
        ("%EMAILLOCALPART%.%EMAILDOMAIN%", "ada.example.org"),
        ("victim", ""),
        ("%EMAILADDRESS% x", ""),
        ("%REALNAME%", ""),
    ],
)
def test_user_names(user: str, expected: str) -> None:
    assert parse(config(server(user=user))).offers[0].user_of("ada@example.org") == expected


@pytest.mark.parametrize(
    "bad",
    [
        server(socket="plain"),
        server(port=0),
        server(port=70000),
        server(port="９９３"),
        server(host="-x.example.org"),
        server(host="x y.example.org"),
        server(host="localhost"),
        server(type="exchange"),
    ],
)
def test_servers_that_are_left_out(bad: str) -> None:
    assert parse(config(bad)).offers == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + config(server()), "DOCTYPE"),
        ("<!DOCTYPE x>".encode("utf-16"), "UTF-8"),
        (b"x" * 70_000, "64 kB"),
        (b"<html>", "no XML"),
        (b"<html/>", "clientConfig"),
        (b"<clientConfig/>", "clientConfig"),
        (b"\xff\xfe", "UTF-8"),
        (b"", "no XML"),
    ],
)
def test_files_that_are_not_believed(data: bytes, reason: str) -> None:
    with pytest.raises(BadAutoconfig, match=reason):
        parse(data)


def test_nothing_without_end() -> None:
    assert len(parse(config(*[server() for _ in range(100)])).offers) == MAX_SERVERS


def test_what_is_shown_is_cleaned() -> None:
    text = config(server(), more='<enable visiturl="javascript:x"><instruction>a&#x9b;b</instruction></enable>')
    found = parse(text)
    assert found.enable_url == ""
    assert found.enable.isprintable()


@given(st.binary(max_size=400))
def test_any_octets_are_refused_or_read(data: bytes) -> None:
    try:
        parse(data)
    except BadAutoconfig:
        pass


def test_no_row_of_the_tables_is_plain() -> None:
    rows = bundled().rows
    assert len(rows) > 120
    assert all(offer.security is not Security.PLAIN for row in rows for offer in row.offers)
    for name in ("fastmail.com", "proton.me", "mailbox.org", "startmail.com", "tuta.com", "purelymail.com"):
        assert bundled().of_domain(name) is not None, name
    runbox, migadu = bundled().of_domain("runbox.com"), bundled().of_exchanger("aspmx1.migadu.com")
    assert runbox is not None
    assert migadu is not None
    google = bundled().of_exchanger("alt1.aspmx.l.google.com")
    assert google is not None
    assert (google.password, google.sent_copy) == ("app", "server")
    assert bundled().of_exchanger("com") is None


def test_the_notice_comes_with_mozillas_rows() -> None:
    text = (Path(__file__).parents[2] / "tui" / "setup" / "ispdb.json").read_text("utf-8")
    assert "Mozilla Public License, v. 2.0" in text
