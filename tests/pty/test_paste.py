"""What is pasted is text: it presses no key, and what controls a terminal is taken out of it."""

from pathlib import Path

from tests.pty.mail import mail
from tests.pty.terminal import leaks, tidings

PASTE = "\x1b[200~dde Q\x1b]0;pwned\x07 pasted \x9b31m words\x7f\u202e[/][@click=app.quit]x\x1b[201~"


async def test_a_paste_presses_no_key_and_controls_nothing(tmp_path: Path) -> None:
    async with mail(tmp_path, 3), tidings(tmp_path) as terminal:
        await terminal.sees("of 3")
        await terminal.quiet()
        terminal.press(PASTE)
        await terminal.quiet(0.3)
        assert "of 3" in terminal.text, "nothing was deleted, archived or left"
        terminal.press("c")
        await terminal.sees("New message")
        terminal.press("bob@x.example\t")
        terminal.press(PASTE)
        await terminal.sees("pasted")
        terminal.press("\t")
        terminal.press(PASTE)
        await terminal.until(lambda: terminal.text.count("pasted") == 2, "the paste in the text")
        assert leaks(terminal.output) == []
        assert "[@click=app.quit]x" in terminal.text
