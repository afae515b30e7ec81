"""POP3 on Dovecot, sending through Postfix: the same account as ever, though its mail is on this machine."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tests.sync.desk import Desk, open_store
from tui.config.model import Security
from tui.mail import reply
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Draft
from tui.mail.envelope import Envelope
from tui.mail.flags import ANSWERED, FLAGGED
from tui.mail.query_syntax import parse
from tui.mail.submission import SubmissionState
from tui.store.database import Store
from tui.store.search import Hits
from tui.sync.events import Link
from tui.sync.indexing import Indexing

PARTS = (
    "MIME-Version: 1.0\nSubject: with a file\nFrom: Grace Hopper <grace@example.org>\nTo: ada@example.org\n"
    "Message-ID: <file@example.org>\nDate: Tue, 24 Nov 2026 10:00:00 +0000\n"
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the needle.\n.\n'
    '--b\nContent-Type: application/octet-stream; name="plan.bin"\nContent-Transfer-Encoding: base64\n'
    'Content-Disposition: attachment; filename="plan.bin"\n\nAAECAwQ=\n--b--\n'
)


async def row_of(desk: Desk, subject: str, wire: bytes = b"INBOX") -> Envelope:
    """Wait for a row."""

    async def found() -> Envelope | None:
        return next((row for row in await desk.rows(wire) if row.subject == subject), None)

    row: Envelope = await desk.until(found)
    return row


async def settled(store: Store) -> bool:
    return not await store.pending.all()


async def hits(store: Store, text: str) -> set[str]:
    """Search what is here."""
    node = parse(text, datetime.now(UTC)).node
    assert node is not None
    found = Hits(store.search, node)
    return {row.subject for row in await found.older(None, 100)}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_day_with_an_account_by_pop3(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, security: Security
) -> None:
    dovecot.deliver(ADA, mail("first", "Liebe Ada,\n.\n..zwei Punkte"), PARTS.replace("\n", "\r\n").encode())
    account = dovecot.pop3_account(ADA, send=postfix.server(ADA, Security.TLS), security=security, leave_days=0)
    with other_client(dovecot, GRACE) as grace, other_client(dovecot) as ada:
        async with open_store(tmp_path) as store, at_work(store, account) as desk:
            await desk.holds(2)
            await desk.until(lambda: not ada.uids())  # deleted there
            inbox = await desk.inbox()
            first, file = await row_of(desk, "first"), await row_of(desk, "with a file")
            assert b".\r\n..zwei Punkte" in await desk.body(first.uid)
            message = await desk.account.message(inbox, file.uid)
            plan = next(part for part in message.structure.leaves() if part.filename)
            assert file.has_file
            assert await desk.account.part(inbox, file.uid, plan) == bytes(range(5))
            # A reply leaves through Postfix; its copy is filed here, and what it answers is marked.
            answered = await desk.account.message(inbox, first.uid)
            draft = reply.reply(answered, first, account.identity, now=datetime.now(UTC), mailbox=inbox)
            id = await desk.account.submit(draft)
            assert (await desk.becomes(id, SubmissionState.COPIED)).words is not None
            assert [row.subject for row in await desk.holds(1, b"Sent")] == ["Re: first"]
            await desk.until(lambda: grace.uids())
            assert (await row_of(desk, "first")).flags >= {ANSWERED}
            # A draft is among the drafts, once, and goes with its sending.
            someone, id_of_it = (Address("", GRACE),), new_message_id("example.org")
            written = Draft(account.identity, someone, subject="later", body="…", message_id=id_of_it)
            key = await store.drafts.keep(None, written)
            await store.drafts.close(key)
            desk.account.drafts_changed()
            await desk.holds(1, b"Drafts")
            await store.drafts.drop(key)
            desk.account.drafts_changed()
            await desk.holds(0, b"Drafts")
            # Filing and taking it back.
            act = await desk.account.changes.archive(inbox, [file.uid])
            assert act is not None
            await desk.holds(1, b"Archive")
            await desk.account.changes.undo(act)
            await desk.holds(2)
            await desk.account.changes.delete(inbox, [(await row_of(desk, "with a file")).uid])
            await desk.holds(1, b"Trash")
            await desk.account.changes.flag(inbox, [first.uid], FLAGGED, True)
            await desk.until(lambda: settled(store))
            # New mail comes when it is asked for.
            dovecot.deliver(ADA, mail("second", "The haystack."))
            desk.account.look_now()
            await desk.holds(2)
            indexing = asyncio.create_task(Indexing(store, lambda _: None).run())
            await desk.until(lambda: hits(store, "body:needle"))
            assert await hits(store, "body:haystack") == {"second"}
            assert await hits(store, "from:grace needle") == {"with a file"}
            indexing.cancel()
        async with open_store(tmp_path) as store, at_work(store, account) as desk:
            await desk.link(Link.POLLING)
            assert {row.subject for row in await desk.holds(2)} == {"first", "second"}
            assert (await row_of(desk, "first")).flags >= {ANSWERED, FLAGGED}
            assert [row.subject for row in await desk.rows(b"Trash")] == ["with a file"]
            assert len(await desk.rows(b"Sent")) == 1


async def test_both_kinds_in_one_tree(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("to both"))
    by_pop3, by_imap = dovecot.pop3_account(ADA, name="old"), dovecot.account(ADA, name="new")
    async with at_work(store, by_pop3) as old, at_work(store, by_imap) as new:
        await old.holds(1)
        await new.holds(1)
        (row,) = await old.rows()
        await old.account.changes.archive(await old.inbox(), [row.uid])
        await old.holds(1, b"Archive")
        await old.until(lambda: settled(store))
        assert len(await new.rows()) == 1  # what is done here is done here alone
        assert {state.mailbox.account for state in await store.mailboxes.all()} == {"old", "new"}
