"""Filing as it is typed: where to, how many at once, by what."""

from pathlib import Path

from tests.app.live import HOME, SEEN, WORK, Session, letter, live
from tui.config.habits import Habits
from tui.screens.palette import PickScreen


async def test_a_move_is_repeated_by_enter_and_remembered_by_the_next_run(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=(WORK, HOME)) as servers:
        for number in range(3):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 3", "Lists")
            await person.press("m")
            await person.sees("Move to", "Lists")
            assert sorted(_offered(person)) == ["Archive", "Drafts", "Lists", "Sent", "Spam", "Trash"]
            await person.type("lsts")
            await person.sees("nothing by that name")
            await person.press(*["backspace"] * 3)
            await person.type("is")
            await person.press("enter")
            await person.sees("moved 1 to Lists · u undo")
            await person.press("m")
            await person.sees("Move to", "chosen last")
            assert _offered(person)[0] == "Lists"
            await person.press("enter")
            await person.sees("work · 1 of 1")
            await person.eventually(lambda: servers.count("Lists"), lambda count: count == 2)
        assert list(Habits.read(servers.paths.habits_file).targets) == ["work Lists"]
        async with servers.app() as person:
            await person.sees("work · 1 of 1")
            await person.press("m")
            await person.sees("chosen last")
            await person.press("enter")
            await person.eventually(lambda: servers.count("Lists"), lambda count: count == 3)


def _offered(person: Session) -> list[str]:
    """Return what the picker offers, from the top."""
    screen = person.app.screen
    assert isinstance(screen, PickScreen)
    return [choice.label for choice in screen.choices.shown]
