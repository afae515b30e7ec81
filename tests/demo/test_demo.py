"""The demonstration's servers, as the application's own sessions meet them."""

import asyncio
import logging
from base64 import b64encode
from dataclasses import replace
from functools import partial

import pytest

from tests.demo.lines import DEADLINE, NOON, QUIET, account, line, pushed, rows, send, to, whole
from tui.demo.arrivals import Pace
from tui.demo.demo import Demo
from tui.imap import mailboxes, structure
from tui.imap.idle import IdleTurn
from tui.mail.compose import empty_draft
from tui.mail.draft import Attachment
from tui.mail.envelope import Envelope
from tui.mail.errors import AuthenticationFailed, RecipientRefused
from tui.mail.flags import ANSWERED, FLAGGED, SEEN
from tui.mail.mailbox import Role
from tui.mail.quote import own_text
from tui.mail.reply import reply

NEWS = (
    b"From: Grace <grace@harbour.example>\r\nTo: me\r\nSubject: hello\r\nMessage-ID: <n@harbour.example>\r\n\r\nHi.\r\n"
)


async def test_an_inbox_of_every_kind_and_mailboxes_for_every_purpose() -> None:
    async with Demo(pace=None, clock=lambda: NOON) as demo, line(demo) as session:
        inbox = await rows(session)
        assert 50 <= len(inbox) <= 100
        assert [row.uid for row in inbox] == sorted(row.uid for row in inbox)
        newest = inbox[-1]
        assert (newest.from_[0].name, newest.subject) == ("Ada Lovelace", "Note G, with the table this time")
        flags = [row.flags for row in inbox]
        for wanted in ({SEEN}, {FLAGGED}, {SEEN, ANSWERED}, {SEEN, "$Forwarded"}, set()):
            assert frozenset(wanted) in flags
        trees = [row.structure or structure.read(row.outline) for row in inbox]
        files = {part.filename for tree in trees if tree for part in tree.leaves() if part.filename}
        assert {"table-note-g.pdf", "operations.csv", "月食圖.png", "invite.ics"} <= files
        listed = await mailboxes.list_mailboxes(session, account(demo).name)
        roles = {mailbox.role for mailbox in listed}
        assert {Role.INBOX, Role.ARCHIVE, Role.DRAFTS, Role.SENT, Role.JUNK, Role.TRASH} <= roles
        for mailbox in listed:
            if mailbox.role is not None:
                assert (await mailboxes.select(session, mailbox.wire)).exists


async def test_both_accounts_and_a_conversation_across_mailboxes() -> None:
    async with Demo(pace=None) as demo:
        async with line(demo, "home") as home:
            assert await rows(home)
        async with line(demo) as session, line(demo, "work", b"Sent") as sent:
            answer = next(row for row in await rows(session) if row.subject.startswith("Note G, with"))
            assert answer.in_reply_to in {row.message_id for row in await rows(sent)}
            message = await whole(session, answer)
            assert len(message.header.raw_field("References").split()) == 3
            assert "\n>> " in own_text(message)


async def test_what_is_delivered_is_pushed() -> None:
    async with Demo(pace=None) as demo, line(demo) as session:
        waiting = asyncio.create_task(pushed(session, lambda row: row.subject == "hello"))
        uid = await demo.deliver("work", NEWS)
        assert (await waiting).uid == uid


async def test_what_came_before_idle_is_told_by_it() -> None:
    async with Demo(pace=None) as demo, line(demo) as session:
        news = asyncio.Event()
        session.on_untagged = lambda untagged: news.set()
        await demo.deliver("work", NEWS)
        async with asyncio.timeout(DEADLINE), IdleTurn(session):
            await news.wait()


async def test_new_mail_comes_by_itself() -> None:
    pace = Pace(first=0.01, between=(0.01, 0.02))
    async with Demo(pace=pace) as demo, line(demo) as session:
        there = {row.uid for row in await rows(session)}
        first = await pushed(session, lambda row: row.uid not in there)
        assert first.subject
        await pushed(session, lambda row: row.subject == "It compiles")
        letters = 22
        await pushed(session, lambda row: row.uid > max(there) + letters)  # and it does not end with the last


async def test_whoever_is_written_to_answers() -> None:
    async with Demo(pace=QUIET) as demo, line(demo) as session:
        original = next(row for row in await rows(session) if row.subject.startswith("Note G, with"))
        identity = account(demo).identity
        draft = reply(await whole(session, original), original, identity, now=NOON)
        draft = replace(draft, body="It divides.\n" + draft.body)
        receipt = await send(demo, draft)
        assert receipt.reply.startswith("250")
        answer = await pushed(session, lambda row: row.in_reply_to == draft.message_id)
        assert answer.from_[0].spec == "ada@analytical.example"
        assert [address.spec for address in answer.to] == [identity.address.spec]
        assert answer.subject == draft.subject
        message = await whole(session, answer)
        references = message.header.raw_field("References").split()
        assert references == [*draft.references, draft.message_id]
        text = own_text(message)
        assert not text.startswith((">", "\n"))
        assert "\n> It divides.\n" in text


async def test_everybody_answers_to_everybody() -> None:
    async with Demo(pace=QUIET) as demo, line(demo) as session:
        people = ("mary@observatory.example", "rozsa@recursion.example", "somebody.else@far-away.example")
        draft = replace(empty_draft(account(demo).identity), to=to(*people[:2]), cc=to(people[2]), body="Friday?\n")
        await send(demo, draft)
        for spec in people:
            answer = await pushed(session, partial(_is_from, spec, draft.message_id))
            addressed = {address.spec for address in (*answer.to, *answer.cc)}
            assert addressed == {draft.identity.address.spec, *people} - {spec}
        stranger = answer.from_[0]
        assert stranger.name == "Somebody Else"


