"""Whose word counts about a sender: the receiving server's own, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.authentication import Check, Judgement, Trust, Verdict, judge, parse_results
from tui.mail.message import Header

TRUST = Trust.of("imap.mill.example", "mill.example")
NAMED = Trust.of("imap.mill.example", "mill.example", "mx.mill.example other.example")
CAME_IN = "Received: from out.bank.example (out.bank.example [203.0.113.9]) by mx.mill.example with ESMTPS id 1;\n"
HANDED_ON = "Received: from mx.mill.example ([10.0.0.7]) by store.mill.example with LMTP id 2;\n"
FROM = "From: Bank <a@bank.example>\n"


def results(result: str, server: str = "mx.mill.example") -> str:
    return f"Authentication-Results: {server}; dmarc={result} header.from=bank.example\n"


def verdict(*fields: str, trust: Trust = TRUST, sender: str = FROM) -> Verdict | None:
    return judge(Header.parse("".join([*fields, sender]).encode()), trust)


def judged(*fields: str, trust: Trust = TRUST, sender: str = FROM) -> Judgement | None:
    found = verdict(*fields, trust=trust, sender=sender)
    return found.judgement if found is not None else None


def test_a_field_as_servers_write_it() -> None:
    field = (
        "mx.mill.example 1;\tdkim=pass (2048-bit key; secure) header.d=bank.example header.i=@bank.example"
        ' header.b="aB=/c"; dkim=fail reason="bad; very" header.i=@lists.example;'
        " spf=softfail (mill: domain of x@b.example does not (really) say) smtp.mailfrom=x@b.example; dmarc=pass"
        " (p=REJECT sp=REJECT) header.from=Bank.Example; arc=none"
    )
    server, checks = parse_results(field)
    assert server == "mx.mill.example"
    assert checks == (
        Check("dkim", "pass", "bank.example"),
        Check("dkim", "fail", "lists.example"),
        Check("spf", "softfail", "b.example"),
        Check("dmarc", "pass", "bank.example"),
        Check("arc", "none"),
    )


@pytest.mark.parametrize(
    "field", ["", ";", "none", "a b c; dkim=pass", "spf=pass (no name of a server) x=y", "mx; ;=;"]
)
def test_what_is_no_result(field: str) -> None:
    assert not parse_results(field)[1]


@given(st.text(alphabet='ab;=()"\\ .\n@/', max_size=200))
def test_nothing_raises(field: str) -> None:
    parse_results(field)
    judge(Header.parse(f"Authentication-Results: {field}\nReceived: {field}\n".encode()), TRUST)


def test_the_servers_own_word_counts() -> None:
    found = verdict(HANDED_ON, results("pass"), CAME_IN)
    assert found is not None
    assert (found.judgement, found.server, found.words) == (Judgement.PASSED, "mx.mill.example", "DMARC pass")
    assert judged(results("fail"), CAME_IN) is Judgement.FAILED


def test_strangers_words_do_not() -> None:
    assert judged(results("pass", "mx.evil.example"), CAME_IN) is None
    assert judged(results("pass", "evil-mill.example"), CAME_IN) is None
    assert judged(CAME_IN, results("pass")) is None  # below where it came in, whatever name it bears
    assert judged(CAME_IN, HANDED_ON, results("pass")) is None
    assert judged(results("fail"), CAME_IN, results("pass")) is Judgement.FAILED
    assert judged(results("pass", "up.example"), results("none"), CAME_IN, results("pass")) is Judgement.UNCLEAR


def test_a_name_in_the_greeting_is_no_house() -> None:
    forged = "Received: from mx.mill.example (evil.example [198.51.100.1]) by mx.mill.example; x\n"
    assert judged(forged, results("pass")) is None
    no_address = "Received: from evil.example by mx.mill.example; x\n"
    assert judged(no_address, results("pass")) is None


def test_a_server_the_user_named() -> None:
    assert judged(results("pass"), CAME_IN, trust=NAMED) is Judgement.PASSED
    assert judged(CAME_IN, results("pass"), trust=NAMED) is Judgement.PASSED  # some write it below their Received
    assert judged(CAME_IN, results("pass", "stranger.example"), results("pass"), trust=NAMED) is None
    assert judged(results("pass", "mx2.mill.example"), CAME_IN, trust=NAMED) is None
    assert judged(results("none"), CAME_IN, results("pass"), trust=NAMED) is Judgement.UNCLEAR


def test_of_each_method_the_topmost_counts() -> None:
    spf = "Authentication-Results: mx.mill.example; spf=none smtp.mailfrom=b@bank.example\n"
    forged = "Authentication-Results: mx.mill.example; spf=pass smtp.mailfrom=b@bank.example; dkim=none\n"
    found = verdict(spf, forged)
    assert found is not None
    assert found.checks == (Check("dkim", "none"), Check("spf", "none", "bank.example"))


@pytest.mark.parametrize(
    ("found", "judgement"),
    [
        ("dkim=pass header.d=bank.example", Judgement.PASSED),
        ("dkim=pass header.d=mailer.example", Judgement.UNCLEAR),
        ("dkim=pass header.d=mailer.example; dmarc=fail header.from=bank.example", Judgement.FAILED),
        ("spf=pass smtp.mailfrom=x@news.bank.example", Judgement.PASSED),
        ("spf=pass smtp.mailfrom=x@evil.example", Judgement.UNCLEAR),
        ("spf=fail smtp.mailfrom=x@bank.example", Judgement.FAILED),
        ("dkim=fail header.d=bank.example; spf=pass smtp.mailfrom=x@lists.example", Judgement.UNCLEAR),
        ("dmarc=pass header.from=evil.example", Judgement.UNCLEAR),
        ("dmarc=fail header.from=evil.example", Judgement.FAILED),
        ("spf=none; dkim=none", Judgement.UNCLEAR),
    ],
)
def test_what_results_mean_for_from(found: str, judgement: Judgement) -> None:
    assert judged(f"Authentication-Results: mx.mill.example; {found}\n", CAME_IN) is judgement


def test_several_senders_are_never_proven() -> None:
    assert judged(results("pass"), sender="From: a@bank.example, b@evil.example\n") is Judgement.UNCLEAR


@pytest.mark.parametrize(
    ("host", "domain", "server", "believed"),
    [
        ("imap.gmail.com", "ada.example", "mx.google.com", True),
        ("imap.fastmail.com", "fastmail.com", "phl-mx-01.messagingengine.com", True),
        ("mail.example.co.uk", "example.co.uk", "other.co.uk", False),
        ("example.co.uk", "example.co.uk", "other.co.uk", False),
        ("127.0.0.1", "mill.example", "mx.mill.example", True),
        ("127.0.0.1", "mill.example", "127.0.0.1", False),
        ("localhost", "localhost", "localhost", True),
        ("localhost", "localhost", "evil.localhost", False),
    ],
)
def test_whose_word_is_believed_unless_the_user_says_otherwise(
    host: str, domain: str, server: str, believed: bool
) -> None:
    assert Trust.of(host, domain).believes(server) is believed


def test_a_flood_of_fields_is_cut() -> None:
    assert judged(*[results("pass", "x.example")] * 5_000, results("pass")) is None
