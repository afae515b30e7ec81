"""Mechanisms: which is chosen, what is said in it, and whom it lets through."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.mail.errors import AuthenticationFailed, ConfigError, MailError, NotSupported, ProtocolViolation
from tui.mail.sasl import MAX_CHALLENGE, Exchange, Login, choose, no_way_in
from tui.mail.scram import MOST_ITERATIONS, Scram, prepared

ADA = Login("ada@example.org", "secret", host="imap.example.org", port=993)
TOKEN = Login("ada@example.org", "ya29.a-token", True, "imap.example.org", 993)


def chosen(*offered: str, login: Login = ADA, only: str = "", cleartext: bool = True) -> str:
    exchange = choose(offered, login, only=only, cleartext=cleartext)
    return exchange.name if exchange is not None else ""


def test_the_strongest_that_is_offered() -> None:
    assert chosen("login", "plain", "scram-sha-256", "CRAM-MD5") == "SCRAM-SHA-256"
    assert chosen("LOGIN", "PLAIN") == "PLAIN"
    assert chosen("LOGIN") == "LOGIN"
    assert chosen("CRAM-MD5", "GSSAPI", "XOAUTH2", "OAUTHBEARER") == ""
    assert chosen("PLAIN", "XOAUTH2", "OAUTHBEARER", login=TOKEN) == "OAUTHBEARER"
    assert chosen("PLAIN", "XOAUTH2", login=TOKEN) == "XOAUTH2"
    assert chosen("PLAIN", "SCRAM-SHA-256", login=TOKEN) == ""


def test_the_user_may_insist_and_a_line_may_forbid() -> None:
    assert chosen("PLAIN", "SCRAM-SHA-256", only="PLAIN") == "PLAIN"
    assert chosen("PLAIN", only="SCRAM-SHA-256") == ""
    assert chosen("PLAIN", "LOGIN", cleartext=False) == ""
    assert chosen("PLAIN", "SCRAM-SHA-256", cleartext=False) == "SCRAM-SHA-256"


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\rb", "a\1b"])
@pytest.mark.parametrize("is_token", [True, False])
def test_nothing_ends_a_field(text: str, is_token: bool) -> None:
    for login in (Login(text, "secret", is_token), Login("ada", text, is_token)):
        with pytest.raises(ConfigError) as caught:
            choose(("PLAIN", "XOAUTH2"), login)
        assert text not in str(caught.value)


@pytest.mark.parametrize("token", ["", "two words", "töken", "a\tb"])
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(ConfigError):
        choose(("XOAUTH2",), Login("ada", token, True))


def test_no_secret_is_told_by_repr() -> None:
    assert "secret" not in repr(ADA).replace("secret=", "")


def test_what_is_said_where_nothing_fits() -> None:
    assert "no passwords" in str(no_way_in(ADA, ["XOAUTH2"]))
    assert "no OAuth tokens" in str(no_way_in(TOKEN, ["PLAIN"]))
    assert isinstance(no_way_in(ADA, ["GSSAPI\x1b[2J"]), NotSupported)
    assert "\x1b" not in str(no_way_in(ADA, ["GSSAPI\x1b[2J"]))


def made(name: str, login: Login) -> Exchange:
    exchange = choose((name,), login)
    assert exchange is not None
    return exchange


async def test_plain() -> None:
    exchange = made("PLAIN", Login("ada", 'pä"ss\\ w'))
    assert exchange.first == b'\0ada\0p\xc3\xa4"ss\\ w'
    assert await exchange.answer(b"") is None
    exchange.check()


async def test_login() -> None:
    exchange = made("LOGIN", Login("ada", "ü"))
    assert exchange.first is None
    assert await exchange.answer(b"Username:") == b"ada"
    assert await exchange.answer(b"Password:") == b"\xc3\xbc"
    assert await exchange.answer(b"Once more:") is None


async def test_oauthbearer_is_as_in_rfc_7628() -> None:
    login = Login("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", True, "server.example.com", 143)
    exchange = made("OAUTHBEARER", login)
    assert exchange.first == (
        b"n,a=user@example.com,\1host=server.example.com\1port=143\1"
        b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"
    )
    told = b'{"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/x"}'
    assert await exchange.answer(told) == b"\1"
    assert exchange.refused == "invalid_token, needed: example_scope"
    assert await exchange.answer(told) is None


async def test_xoauth2_is_as_google_has_it() -> None:
    exchange = made("XOAUTH2", Login("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", True))
    assert exchange.first == b"user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"
    told = b'{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}'
    assert await exchange.answer(told) == b""
    assert exchange.refused == "401, needed: https://mail.google.com/"


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=400))
async def test_any_complaint_becomes_a_clean_sentence(challenge: bytes) -> None:
    exchange = made("XOAUTH2", TOKEN)
    assert await exchange.answer(challenge) == b""
    assert exchange.refused
    assert "\x1b" not in exchange.refused
    assert "\n" not in exchange.refused


async def test_a_complaint_without_end() -> None:
    with pytest.raises(ProtocolViolation):
        await made("XOAUTH2", TOKEN).answer(b"x" * (MAX_CHALLENGE + 1))


# SCRAM

FIRST = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def scram(user: str = "user", password: str = "pencil") -> Scram:
    return Scram(Login(user, password), "rOprNGfwEbeRWgbNEkqO")


async def test_scram_is_as_in_rfc_7677() -> None:
    exchange = scram()
    assert exchange.first == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    assert await exchange.answer(FIRST) == (
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    )
    assert await exchange.answer(FINAL) == b""
    exchange.check()


async def test_a_server_that_does_not_know_the_password() -> None:
    exchange = scram()
    await exchange.answer(FIRST)
    with pytest.raises(AuthenticationFailed, match="could not prove"):
        await exchange.answer(b"v=" + base64.b64encode(b"x" * 32))
    for seen in ((), (FIRST,)):
        exchange = scram()
        for challenge in seen:
            await exchange.answer(challenge)
        with pytest.raises(AuthenticationFailed):
            exchange.check()  # it says yes too early


@pytest.mark.parametrize(
    "challenge",
    [
        b"",
        b"r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",  # nothing of its own
        FIRST.replace(b"rOpr", b"xOpr"),
        FIRST.replace(b"4096", b"4095"),
        FIRST.replace(b"4096", b"%d" % (MOST_ITERATIONS + 1)),
        FIRST.replace(b"4096", b"99999999999"),
        FIRST.replace(b"4096", b"0x10"),
        FIRST.replace(b"W22ZaJ0SNY7soEsUEjb6gQ==", b"W"),
        FIRST.replace(b"W22ZaJ0SNY7soEsUEjb6gQ==", b"QUFB" * 400),
        b"m=new," + FIRST,
        b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ],
)
async def test_scram_out_of_order(challenge: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        await scram().answer(challenge)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=120), max_size=4))
async def test_scram_survives_anything(challenges: list[bytes]) -> None:
    exchange = scram()
    try:
        for challenge in challenges:
            await exchange.answer(challenge)
    except MailError:
        pass
    with pytest.raises(AuthenticationFailed):
        exchange.check()


async def test_a_refusal_inside_scram() -> None:
    exchange = scram()
    await exchange.answer(FIRST)
    assert await exchange.answer(b"e=invalid-proof\x1b") == b""
    assert exchange.refused == "invalid-proof"


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(blacklist_characters="\0\1\r\n", blacklist_categories=["Cs"]), min_size=1, max_size=128))
async def test_both_sides_agree_on_any_password(password: str) -> None:
    exchange = Scram(Login("a=b,c", password))
    assert exchange.first is not None
    bare = exchange.first.removeprefix(b"n,,")
    assert bare.startswith(b"n=a=3Db=2Cc,r=")
    first = bare.partition(b",")[2] + b"more,s=c2FsdA==,i=4096"
    said = await exchange.answer(first)
    assert said is not None
    last, _, proof = said.rpartition(b",p=")
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password).encode(), b"salt", 4096)
    signed = b",".join((bare, first, last))
    key = bytes(
        left ^ right
        for left, right in zip(
            base64.b64decode(proof),
            hmac.digest(hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest(), signed, "sha256"),
            strict=True,
        )
    )
    assert key == hmac.digest(salted, b"Client Key", "sha256")
    proof = base64.b64encode(hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), signed, "sha256"))
    await exchange.answer(b"v=" + proof)
    exchange.check()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("I\u00adX", "IX"),  # RFC 4013, 3
        ("user", "user"),
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("a\u00a0b", "a b"),
        ("e\u0301", "é"),
        ("\u0007ü", "\u0007ü"),  # prohibited: left as it is
        ("\u0627\u0031", "\u0627\u0031"),
        ("\u00ad", "\u00ad"),
    ],
)
def test_saslprep(text: str, result: str) -> None:
    assert prepared(text) == result