def _is_from(spec: str, answered: str, row: Envelope) -> bool:
    return row.from_[0].spec == spec and row.in_reply_to == answered


async def test_a_file_is_noticed_and_strangers_say_where_they_are() -> None:
    async with Demo(pace=QUIET) as demo, line(demo) as session:
        identity = account(demo).identity
        table = Attachment("table.csv", "text/csv", b"1,2\r\n")
        draft = replace(empty_draft(identity), to=to("someone@far-away.example"), attachments=(table,))
        await send(demo, draft)
        answer = await pushed(session, lambda row: row.in_reply_to == draft.message_id)
        assert "table.csv" in own_text(await whole(session, answer))
        abroad = replace(empty_draft(identity), to=to("someone@example.org"))
        await send(demo, abroad)
        answer = await pushed(session, lambda row: row.in_reply_to == abroad.message_id)
        assert "has not left this machine" in own_text(await whole(session, answer))


async def test_a_post_comes_back_by_the_list_and_somebody_answers() -> None:
    async with Demo(pace=QUIET) as demo, line(demo) as session, line(demo, "work", b"Lists/engine") as engine:
        draft = replace(empty_draft(account(demo).identity), to=to("engine@lists.example"), subject="Card 4")
        await send(demo, draft)
        post = await pushed(engine, lambda row: row.message_id == draft.message_id)
        assert (await whole(engine, post)).header.raw_field("List-Post") == "<mailto:engine@lists.example>"
        answer = await pushed(session, lambda row: row.in_reply_to == draft.message_id)
        assert "engine@lists.example" in {address.spec for address in (*answer.to, *answer.cc)}


async def test_mail_to_oneself_arrives_and_is_not_answered() -> None:
    async with Demo(pace=QUIET) as demo, line(demo, "home") as home:
        draft = replace(empty_draft(account(demo).identity), to=to("charles@dorset-street.example"), subject="bread")
        await send(demo, draft)
        await pushed(home, lambda row: row.message_id == draft.message_id)
        assert not [row for row in await rows(home) if row.in_reply_to == draft.message_id]


async def test_a_refusal_in_the_server_s_words() -> None:
    async with Demo(pace=QUIET) as demo:
        identity = account(demo).identity
        with pytest.raises(RecipientRefused, match="nobody of this name"):
            await send(demo, replace(empty_draft(identity), to=to("nobody@harbour.example")))
        both = replace(empty_draft(identity), to=to("nobody@harbour.example", "grace@harbour.example"))
        assert [refused.address for refused in (await send(demo, both)).refused] == ["nobody@harbour.example"]


async def test_nothing_without_the_password_and_no_password_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Demo(pace=QUIET) as demo, line(demo) as session:
        draft = replace(empty_draft(account(demo).identity), to=to("grace@harbour.example"))
        await send(demo, draft)
        await pushed(session, lambda row: row.in_reply_to == draft.message_id)
        with pytest.raises(AuthenticationFailed):
            await send(demo, draft, password="guessed")
        server = account(demo).send
        assert server is not None
        secret = server.secret.password
        assert secret not in caplog.text
        assert b64encode(f"\0{server.user}\0{secret}".encode()).decode("ascii") not in caplog.text
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
        reader, writer = await asyncio.open_connection(server.host, server.port)
        for command in (b"EHLO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"QUIT\r\n"):
            writer.write(command)
        replies = await asyncio.wait_for(reader.read(), DEADLINE)
        writer.close()
        await writer.wait_closed()
        assert b"\r\n530 " in replies


async def test_the_end_leaves_no_task_and_no_port() -> None:
    before = asyncio.all_tasks()
    async with Demo(pace=Pace(first=0.01, between=(0.01, 0.02), answer=(60, 60))) as demo:
        ports = [account(demo).receive.port, account(demo).send.port]  # type: ignore[union-attr]
        reader, writer = await asyncio.open_connection("127.0.0.1", ports[1])
        await reader.readline()
        async with line(demo) as session:
            there = {row.uid for row in await rows(session)}
            await send(demo, replace(empty_draft(account(demo).identity), to=to("grace@harbour.example")))
            await pushed(session, lambda row: row.uid not in there)
            assert asyncio.all_tasks() > before
            await demo.stop()
            assert await asyncio.wait_for(reader.read(), DEADLINE) == b""
            writer.close()
            for port in ports:
                with pytest.raises(ConnectionRefusedError):
                    await asyncio.open_connection("127.0.0.1", port)
    left = {task for task in asyncio.all_tasks() if not task.done()} - before
    assert not left


async def test_fifty_thousand_are_there_before_they_are_made() -> None:
    async with Demo(messages=50_000, pace=None, clock=lambda: NOON) as demo, line(demo) as session:
        selected = await mailboxes.select(session, b"INBOX")
        assert selected.exists == 50_000
        assert selected.uidnext is not None
        newest = await rows(session, f"{selected.uidnext - 200}:*")
        assert len(newest) == 200
        oldest = await rows(session, "101:300")
        assert len(oldest) == 200
        assert oldest[0].received < oldest[-1].received < newest[0].received
        answers = [row for row in oldest if row.in_reply_to]
        assert {row.in_reply_to for row in answers} <= {row.message_id for row in oldest}
        assert own_text(await whole(session, oldest[7])).strip()


async def test_the_same_seed_and_clock_make_the_same_mail() -> None:
    async def fingerprint(seed: int) -> list[tuple[object, ...]]:
        async with Demo(messages=200, seed=seed, pace=None, clock=lambda: NOON) as demo, line(demo) as session:
            return [(row.subject, row.message_id, row.received, row.size, row.flags) for row in await rows(session)]

    assert await fingerprint(1) == await fingerprint(1) != await fingerprint(2)
