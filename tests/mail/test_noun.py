"""Our dataclasses beside the library's: alike in everything but when their methods are written."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any, ClassVar

import pytest

from tui.mail.noun import dataclass, noun

Maker = Callable[[type[Any]], type[Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """A sample."""

    SHELF: ClassVar[int] = 4
    title: str
    pages: int = 0
    authors: list[str] = field(default_factory=list, hash=False)
    note: str = field(default="", repr=False, compare=False)


@dataclass(slots=True)
class Shelf:
    """One that can be changed."""

    books: list[Book] = field(default_factory=list)
    number: int = field(default=7, init=False)


@dataclass(frozen=True, slots=True)
class Novel(Book):
    """One that goes on from another."""

    hero: str = field(default="nobody", kw_only=True)


@noun
class Pair:
    """Held to be frozen."""

    one: int
    two: int = 2


def test_it_is_made_compared_and_shown_as_the_librarys() -> None:
    book = Book("Notes", authors=["Ada"], note="n")
    assert repr(book) == "Book(title='Notes', pages=0, authors=['Ada'])"
    assert book == Book("Notes", 0, ["Ada"], "another")
    assert book != Book("Notes", 1, ["Ada"])
    assert hash(book) == hash(Book("Notes", 0, ["Grace"]))
    assert (book == object()) is False
    assert Novel("Notes") != Book("Notes")
    assert [each.name for each in fields(book)] == ["title", "pages", "authors", "note"]
    assert replace(book, pages=3).pages == 3
    assert Book("a").authors is not Book("b").authors
    match book:
        case Book(title, pages):
            assert (title, pages) == ("Notes", 0)
    assert repr(Novel("Emma", hero="E")) == "Novel(title='Emma', pages=0, authors=[], hero='E')"


def test_what_is_frozen_stays_and_can_be_copied() -> None:
    book = Book("Notes", 3, ["Ada"])
    with pytest.raises(FrozenInstanceError):
        book.pages = 4  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del book.pages
    assert not hasattr(book, "__dict__")
    assert pickle.loads(pickle.dumps(book)) == copy.deepcopy(book) == book


def test_what_is_not_frozen_can_be_changed_and_not_hashed() -> None:
    shelf = Shelf()
    shelf.books.append(Book("a"))
    shelf.number += 1
    assert shelf != Shelf([Book("a")])
    shelf.number -= 1
    assert shelf == Shelf([Book("a")])
    with pytest.raises(TypeError):
        hash(shelf)
    with pytest.raises(TypeError):
        Shelf(number=3)  # type: ignore[call-arg]


def test_a_noun_can_be_hashed() -> None:
    assert hash(Pair(1)) == hash(Pair(1, 2))
    assert Pair(1) == Pair(1, 2)
    assert Pair(1) != Pair(2)


@pytest.mark.parametrize("given", [(), (1, 2, 3), {"three": 3}])
def test_wrong_arguments_are_refused(given: Any) -> None:
    with pytest.raises(TypeError):
        Pair(**given) if isinstance(given, dict) else Pair(*given)


@pytest.mark.parametrize("frozen", [True, False])
def test_the_arguments_are_the_librarys(frozen: bool) -> None:
    def sample() -> type[Any]:
        class Sample:
            """Fields of every kind."""

            one: int
            two: str = "2"
            three: list[int] = field(default_factory=list)
            four: int = field(default=4, init=False)
            five: int = field(default=5, kw_only=True)

            def __post_init__(self) -> None:
                seen.append(self.one)

        return Sample

    seen: list[int] = []
    theirs: Maker = dataclasses.dataclass(frozen=frozen, slots=True)
    ours: Maker = dataclass(frozen=frozen, slots=True)
    one, other = theirs(sample()), ours(sample())
    for made in (one, other):
        made(1, five=6)
        assert vars_of(made(2, "x", [3])) == {"one": 2, "two": "x", "three": [3], "four": 4, "five": 5}
    assert seen == [1, 2, 1, 2]
    names = [list(inspect.signature(each.__init__).parameters) for each in (one, other)]
    assert names[0] == names[1]
    assert (one.__hash__ is None) is (other.__hash__ is None)
    assert one.__match_args__ == other.__match_args__


def vars_of(made: Any) -> dict[str, Any]:
    return {each.name: getattr(made, each.name) for each in fields(made)}


def test_methods_of_its_own_are_kept() -> None:
    @dataclass(frozen=True, slots=True)
    class Odd:
        """Equal to everything."""

        one: int

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

        def __repr__(self) -> str:
            return "odd"

    assert Odd(1) == 5
    assert hash(Odd(2)) == 1
    assert repr(Odd(1)) == "odd"
