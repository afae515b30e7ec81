"""Linear mode on a pseudo-terminal: whole lines, appended, and nothing else."""

import re
import signal
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.app.live import SEEN, Live, letter, live
from tests.pty.mail import write_config
from tests.pty.terminal import Terminal, user_folders
from tui.config.paths import Paths
from tui.store.database import Store

ROOT = Path(__file__).parents[2]
FOLDERS = ("config", "data", "cache", "state")
KEYS = {"\r": "Enter", "\x1b": "Esc", "\x18": "Ctrl+X"}
DATE = re.compile(r"[A-Z]\w+day \d+ [A-Z]\w+, \d\d:\d\d\.")
CLOCK = re.compile(r"\b\d\d:\d\d\b")


class Reader:
    """A person at a screen reader: presses keys, hears lines.

    Attributes:
        terminal: where.
        transcript: what was said, and which keys were pressed.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.transcript: list[str] = []
        self._heard = 0

    async def hears(self, last: str) -> None:
        """Wait for a line; it and those before it go into the transcript."""
        await self.terminal.until(lambda: last in self._new(), last)
        self._take()

    async def press(self, keys: str, last: str) -> None:
        """Press keys and wait for a line."""
        self.transcript.append(f"    [{KEYS.get(keys, ' '.join(keys))}]")
        self.terminal.press(keys)
        await self.hears(last)

    def _new(self) -> list[str]:
        text = self.terminal.output[self._heard :].removeprefix("\x1b[?2004h")
        assert "\x1b" not in text.removesuffix("\x1b[?2004l")
        return [line.rstrip("\r") for line in text.split("\r\n") if line]

    def _take(self) -> None:
        lines = [CLOCK.sub("HH:MM", DATE.sub("DAY.", line)) for line in self._new()]
        self._heard = len(self.terminal.output)
        self.transcript += lines


@asynccontextmanager
async def linear(folder: Path, servers: Live, *arguments: str, **environment: str) -> AsyncIterator[Reader]:
    write_config(servers.paths, servers.config)
    terminal = Terminal(100, 40)
    try:
        variables = {**user_folders(folder), "PYTHONPATH": str(ROOT), **environment}
        await terminal.run([sys.executable, "-m", "tui", *(arguments or ("--linear",))], variables)
        yield Reader(terminal)
    finally:
        await terminal.close()


async def fill(servers: Live) -> None:
    quote = "\n".join(f"> line {number}" for number in range(14))
    text = f"Dear Charles,\n\nThe table is done, see https://analytical.example/g for it.\n\n{quote}\n\nAda\n"
    await servers.deliver(letter("Old news", sender="Alan Turing <alan@bletchley.example>"), minutes=150.5, flags=SEEN)
    await servers.deliver(letter("main is red", sender="Build lantern <build@ci.example>"), minutes=51.3)
    await servers.deliver(letter("Note G", text), minutes=33.3, flags=frozenset({b"\\Flagged"}))


async def test_the_transcript_of_a_morning(tmp_path: Path) -> None:
    async with live(tmp_path, undo_send=0) as servers:
        await fill(servers)
        async with linear(tmp_path, servers) as person:
            row = "Ada Lovelace. Note G. Unread, flagged, 33 minutes."
            await person.hears(row)
            await person.press("j", "Build lantern. main is red. Unread, 51 minutes.")
            await person.press("k", row)
            await person.press("\r", "End of message.")
            await servers.deliver(letter("It compiles", sender="Grace Hopper <grace@yale.example>"))
            await person.hears("New mail in Inbox. Grace Hopper. It compiles. g n goes to it.")
            await person.press("e", "Build lantern. main is red. Unread, 51 minutes.")
            await person.press("u", "Undone: archived 1 message in Inbox. Ctrl+R does it again.")
            await person.press("gn", "Grace Hopper. It compiles. Unread, now.")
            person.terminal.press("Q")
            assert await person.terminal.ends() == 0
            assert person.terminal.attributes()[3] & termios.ECHO
            assert person.terminal.modes == {}
    said_once_all_is_here = "First mail from this address here."
    assert [line for line in person.transcript if line != said_once_all_is_here] == [
        "Tidings, linear mode. Asking the server.",
        "work, Inbox. 2 unread of 3.",
        "Ada Lovelace. Note G. Unread, flagged, 33 minutes.",
        "    [j]",
        "Build lantern. main is red. Unread, 51 minutes.",
        "    [k]",
        "Ada Lovelace. Note G. Unread, flagged, 33 minutes.",
        "    [Enter]",
        "Note G.",
        "From Ada Lovelace, ada at analytical.example.",
        "To you. DAY.",
        "Dear Charles,",
        "The table is done, see link 1 analytical.example for it.",
        "Quote folded: 14 lines. z o reads it.",
        "Ada",
        "End of message.",
        "New mail in Inbox. Grace Hopper. It compiles. g n goes to it.",
        "    [e]",
        "Archived: Ada Lovelace, Note G. u undoes.",
        "Build lantern. main is red. Unread, 51 minutes.",
        "    [u]",
        "Undone: archived 1 message in Inbox. Ctrl+R does it again.",
        "    [g n]",
        "Grace Hopper. It compiles. Unread, now.",
    ]


async def test_a_mail_is_written_line_by_line_and_sent(tmp_path: Path) -> None:
    async with live(tmp_path, undo_send=0) as servers:
        await fill(servers)
        async with linear(tmp_path, servers) as person:
            await person.hears("Ada Lovelace. Note G. Unread, flagged, 33 minutes.")
            await person.press("c", "To: ")
            person.terminal.press("grace@yale.example\rFrom lines\rFirst lime\x7f\x7fne.\rSecond.")
            await person.terminal.until(lambda: person.terminal.output.endswith("Second."), "the text")
            person.terminal.press("\x18")
            told = re.compile(r"Accepted \d\d:\d\d(, Sent copy waits)?\. To grace@yale\.example, From lines\.")
            await person.terminal.until(lambda: told.search(person.terminal.output), "that it was taken")
            person.terminal.press("go")
            await person.terminal.until(lambda: "Outbox. 1 submission." in person.terminal.output, "the outbox")
    sent = servers.smtp.accepted[0].data.decode()
    assert "Subject: From lines" in sent
    assert "First line.\r\nSecond." in sent


async def test_the_palette_is_asked_in_lines(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await fill(servers)
        async with linear(tmp_path, servers) as person:
            await person.hears("Ada Lovelace. Note G. Unread, flagged, 33 minutes.")
            person.terminal.press(":")
            await person.terminal.until(lambda: person.terminal.output.endswith("Which? "), "the question")
            person.terminal.press("mark all\r")
            await person.terminal.until(lambda: "u undoes." in person.terminal.output, "the act")


async def test_what_was_written_is_kept_when_a_signal_ends_it(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await fill(servers)
        async with linear(tmp_path, servers) as person:
            await person.hears("Ada Lovelace. Note G. Unread, flagged, 33 minutes.")
            assert not person.terminal.attributes()[3] & termios.ECHO
            person.terminal.press("cgrace@yale.example\ra subject\ran unfinished thought\r")
            await person.terminal.until(lambda: "an unfinished thought\r\n" in person.terminal.output, "the text")
            assert person.terminal.process is not None
            person.terminal.process.send_signal(signal.SIGTERM)
            assert await person.terminal.ends() == 128 + signal.SIGTERM
            assert person.terminal.attributes()[3] & termios.ECHO
            assert person.terminal.modes == {}
    store = await Store.open(Paths(*(tmp_path / "xdg" / name / "tidings" for name in FOLDERS)))
    try:
        saved = await store.drafts.all()
        assert [each.draft.subject for each in saved] == ["a subject"]
        assert saved[0].draft.body.startswith("an unfinished thought\n")
    finally:
        await store.close()


async def test_a_terminal_without_sequences_gets_none(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await fill(servers)
        async with linear(tmp_path, servers, TERM="dumb") as person:
            await person.hears("Ada Lovelace. Note G. Unread, flagged, 33 minutes.")
            await person.press(
                "?", "Any key can be changed in config.toml under [keys]. This page is made from the keys in force."
            )
            assert "\x1b" not in person.terminal.output
            idle = len(person.terminal.output)
            await servers.deliver(letter("It compiles", sender="Grace Hopper <grace@yale.example>"))
            told = "New mail in Inbox. Grace Hopper. It compiles. g n goes to it."
            await person.hears(told)
            assert person.terminal.output[idle:].strip() == told, "nothing is told that did not happen"
