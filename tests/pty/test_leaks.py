"""Nothing that strangers wrote is obeyed by the terminal, wherever it is shown."""

from base64 import b64encode
from dataclasses import replace
from email.header import Header
from pathlib import Path

from tests.pty.mail import loopback, write_config
from tests.pty.terminal import Terminal, leaks, tidings
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import scripted_smtp
from tui.config.notify import NotifyConfig
from tui.config.paths import Paths

EVIL = "\x1b]0;pwned\x07\x1b]52;c;ZXZpbA==\x1b\\\x1b[2J\x1bPq\x1b\\\x9b31m\x9d8;;x\x9c\x7f\u202egnp\u2066\ufeff"
EVIL += "[/][@click=app.quit]x"


def hostile(number: int) -> bytes:
    """Return a mail every part of which is hostile, as raw octets and in encoded words in turn."""
    if number % 2:
        word = Header(EVIL, "utf-8", maxlinelen=70).encode(linesep="\r\n")
    else:
        word = EVIL.replace("\r", "").replace("\n", "")
    body = b64encode(f"{EVIL}\r\nhttps://x.example/{EVIL}\r\n> {EVIL}\r\n".encode()).decode()
    lines = [
        f"From: {word} <mallory@x.example>",
        f"To: {word} <charles@mill.example>",
        f"Reply-To: {word} <other@x.example>",
        f"Organization: {word}",
        f"Subject: {number} {word}",
        "Date: Tue, 24 Nov 2026 10:00:00 +0000",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        body,
        "--b",
        f'Content-Type: application/pdf; name="{word}.pdf"',
        f'Content-Disposition: attachment; filename="{word}.pdf"',
        "",
        "x",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8")


async def press(terminal: Terminal, *keys: str) -> None:
    for key in keys:
        terminal.press(key)
        await terminal.quiet(0.2)


def test_a_leak_is_seen() -> None:
    for leak in ("\x1b]52;c;eA==\x07", "\x1b]0;x\x07", "\x9b31m", "a\x7f", "\u202e", "\x1b[5n", "\x1bPq\x1b\\", "\x00"):
        assert leaks(f"fine{leak}fine")
    assert leaks("\x1b[1;31mfine\x1b[m\x1b[3;4H\x1b[K") == []


async def test_no_leak_anywhere(tmp_path: Path) -> None:
    async with scripted_imap("esc-everywhere") as imap, scripted_smtp("reply-esc", password="secret") as smtp:
        for number in range(6):
            imap.push_message(hostile(number))
        config = replace(loopback(imap.port, smtp.port), notify=NotifyConfig(way="osc777"))
        write_config(Paths.under(tmp_path), config)
        async with tidings(tmp_path, width=120, height=40) as terminal:
            await terminal.sees("pwned")
            await terminal.quiet()
            await press(
                terminal,
                "j",
                "\r",
                "H",
                "H",
                "J",
                "o",
                "\x1b",
                "S",
                "\x1b",
                "q",
                "v",
                "s",
                "gm",
                "\x1b",
                "?",
                "\x1b",
                ":",
                "\x1b",
            )
            await press(terminal, "r", "some words", "\x1b", "\x1b")
            await press(terminal, "c", "bob@x.example", "\t", f"a subject {EVIL}", "\t", "words", "\x18")
            await press(terminal, "go", "\r", "j", "\x1b")
            terminal.press("\x1b[O")
            await terminal.quiet()
            imap.push_message(hostile(99))
            await terminal.until(lambda: "\x1b]777;notify;" in terminal.output, "a notification")
            await terminal.quiet()
            assert leaks(terminal.output) == []
            terminal.press("\x1b[I")
            await press(terminal, "\x1b", "\x1b", "Q")
            assert leaks(terminal.output) == []
        log = Paths.under(tmp_path).log_file.read_text()
        assert "\x1b" not in log
        assert "\x9b" not in log
