"""What a mail quotes is folded to a line on the screen, and opens level by level."""

from pathlib import Path

from tests.app.live import SEEN, letter, live

ANSWER = "Yes, on Monday.\n\nOn Sunday Ada wrote:\n" + "".join(
    [f"> the {number}th line\n" for number in range(8)] + [f">> the deep line {number}\n" for number in range(6)]
)
FORWARDED = "For you.\n\nFrom: Ada\nSent: Sunday\nTo: Charles\nSubject: Mill\n\n" + "The mill turns.\n" * 9


async def test_quotes_open_level_by_level(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Fw: Mill", FORWARDED), minutes=5, flags=SEEN)
        await servers.deliver(letter("Answer", ANSWER), minutes=1, flags=SEEN)
        async with servers.app() as person:
            await person.sees("Yes, on Monday.", "On Sunday Ada wrote:", "> [14 quoted lines, 2 levels]")
            await person.misses("the 1th line")
            await person.press("enter", "z", "o")
            await person.sees("> the 1th line", ">> [6 quoted lines]")
            await person.press("z", "o")
            await person.sees("deep line")
            await person.misses("quoted lines")
            await person.press("z", "o")
            await person.sees("[14 quoted lines, 2 levels]")
            await person.press("q", "j")
            await person.sees("The mill turns.")
