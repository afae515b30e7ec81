"""Choosing lines while a mail is read: the answer quotes only these."""

from pathlib import Path

from tests.app.live import SEEN, letter, live

BODY = """Dear Charles,

the first point.
The second point.
The third point.

Ada

On Monday, Charles Babbage wrote:
> one
> two
> three
> four
> five
"""


async def test_an_answer_quotes_only_the_lines_that_are_chosen(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=80, height=30) as person:
        await servers.deliver(letter("Points", BODY), flags=SEEN)
        await person.sees("live", "Points")
        await person.press("enter")
        await person.sees("[5 quoted lines]")
        await person.press("v")
        await person.sees("then to the last one", "> two")  # what is folded cannot be quoted
        await person.press("2", "j", "v", "j")
        await person.press("y")
        await person.sees("copied 2 lines", "✓the first point.", "▌The second point.")
        assert person.app.mail.selected == "the first point.\nThe second point."
        await person.press("r")
        await person.sees("Reply", "> the first point.", "> The second point.")
        assert "third" not in person.screen
        assert "Dear Charles" not in person.screen
        await person.press("escape")
        await person.sees("Points", "> two")
        await person.press("f")  # a forward is of all of it
        await person.sees("Forward", "The third point.")
        await person.press("escape")
        await person.sees("> two")
        await person.press("q", "r")
        await person.sees("Reply", "> Dear Charles,", "> The third point.")


async def test_lines_are_chosen_on_the_page_of_a_conversation_too(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=120, height=40) as person:
        await servers.deliver(letter("Points", BODY), flags=SEEN)
        await person.sees("live", "Points")
        await person.press("T")
        await person.sees("1 message", "[5 quoted lines]")
        await person.press("v", "4", "j")
        await person.sees("> five")
        assert "✓" not in person.screen
        await person.press("r")
        await person.sees("Reply", "> The third point.")
        assert "second" not in person.screen
        await person.press("escape")
        await person.sees("1 message")
        await person.press("escape")
        assert not person.app.mail.selecting
        await person.press("r")
        await person.sees("Reply", "> The second point.")
