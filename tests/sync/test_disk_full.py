"""A disk that is full: refused before anything is half done, and what was there before is intact. (H04)"""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import scripted_smtp
from tests.store.sample import INBOX, WORK, envelope
from tests.sync.desk import desk, open_store
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import DiskFull, StoreError
from tui.mail.identity import Identity
from tui.mail.ids import MailboxId, ModSeq, SubmissionId, Uid, UidValidity
from tui.mail.submission import Phase, Submission, SubmissionState
from tui.store.database import Store
from tui.sync import delivery, outbox

ME = Identity(WORK, Address("", "ada@example.org"))
BIG = Attachment("big.bin", "application/octet-stream", bytes(600_000))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for 3 MB."""
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(tmp_path)], capture_output=True
    ).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fill(folder: Path) -> Path:
    """Use up the room to the last octet."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return ballast


async def test_a_draft_is_refused_and_the_one_before_it_is_intact(small_disk: Path) -> None:
    async with open_store(small_disk) as store:
        key = await store.drafts.keep(None, Draft(ME, body="older words"))
        ballast = fill(small_disk)
        for _ in range(3):
            with pytest.raises(DiskFull, match="disk is full"):
                await store.drafts.keep(key, Draft(ME, body="newer words", attachments=(BIG,)))
        assert [each.draft.body for each in await store.drafts.all()] == ["older words"]
        ballast.unlink()
        await store.drafts.keep(key, Draft(ME, body="newer words"))
        assert [each.draft.body for each in await store.drafts.all()] == ["newer words"]


async def test_a_mail_is_refused_before_it_leaves(small_disk: Path) -> None:
    async with (
        open_store(small_disk) as store,
        scripted_imap() as imap,
        scripted_smtp() as post,
        desk(store, imap, post) as work,
    ):
        await work.mailbox(b"Sent")
        first = await work.send(body="older words\n")
        await work.becomes(first, "copied")
        connections = post.connections
        ballast = fill(small_disk)
        with pytest.raises(DiskFull):
            await work.send(body="newer words\n", attachments=(BIG,))
        assert post.connections == connections
        assert [row.id for row in await store.outbox.list()] == [first]
        assert b"older words" in await store.outbox.data(first)
        ballast.unlink()
        await work.becomes(await work.send(body="newer words\n"), "copied")
        assert len(post.accepted) == 2


async def test_a_disk_that_fills_up_while_a_mail_waits_loses_and_doubles_nothing(small_disk: Path) -> None:
    async with open_store(small_disk) as store, scripted_imap() as imap, scripted_smtp() as post:
        async with desk(store, imap, post, undo_send=600) as work:
            await work.mailbox(b"Sent")
            id = await work.send()
            ballast = fill(small_disk)
            try:
                await work.account.send_now(id)
            except StoreError:
                ballast.unlink()
                await work.account.send_now(id)
            await work.until(lambda: len(post.accepted) <= 1)
            ballast.unlink(missing_ok=True)
            work.account.look_now()
            await work.becomes(id, "copied", timeout=30)
        assert len(post.accepted) == 1


@pytest.mark.parametrize("error", [DiskFull, StoreError])
@pytest.mark.parametrize("behaviour", ["normal", "greylist", "drop-after-dot-lost", "data-554"])
async def test_what_became_of_a_mail_is_written_as_soon_as_there_is_room(
    store: Store, monkeypatch: pytest.MonkeyPatch, behaviour: str, error: type[StoreError]
) -> None:
    monkeypatch.setattr(delivery, "STORE_PAUSE", 0.02)
    monkeypatch.setattr(delivery, "TIMEOUT", 0.4)
    advance, full = store.outbox.advance, [0]

    async def sometimes(id: SubmissionId, state: SubmissionState, **fields: Any) -> Submission:
        if state is not SubmissionState.SENDING and full[0] < 3:
            full[0] += 1
            raise error("The disk is full.")
        return await advance(id, state, **fields)

    monkeypatch.setattr(store.outbox, "advance", sometimes)
    async with scripted_imap() as imap, scripted_smtp(behaviour) as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        row = await work.becomes(await work.send(), "copied", "failed", "unknown")
        assert row.state == {"drop-after-dot-lost": "unknown", "data-554": "failed"}.get(behaviour, "copied")
        assert full[0] == 3
        assert len(post.accepted) == (row.state == "copied")


