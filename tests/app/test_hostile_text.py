"""Text from outside is shown as it is, cleaned, on every screen: no markup, and never raw to the terminal."""

import ast
from pathlib import Path

import pytest

import tui
from tests.app.live import WORK, letter, live
from tests.screens.stage import Stage
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.identity import Identity
from tui.screens.compose import ComposeScreen

EVIL = "[/] [b]bold[/b] [@click=app.quit]x[/]"
"""What Textual's markup would choke on, swallow, or make a link of."""
RAW = EVIL + " \x1b]0;owned\x07\x9b31m\u202eevil"


def mail(subject: str, **headers: str) -> bytes:
    return letter(subject, f"{RAW}\n\n> {RAW}\n", sender=f'"{EVIL}" <ada@analytical.example>', **headers)


async def test_a_hostile_mail_harms_no_screen(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.imap.add_mailbox(WORK, "[b]Lists")
        await servers.deliver(mail(RAW))
        async with servers.app(width=140) as person:
            await person.sees("[/] [b]bold[/b]", "[b]Lists", f"From  {EVIL} <ada@analytical.example>")
            await servers.deliver(mail(EVIL))
            await person.sees("+ ! ada@analytical.example  [/] [b]bold", "g n go to it")  # the name is like an address
            await person.press("g", "m")
            await person.sees("[b]Lists")
            await person.press("escape", "enter", "H")
            await person.sees("[@click=app.quit]")
            await person.press("r")
            await person.sees("Reply  to [/]", "> [/] [b]bold")
            await person.press("escape", "f")
            await person.sees("Forward  Fwd: [/]")
            await person.press("ctrl+f", "ctrl+u", "ctrl+k")
            await person.type("/nowhere/[/][b]")
            await person.press("enter")
            await person.sees("/nowhere/[/][b]: No such file")
            await person.press("escape")
            await person.until(lambda: isinstance(person.app.screen, ComposeScreen))
            await person.press("escape")
            await person.sees("nothing written, nothing kept")
            assert all(character.isprintable() for line in person.lines for character in line)


async def test_a_hostile_server_harms_no_screen(tmp_path: Path) -> None:
    async with live(tmp_path, behaviour="reply-esc") as servers:
        await servers.deliver(mail(EVIL))
        async with servers.app(width=140) as person:
            await person.sees("[/] [b]bold[/b]")
            await person.press("r")
            await person.sees("Reply  to")
            await person.type("x")
            await person.press("ctrl+x")
            await person.sees("g o outbox")
            await person.press("g", "o")
            await person.sees("Outbox", "its own words")
            assert all(character.isprintable() for line in person.lines for character in line)


async def test_hostile_attachments_and_names_are_text_while_writing() -> None:
    class Nowhere:
        async def keep(self, key: int | None, draft: Draft) -> int:
            return 1

        async def close(self, key: int) -> None: ...

        async def drop(self, key: int) -> None: ...

    me = Identity(WORK, Address(EVIL, "charles@mill.example"))
    draft = Draft(me, subject=EVIL, body=EVIL, attachments=(Attachment(EVIL, "text/plain", b"x"),))
    app = Stage()
    async with app.run_test(size=(140, 40)) as pilot:
        await app.push_screen(ComposeScreen(draft, identities=[me], keeper=Nowhere(), heading=EVIL, about=EVIL))
        await pilot.pause()
        lines = [strip.text for strip in app.screen._compositor.render_strips()]
        assert sum(EVIL in line for line in lines) == 5  # heading, From, Subject, Attach, body


SINKS = ("Static", "Label", "notify", "update", "Option", "Markdown", "Button", "Digits", "Header")
ABOVE = ("app.py", "terminal", "widgets", "screens", "commands")


def sources() -> list[Path]:
    root = Path(tui.__file__).parent
    return sorted(
        file for name in ABOVE for file in ([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))
    )


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.name)
def test_no_text_meets_a_markup_parser(file: Path) -> None:
    """Widgets of Textual parse a str as markup: they are given Content or Text, or markup=False."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            assert not _parses(node), f"{file.name}:{node.lineno}: give it Content, or markup=False"
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in ("border_title", "border_subtitle", "tooltip"):
                    assert "markup" in ast.unparse(node.value), f"{file.name}:{node.lineno}: a title is markup"


def _parses(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "from_markup":
        return True
    if name not in SINKS or not call.args:
        return False
    if any(keyword.arg == "markup" and ast.unparse(keyword.value) == "False" for keyword in call.keywords):
        return False
    given = call.args[0]
    if isinstance(given, ast.Constant):
        return isinstance(given.value, str) and "[" in given.value
    return isinstance(given, ast.JoinedStr | ast.BinOp) and "Content" not in ast.unparse(given)


def test_the_search_for_sinks_finds_them() -> None:
    for bad in ("Static(f'{subject}')", "self.notify('from ' + who)", "Content.from_markup(x)", "Label('[b]')"):
        call = ast.parse(bad).body[0]
        assert isinstance(call, ast.Expr)
        assert isinstance(call.value, ast.Call)
        assert _parses(call.value), bad
    for good in ("Static(Content(x))", "Static('plain')", "Static(f'{x}', markup=False)", "self.update()"):
        call = ast.parse(good).body[0]
        assert isinstance(call, ast.Expr)
        assert isinstance(call.value, ast.Call)
        assert not _parses(call.value), good
