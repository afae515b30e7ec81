"""Sending through Postfix: from the outbox to the other's INBOX, the copy in Sent, the answered mail marked."""

import asyncio
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from tests.end_to_end.work import OtherClient, at_work, mail, other_client
from tests.servers.dovecot import ADA, ALAN, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tests.sync.desk import Desk
from tui.config.model import Security
from tui.mail import reply
from tui.mail.address import Address
from tui.mail.draft import Attachment
from tui.mail.errors import ConnectionLost
from tui.mail.flags import ANSWERED, SEEN
from tui.mail.submission import SubmissionState
from tui.smtp.submit import Receipt, submit
from tui.store.database import Store
from tui.sync import delivery, follow_up
from tui.sync.events import Link, SubmissionChanged

GONE = (SubmissionState.COPIED, SubmissionState.FAILED, SubmissionState.UNKNOWN)


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


async def only(desk: Desk, client: OtherClient, mailbox: str = "INBOX") -> bytes:
    """Wait for the only message of a mailbox and return it."""
    await desk.until(lambda: client.uids(mailbox))
    (uid,) = client.uids(mailbox)
    return client.source(uid, mailbox)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_from_the_outbox_to_the_inbox_of_the_other(
    store: Store, dovecot: Dovecot, postfix: Postfix, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    path: list[str] = []
    advance = store.outbox.advance

    async def noted(id: Any, state: SubmissionState, **fields: Any) -> None:
        await advance(id, state, **fields)
        path.extend([state] if state not in path[-1:] else [])

    monkeypatch.setattr(store.outbox, "advance", noted)
    body = "Liebe Grace,\n\n.a line that begins with a dot\nFrom here on: ünïcödé 台北\n" + "long " * 300 + "\n"
    with other_client(dovecot) as ada, other_client(dovecot, GRACE) as grace, other_client(dovecot, ALAN) as alan:
        account = dovecot.account(ADA, send=postfix.server(ADA, security))
        async with at_work(store, account, undo_send=1) as desk:
            await desk.mailbox(b"Sent")
            id = await desk.send(
                GRACE,
                subject="Grüße – und ein Anhang",
                body=body,
                bcc=(Address("", ALAN),),
                attachments=(Attachment("Plan für morgen.bin", "application/octet-stream", bytes(range(256)) * 400),),
            )
            assert (await desk.submission(id)).state is SubmissionState.HELD
            row = await desk.becomes(id, *GONE)
            assert row.state is SubmissionState.COPIED, row.words
            assert path == ["sending", "accepted", "copied"]
            assert (row.attempts, row.refused) == (1, ())
            assert desk.said(SubmissionChanged)[0].submission == id
            data = await store.outbox.data(id)
            got = await only(desk, grace)
            assert got.endswith(data), "not a byte changed on the way"
            letter = parsed(got)
            assert letter["Subject"] == "Grüße – und ein Anhang"
            text, file = letter.get_body(), next(letter.iter_attachments())
            assert text is not None
            assert text.get_content().replace("\r\n", "\n").rstrip() == body.rstrip()
            assert (file.get_filename(), file.get_content()) == ("Plan für morgen.bin", bytes(range(256)) * 400)
            for copy in (got, await only(desk, alan), data):
                assert parsed(copy)["Bcc"] is None
                assert ALAN.encode() not in copy.partition(b"\r\n\r\n")[0].partition(b"From:")[2]
            assert await only(desk, ada, "Sent") == data
            assert ada.flags("Sent") == {1: {SEEN}}
            assert ada.uids() == []
    assert "sasl_method=PLAIN" in postfix.log


async def test_an_answer_marks_what_it_answers(store: Store, dovecot: Dovecot, postfix: Postfix) -> None:
    dovecot.deliver(ADA, mail("Question", "What is the answer?"))
    async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
        (row,) = await desk.holds(1)
        await desk.mailbox(b"Sent")
        inbox = await desk.inbox()
        message = await desk.account.message(inbox, row.uid)
        draft = reply.reply(message, row, desk.account.config.identity, now=datetime.now(UTC), mailbox=inbox)
        id = await desk.account.submit(draft)
        await desk.becomes(id, SubmissionState.COPIED)
        with other_client(dovecot) as ada, other_client(dovecot, GRACE) as grace:
            await desk.until(lambda: ada.flags() == {1: {ANSWERED}})
            answer = parsed(await only(desk, grace))
            assert answer["Subject"] == "Re: Question"
            assert answer["In-Reply-To"] == answer["References"] == row.message_id
            assert "> What is the answer?" in answer.get_content()
            assert answer["To"] == "Grace Hopper <grace@example.org>"
            assert len(ada.uids("Sent")) == 1
        assert (await desk.rows())[0].is_answered


async def test_a_refused_recipient_is_told_and_the_others_get_it(
    store: Store, dovecot: Dovecot, postfix: Postfix
) -> None:
    async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
        id = await desk.send("nobody@example.org", body="precious words\n")
        row = await desk.becomes(id, *GONE)
        assert (row.state, row.attempts) == (SubmissionState.FAILED, 1)
        assert "User unknown" in row.words
        assert [(each.address, each.code) for each in row.refused] == [("nobody@example.org", 550)]
        saved = await desk.account.take_back(id)
        assert saved is not None
        assert saved.draft.body == "precious words\n", "still there to be edited"
        id = await desk.send("nobody@example.org", GRACE)
        row = await desk.becomes(id, *GONE)
        assert row.state is SubmissionState.COPIED
        assert [each.address for each in row.refused] == ["nobody@example.org"]
        with (
            other_client(dovecot, GRACE) as grace,
            other_client(dovecot, ALAN) as alan,
            other_client(dovecot) as ada,
        ):
            got = await only(desk, grace)
            again = await desk.account.resend(id, ["nobody@example.org"], [Address("", ALAN)])
            row = await desk.becomes(again, *GONE)
            assert row.state is SubmissionState.COPIED
            name = re.compile(rb"^Message-ID: .*$", re.MULTILINE)
            assert name.findall(await only(desk, alan)) == name.findall(got)
            assert len(grace.uids()) == 1, "nobody gets it twice"
            assert b"Comments: Not taken by the server for nobody@example.org" in await only(desk, ada, "Sent")


async def test_a_mail_in_doubt_that_came_back_to_its_writer_was_sent(
    store: Store, dovecot: Dovecot, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "LOOKS", (0.1, 0.3, 0.6, 1.2))

    async def unnoticed(receipt: Receipt) -> None: ...

    async def unheard(*arguments: Any, **options: Any) -> Receipt:
        await submit(*arguments, **{**options, "on_taken": unnoticed})
        raise ConnectionLost("The line broke.")

    async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
        await desk.mailbox(b"Sent")
        monkeypatch.setattr(delivery, "submit", unheard)
        id = await desk.send(ADA, GRACE)
        row = await desk.becomes(id, SubmissionState.COPIED)
        assert (row.words, row.attempts) == ("Found on the server.", 1)
        with other_client(dovecot, GRACE) as grace, other_client(dovecot) as ada:
            await only(desk, grace)
            assert len(ada.uids("Sent")) == len(ada.uids()) == 1


async def test_a_wrong_password_is_tried_once(store: Store, dovecot: Dovecot, postfix: Postfix) -> None:
    send = postfix.server(ADA, password="wrong")
    async with at_work(store, dovecot.account(ADA, send=send)) as desk:
        id = await desk.send(GRACE)
        row = await desk.becomes(id, *GONE)
        assert (row.state, row.attempts) == (SubmissionState.FAILED, 1)
        assert "wrong" not in row.words
        assert len(re.findall("authentication failed", postfix.log)) == 1


async def test_a_mail_that_is_too_big_is_not_uploaded(store: Store, dovecot: Dovecot) -> None:
    with Postfix(dovecot, size_limit=100_000) as postfix:
        async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
            big = Attachment("big.bin", "application/octet-stream", bytes(200_000))
            row = await desk.becomes(await desk.send(GRACE, attachments=(big,)), *GONE)
            assert row.state is SubmissionState.FAILED
            assert "takes mail of at most 0.1 MB" in row.words
            assert "data=" not in postfix.log


@pytest.mark.parametrize("crash", [False, True])
async def test_a_server_that_is_away_gets_it_later_and_once(
    store: Store, dovecot: Dovecot, postfix: Postfix, crash: bool
) -> None:
    async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
        await desk.link(Link.LIVE)
        (postfix.kill if crash else postfix.stop)()
        id = await desk.send(GRACE)

        async def tried_in_vain() -> bool:
            row = await desk.submission(id)
            return row.state is SubmissionState.QUEUED and row.attempts > 1

        await desk.until(tried_in_vain)
        postfix.start()
        row = await desk.becomes(id, *GONE)
        assert row.state is SubmissionState.COPIED
        with other_client(dovecot) as ada, other_client(dovecot, GRACE) as grace:
            await only(desk, grace)
            assert ada.uids("Sent") == [1]


async def test_a_copy_is_filed_once_though_the_program_died_before_it_knew(
    store: Store, dovecot: Dovecot, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = store.outbox.advance

    async def stuck(id: Any, state: SubmissionState, **fields: Any) -> None:
        if state is SubmissionState.COPIED:
            await asyncio.Event().wait()
        await advance(id, state, **fields)

    with other_client(dovecot) as ada, other_client(dovecot, GRACE) as grace:
        with monkeypatch.context() as patch:
            patch.setattr(store.outbox, "advance", stuck)
            async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
                await desk.mailbox(b"Sent")
                id = await desk.send(GRACE)
                await desk.until(lambda: ada.uids("Sent"))
        assert (await desk.submission(id)).state is SubmissionState.ACCEPTED
        async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
            await desk.becomes(id, SubmissionState.COPIED)
        assert ada.uids("Sent") == [1]
        await only(desk, grace)
        assert len(re.findall("client=.*sasl_method", postfix.log)) == 1, "one submission"


async def test_a_mail_taken_back_in_time_never_leaves(store: Store, dovecot: Dovecot, postfix: Postfix) -> None:
    async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA)), undo_send=60) as desk:
        id = await desk.send(GRACE, body="oops\n")
        saved = await desk.account.take_back(id)
        assert saved is not None
        assert saved.draft.body == "oops\n"
        assert await store.outbox.list(desk.name) == []
        id = await desk.send(GRACE, body="well considered\n")
        await desk.account.send_now(id)  # the user does not want to wait
        await desk.becomes(id, SubmissionState.COPIED)
        with other_client(dovecot, GRACE) as grace:
            assert b"well considered" in await only(desk, grace)
