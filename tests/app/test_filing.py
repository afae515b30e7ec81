"""Filing as it is typed: where to, how many at once, by what."""

from dataclasses import replace
from pathlib import Path

from tests.app.live import HOME, SEEN, WORK, Session, letter, live
from tui.commands.acting import MANY
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


async def test_a_copy_is_made_where_the_user_says_and_undone(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(2):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 2", "Lists")
            await person.press("C")
            await person.sees("Copy to", "Lists", "copy there")
            await person.type("li")
            await person.press("enter")
            await person.sees("copied 1 to Lists · u undo", "work · 1 of 2")
            await person.eventually(lambda: servers.count("Lists"), lambda count: count == 1)
            await person.press("u")
            await person.sees("undone: copied 1 message from Inbox to Lists")
            await person.eventually(lambda: servers.count("Lists"), lambda count: count == 0)
            await person.sees("work · 1 of 2")


def _offered(person: Session) -> list[str]:
    """Return what the picker offers, from the top."""
    screen = person.app.screen
    assert isinstance(screen, PickScreen)
    return [choice.label for choice in screen.choices.shown]


async def test_many_are_marked_by_what_is_looked_for_and_asked_about_once(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(MANY + 1):
            await servers.deliver(letter(f"Offer {number}"), minutes=90 - number, flags=SEEN)
        await servers.deliver(letter("Cards"), minutes=1, flags=SEEN)
        await servers.deliver(letter("Offer elsewhere"), mailbox="Lists", flags=SEEN)
        async with servers.app() as person:
            await person.sees(f"work · 1 of {MANY + 2}", "Archive")
            await person.eventually(person.app.store.search.waiting, lambda count: count == 0)
            await person.press("*")
            await person.sees("such as from:ada")
            await person.type("form:ada")
            await person.press("enter")
            await person.sees("form")
            await person.press(*["backspace"] * 8)
            await person.type("offer")
            await person.press("enter")
            await person.sees(f"marked {MANY + 1} in Inbox · q unmarks")
            await person.press("e")
            await person.sees(f"This will archive {MANY + 1} messages.")
            await person.press("n")
            await person.misses("This will")
            assert await servers.count("Archive") == 0
            await person.press("e")
            await person.sees("This will archive")
            await person.press("y")
            await person.sees(f"archived {MANY + 1} · u undo", "work · 1 of 1")
            assert person.subject == "Cards"
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == MANY + 1)


async def test_hits_are_marked_together(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(3):
            await servers.deliver(letter(f"Offer {number}"), minutes=90 - number, flags=SEEN)
        await servers.deliver(letter("Offer elsewhere"), mailbox="Lists", minutes=100, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 3", "Archive")
            await person.eventually(person.app.store.search.waiting, lambda count: count == 0)
            await person.press("/")
            await person.type("offer")
            await person.sees("3 found")
            await person.press("down", "*")
            await person.sees("marked 3 · q unmarks")
            await person.press("e")
            await person.sees("archived 3")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 3)


async def test_labels_are_given_shown_and_taken_back(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        servers.config = replace(servers.config, labels={"todo": "warn"})
        uid = await servers.deliver(letter("Cards"), flags=SEEN)
        await servers.deliver(letter("Older"), minutes=60, flags=SEEN | {b"later"})
        async with servers.app() as person:
            await person.sees("work · 1 of 2", "later Older")
            await person.press("Y")
            await person.sees("known: todo, later")
            await person.type("bad(")
            await person.press("enter")
            await person.sees("cannot be a label")
            await person.press(*["backspace"] * 4)
            await person.type("TO")
            await person.press("tab")
            await person.type("work")
            await person.press("enter")
            await person.sees("changed labels of 1 · u undo", "todo work Cards")
            await person.eventually(
                lambda: servers.flags(uid), lambda flags: flags == frozenset({b"\\Seen", b"todo", b"work"})
            )
            await person.press("Y")
            await person.type("-work")
            await person.press("enter")
            await person.sees("todo Cards")
            await person.eventually(lambda: servers.flags(uid), lambda flags: flags == frozenset({b"\\Seen", b"todo"}))
            await person.press("u")
            await person.sees("undone: changed labels of 1 message in Inbox", "todo work Cards")
            await person.eventually(
                lambda: servers.flags(uid), lambda flags: flags == frozenset({b"\\Seen", b"todo", b"work"})
            )


async def test_a_count_acts_on_the_next_hits_and_on_nothing_between_them(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number, subject in enumerate(("Offer 0", "Cards", "Offer 1", "Dinner", "Offer 2")):
            await servers.deliver(letter(subject), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 5", "Archive")
            await person.eventually(person.app.store.search.waiting, lambda count: count == 0)
            await person.press("/")
            await person.type("offer")
            await person.sees("3 found")
            await person.press("down", "2", "e")
            await person.sees("archived 2", "1 found")
            await person.press("q")
            await person.sees("Cards", "Dinner", "Offer 0", "work · 1 of 3")
