"""What comes after SMTP: copies filed once or not at all, mails in doubt looked for, those not reached sent to again.

(G03, G06, G08)
"""

from dataclasses import replace

import pytest

from tests.servers.scripted_imap import CAPABILITY, ScriptedServer, scripted_imap
from tests.servers.scripted_smtp import scripted_smtp
from tests.sync.desk import Desk, desk
from tests.sync.rounds import following_up, sending
from tui.mail.address import Address
from tui.mail.draft import Original
from tui.mail.errors import MailError
from tui.mail.ids import Uid, UidValidity
from tui.mail.submission import Submission
from tui.store.database import Store
from tui.sync import delivery, follow_up, sent_copy

GRACE, ALAN = "grace@example.org", "alan@example.org"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", 0.4)
    monkeypatch.setattr(delivery, "FINAL_TIMEOUT", 0.5)
    monkeypatch.setattr(follow_up, "LOOKS", (0.05, 0.1, 0.2))
    monkeypatch.setattr(follow_up, "LEAST_WAIT", 0.01)


def appended(imap: ScriptedServer) -> int:
    return sum(b"APPEND" in line for line in imap.log)


async def looked(work: Desk, id: int, times: int) -> Submission:
    async def often() -> Submission | None:
        row = await work.submission(id)  # type: ignore[arg-type]
        return row if row.looked >= times else None

    found: Submission = await work.until(often)
    return found


