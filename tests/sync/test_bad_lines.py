"""Lines that hang, break, flood or say goodbye: noticed, told, made anew with growing waits; nothing is lost.

(I02-I04, I11, I12)
"""

import asyncio
from contextlib import suppress

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import Desk, desk
from tui.imap import idle
from tui.imap.structure import of as structure_of
from tui.mail.errors import MailError, ProtocolViolation, TimedOut
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import retry
from tui.sync.events import Link, MessagesArrived


@pytest.mark.parametrize("behaviour", ["hang-select", "hang-fetch", "long-line"])
async def test_a_line_that_cannot_come_up_is_tried_ten_times_in_ten_minutes(
    store: Store, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    monkeypatch.setattr(retry, "SETTLED", 0.1)  # to hang for a while is not to have lived
    async with scripted_imap(behaviour, messages=2) as server, desk(store, server, timeout=0.1, haste=0.002) as work:
        state = await work.link(Link.OFFLINE)
        assert state.reason
        assert state.next_try
        await work.until(lambda: len(work.pace.waits) >= 9)
        waits = work.pace.of(TimedOut) + work.pace.of(ProtocolViolation)
        assert waits[:6] == pytest.approx([5, 10, 20, 40, 80, 120], rel=0.05)
        assert sum(waits[:9]) >= 590
        assert not [state for state in work.states if state.link is Link.LIVE]


@pytest.mark.parametrize(
    ("behaviour", "command"),
    [("hang-list", b" LIST "), ("hang-search", b" UID SEARCH "), ("hang-store", b" UID STORE ")],
)
async def test_a_work_line_that_hangs_is_given_up_while_news_still_come(
    store: Store, behaviour: str, command: bytes
) -> None:
    async with scripted_imap(behaviour, messages=2) as server, desk(store, server, timeout=0.3, poll=0.5) as work:
        await work.link(Link.LIVE)
        inbox = await work.inbox()
        await work.until(lambda: work.uids())
        await work.account.change_flags(inbox, [Uid(1)], add=["\\Flagged"])
        await work.until(lambda: server.text.count(command) >= 3, 15)  # given again, on other lines
        server.push_message(sample(3))
        await work.until(lambda: [event for event in work.said(MessagesArrived) if event.fresh and event.uids == (3,)])
        assert "Flagged" in str([row.flags for row in await work.rows() if row.uid == 1])
        if behaviour == "hang-store":
            assert await store.pending.all()
        else:
            await work.until(lambda: "answer" in work.account.link.reason)


@pytest.mark.parametrize("behaviour", ["hang-noop", "hang-logout"])
async def test_leaving_does_not_wait_for_anybody(store: Store, monkeypatch: pytest.MonkeyPatch, behaviour: str) -> None:
    monkeypatch.setattr("tui.imap.session.LOGOUT_TIMEOUT", 0.2)
    async with scripted_imap(behaviour, messages=1) as server, desk(store, server, timeout=0.3) as work:
        await work.holds(1)
        if behaviour == "hang-noop":
            work.account.look_now()
            assert "did not answer" in (await work.link(Link.OFFLINE)).reason
            await work.until(lambda: [state.link for state in work.states].count(Link.LIVE) > 1)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("bye-in-idle", "going down"),
        ("bye-on-idle", "no idling here"),
        ("idle-deaf", "answer"),
        ("wrong-tags", "never given"),
    ],
)
async def test_no_news_is_lost_over_a_line_that_breaks_in_idle(
    store: Store, monkeypatch: pytest.MonkeyPatch, behaviour: str, words: str
) -> None:
    monkeypatch.setattr(idle, "DONE_TIMEOUT", 0.2)
    async with scripted_imap(behaviour, messages=2) as server, desk(store, server, idle_renew=0.1) as work:
        state = await work.link(Link.OFFLINE)
        assert words in state.reason
        server.boxes[b"INBOX"].add(sample(3))
        await work.until(lambda: [event for event in work.said(MessagesArrived) if event.fresh and event.uids == (3,)])
        await work.until(lambda: len(work.pace.waits) >= 4)
        waits = [wait for _, wait in work.pace.waits]
        assert waits == sorted(waits)
        assert waits[0] <= 5


@pytest.mark.parametrize("behaviour", ["idle-refused", "capability-minimal"])
async def test_a_server_that_does_not_push_is_polled(store: Store, behaviour: str) -> None:
    async with scripted_imap(behaviour, messages=2) as server, desk(store, server, poll=0.2) as work:
        await work.link(Link.POLLING)
        await work.holds(2)
        looks = server.text.count(b" NOOP")
        await work.until(lambda: server.text.count(b" NOOP") >= looks + 2)
        server.boxes[b"INBOX"].add(sample(3))
        for dialogue in server.dialogues:
            dialogue.writer.write(b"* 3 EXISTS\r\n")
        await work.until(lambda: [event for event in work.said(MessagesArrived) if event.fresh and event.uids == (3,)])
        assert not work.pace.waits


async def test_a_line_cut_anywhere_comes_back_and_keeps_no_half_message(store: Store) -> None:
    at_once = asyncio.Semaphore(6)

    async def cut_at(octets: int) -> int:
        async with (
            at_once,
            scripted_imap("drop-at", messages=12, at=octets) as server,
            desk(store, server, name=f"at{octets}", haste=0.003) as work,
        ):
            await work.until(lambda: work.pace.waits or work.account.link.link is Link.LIVE, 20)
            with suppress(MailError):
                if 1 in await whole_rows(work):
                    assert await work.body(1) == b"body 1\r\n"
            await whole_rows(work)
            server.options["at"] = 10**9
            work.account.look_now()
            await work.holds(12, timeout=20)
            assert await work.body(1) == b"body 1\r\n"
            await whole_rows(work)
            return len(work.pace.waits)

    broken = await asyncio.gather(*(cut_at(octets) for octets in range(1, 4000, 37)))
    assert sum(map(bool, broken)) > 50


async def whole_rows(work: Desk) -> set[int]:
    """Look at what the store holds of INBOX: nothing of it is half."""
    state = await work.store.mailboxes.by_wire(work.name, b"INBOX")
    rows = await work.rows() if state is not None else []
    for shown in rows:
        row = await work.store.envelopes.get(await work.inbox(), shown.uid)
        assert row is not None
        assert row.subject == f"message {row.uid}"
        assert structure_of(row) is not None
        bodies = await work.store.bodies.get(await work.inbox(), row.uid)
        assert bodies.get("1", b"body %d\r\n" % row.uid) == b"body %d\r\n" % row.uid
    return {row.uid for row in rows}
