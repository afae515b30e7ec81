"""Drafts: saved over themselves, the latest first, and never thrown away because they cannot be read."""

import json
import logging

import pytest

from tests.store.sample import WORK
from tui.mail.address import Address
from tui.mail.draft import Draft
from tui.mail.identity import Identity
from tui.store.database import Store
from tui.store.databases import Connections

ME = Identity(WORK, Address("Ada Lovelace", "ada@example.org"))


@pytest.fixture(autouse=True)
def plain_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts here are but a subject, so that only the keeping of them is tested."""

    def to_json(draft: Draft) -> str:
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
