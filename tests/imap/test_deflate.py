"""Compression: agreed on with the first command that is soon answered, both ways, and no danger (RFC 4978)."""

import asyncio
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imap.lines import join
from tests.servers.scripted_imap import scripted_imap
from tui.imap import change, fetch, mailboxes
from tui.imap.deflate import MOST, Deflate
from tui.imap.idle import IdleTurn, noop
from tui.imap.responses import Untagged
from tui.mail.errors import ConnectionLost, ProtocolViolation
from tui.mail.flags import NO_FLAGS
from tui.mail.ids import AccountName, Uid


async def test_everything_works_as_on_a_plain_line() -> None:
    async with scripted_imap("deflate", messages=3) as server:
        session = await join(server, compress=True)
        try:
            await mailboxes.list_mailboxes(session, AccountName("a"))
            assert any(line.endswith(b"COMPRESS DEFLATE") for line in server.log)
            await mailboxes.select(session, b"INBOX")
            rows = [row async for batch in fetch.envelopes(session, "1:*") for row in batch]
            assert [row.uid for row in rows] == [1, 2, 3]
            await change.append(session, b"INBOX", b"Subject: x\r\n\r\n" + b"y" * 400_000, NO_FLAGS, None)
            assert len(server.boxes[b"INBOX"].mails[-1].raw) > 400_000
            bodies = await fetch.parts(session, Uid(4), [""], limit=2**20)
            assert bodies[""].endswith(b"y" * 400_000)
            async with IdleTurn(session):
                pass
            await noop(session)
        finally:
            session.abort()


async def test_it_costs_no_round_trip() -> None:
    async with scripted_imap("deflate", messages=3) as server:
        session = await join(server, compress=True)
        try:
            await mailboxes.select(session, b"INBOX")
            assert [line.partition(b" ")[2] for line in server.log[-2:]] == [b'SELECT "INBOX"', b"COMPRESS DEFLATE"]
        finally:
            session.abort()


@pytest.mark.parametrize("wanted", [None, False])
async def test_a_server_on_this_machine_is_not_asked_for_it(wanted: bool | None) -> None:
    async with scripted_imap("deflate", messages=3) as server:
        session = await join(server, compress=wanted)
        try:
            await mailboxes.select(session, b"INBOX")
            await noop(session)
            assert b"COMPRESS" not in server.text
        finally:
            session.abort()


async def test_a_refusal_leaves_the_line_as_it_is() -> None:
    async with scripted_imap("deflate", messages=3, then="refuses") as server:
        session = await join(server, compress=True)
        try:
            assert (await mailboxes.select(session, b"INBOX")).exists == 3
            await noop(session)
            assert server.log[-1].endswith(b"NOOP")
        finally:
            session.abort()


async def test_what_follows_the_agreement_in_one_packet_is_read() -> None:
    heard: list[Untagged] = []
    async with scripted_imap("deflate", messages=3, then="glued") as server:
        session = await join(server, compress=True, heard=heard.append)
        try:
            await mailboxes.list_mailboxes(session, AccountName("a"))
            await mailboxes.select(session, b"INBOX")
            assert server.log[-1].endswith(b'SELECT "INBOX"')
        finally:
            session.abort()


@pytest.mark.parametrize("then", ["damaged", "ends", "bomb"])
async def test_what_makes_no_sense_ends_the_line(then: str) -> None:
    async with scripted_imap("deflate", messages=3, then=then) as server:
        session = await join(server, compress=True)

        async def talk() -> None:
            await mailboxes.select(session, b"INBOX")
            await noop(session)

        with pytest.raises((ProtocolViolation, ConnectionLost)):
            await talk()
        error = await asyncio.wait_for(session.wait_closed(), 5)
        assert isinstance(error, ProtocolViolation)


@given(st.lists(st.binary(max_size=3 * MOST), max_size=4), st.integers(1, 5000))
def test_any_cutting_gives_the_same(said: list[bytes], cut: int) -> None:
    sender, receiver = Deflate(), Deflate()
    wire = b"".join(sender.pack(data) for data in said)
    found = []
    for position in range(0, len(wire), cut):
        left: bytes | None = wire[position : position + cut]
        while left is not None:
            plain, left = receiver.unpack(left)
            assert len(plain) <= MOST
            found.append(plain)
    assert b"".join(found) == b"".join(said)


def test_a_bomb_is_inflated_piece_by_piece() -> None:
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = made.compress(bytes(50_000_000)) + made.flush(zlib.Z_SYNC_FLUSH)
    plain, left = Deflate().unpack(bomb)
    assert len(plain) == MOST
    assert left is not None
    assert len(left) < len(bomb)