async def test_one_in_doubt_is_looked_for_some_times_and_then_left_to_the_user(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = following_up(monkeypatch, store)
    async with scripted_imap() as imap, scripted_smtp("drop-after-dot-lost") as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        id = await work.send()
        await looked(work, id, 3)
        await rounds.passes(work, work.account.look_now)
        row = await work.submission(id)
        assert (row.state, row.looked, post.connections) == ("unknown", 3, 1)
        assert row.looked_at >= row.changed
        work.account.look_for(id)
        row = await looked(work, id, 4)
        assert (row.state, post.connections, appended(imap)) == ("unknown", 1, 0)


@pytest.mark.parametrize("mailbox", [b"Sent", b"INBOX", b"All"])
async def test_one_that_is_found_was_sent(store: Store, mailbox: bytes) -> None:
    async with scripted_imap() as imap, scripted_smtp("drop-after-dot") as post, desk(store, imap, post) as work:
        imap.boxes[b"All"] = replace(imap.boxes[b"Sent"], name=b"All", attributes=b"\\All", mails=[])
        work.account.look_now()
        await work.mailbox(b"All")
        id = await work.send()
        await looked(work, id, 1)
        imap.boxes[mailbox].add(post.accepted[0].data)
        row = await work.becomes(id, "copied")
        assert (row.words, row.phase) == ("Found on the server.", "done")
        assert len(post.accepted) == post.connections == 1, "not sent again"
        assert len(imap.boxes[b"Sent"].mails) == 1
        assert row.copy == ("found" if mailbox == b"Sent" else "filed")


async def test_its_own_draft_does_not_prove_that_it_was_sent(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp("drop-after-dot") as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        id = await work.send()
        await work.until(lambda: post.accepted)
        imap.boxes[b"INBOX"].add(post.accepted[0].data, {"\\Draft"})
        assert (await looked(work, id, 3)).state == "unknown"


async def test_one_in_doubt_is_looked_for_after_a_restart(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp("drop-after-dot") as post:
        async with desk(store, imap, post) as work:
            await work.mailbox(b"Sent")
            id = await work.send()
            await work.becomes(id, "unknown")
        imap.boxes[b"Sent"].add(post.accepted[0].data)
        async with desk(store, imap, post) as work:
            await work.becomes(id, "copied")
        assert post.connections == 1


async def test_a_receiving_server_that_hangs_keeps_nobody_from_sending(store: Store) -> None:
    async with scripted_imap("hang-select") as imap, scripted_smtp() as post, desk(store, imap, post) as work:
        first = await work.send()
        await work.becomes(first, "accepted")
        second = await work.send()
        await work.becomes(second, "accepted")
        assert len(post.accepted) == 2


GMAIL = f"{CAPABILITY} X-GM-EXT-1"


@pytest.mark.parametrize(
    ("setting", "capability", "copies", "told"),
    [
        ("auto", CAPABILITY, 1, "filed"),
        ("auto", GMAIL, 0, "server"),
        ("append", GMAIL, 1, "filed"),
        ("server", CAPABILITY, 0, "server"),
        ("none", CAPABILITY, 0, "none"),
    ],
)
async def test_who_files_the_copy(store: Store, setting: str, capability: str, copies: int, told: str) -> None:
    async with (
        scripted_imap(capability=capability) as imap,
        scripted_smtp() as post,
        desk(store, imap, post, sent_copy=setting) as work,
    ):
        await work.mailbox(b"Sent")
        row = await work.becomes(await work.send(), "copied")
        assert (row.copy, len(imap.boxes[b"Sent"].mails)) == (told, copies)


@pytest.mark.parametrize("files", [True, False])
async def test_a_server_that_may_file_it_is_given_time(
    store: Store, monkeypatch: pytest.MonkeyPatch, files: bool
) -> None:
    monkeypatch.setattr(sent_copy, "may_file_sent_copy", lambda session: True)
    monkeypatch.setattr(sent_copy, "PATIENCE", 60.0 if files else 0.5)
    async with scripted_imap() as imap, scripted_smtp() as post, desk(store, imap, post, haste=0.001) as work:
        await work.mailbox(b"Sent")
        id = await work.send()
        if files:
            waits = await work.until(lambda: waiting(work, id))
            assert "looked, not there yet" in waits.copy
            imap.boxes[b"Sent"].add(post.accepted[0].data)
        row = await work.becomes(id, "copied")
        assert row.copy == ("found" if files else "filed")
        assert len(imap.boxes[b"Sent"].mails) == 1
        assert len(post.accepted) == 1


async def waiting(work: Desk, id: int) -> Submission | None:
    row = await work.submission(id)  # type: ignore[arg-type]
    return row if row.copy else None


async def test_a_copy_that_cannot_be_filed_waits_with_the_reason_and_nothing_is_sent_again(store: Store) -> None:
    async with scripted_imap("append-overquota") as imap, scripted_smtp() as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        id = await work.send()
        row = await work.until(lambda: waiting(work, id))
        assert row.state == "accepted"
        assert row.words.startswith("250"), "the sending server's last words are not lost"
        await work.until(lambda: appended(imap) > 2)
        assert len(post.accepted) == 1


async def test_those_not_reached_are_named_and_get_it_alone(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp("rcpt-partial") as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        row = await work.becomes(await work.send(GRACE, ALAN), "copied")
        assert [each.address for each in row.open_refusals] == [ALAN]
        assert row.needs_user
        (copy,) = imap.boxes[b"Sent"].mails
        comment = b"Comments: Not taken by the server for alan@example.org (550 5.1.1 no such user)"
        assert copy.raw.replace(b"\r\n ", b" ").startswith(comment)
        with pytest.raises(MailError, match="has it already"):
            await work.account.resend(row.id, [ALAN], [Address("", GRACE)])
        with pytest.raises(MailError, match="not a mail address"):
            await work.account.resend(row.id, [ALAN], [Address("", "alan@")])
        with pytest.raises(MailError, match="Nobody is left"):
            await work.account.resend(row.id, [ALAN], [])
        new = await work.account.resend(row.id, [ALAN], [Address("Alan", "turing@example.org")])
        await work.becomes(new, "copied")
        assert [mail.recipients for mail in post.accepted] == [(GRACE.encode(),), (b"turing@example.org",)]
        assert post.accepted[0].data == post.accepted[1].data, "not a byte is changed"
        assert len(imap.boxes[b"Sent"].mails) == 1, "one mail, one copy"
        assert not (await work.submission(row.id)).needs_user


async def test_a_rest_in_doubt_is_not_taken_for_found_by_the_first_copy(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = following_up(monkeypatch, store)
    async with scripted_imap() as imap:
        async with scripted_smtp("rcpt-partial") as post, desk(store, imap, post) as work:
            await work.mailbox(b"Sent")
            row = await work.becomes(await work.send(GRACE, ALAN), "copied")
        async with scripted_smtp("drop-after-dot-lost") as post, desk(store, imap, post) as work:
            new = await work.account.resend(row.id, [ALAN], [Address("", ALAN)])
            await work.becomes(new, "unknown")
            await rounds.passes(work, lambda: work.account.look_for(new))
            assert (await work.submission(new)).state == "unknown"


async def test_one_for_whom_it_was_not_now_gets_it_later_by_itself(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp("rcpt-later") as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        row = await work.becomes(await work.send(GRACE, ALAN), "copied")
        await work.until(lambda: len(post.accepted) == 2)
        assert [mail.recipients for mail in post.accepted] == [(GRACE.encode(),), (ALAN.encode(),)]
        await work.until(lambda: all_done(work))
        row = await work.submission(row.id)
        assert [(each.address, each.settled) for each in row.refused] == [(ALAN, True)]
        assert work.pace.waits[0][1] == 60
        assert len(imap.boxes[b"Sent"].mails) == 1


async def all_done(work: Desk) -> bool:
    return {row.state for row in await work.store.outbox.list()} == {"copied"}


async def test_a_mail_for_later_leaves_at_its_time_and_not_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = sending(monkeypatch, store)
    now = [1_800_000_000.0]
    async with scripted_imap() as imap, scripted_smtp() as post:
        async with desk(store, imap, post) as work:
            work.account._dispatcher._clock = lambda: now[0]
            await work.mailbox(b"Sent")
            id = await work.send(at=now[0] + 3600)
            row = await work.submission(id)
            assert (row.state, row.due) == ("held", now[0] + 3600)
            assert b"Date: Fri, 15 Jan 2027" in await store.outbox.data(id)
            now[0] += 3599
            await rounds.passes(work, work.account.look_now)
            assert not post.connections
        async with desk(store, imap, post) as work:  # the program begins anew
            work.account._dispatcher._clock = lambda: now[0]
            await rounds.passes(work, work.account.look_now)
            assert not post.connections
            now[0] += 2
            work.account.look_now()
            await work.becomes(id, "copied")
        assert len(post.accepted) == 1


async def test_a_mail_in_doubt_that_is_taken_back_keeps_its_name_until_it_is_another(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp("drop-after-dot-lost") as post, desk(store, imap, post) as work:
        account = work.account
        row = await work.becomes(await work.send(), "unknown")
        for edited in (False, True):
            saved = await account.take_back(row.id)
            assert saved is not None
            assert saved.draft.message_id == row.message_id
            draft = replace(saved.draft, body="Dear Grace, once more.") if edited else saved.draft
            again = await work.becomes(await account.submit(draft, key=saved.id), "unknown")
            assert (again.message_id == row.message_id) is not edited
            assert again.message_id.encode() in await store.outbox.data(again.id)
            row = again


async def test_what_was_said_with_the_server_is_kept(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp("rcpt-none") as post, desk(store, imap, post) as work:
        row = await work.becomes(await work.send(), "failed")

        async def told() -> str:
            return await store.outbox.talk(row.id)

        talk = await work.until(told)
        lines = talk.split("\n")
        assert any(line.startswith("> RCPT TO:<") for line in lines)
        assert any(line.startswith("< 550") for line in lines)
        assert "AUTH" not in talk or "***" in talk
        await store.outbox.remove(row.id)
        assert await store.outbox.talk(row.id) == ""


async def test_what_is_answered_is_not_flagged_under_the_number_of_another_generation(store: Store) -> None:
    async with scripted_imap(messages=1) as imap, scripted_smtp() as post, desk(store, imap, post) as work:
        await work.holds(1)
        inbox = await work.inbox()
        for uidvalidity in (UidValidity(99), UidValidity(1)):
            assert not any(mail.flags for mail in imap.boxes[b"INBOX"].mails)
            original = Original(inbox, Uid(1), "\\Answered", uidvalidity)
            await work.becomes(await work.send(original=original), "copied")
        await work.until(lambda: any("\\Answered" in mail.flags for mail in imap.boxes[b"INBOX"].mails))
