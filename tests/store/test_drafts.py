"""Drafts: saved over themselves, the latest first, and never thrown away because they cannot be read."""

import json
import logging

import pytest

from tests.store.sample import WORK
from tui.mail.address import Address
from tui.mail.draft import Draft
from tui.mail.identity import Identity
from tui.mail.ids import AccountName, Uid, UidValidity
from tui.store.database import Store
from tui.store.databases import Connections
from tui.store.drafts import DraftCopy

ME = Identity(WORK, Address("Ada Lovelace", "ada@example.org"))


@pytest.fixture(autouse=True)
def plain_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts here are but a subject, so that only the keeping of them is tested."""

    def to_json(draft: Draft, *, files: bool = True) -> str:
        return json.dumps({"subject": draft.subject})

    def from_json(text: str) -> Draft:
        return Draft(ME, subject=json.loads(text)["subject"])

    monkeypatch.setattr("tui.mail.draft.to_json", to_json, raising=False)
    monkeypatch.setattr("tui.mail.draft.from_json", from_json, raising=False)


async def subjects(store: Store) -> list[str]:
    return [saved.draft.subject for saved in await store.drafts.all()]


async def test_a_draft_is_saved_over_itself(store: Store) -> None:
    first = await store.drafts.keep(None, Draft(ME, subject="one"))
    second = await store.drafts.keep(None, Draft(ME, subject="two"))
    assert await subjects(store) == ["two", "one"]
    assert await store.drafts.keep(first, Draft(ME, subject="one, longer")) == first
    saved = await store.drafts.get(second)
    assert saved is not None
    assert saved.draft.subject == "two"
    assert await store.drafts.get(second + 1) is None
    assert await subjects(store) == ["one, longer", "two"]
    assert [saved.id for saved in await store.drafts.all()] == [first, second]


async def test_a_draft_that_was_dropped_is_kept_again_under_its_key(store: Store) -> None:
    key = await store.drafts.keep(None, Draft(ME, subject="one"))
    await store.drafts.drop(key)
    await store.drafts.drop(key)
    assert await subjects(store) == []
    assert await store.drafts.keep(key, Draft(ME, subject="still writing")) == key
    assert await subjects(store) == ["still writing"]


async def test_a_key_is_never_given_twice(store: Store) -> None:
    key = await store.drafts.keep(None, Draft(ME))
    await store.drafts.drop(key)
    assert await store.drafts.keep(None, Draft(ME)) != key


async def test_one_that_cannot_be_read_hides_no_other(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    await store.drafts.keep(None, Draft(ME, subject="good"))

    def spoil(at: Connections) -> None:
        at.precious.execute("INSERT INTO drafts (draft, changed) VALUES ('{', 1), ('{}', 2)")

    await store._databases.write_precious(spoil)
    with caplog.at_level(logging.WARNING):
        assert await subjects(store) == ["good"]
    assert caplog.text.count("cannot be read") == 2


async def test_what_the_end_cut_short_is_told_once(store: Store) -> None:
    first = await store.drafts.keep(None, Draft(ME, subject="put away"))
    await store.drafts.close(first)
    await store.drafts.keep(None, Draft(ME, subject="cut short"))
    assert [each.is_open for each in await store.drafts.versions(WORK)] == [False, True]
    assert await store.drafts.close_all() == 1
    assert await store.drafts.close_all() == 0
    assert len(await subjects(store)) == 2
    await store.drafts.open(first)
    assert await store.drafts.close_all() == 1, "one that was only taken up, too"


async def test_every_write_is_another_version(store: Store) -> None:
    key = await store.drafts.keep(None, Draft(ME, subject="one"))
    seen = set()
    for _ in range(3):
        (row,) = await store.drafts.versions(WORK)
        seen.add(row.version)
        await store.drafts.keep(key, Draft(ME, subject="one"))
    assert len(seen) == 3
    assert await store.drafts.versions(AccountName("home")) == []


async def test_a_copy_is_noted_before_it_is_made(store: Store) -> None:
    key = await store.drafts.keep(None, Draft(ME))
    (row,) = await store.drafts.versions(WORK)
    id = await store.drafts.add_copy(key, row.version, WORK, b"Drafts", "mark")
    assert await store.drafts.copies(WORK) == [DraftCopy(id, key, row.version, b"Drafts", "mark", None, None)]
    await store.drafts.place_copy(id, UidValidity(7), Uid(3))
    await store.drafts.drop(key)
    assert [(copy.draft, copy.uid) for copy in await store.drafts.copies(WORK)] == [(key, 3)], "to be deleted there"
    await store.drafts.drop_copies([id])
    assert await store.drafts.copies(WORK) == []


async def test_one_taken_up_from_the_server_and_left_as_it_was_is_not_kept_here(store: Store) -> None:
    key = await store.drafts.adopt(Draft(ME, subject="from afar"), WORK, b"Drafts", UidValidity(7), Uid(3))
    again = await store.drafts.adopt(Draft(ME, subject="from afar"), WORK, b"Drafts", UidValidity(7), Uid(3))
    assert again == key
    await store.drafts.close(key)
    assert await subjects(store) == []
    assert await store.drafts.copies(WORK) == [], "nothing there is to be deleted"
    key = await store.drafts.adopt(Draft(ME, subject="from afar"), WORK, b"Drafts", UidValidity(7), Uid(3))
    await store.drafts.keep(key, Draft(ME, subject="changed"))
    await store.drafts.close(key)
    assert await subjects(store) == ["changed"]
    assert [copy.uid for copy in await store.drafts.copies(WORK)] == [3]


async def test_one_that_was_changed_meanwhile_is_not_dropped(store: Store) -> None:
    key = await store.drafts.keep(None, Draft(ME, subject="one"))
    (row,) = await store.drafts.versions(WORK)
    assert not await store.drafts.drop_unchanged(key, row.version), "it is open"
    await store.drafts.close(key)
    assert not await store.drafts.drop_unchanged(key, row.version - 1)
    assert await store.drafts.drop_unchanged(key, row.version)
