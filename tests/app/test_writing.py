"""Writing as a person does it: what is asked on the way stays until it is answered rightly."""

from dataclasses import replace
from pathlib import Path

from tests.app.live import letter, live
from tui.mail.address import Address
from tui.mail.identity import Identity
from tui.screens.compose import ComposeScreen
from tui.screens.prompt import PromptScreen


async def test_a_file_that_is_not_there_is_asked_for_again(tmp_path: Path) -> None:
    file = tmp_path / "cards.txt"
    file.write_text("1 2 3")
    async with live(tmp_path) as servers, servers.app() as person:
        await person.sees("live")
        await person.press("c")
        await person.sees("New message")
        await person.press("ctrl+f")
        await person.until(lambda: isinstance(person.app.screen, PromptScreen))
        await person.type(f"{tmp_path}/carts.txt")
        await person.press("enter")
        await person.sees("No such file", "carts.txt")
        await person.press(*["backspace"] * len("ts.txt"))
        await person.press("tab")
        await person.sees("cards.txt")
        await person.press("enter")
        await person.sees("attached cards.txt")
        assert isinstance(person.app.screen, ComposeScreen)
        await person.press("ctrl+l")
        await person.until(lambda: isinstance(person.app.screen, PromptScreen))
        await person.type("whenever")
        await person.press("enter")
        await person.sees("send at  whenever")
        await person.press("escape")
        await person.until(lambda: isinstance(person.app.screen, ComposeScreen))


async def test_who_answers_a_list_that_is_none_is_told(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("No list"))
        await servers.deliver(letter("A list", List_Post="<mailto:list@obs.example>"), minutes=5)
        async with servers.app() as person:
            await person.sees("No list")
            await person.press("L")
            await person.sees("comes from no list", "r replies to its sender")
            await person.press("j", "L")
            await person.sees("Reply to the list", "list@obs.example")


async def test_a_list_that_the_user_names_is_one(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        (work,) = servers.config.accounts
        other = Identity(work.name, Address("", "ada@engines.example"), lists=("engines@lists.example",))
        servers.config = replace(servers.config, accounts=(replace(work, identities=(other,)),))
        await servers.deliver(letter("Of engines", to="engines@lists.example"))
        async with servers.app() as person:
            await person.sees("Of engines")
            await person.press("L")
            await person.sees("Reply to the list", "engines@lists.example", "because it reads this list")
            assert isinstance(person.app.screen, ComposeScreen)


async def test_what_is_off_is_asked_before_it_leaves(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Of engines"))
        async with servers.app() as person:
            await person.sees("Of engines")
            await person.press("r")
            await person.sees("Reply  to")
            await person.press("ctrl+x")
            await person.sees("Nothing of yours is in it.")
            await person.press("n")
            await person.until(lambda: isinstance(person.app.screen, ComposeScreen))
            await person.type("I attach the cards.")
            await person.press("ctrl+x")
            await person.sees("It speaks of an attachment and has none.")
            await person.press("n")
            await person.until(lambda: isinstance(person.app.screen, ComposeScreen))
            assert not servers.smtp.accepted
            assert await person.app.store.outbox.list() == []
            await person.press("ctrl+x")
            await person.sees("It speaks of an attachment")
            await person.press("y")
            await person.until(lambda: servers.smtp.accepted)
