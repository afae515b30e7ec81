"""What is offered while a query is written: looked for anew where something is new, and only there."""

from pathlib import Path

import pytest

from tui.config.paths import Paths
from tui.mail.query_completion import completions
from tui.screens import search_offers
from tui.screens.search_offers import Offers, offer_words
from tui.store.database import Store


async def test_names_are_looked_through_once_for_all_that_asks_between_two_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(Paths.under(tmp_path))
    looks: list[str] = []

    def counted(*asked: object) -> object:
        looks.append(str(asked[0]))
        return completions(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(search_offers, "completions", counted)
    offers = Offers(store.people)
    offers.know(["Archive", "Archive", "Art"], ["work"])
    for _ in range(4):
        assert [each.word for each in offers.at("in:ar", 5)] == ["in:Archive", "in:Art"]
    assert looks == ["in:ar"]
    offers.know(["Archive"], ["work"])
    assert [each.word for each in offers.at("in:ar", 5)] == ["in:Archive"]
    assert [each.word for each in offers.at("in:x", 4)] == []
    await store.close()


async def test_the_conversation_in_view_is_offered_before_the_one_the_search_was_begun_from(tmp_path: Path) -> None:
    store = await Store.open(Paths.under(tmp_path))
    offers = Offers(store.people, "<begun@a.example>")
    assert [each.word for each in offers.at("thread:", 7)] == ["thread:<begun@a.example>"]
    offered = offers.at("thread:", 7, " <here@a.example> ")
    assert [each.word for each in offered] == ["thread:<here@a.example>", "thread:<begun@a.example>"]
    assert [text.strip() for text, _ in offer_words(offered)] == ["Tab", "", offered[0].word, "", offered[1].word]
    await store.close()
