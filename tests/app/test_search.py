"""Searching on the screen: hits as you type, the server's behind them, acts on hits."""

import re
from dataclasses import replace
from pathlib import Path

from tests.app.live import letter, live
from tui.screens.search import SearchScreen


async def test_hits_as_you_type_are_read_and_acted_on(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=120, height=40) as person:
        for subject in ("Note G, with the table", "Dinner", "Tables, two of them"):
            await servers.deliver(letter(subject))
        await person.sees("live", "Dinner")
        await person.press("/")
        await person.sees("What you can write", "two letters or more")
        await person.type("tabl")
        await person.sees(
            "2 found on this machine in", "Enter asks the server, too", "Note G, with the table", "Tables, two of them"
        )
        await person.misses("Dinner")
        await person.press("enter")
        await person.sees("work: done")
        await person.press("enter")
        await person.sees("q back")
        await person.press("q")
        await person.press("d")
        await person.sees("u undo", "1 found")
        await person.press("u")
        await person.sees("2 found")
        await person.press("q")
        await person.misses("tabl  ")
        await person.until(lambda: not isinstance(person.app.screen, SearchScreen), "back at the mail")


async def test_what_was_looked_for_is_marked_in_rows_that_stay_too(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=100, height=30) as person:
        await servers.deliver(letter("Note G, with the table"))
        await person.sees("live", "Note G")
        await person.press("/")

        def marked() -> set[str]:
            strips = person.app.screen._compositor.render_strips()
            texts = {segment.text for strip in strips for segment in strip if segment.style and segment.style.bold}
            return texts & {"tab", "table"}

        await person.type("tab")
        await person.until(lambda: marked() == {"tab"}, "what is typed so far")
        await person.type("le")
        await person.until(lambda: marked() == {"table"}, "all that is typed")


async def test_what_was_not_understood_and_what_tab_completes(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=100, height=30) as person:
        await servers.deliver(letter("Note G, with the table"))
        await person.sees("live", "Note G")
        await person.press("/")
        await person.sees("What you can write")
        await person.type("before:soon note")
        await person.sees("soon is no date. Write 2026")
        await person.press("ctrl+u")
        await person.type("is:un")
        await person.sees("Tab  is:unread")
        await person.press("tab")
        await person.sees("1 found")
        await person.type("nowhere")
        await person.sees("nothing found on this machine   Enter asks the server, too")
        await person.press("escape")
        await person.until(lambda: not isinstance(person.app.screen, SearchScreen), "back at the mail")


async def test_narrowing_and_going_elsewhere_from_there(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=100, height=30) as person:
        await servers.deliver(letter("Note G, with the table"))
        await person.sees("live", "Note G")
        await person.press("&")
        await person.sees("in:INBOX", "1 found")
        await person.press("enter")
        await person.press("g", "i")
        await person.until(lambda: not isinstance(person.app.screen, SearchScreen), "the Inbox")


async def test_a_search_that_is_kept_is_a_row_of_the_tree(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        servers.config = replace(servers.config, searches={"notes of Ada": "from:ada note"})
        async with servers.app(width=120, height=40) as person:
            await servers.deliver(letter("Note G, with the table"))
            await person.sees("live", "Note G", "Searches", "notes of Ada")
            await person.press("shift+tab")
            await person.press("G")
            await person.press("enter")
            await person.sees("/ from:ada note", "1 found")
            await person.press("escape")
            await person.until(lambda: not isinstance(person.app.screen, SearchScreen), "back at the mail")


async def test_a_search_is_kept_by_a_key_found_again_and_forgotten(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        async with servers.app(width=120, height=40) as person:
            await servers.deliver(letter("Note G, with the table"))
            await person.sees("live", "Note G")
            await person.press("/")
            await person.type("from:ada note")
            await person.sees("1 found", "Alt+K keep it")
            await person.press("alt+k")
            await person.sees("keep it as", "searches for from:ada note")
            await person.press(*["backspace"] * len("from:ada note"))
            await person.type("notes of Ada")
            await person.press("enter")
            await person.sees("kept as notes of Ada")
            await person.press("escape")
            await person.sees("Searches", "notes of Ada")
        async with servers.app(width=80, height=24) as person:
            await person.sees("live", "Note G")
            await person.press("g", "m")
            await person.type("notes")
            await person.press("enter")
            await person.sees("/ from:ada note", "1 found", "j k move")
            await person.press("q")
            await person.sees("Inbox  work")
            await person.press(":")
            await person.type("forget")
            await person.press("enter")
            await person.sees("Forget", "notes of Ada", "from:ada note")
            await person.press("enter")
            await person.sees("forgotten: notes of Ada")
            assert not person.app.habits.searches


async def test_people_are_offered_while_they_are_typed(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=100, height=30) as person:
        await servers.deliver(letter("It compiles", sender="Grace Hopper <grace@yale.example>"))
        await person.sees("live", "It compiles")
        await person.press("/")
        await person.sees("What you can write")
        await person.type("it")
        await person.sees("1 found")  # so it is in the index, and its sender is known
        await person.press("ctrl+u")
        await person.type("from:hopp")
        await person.sees('Tab  from:"Grace Hopper"')
        await person.press("tab")
        await person.sees("1 found", "It compiles")


async def test_a_misspelt_word_is_told_whatever_stands_behind_it(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=120, height=30) as person:
        await servers.deliver(letter("Note G"))
        await person.sees("live", "Note G")
        await person.press("/")
        await person.sees("two letters or more")
        await person.type("is:unraed from:")
        await person.sees("is:unraed is not known. It can be unread")
        await person.misses("two letters or more")
        await person.type("ada")
        await person.sees("1 found on this machine", "is:unraed is not known", "Tab  from:")


async def test_a_conversation_is_looked_for_from_one_of_its_messages(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app(width=120, height=30) as person:
        first = letter("Note G")
        (name,) = re.findall(rb"<\d+@analytical.example>", first)
        await servers.deliver(first)
        await servers.deliver(letter("Dinner"))
        await servers.deliver(letter("Re: Note G", in_reply_to=name.decode()))
        await person.sees("live", "Re: Note G", "Dinner")
        await person.press(":")
        await person.type("search in the conv")
        await person.press("enter")
        await person.sees("/ thread:<", "2 found on this machine", "Re: Note G")
        await person.misses("Dinner")
        await person.press("ctrl+u")
        await person.type("thread:")
        await person.sees("Tab  thread:<")
        await person.press("tab")
        await person.sees("2 found on this machine")
