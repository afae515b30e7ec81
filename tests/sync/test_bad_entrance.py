"""Servers that are wrong before anybody is in: a clear sentence, no secret on a bad line, never a tight loop.

(A06-A12, A16, I04, I12)
"""

import asyncio
import base64
import time

import pytest

from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.sync.desk import Desk, desk
from tests.sync.rounds import connections
from tui.config.model import Security
from tui.mail.errors import ConnectionLost, TemporarilyRefused
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import AlertReceived, ChangeRefused, Link, LinkState
from tui.sync.retry import NEVER

SECRETS = (b"secret", base64.b64encode(b"\0ada@example.org\0secret"))
TEMPORARY, FOR_GOOD = Link.OFFLINE, Link.REFUSED


def holds_no_secret(server: ScriptedServer) -> bool:
    heard = server.text
    return not any(secret in heard for secret in SECRETS) and b" LOGIN" not in heard and b"AUTHENTICATE" not in heard


@pytest.mark.parametrize(
    ("behaviour", "link", "words"),
    [
        ("greet-hang", TEMPORARY, "did not answer"),
        ("greet-bye", TEMPORARY, "says goodbye: back soon"),
        ("greet-http", TEMPORARY, "is no IMAP server"),
        ("starttls-inject", TEMPORARY, "plain text behind"),
        ("starttls-inject-half", TEMPORARY, "plain text behind"),
        ("starttls-continuation", TEMPORARY, "continuation"),
        ("starttls-refused", TEMPORARY, "does not want to encrypt"),
        ("starttls-stripped", FOR_GOOD, "does not offer STARTTLS"),
        ("logindisabled", FOR_GOOD, "does not allow logging in"),
        ("preauth", FOR_GOOD, "before the line is encrypted"),
    ],
)
async def test_no_secret_leaves_and_the_user_reads_why(store: Store, behaviour: str, link: Link, words: str) -> None:
    starttls = behaviour.startswith("starttls") or behaviour == "preauth"
    offers = starttls and behaviour != "starttls-stripped"
    async with (
        scripted_imap(behaviour, starttls=offers, messages=2) as server,
        desk(store, server, security=Security.STARTTLS if starttls else Security.PLAIN, timeout=0.4) as work,
    ):
        state = await work.link(Link.OFFLINE, Link.REFUSED)
        assert state.link is link
        assert words in state.reason
        assert "\x1b" not in state.reason
        assert (state.next_try > time.time() - 1) is (link is TEMPORARY)
        if link is TEMPORARY:  # it is tried again, by itself, and never at once
            await work.until(lambda: len(server.dialogues) > 1)
            assert min(wait for _, wait in work.pace.waits) >= 1
        else:
            await work.until(lambda: work.pace.waits and work.pace.waits[-1][1] == NEVER)
            assert await connections(server) == 1
        assert holds_no_secret(server)
        assert not any(b"EVIL" in row.mailbox.wire for row in await store.mailboxes.all())
        assert not work.said(AlertReceived)


async def test_nobody_there(store: Store) -> None:
    async with scripted_imap() as server:
        port = server.port
    async with desk(store, port) as work:
        assert "nothing listens" in (await work.link(Link.OFFLINE)).reason
        await work.until(lambda: len(work.pace.waits) >= 6)
        assert work.pace.of(ConnectionLost)[:6] == pytest.approx([1, 2, 4, 8, 16, 20])


@pytest.mark.parametrize("behaviour", ["starttls-ok", "starttls-inject-prefix", "greet-untagged-data", "dribble"])
async def test_what_was_said_before_is_not_believed_and_the_rest_works(store: Store, behaviour: str) -> None:
    starttls = behaviour.startswith("starttls")
    async with (
        scripted_imap(behaviour, starttls=starttls, messages=2) as server,
        desk(store, server, security=Security.STARTTLS if starttls else Security.PLAIN, timeout=1) as work,
    ):
        await work.link(Link.LIVE)
        rows = await work.holds(2, timeout=20)
        assert [(row.uid, row.subject, row.flags) for row in rows] == [
            (2, "message 2", frozenset()),
            (1, "message 1", frozenset()),
        ]
        assert not any(b"EVIL" in state.mailbox.wire for state in await store.mailboxes.all())
        assert not work.said(AlertReceived)
        assert not work.pace.waits


def attempts(server: ScriptedServer) -> int:
    return sum(b"AUTHENTICATE" in line or b" LOGIN " in line for line in server.log)


def refusals(work: Desk) -> int:
    return sum(state.link is Link.REFUSED for state in work.states)


async def test_a_wrong_password_is_tried_once_for_every_time_the_user_asks(store: Store) -> None:
    async with scripted_imap("login-failed") as server, desk(store, server) as work:
        state = await work.link(Link.REFUSED)
        assert "refused the login of ada@example.org" in state.reason
        assert state.next_try == 0
        assert await connections(server) == 1
        assert attempts(server) == 1
        work.account.look_now()
        await work.until(lambda: refusals(work) == 2)
        assert attempts(server) == 2


async def test_a_password_that_is_good_no_longer_loses_nothing(store: Store) -> None:
    async with scripted_imap(messages=2) as server, desk(store, server) as work:
        await work.holds(2)
        server.password = "another"
        before, lines = attempts(server), len(server.dialogues)
        server.cut()
        await work.link(Link.REFUSED)
        inbox = await work.inbox()
        await work.account.change_flags(inbox, [Uid(1)], add=["\\Flagged"])
        with pytest.raises(ConnectionLost, match="refused the login"):
            await asyncio.wait_for(work.account.source(inbox, Uid(1)), 2)
        assert await connections(server) == lines + 1
        assert attempts(server) == before + 1
        assert not work.said(ChangeRefused)
        server.password = "secret"
        work.account.look_now()
        await work.until(lambda: "\\Flagged" in server.boxes[b"INBOX"].mails[0].flags)
        await work.until(lambda: pending_is_empty(store))


async def pending_is_empty(store: Store) -> bool:
    return not await store.pending.all()


async def test_a_throttled_login_keeps_the_password_and_waits_minutes(store: Store) -> None:
    async with scripted_imap("login-throttle") as server, desk(store, server, haste=0.001) as work:
        state: LinkState = await work.link(Link.OFFLINE)
        assert "lets nobody in just now" in state.reason
        assert "password is kept" in state.reason
        await work.until(lambda: len(work.pace.waits) >= 3)
        waits = work.pace.of(TemporarilyRefused)
        assert waits[:3] == pytest.approx([60, 120, 240])
        assert not [state for state in work.states if state.link is Link.REFUSED]


async def test_a_referral_is_not_followed(store: Store) -> None:
    async with scripted_imap("referral") as server, desk(store, server) as work:
        state = await work.link(Link.OFFLINE, Link.REFUSED)
        assert "elsewhere" in state.reason


async def test_a_slow_login_can_be_left_at_once(store: Store) -> None:
    async with scripted_imap("login-slow", n=40) as server:
        async with desk(store, server) as work:
            await work.link(Link.CONNECTING)
            await server.until(lambda: b"AUTHENTICATE" in server.text)
            began = time.monotonic()
        assert time.monotonic() - began < 2


async def test_a_slow_login_is_waited_for(store: Store) -> None:
    async with (
        scripted_imap("login-slow", n=0.6, messages=1) as server,
        desk(store, server, timeout=0.3) as work,
    ):
        await work.link(Link.LIVE)
        await work.holds(1)
        assert not work.pace.waits
