"""Reading: envelopes, flags and parts, from honest and from odd servers (I01, I08, I10, I11, I19)."""

import asyncio
import time

import pytest

from tests.imap.lines import join, on
from tests.servers.scripted_mailbox import sample
from tui.imap import fetch, mailboxes, stream
from tui.imap.responses import Exists, Expunged, FlagsChanged, Untagged
from tui.imap.session import Session
from tui.imap.structure import of as structure_of
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.errors import ProtocolViolation, TimedOut
from tui.mail.flags import SEEN
from tui.mail.ids import ModSeq, Uid


async def rows(session: Session, uid_set: str = "1:*") -> list[Envelope]:
    return [row async for batch in fetch.envelopes(session, uid_set) for row in batch]


async def test_envelope_holds_what_the_message_says() -> None:
    async with on("normal", messages=1) as (session, server):
        server.boxes[b"INBOX"].mails[0].flags = {"\\seen", "\\Recent", "$Label1"}
        await mailboxes.select(session, b"INBOX")
        (row,) = await rows(session)
    ada = (Address("Ada Lovelace", "ada@example.org"),)
    assert (row.uid, row.subject, row.from_, row.sender, row.reply_to) == (1, "message 1", ada, ada, ada)
    assert row.to == (Address("Bob", "bob@example.org"),)
    assert row.flags == {SEEN, "$Label1"}
    assert row.message_id == "<1@example.org>"
    assert row.received == row.sent == 1795521600 or row.received == 1795521600
    assert row.size == len(sample(1))
    structure = structure_of(row)
    assert structure is not None
    assert (structure.section, structure.type) == ("1", "text/plain")
    assert not row.has_file


async def test_two_thousand_messages_come_in_batches() -> None:
    async with on("normal", messages=2000) as (session, _):
        await mailboxes.select(session, b"INBOX")
        batches = [batch async for batch in fetch.envelopes(session, "1:*")]
        assert [row.uid for batch in batches for row in batch] == list(range(1, 2001))
        assert max(map(len, batches)) <= stream.BATCH
        assert len([uid async for told in fetch.flags(session, "1:*") for uid, _ in told]) == 2000


async def test_a_slow_consumer_stops_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_QUEUED", 20_000)
    paused: list[bool] = []
    async with on("normal", messages=1500, timeout=0.3) as (session, _):
        await mailboxes.select(session, b"INBOX")
        original = session.pause

        def pause(value: bool) -> None:
            paused.append(value)
            original(value)

        monkeypatch.setattr(session, "pause", pause)
        seen = 0
        async for batch in fetch.envelopes(session, "1:*"):
            seen += len(batch)
            await asyncio.sleep(0.35 if seen < 1000 else 0)  # longer than the deadline: waiting for us is no fault
        assert seen == 1500
        assert True in paused


@pytest.mark.parametrize("behaviour", ["literal-everywhere", "lf-only", "fetch-unsolicited", "flags-junk"])
async def test_rare_but_understood(behaviour: str) -> None:
    async with on(behaviour, messages=3) as (session, _):
        await mailboxes.select(session, b"INBOX")
        found = await rows(session)
        assert [(row.uid, row.subject) for row in found] == [(uid, f"message {uid}") for uid in (1, 2, 3)]
        assert all(structure_of(row) is not None for row in found)
        assert all(len(row.flags) <= 500 and all(flag.isprintable() for flag in row.flags) for row in found)
        bodies = await fetch.parts(session, Uid(2), ["1"], limit=1000)
        assert bodies["1"].replace(b"\r\n", b"\n") == b"body 2\n"


async def test_what_nobody_asked_for_goes_to_the_bus() -> None:
    heard: list[Untagged] = []
    async with on("fetch-unsolicited", messages=2) as (session, _):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        await rows(session)
    assert FlagsChanged(1, Uid(77), frozenset({"\\Flagged"})) in heard
    assert Exists(3) in heard


async def test_controls_become_harmless() -> None:
    for behaviour in ("nul-bytes", "esc-everywhere"):
        async with on(behaviour, messages=2) as (session, _):
            await mailboxes.select(session, b"INBOX")
            found = await rows(session)
            assert [row.uid for row in found] == [1, 2]
            for row in found:
                texts = [row.subject, *(address.name for address in row.from_), *row.flags]
                assert all(text.isprintable() for text in texts), texts


async def test_a_bomb_costs_one_structure_only() -> None:
    async with on("paren-bomb", messages=3) as (session, _):
        await mailboxes.select(session, b"INBOX")
        found = await rows(session)
        assert [row.subject for row in found] == ["message 1", "message 2", "message 3"]
        assert [structure_of(row) is None for row in found] == [True, False, False]


async def test_missing_messages_are_missing() -> None:
    async with on("fetch-missing", messages=4) as (session, _):
        await mailboxes.select(session, b"INBOX")
        assert [row.uid for row in await rows(session)] == [1, 4]
        assert await fetch.parts(session, Uid(1), ["HEADER", "1"], limit=100) == {}


async def test_a_body_belongs_to_its_uid_though_others_go() -> None:
    heard: list[Untagged] = []
    async with on("expunge-mid-fetch", messages=3) as (session, _):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        assert await fetch.parts(session, Uid(3), ["1"], limit=1000) == {"1": b"body 3\r\n"}
        assert heard == [Expunged(1)]
        assert session.selected is not None
        assert session.selected.exists == 2