class Stuck:
    """A store that does not take what became of a mail.

    Attributes:
        refused: states that were not written, in order.
        room: whether everything is written.
    """

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, *states: SubmissionState) -> None:
        self.refused: list[SubmissionState] = []
        self.room = False
        advance = store.outbox.advance

        async def stuck(id: SubmissionId, state: SubmissionState, **fields: Any) -> Submission:
            if state in states and not self.room:
                self.refused.append(state)
                raise DiskFull("The disk is full.")
            return await advance(id, state, **fields)

        monkeypatch.setattr(store.outbox, "advance", stuck)


async def test_quitting_does_not_wait_for_room_and_what_was_accepted_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "STORE_PAUSE", 0.02)
    async with scripted_imap() as imap, scripted_smtp() as post:
        async with open_store(tmp_path) as store:
            stuck = Stuck(store, monkeypatch, SubmissionState.ACCEPTED)
            async with asyncio.timeout(15), desk(store, imap, post) as work:
                id = await work.send()
                await work.until(lambda: stuck.refused)
        async with open_store(tmp_path) as store, desk(store, imap, post) as work:
            row = await work.becomes(id, "unknown", "copied")
            assert row.phase in (Phase.DOT, Phase.DONE)
        assert len(post.accepted) == 1


@pytest.mark.parametrize("again", ["take back", "send now"])
async def test_a_mail_accepted_while_the_disk_was_full_is_not_sent_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    monkeypatch.setattr(delivery, "STORE_PAUSE", 0.02)
    monkeypatch.setattr(outbox, "STORE_PAUSE", 0.02)
    stuck = Stuck(store, monkeypatch, SubmissionState.ACCEPTED)
    async with scripted_imap() as imap, scripted_smtp() as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        id = await work.send()
        await work.until(lambda: stuck.refused)
        if again == "send now":
            await work.account.send_now(id)
        else:
            async with asyncio.timeout(5):
                with pytest.raises(DiskFull):
                    await work.account.take_back(id)
        stuck.room = True
        assert (await work.becomes(id, "copied")).attempts == 1
        assert await work.account.take_back(id) is None
        assert len(post.accepted) == 1


async def test_a_mail_cut_short_while_the_disk_was_full_comes_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "STORE_PAUSE", 0.02)
    stuck = Stuck(store, monkeypatch, SubmissionState.QUEUED)
    async with scripted_imap() as imap, scripted_smtp("hang-rcpt") as post, desk(store, imap, post) as work:
        id = await work.send(body="every word\n")
        await work.until(lambda: any(b"RCPT" in line for line in post.log))
        with pytest.raises(DiskFull):
            await work.account.take_back(id)
        stuck.room = True
        saved = await work.account.take_back(id)
        assert saved is not None
        assert saved.draft.body == "every word\n"
        assert not post.accepted


async def test_a_step_that_cannot_be_written_is_not_taken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "STORE_PAUSE", 0.02)
    advance, full = store.outbox.advance, [0]

    async def not_the_dot(id: SubmissionId, state: SubmissionState, **fields: Any) -> Submission:
        if fields.get("phase") is Phase.DOT and not full[0]:
            full[0] = 1
            raise DiskFull("The disk is full.")
        return await advance(id, state, **fields)

    monkeypatch.setattr(store.outbox, "advance", not_the_dot)
    async with scripted_imap() as imap, scripted_smtp() as post, desk(store, imap, post) as work:
        await work.mailbox(b"Sent")
        row = await work.becomes(await work.send(), "copied")
        assert row.attempts == 2
        assert len(post.accepted) == 1


async def test_the_cache_refuses_and_keeps_what_it_has(small_disk: Path) -> None:
    async with open_store(small_disk) as store:
        inbox = await mailbox(store)
        await store.envelopes.add(inbox, [envelope(1)])
        ballast = fill(small_disk)

        async def many() -> None:
            for start in range(2, 4000, 200):
                await store.envelopes.add(inbox, [envelope(uid) for uid in range(start, start + 200)])

        with pytest.raises(DiskFull):
            await many()
        state = await store.mailboxes.get(inbox)
        assert state is not None
        assert state.held % 200 == 1, "a batch is here as a whole or not at all"
        ballast.unlink()
        await store.envelopes.add(inbox, [envelope(5000)])
    async with open_store(small_disk) as store:
        assert await store.envelopes.get(inbox, Uid(1)) is not None
        assert await store.envelopes.get(inbox, Uid(5000)) is not None


async def mailbox(store: Store) -> MailboxId:
    await store.mailboxes.replace(WORK, [INBOX])
    state = await store.mailboxes.by_wire(WORK, b"INBOX")
    assert state is not None
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    return state.id
