"""What messages name, and what the server itself calls their threads."""

import pytest

from tests.imap.lines import on
from tests.servers.scripted_mailbox import Mail, sample
from tui.imap import fetch, mailboxes
from tui.imap.fetched import envelope, parse
from tui.mail.ids import Uid
from tui.mail.thread import MOST_NAMED


def answer(number: int, *named: str) -> bytes:
    return b"References: " + "\r\n ".join(f"<{name}>" for name in named).encode() + b"\r\n" + sample(number)


async def test_references_are_ids_in_their_order() -> None:
    async with on("normal", messages=0) as (session, server):
        box = server.boxes[b"INBOX"]
        box.mails += [Mail(1, answer(1, "a@x", "b@x", "a@x")), Mail(2, sample(2))]
        box.mails.append(Mail(3, answer(3, *(f"{number}@x" for number in range(200)))))
        await mailboxes.select(session, b"INBOX")
        told = dict([pair async for batch in fetch.references(session, "1:3") for pair in batch])
    assert told[Uid(1)] == ("a@x", "b@x")
    assert told[Uid(2)] == ()
    assert len(told[Uid(3)]) == MOST_NAMED


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (b"THREADID (T64b478a75b7ea9)", "T64b478a75b7ea9"),
        (b"THREADID NIL", ""),
        (b"THREADID (a b)", ""),
        (b"X-GM-THRID 1278455344230334865", "1278455344230334865"),
    ],
)
def test_what_the_server_calls_a_thread(item: bytes, name: str) -> None:
    line = b'* 1 FETCH (UID 1 FLAGS () INTERNALDATE "24-Nov-2026 12:00:00 +0000" RFC822.SIZE 7 ENVELOPE ('
    line += b" ".join([b"NIL"] * 10) + b') BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 7 1) ' + item + b")"
    row = envelope(parse(line, ()))
    assert row is not None
    assert row.server_thread == name


@pytest.mark.parametrize(("offered", "item"), [("OBJECTID", b" THREADID)"), ("X-GM-EXT-1", b" X-GM-THRID)")])
async def test_threads_are_asked_for_where_the_server_knows_them(offered: str, item: bytes) -> None:
    async with on("normal", messages=1, capability=f"IMAP4rev1 {offered}") as (session, server):
        server.boxes[b"INBOX"].mails[0].thread = b"T1"
        await mailboxes.select(session, b"INBOX")
        rows = [row async for batch in fetch.envelopes(session, "1:*") for row in batch]
        assert item in server.text
    assert rows[0].server_thread == ("T1" if offered == "OBJECTID" else "")