async def test_parts_are_peeked_at_and_too_large_ones_absent() -> None:
    async with on("normal", messages=1) as (session, server):
        await mailboxes.select(session, b"INBOX")
        found = await fetch.parts(session, Uid(1), ["HEADER", "1", "", "2.1"], limit=1000)
        assert found[""] == sample(1)
        assert found["HEADER"] + found["1"] == sample(1)
        assert "2.1" not in found
        assert await fetch.parts(session, Uid(1), ["1"], limit=3) == {}
        fetched = [line for line in server.log if b"BODY" in line]
        assert fetched
        assert all(b"BODY[" not in line for line in fetched)


async def test_a_gone_message_has_no_parts() -> None:
    async with on("normal", messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        assert await fetch.parts(session, Uid(9), ["1"], limit=1000) == {}


async def test_progress_of_a_part_is_told() -> None:
    told: list[int] = []
    async with on("normal", messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        await fetch.parts(session, Uid(1), [""], limit=10_000, on_progress=told.append)
    assert told[-1] == len(sample(1))


async def test_a_huge_literal_is_refused_at_once() -> None:
    async with on("literal-huge", messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(ProtocolViolation, match="too large"):
            await fetch.parts(session, Uid(1), ["1"], limit=100_000)
        assert not session.is_alive


async def test_a_short_literal_is_no_message() -> None:
    async with on("literal-short", messages=1, timeout=0.2) as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(TimedOut):
            await fetch.parts(session, Uid(1), [""], limit=100_000)


@pytest.mark.parametrize("behaviour", ["literal-overlong", "literal-negative"])
async def test_damaged_literals_harm_nobody(behaviour: str) -> None:
    async with on(behaviour, messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        found = await fetch.parts(session, Uid(1), ["1"], limit=100_000)
        assert len(found.get("1", b"")) <= 5
        assert [row.uid for row in await rows(session)] == [1]


async def test_flags_by_sequence() -> None:
    async with on("normal", messages=5) as (session, server):
        del server.boxes[b"INBOX"].mails[0]
        await mailboxes.select(session, b"INBOX")
        assert await fetch.flags_by_sequence(session, [1, 3, 4]) == [(uid, frozenset()) for uid in (2, 4, 5)]
        assert await fetch.flags_by_sequence(session, []) == []


async def test_changedsince_is_asked_for_only_where_it_is_offered() -> None:
    for capability, asked in (("IMAP4rev1", False), ("IMAP4rev1 CONDSTORE", True)):
        async with on("normal", messages=1, capability=capability) as (session, server):
            await mailboxes.select(session, b"INBOX")
            _ = [told async for told in fetch.flags(session, "1:*", ModSeq(7))]
            assert (b"(CHANGEDSINCE 7)" in server.text) is asked


async def test_sets_and_sections_are_checked() -> None:
    async with on("normal", messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(ValueError, match="sequence set"):
            await rows(session, "1 (FLAGS)\r\nx LOGOUT")
        with pytest.raises(ValueError, match="section"):
            await fetch.parts(session, Uid(1), ["1] BODY[2"], limit=10)


async def test_the_loop_is_never_held_for_long() -> None:
    worst = 0.0

    async def pulse() -> None:
        nonlocal worst
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            worst = max(worst, time.thread_time() - began)

    async with on("normal", messages=3000) as (_, server):
        # the server is in this loop too: prepare its answer, so that only reading is measured
        answer = b"".join(
            server.dialogues[0].fetch_row(number, mail, fetch.ENVELOPE_ITEMS)
            for number, mail in enumerate(server.boxes[b"INBOX"].mails, 1)
        )

        async def at_once(tag: bytes, uids: bytes, items: bytes, *options: bytes) -> None:
            await server.dialogues[-1].send(answer)
            await server.dialogues[-1].ok(tag)

        session = await join(server)
        await mailboxes.select(session, b"INBOX")
        server.dialogues[-1].do_uid_fetch = at_once  # type: ignore[method-assign]
        pulsing = asyncio.create_task(pulse())
        await asyncio.sleep(0)
        assert len(await rows(session)) == 3000
        pulsing.cancel()
        session.abort()
    assert worst < 1


async def test_ranges_are_asked_for_ahead_and_each_end_is_told_behind_its_rows() -> None:
    async with on("normal", messages=40) as (session, _):
        await mailboxes.select(session, b"INBOX")
        sets = ["31:40", "21:30", "11:20", "1:10"]
        left, seen = iter(sets), set[Uid]()
        ended: list[str] = []
        async for rows, finished in fetch.envelope_ranges(session, lambda: next(left, None)):
            seen |= {row.uid for row in rows}
            for each in finished:
                low, high = map(int, each.split(":"))
                assert set(range(low, high + 1)) <= seen
            ended += finished
        assert ended == sets
        assert len(seen) == 40


async def test_texts_of_many_messages_come_together() -> None:
    async with on("normal", messages=6) as (session, server):
        await mailboxes.select(session, b"INBOX")
        wanted = {Uid(1): ["HEADER", "1"], Uid(3): ["1"], Uid(5): ["HEADER", "1"], Uid(77): ["1"]}
        found: dict[Uid, dict[str, bytes]] = {}
        async for some in fetch.bodies(session, wanted, limit=1000):
            found |= some
        assert {uid: sorted(each) for uid, each in found.items()} == {1: ["1", "HEADER"], 3: ["1"], 5: ["1", "HEADER"]}
        assert found[Uid(5)]["1"].replace(b"\r\n", b"\n") == b"body 5\n"
        assert sum(b" UID FETCH " in line for line in server.log) == 2


async def test_a_text_that_is_too_long_is_absent() -> None:
    async with on("normal", messages=2) as (session, _):
        await mailboxes.select(session, b"INBOX")
        async for some in fetch.bodies(session, {Uid(1): ["HEADER", "1"]}, limit=20):
            assert some == {Uid(1): {"1": b"body 1\r\n"}}
