"""Drafts beside another client on Dovecot: there once, kept apart where both changed them, gone when sent."""

from dataclasses import replace

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tests.sync.desk import Desk
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Attachment, Draft
from tui.mail.draft_message import from_message
from tui.mail.flags import DRAFT, SEEN
from tui.mail.ids import Uid
from tui.mail.parse import parse_message
from tui.store.database import Store
from tui.sync.events import DraftCopied

FILE = Attachment("Plan für morgen.bin", "application/octet-stream", bytes(range(256)) * 400)


def draft(desk: Desk, body: str) -> Draft:
    return Draft(
        desk.account.config.identity,
        to=(Address("Grace Hopper", GRACE),),
        bcc=(Address("", "secret@example.org"),),
        subject="Grüße",
        body=body,
        attachments=(FILE,),
        message_id=new_message_id("example.org"),
    )


async def closed(desk: Desk, key: int | None, written: Draft) -> int:
    """Keep a draft and close it, as the compose screen does."""
    key = await desk.store.drafts.keep(key, written)
    await desk.store.drafts.close(key)
    desk.account.drafts_changed()
    return key


async def test_a_draft_lives_on_the_server_as_long_as_it_is_one(
    store: Store, dovecot: Dovecot, postfix: Postfix
) -> None:
    with other_client(dovecot) as ada, other_client(dovecot, GRACE) as grace:
        async with at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk:
            await desk.mailbox(b"Sent")
            written = draft(desk, "one\n")
            key = await closed(desk, None, written)
            await desk.until(lambda: len(desk.said(DraftCopied)) == 1)
            for body in ("one two\n", "one two three\n"):
                written = replace(written, body=body)
                before = len(desk.said(DraftCopied))
                await closed(desk, key, written)
                await desk.until(lambda before=before: len(desk.said(DraftCopied)) > before)  # type: ignore[misc]
            await desk.until(lambda: len(ada.uids("Drafts")) == 1)
            (uid,) = ada.uids("Drafts")
            assert ada.flags("Drafts") == {uid: {DRAFT, SEEN}}
            assert from_message(parse_message(ada.source(uid, "Drafts")), [written.identity]) == written
            id = await desk.account.submit(written, key=key)
            await desk.becomes(id, "copied")
            await desk.until(lambda: grace.uids() and ada.uids("Drafts") == [])
            assert len(ada.uids("Sent")) == 1
            assert b"secret@" not in grace.source(grace.uids()[0])


async def test_another_client_changes_it_and_both_are_kept(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as ada:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.mailbox(b"Sent")
            written = draft(desk, "one\n")
            key = await closed(desk, None, written)
            await desk.until(lambda: len(ada.uids("Drafts")) == 1)
            await desk.until(lambda: placed(desk))
            (ours,) = ada.uids("Drafts")
            ada.append("Drafts", mail("theirs", "changed on the telephone"))
            ada.expunge(ours, mailbox="Drafts")
            await closed(desk, key, replace(written, body="changed here\n"))
            await desk.until(lambda: len(ada.uids("Drafts")) == 2)
            await desk.until(lambda: any(event.is_elsewhere for event in desk.said(DraftCopied)))
            theirs, mine = (ada.source(uid, "Drafts") for uid in ada.uids("Drafts"))
            assert b"changed on the telephone" in theirs
            assert b"changed here" in mine


async def placed(desk: Desk) -> bool:
    return all(copy.uid for copy in await desk.store.drafts.copies(desk.name))


async def test_one_that_another_client_wrote_is_taken_up_and_replaced(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as ada:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.mailbox(b"Sent")
            ada.append("Drafts", mail("Unfinished", "Dear Grace,", sender=ADA, to=GRACE))
            (uid,) = ada.uids("Drafts")
            desk.account.look_now()
            box = await desk.mailbox(b"Drafts")
            desk.account.open_mailbox(box.id)
            await desk.until(lambda: desk.store.envelopes.get(box.id, Uid(uid)))
            raw = await desk.account.source(box.id, Uid(uid))
            written = from_message(parse_message(raw), [desk.account.config.identity])
            assert (written.subject, written.to[0].spec, written.body.strip()) == ("Unfinished", GRACE, "Dear Grace,")
            state = await desk.mailbox(b"Drafts")
            key = await store.drafts.adopt(written, desk.name, b"Drafts", state.uidvalidity, Uid(uid))
            await closed(desk, key, replace(written, body="Dear Grace,\nfinished\n"))
            await desk.until(lambda: ada.uids("Drafts") not in ([uid], [uid, uid + 1]))
            (uid,) = ada.uids("Drafts")
            assert b"finished" in ada.source(uid, "Drafts")


async def test_one_sent_elsewhere_is_no_draft_here_any_more(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as ada:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.mailbox(b"Sent")
            await closed(desk, None, draft(desk, "one\n"))
            await desk.until(lambda: len(ada.uids("Drafts")) == 1)
            await desk.until(lambda: placed(desk))
        (uid,) = ada.uids("Drafts")
        ada.append("Sent", ada.source(uid, "Drafts"))
        ada.expunge(*ada.uids("Drafts"), mailbox="Drafts")
        async with at_work(store, dovecot.account(ADA)) as desk:

            async def gone() -> bool:
                return await store.drafts.all() == []

            await desk.until(gone)
        assert ada.uids("Drafts") == []
