"""What went wrong, told in full, with the keys that help (g !)."""

from dataclasses import replace
from pathlib import Path

from tests.app.live import live
from tui.config.model import Secret
from tui.screens.compose import ComposeScreen
from tui.screens.mail import MailScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.page import PageScreen


async def test_a_refused_password_is_explained_and_tried_again(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        work, *others = servers.config.accounts
        wrong = replace(work, receive=replace(work.receive, secret=Secret(password="wrong")))
        servers.config = replace(servers.config, accounts=(wrong, *others))
        async with servers.app() as person:
            await person.sees("sign-in refused · g ! what to do")
            await person.press("g", "!")
            await person.sees(
                "What to do", "work: sign-in refused", "Why", "Means", "many servers lock", "tidings doctor work"
            )
            await person.sees("$ try now", "q back")
            await person.press("$")
            await person.until(lambda: isinstance(person.app.screen, MailScreen))
            await person.sees("looking now")


async def test_a_failed_mail_is_told_with_the_servers_words_and_edited_from_there(tmp_path: Path) -> None:
    async with live(tmp_path, behaviour="rcpt-none") as servers, servers.app(width=100, height=30) as person:
        await person.sees("live")
        await person.press("c")
        await person.sees("New message")
        await person.type("plana@torino.example")
        await person.press("tab")
        await person.type("Proofs")
        await person.press("tab")
        await person.type("Dear Giovanni")
        await person.press("ctrl+x")
        await person.sees("refused:")
        await person.press("g", "!")
        await person.sees("failed: Proofs", "550 5.1.1 no such user", "e edit the mail", "o outbox")
        await person.press("o")
        await person.until(lambda: isinstance(person.app.screen, OutboxScreen))
        await person.sees("w the whole talk")
        await person.press("w")
        await person.until(lambda: isinstance(person.app.screen, PageScreen))
        await person.sees("The talk with the server", "> RCPT TO:<plana@torino.example>", "< 550 5.1.1 no such user")
        assert "secret" not in person.screen
        await person.press("q")
        await person.until(lambda: isinstance(person.app.screen, OutboxScreen))
        await person.press("q", "g", "!")
        await person.until(lambda: isinstance(person.app.screen, PageScreen))
        await person.press("e")
        await person.until(lambda: isinstance(person.app.screen, ComposeScreen))
        await person.sees("Dear Giovanni")


async def test_where_nothing_is_wrong_that_is_said_and_an_empty_outbox_offers_nothing(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        await person.sees("live")
        await person.press("g", "o")
        await person.until(lambda: isinstance(person.app.screen, OutboxScreen))
        await person.sees("nothing in it", "q back")
        assert "e edit" not in person.screen
        assert "cancel" not in person.screen
        await person.press("q")
        await person.until(lambda: isinstance(person.app.screen, MailScreen))
        await person.press("g", "!")
        await person.sees("nothing is wrong")


async def test_quit_works_on_every_screen_that_has_no_text(tmp_path: Path) -> None:
    for keys in (("g", "o"), ("g", "u"), ("?",)):
        async with live(tmp_path) as servers, servers.app() as person:
            await person.sees("live")
            await person.press(*keys)
            await person.until(lambda: not isinstance(person.app.screen, MailScreen))
            await person.press("Q")
            await person.until(lambda: person.app.return_value == 0)
