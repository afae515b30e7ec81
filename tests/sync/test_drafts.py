"""Drafts on the server: there once, replaced and not multiplied, gone when sent; what others wrote is never deleted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.servers.scripted_imap import CAPABILITY, ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import Box, Mail
from tests.servers.scripted_smtp import scripted_smtp
from tests.sync.desk import Desk, desk
from tests.sync.rounds import copying_drafts
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Draft
from tui.mail.draft_message import from_message
from tui.mail.ids import Uid, UidValidity
from tui.mail.parse import parse_message
from tui.store.database import Store
from tui.store.drafts import GONE
from tui.sync import drafts
from tui.sync.events import DraftCopied, Link

GRACE = Address("", "grace@example.org")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "DEBOUNCE", 0.0)


@asynccontextmanager
async def writing(
    store: Store, *, capability: str = CAPABILITY, behaviour: str = "normal", **more: object
) -> AsyncIterator[tuple[ScriptedServer, Desk]]:
    """An account with a Drafts mailbox."""
    async with scripted_imap(behaviour, capability=capability) as imap:
        imap.boxes[b"Drafts"] = Box(b"Drafts", b"\\Drafts")
        async with desk(store, imap, **more) as work:  # type: ignore[arg-type]
            await work.mailbox(b"Drafts")
            yield imap, work


def draft(work: Desk, body: str, **fields: object) -> Draft:
    identity = work.account.config.identity
    return Draft(identity, (GRACE,), subject="Note", body=body, message_id=new_message_id("example.org"), **fields)  # type: ignore[arg-type]


async def keep(work: Desk, key: int | None, written: Draft) -> int:
    key = await work.store.drafts.keep(key, written)
    work.account.drafts_changed()
    return key


def there(imap: ScriptedServer) -> list[Mail]:
    return imap.boxes[b"Drafts"].mails


def bodies(imap: ScriptedServer) -> list[str]:
    return [mail.raw.rpartition(b"\r\n\r\n")[2].decode().strip() for mail in there(imap)]


async def stored(work: Desk, imap: ScriptedServer, *wanted: str) -> None:
    """Wait until exactly these are there, and the store knows it."""

    async def alike() -> bool:
        known = await work.store.drafts.copies(work.name)
        return bodies(imap) == list(wanted) and len(known) == len(wanted) and all(copy.uid for copy in known)

    await work.until(alike)


@pytest.mark.parametrize(
    "capability",
    [CAPABILITY, CAPABILITY.replace(" UIDPLUS", ""), "IMAP4rev1 AUTH=PLAIN IDLE"],
    ids=["all", "old", "least"],
)
async def test_it_is_replaced_and_not_multiplied(store: Store, capability: str) -> None:
    async with writing(store, capability=capability) as (imap, work):
        written = draft(work, "one")
        key = await keep(work, None, written)
        await stored(work, imap, "one")
        assert there(imap)[0].flags == {"\\Draft", "\\Seen"}
        for words in ("one two", "one two three"):
            await keep(work, key, replace(written, body=words))
            await stored(work, imap, words)
        assert [event.draft for event in work.said(DraftCopied)] == [key] * 3
        assert not any(event.is_elsewhere for event in work.said(DraftCopied))


async def test_what_is_there_is_what_was_written(store: Store) -> None:
    async with writing(store) as (imap, work):
        written = draft(work, "Dear Grace\n", bcc=(Address("", "b@example.org"),), in_reply_to="<1@example.org>")
        await keep(work, None, written)
        await work.until(lambda: there(imap))
        assert from_message(parse_message(there(imap)[0].raw), [written.identity]) == written


async def test_it_goes_when_it_is_sent_and_when_it_is_dropped(store: Store) -> None:
    async with scripted_smtp() as post, writing(store, smtp=post) as (imap, work):
        written = draft(work, "one")
        key = await keep(work, None, written)
        await stored(work, imap, "one")
        id = await work.account.submit(written, key=key)
        await stored(work, imap)
        assert await store.drafts.all() == []
        await work.becomes(id, "copied")
        key = await keep(work, None, draft(work, "two"))
        await stored(work, imap, "two")
        await store.drafts.drop(key)
        work.account.drafts_changed()
        await stored(work, imap)


async def test_an_open_one_waits_for_a_pause_and_one_that_is_closed_does_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "DEBOUNCE", 3600.0)
    monkeypatch.setattr(drafts, "MOST_DELAY", 7200.0)
    async with writing(store) as (imap, work):
        rounds = copying_drafts(monkeypatch, store)
        key = await keep(work, None, draft(work, "one"))
        await rounds.passes(work, work.account.drafts_changed)
        assert not there(imap)
        await store.drafts.close(key)
        work.account.drafts_changed()
        await stored(work, imap, "one")


async def test_a_writer_without_pauses_has_it_there_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "DEBOUNCE", 3600.0)
    monkeypatch.setattr(drafts, "MOST_DELAY", 0.2)
    async with writing(store) as (imap, work):
        key = None
        for number in range(1000):
            key = await keep(work, key, draft(work, f"{number}"))
            if there(imap):
                break
            await asyncio.sleep(0.01)
        assert there(imap)


async def test_a_large_one_is_stored_when_it_is_closed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "LARGE", 100)
    async with writing(store) as (imap, work):
        rounds = copying_drafts(monkeypatch, store)
        key = await keep(work, None, draft(work, "x" * 200))
        await rounds.passes(work, work.account.drafts_changed)
        assert not there(imap)
        await store.drafts.close(key)
        work.account.drafts_changed()
        await work.until(lambda: there(imap))


async def test_what_was_changed_elsewhere_is_kept_beside_ours(store: Store) -> None:
    async with writing(store) as (imap, work):
        written = draft(work, "one")
        key = await keep(work, None, written)
        await stored(work, imap, "one")
        (ours,) = there(imap)
        imap.boxes[b"Drafts"].add(ours.raw.replace(b"one", b"theirs"), {"\\Draft"})  # as every program does it
        imap.expunge(ours.uid, b"Drafts")
        await keep(work, key, replace(written, body="ours"))
        await work.until(lambda: bodies(imap) == ["theirs", "ours"])
        await work.until(lambda: any(event.is_elsewhere for event in work.said(DraftCopied)))
        await keep(work, key, replace(written, body="ours again"))
        await work.until(lambda: bodies(imap) == ["theirs", "ours again"])


async def test_one_that_was_sent_elsewhere_is_no_draft_here_any_more(store: Store) -> None:
    async with writing(store) as (imap, work):
        first = await keep(work, None, draft(work, "one"))
        second = await keep(work, None, draft(work, "two"))
        await work.until(lambda: len(there(imap)) == 2)
        for key in (first, second):
            await store.drafts.close(key)
        await stored(work, imap, "one", "two")
    sent = imap.boxes[b"Drafts"].mails.pop(0)
    imap.boxes[b"Sent"].add(sent.raw)
    await store.drafts.keep(second, replace(draft(work, "two"), body="two, changed here"))
    await store.drafts.close(second)
    await imap.start()
    try:
        async with desk(store, imap) as work:
            await work.until(lambda: bodies(imap) == ["two, changed here"])

            async def left() -> bool:
                return [each.id for each in await store.drafts.all()] == [second]

            await work.until(left)
    finally:
        await imap.stop()


async def test_one_whose_copy_the_server_has_expired_is_kept_here(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(store) as (imap, work):
        written = draft(work, "one")
        key = await keep(work, None, written)
        await stored(work, imap, "one")
        await store.drafts.close(key)
    imap.boxes[b"Drafts"].mails.clear()
    await imap.start()
    try:
        async with desk(store, imap) as work:
            rounds = copying_drafts(monkeypatch, store)

            async def noticed() -> bool:
                return [copy.uid for copy in await store.drafts.copies(work.name)] == [GONE]

            await work.until(noticed)
            await rounds.passes(work, work.account.drafts_changed)
            assert [each.draft.body for each in await store.drafts.all()] == [written.body]
            assert not there(imap), "what somebody may have thrown away is not put there again"
            await keep(work, key, replace(written, body="two"))
            await store.drafts.close(key)
            await stored(work, imap, "two")
    finally:
        await imap.stop()


async def test_a_rebuilt_mailbox_takes_no_draft_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with writing(store) as (imap, work):
        written = draft(work, "one")
        key = await keep(work, None, written)
        await stored(work, imap, "one")
        await store.drafts.close(key)
    box = imap.boxes[b"Drafts"]
    (ours,) = box.mails
    box.uidvalidity, box.uidnext, box.mails = 99, 1, []
    stranger = box.add(b"Subject: stranger\r\n\r\nstranger\r\n")
    box.add(ours.raw)
    assert stranger.uid == ours.uid == 1
    await imap.start()
    try:
        async with desk(store, imap) as work:
            rounds = copying_drafts(monkeypatch, store)
            await work.link(Link.LIVE)  # from now on it looks whether the copies are still there
            await rounds.passes(work, work.account.drafts_changed)
            assert len(await store.drafts.all()) == 1
            await keep(work, key, replace(written, body="two"))
            await work.until(lambda: bodies(imap) == ["stranger", "two"])
    finally:
        await imap.stop()


async def test_a_copy_whose_answer_was_lost_is_found_and_not_made_again(store: Store) -> None:
    async with writing(store) as (imap, work):
        written = draft(work, "one")
        key = await store.drafts.keep(None, written)
        (row,) = await store.drafts.versions(work.name)
        await store.drafts.add_copy(key, row.version, work.name, b"Drafts", "mark123")
        imap.boxes[b"Drafts"].add(b"X-Tidings-Draft: mark123\r\n\r\none\r\n", {"\\Draft"})
        work.account.drafts_changed()
        await stored(work, imap, "one")
        assert not any(b"APPEND" in line for line in imap.log)


async def test_offline_it_waits_and_then_follows(store: Store) -> None:
    async with writing(store) as (imap, work):
        written = draft(work, "one")
        key = await keep(work, None, written)
        await stored(work, imap, "one")
        await imap.stop()
        await keep(work, key, replace(written, body="on the train"))
        dropped = await keep(work, None, draft(work, "never mind"))
        await store.drafts.drop(dropped)
        await work.link(Link.OFFLINE)
        assert bodies(imap) == ["one"]
        await imap.start()
        await stored(work, imap, "on the train")
        await imap.stop()


async def test_one_of_another_program_is_replaced_once_it_is_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(store) as (imap, work):
        rounds = copying_drafts(monkeypatch, store)
        theirs = imap.boxes[b"Drafts"].add(b"Subject: theirs\r\n\r\ntheirs\r\n", {"\\Draft"})
        taken = draft(work, "theirs")
        key = await store.drafts.adopt(taken, work.name, b"Drafts", UidValidity(1), Uid(theirs.uid))
        await rounds.passes(work, work.account.drafts_changed)
        assert there(imap) == [theirs]
        await keep(work, key, replace(taken, body="mine now"))
        await stored(work, imap, "mine now")


async def test_where_they_are_not_wanted_none_is_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with writing(store) as (imap, work):
        rounds = copying_drafts(monkeypatch, store)
        work.account._draft_copies._enabled = False
        key = await keep(work, None, draft(work, "private"))
        await store.drafts.close(key)
        await rounds.passes(work, work.account.drafts_changed)
        assert not there(imap)


async def test_an_account_without_drafts_gets_some(store: Store) -> None:
    async with scripted_imap() as imap, desk(store, imap) as work:
        await work.mailbox(b"Sent")
        await keep(work, None, draft(work, "one"))
        await work.until(lambda: b"Drafts" in imap.boxes and there(imap))
        await stored(work, imap, "one")
