"""To whom, and from whom: completed, chosen, switched, asked about."""

import sys
from dataclasses import replace
from pathlib import Path

from tests.app.live import SEEN, WORK, Live, letter, live
from tests.pty.mail import write_config
from tests.pty.terminal import as_typed
from tui.config.model import ContactsConfig
from tui.mail.address import Address
from tui.mail.identity import Identity
from tui.screens.compose import ComposeScreen
from tui.screens.confirm import ConfirmScreen

OFFICE = Identity(WORK, Address("The Office", "office@mill.example"), "The Office")
GROUP: dict[str, tuple[Address, ...]] = {
    "engine club": (Address("Ada", "ada@analytical.example"), Address("", "mary@obs.example"))
}


def with_settings(servers: Live, folder: Path) -> None:
    cards = folder / "cards.vcf"
    cards.write_text("BEGIN:VCARD\nFN:Zebedee Zorn\nEMAIL:zz@zoo.example\nEND:VCARD\n")
    account = replace(servers.config.accounts[0], identities=(OFFICE,), signature="Charles")
    contacts = ContactsConfig(files=(cards,), groups=GROUP)
    servers.config = replace(servers.config, accounts=(account,), contacts=contacts)


async def test_people_are_completed_while_typing(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        with_settings(servers, tmp_path)
        await servers.deliver(letter("Note G"))
        async with servers.app(width=80, height=24) as person:
            await person.sees("Note G")
            await person.press("c")
            await person.sees("New message")
            await person.type("lovel")
            await person.sees("ada@analytical.example")
            await person.press("tab")
            await person.until(lambda: person.app.focused is not None and person.app.focused.id == "to")
            await person.sees("Ada Lovelace <ada@analytical.example>,")
            await person.type("zor")
            await person.sees("zz@zoo.example")
            await person.press("enter")
            await person.type("club")
            await person.sees("group of 2")
            await person.press("escape")
            await person.misses("group of 2")
            screen = person.app.screen
            assert isinstance(screen, ComposeScreen)  # Esc closed the list only
            await person.press("backspace", *["backspace"] * 3)
            await person.type("x@gmial.com")
            await person.press("tab")
            await person.sees("gmial.com: not gmail.com?")
            assert [each.spec for each in screen.draft().to] == [
                "ada@analytical.example", "zz@zoo.example", "x@gmial.com",
            ]  # fmt: skip


async def test_the_address_a_mail_came_to_answers_and_can_be_switched(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        with_settings(servers, tmp_path)
        await servers.deliver(letter("To the office", to="office@mill.example"), flags=SEEN)
        async with servers.app() as person:
            await person.sees("To the office")
            await person.press("r")
            await person.sees("The Office <office@mill.example>", "because it was sent to this address")
            screen = person.app.screen
            assert isinstance(screen, ComposeScreen)
            assert screen.draft().body.endswith("-- \nThe Office\n")
            screen.query_one("#from").focus()
            await person.press("right")
            await person.until(lambda: screen.draft().body.endswith("-- \nCharles\n"))
            await person.press("ctrl+x")
            await person.until(lambda: isinstance(person.app.screen, ConfirmScreen))
            await person.sees("It is from charles@mill.example, the mail came to office@mill.example.")
            await person.press("n")
            await person.until(lambda: person.app.screen is screen)


async def test_a_bounced_mail_goes_on_as_it_came(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("For Grace"))
        async with servers.app() as person:
            await person.sees("For Grace")
            await person.press("B")
            await person.sees("bounce to")
            await person.type("grace@navy.example")
            await person.press("enter")
            await person.until(lambda: servers.smtp.accepted, "accepted")
    sent = servers.smtp.accepted[0]
    assert b"Resent-To: grace@navy.example" in sent.data or b"Resent-To: <grace@navy.example>" in sent.data
    assert b"Subject: For Grace" in sent.data


async def test_an_editor_has_the_terminal_and_mail_still_comes(tmp_path: Path) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import os, pathlib, sys, time\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o777 == 0o700\n"
        "print('EDITOR HERE', flush=True)\n"
        "sys.stdin.readline()\n"
        "file.write_text('written elsewhere\\n' + file.read_text())\n"
    )
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Before"))
        write_config(servers.paths, servers.config)
        async with as_typed(tmp_path, EDITOR=f"{sys.executable} {script}") as terminal:
            await terminal.sees("Before")
            terminal.press("c")
            await terminal.sees("New message")
            terminal.press("\x07")
            await terminal.until(lambda: "EDITOR HERE" in terminal.output, "the editor")
            await servers.deliver(letter("Meanwhile"))
            terminal.press("\n")
            await terminal.sees("written elsewhere")
            await terminal.quiet()
            terminal.press("\x1b")
            await terminal.sees("Meanwhile")
    assert left_behind(tmp_path) == []


def left_behind(folder: Path) -> list[Path]:
    """Return what is still in the hands of an editor."""
    return list(folder.rglob("lent/*"))


async def test_a_mailto_link_of_a_message_begins_a_mail(tmp_path: Path) -> None:
    link = "mailto:mary@obs.example?subject=Table&attach=/etc/passwd&bcc=spy@obs.example&from=x@y.example"
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Write to her", f"Dear Charles,\n\nplease write to {link} soon.\n"))
        async with servers.app() as person:
            await person.sees("please write to")
            await person.press("1", "o")
            await person.sees("New message", "mary@obs.example", "Table", "no link attaches files")
            await person.sees("Bcc", "spy@obs.example")
            await person.misses("x@y.example")
