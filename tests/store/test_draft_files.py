"""The files of drafts: written once, whatever is typed beside them, and whole after any coming and going."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.sample import WORK
from tui.config.paths import Paths
from tui.mail import draft as drafts
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.identity import Identity
from tui.store.database import Store
from tui.store.databases import Connections
from tui.store.sqlite import query

ME = Identity(WORK, Address("Ada Lovelace", "ada@example.org"))
PDF, PNG, TXT = (Attachment(f"cards.{kind}", f"image/{kind}", kind.encode() * 1000) for kind in ("pdf", "png", "txt"))


async def rows(store: Store) -> list[tuple[int, str]]:
    def read(at: Connections) -> list[tuple[int, str]]:
        return [(id, name) for id, name in query(at.precious, "SELECT id, filename FROM draft_files ORDER BY id")]

    return await store._databases.read_precious(read)


async def test_what_is_typed_does_not_write_the_files_again(store: Store) -> None:
    draft = Draft(ME, body="Dear", attachments=(PDF, PNG))
    key = await store.drafts.keep(None, draft)
    written = await rows(store)
    for body in ("Dear A", "Dear Ada"):
        assert await store.drafts.keep(key, replace(draft, body=body)) == key
    assert await rows(store) == written
    await store.drafts.keep(key, replace(draft, attachments=(PNG, TXT)))
    now = await rows(store)
    assert now[0] == written[1]
    assert [name for _, name in now] == ["cards.png", "cards.txt"]
    saved = await store.drafts.get(key)
    assert saved is not None
    assert saved.draft.attachments == (PNG, TXT)
    await store.drafts.drop(key)
    assert await rows(store) == []


async def test_a_draft_that_went_and_came_back_has_its_files(store: Store) -> None:
    draft = Draft(ME, attachments=(PDF,))
    key = await store.drafts.keep(None, draft)
    await store.outbox.add(
        account=WORK,
        draft=drafts.to_json(draft),
        data=b"x",
        message_id="<1@example.org>",
        sender="ada@example.org",
        recipients=["b@example.org"],
        subject="",
        to="b",
        key=key,
    )
    assert await rows(store) == []
    assert await store.drafts.keep(key, draft) == key
    saved = await store.drafts.get(key)
    assert saved is not None
    assert saved.draft.attachments == (PDF,)


async def test_one_that_an_older_version_wrote_is_read_and_parted_when_it_is_written_again(paths: Paths) -> None:
    draft = Draft(ME, subject="old", attachments=(PDF, PNG))
    store = await Store.open(paths)
    key = await store.drafts.keep(None, Draft(ME))

    def as_before(at: Connections) -> None:
        at.precious.execute("UPDATE drafts SET draft = ? WHERE id = ?", (drafts.to_json(draft), key))

    await store._databases.write_precious(as_before)
    await store.close()
    store = await Store.open(paths)
    saved = await store.drafts.get(key)
    assert saved is not None
    assert saved.draft == draft
    await store.drafts.keep(key, saved.draft)
    again = await store.drafts.get(key)
    assert again is not None
    assert again.draft == draft
    assert len(await rows(store)) == 2
    await store.close()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.sampled_from([PDF, PNG, TXT]), max_size=4), min_size=1, max_size=5))
async def test_the_files_are_those_of_the_last_writing(paths_of: list[list[Attachment]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Paths.under(Path(folder)))
        key: int | None = None
        for files in paths_of:
            key = await store.drafts.keep(key, Draft(ME, attachments=tuple(files)))
            saved = await store.drafts.get(key)
            assert saved is not None
            assert saved.draft.attachments == tuple(files)
        assert len(await rows(store)) == len(paths_of[-1])
        await store.close()
