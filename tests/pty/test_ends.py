"""However it ends, the terminal is what it was, and what the user wrote is kept."""

import asyncio
import os
import signal
import termios
from pathlib import Path
from time import monotonic

import pytest

from tests.pty.mail import mail
from tests.pty.terminal import Terminal, tidings
from tui.config.paths import Paths


async def begun(terminal: Terminal) -> None:
    await terminal.sees("029 ")
    await terminal.quiet()
    assert terminal.modes["1049"] == "h"


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_ends_it_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        before = terminal.attributes()
        await begun(terminal)
        assert terminal.attributes() != before
        assert terminal.process is not None
        at = monotonic()
        terminal.process.send_signal(number)
        assert await terminal.ends() == 128 + number
        print(f"ended {(monotonic() - at) * 1000:.0f} ms after {number.name}")
        assert monotonic() - at < 6
        assert terminal.modes == {}
        assert terminal.attributes() == before


async def test_key_to_quit(tmp_path: Path) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        before = terminal.attributes()
        await begun(terminal)
        terminal.press("Q")
        assert await terminal.ends() == 0
        assert terminal.modes == {}
        assert terminal.attributes() == before


async def test_a_draft_is_saved_by_sigterm(tmp_path: Path) -> None:
    async with mail(tmp_path):
        async with tidings(tmp_path) as terminal:
            await begun(terminal)
            terminal.press("c")
            await terminal.sees("Subject")
            terminal.press("ada@analytical.example\ta subject\tan unfinished thought")  # in one piece, as after a stall
            await terminal.sees("an unfinished thought")
            assert [line.split()[-1] for line in terminal.text.split("\n")[2:5] if line] == [
                "<charles@mill.example>", "ada@analytical.example", "subject"
            ]  # fmt: skip
            assert terminal.process is not None
            terminal.process.send_signal(signal.SIGTERM)
            assert await terminal.ends() == 128 + signal.SIGTERM
        held = b"".join(path.read_bytes() for path in Paths.under(tmp_path).data.iterdir())
        assert b"an unfinished thought" in held


@pytest.mark.parametrize("key", ["\x1b[20~", "\x1b[19~"], ids=["handler", "callback"])
async def test_a_crash_restores_the_terminal_and_leaves_a_report(tmp_path: Path, key: str) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        before = terminal.attributes()
        await begun(terminal)
        terminal.press(key)
        assert await terminal.ends() == 1
        assert terminal.modes == {}
        assert terminal.attributes() == before
        (report,) = Paths.under(tmp_path).state.glob("crash-*.txt")
        assert str(report) in terminal.output.replace("\r\n", "")
        assert report.stat().st_mode & 0o777 == 0o600
        told = report.read_text()
        assert "ValueError" in told
        assert "_break" in told
        for private in ("words of a mail", str(tmp_path), "analytical"):
            assert private not in told
            assert private not in terminal.output[terminal.output.rindex("\x1b[?1049l") :].replace(str(report), "")
        log = Paths.under(tmp_path).log_file.read_text()
        assert "words of a mail" not in log


async def test_a_terminal_that_goes_away_leaves_no_orphan(tmp_path: Path) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        await begun(terminal)
        terminal.hang_up()
        assert await terminal.ends() == 128 + signal.SIGHUP


async def test_a_lost_line_is_noticed_without_a_signal(tmp_path: Path) -> None:
    """As under nohup, or when somebody else is the session's leader: only reading tells."""
    async with mail(tmp_path), tidings(tmp_path, "--deaf") as terminal:
        await begun(terminal)
        terminal.hang_up()
        assert await terminal.ends() == 128 + signal.SIGHUP


@pytest.mark.parametrize("by_key", [False, True], ids=["SIGTSTP", "Ctrl+Z"])
async def test_stopped_and_continued(tmp_path: Path, by_key: bool) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        before = terminal.attributes()
        await begun(terminal)
        raw, seen = terminal.attributes(), terminal.text
        assert terminal.process is not None
        pid = terminal.process.pid
        if by_key:
            terminal.press("\x1a")
        else:
            os.kill(pid, signal.SIGTSTP)
        await terminal.until(lambda: state_of(pid) == "T", "stopped")
        await terminal.quiet()
        assert terminal.modes == {}
        assert terminal.attributes() == before
        terminal.screen.reset()
        os.kill(pid, signal.SIGCONT)
        # the head's count may be another by now: the server is asked for it
        await terminal.until(lambda: terminal.text.splitlines()[1:] == seen.splitlines()[1:], "the same picture")
        assert terminal.attributes() == raw
        terminal.press("Q")
        assert await terminal.ends() == 0
        assert terminal.modes == {}


async def test_stopped_from_outside_it_takes_the_terminal_back(tmp_path: Path) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        before = terminal.attributes()
        await begun(terminal)
        raw, seen = terminal.attributes(), terminal.text
        assert terminal.process is not None
        pid = terminal.process.pid
        os.kill(pid, signal.SIGSTOP)
        await terminal.until(lambda: state_of(pid) == "T", "stopped")
        termios.tcsetattr(terminal.slave, termios.TCSANOW, before)  # what a shell does
        terminal.screen.reset()
        os.kill(pid, signal.SIGCONT)
        await terminal.until(lambda: terminal.text == seen, "the same picture")
        assert terminal.attributes() == raw
        terminal.press("Q")
        assert await terminal.ends() == 0
        assert terminal.attributes() == before


async def test_after_kill_9_the_next_start_is_fine(tmp_path: Path) -> None:
    async with mail(tmp_path):
        async with tidings(tmp_path) as terminal:
            await begun(terminal)
            assert terminal.process is not None
            terminal.process.kill()
            await terminal.ends()
        async with tidings(tmp_path) as terminal:
            before = terminal.attributes()
            await begun(terminal)
            terminal.press("Q")
            assert await terminal.ends() == 0
            assert terminal.modes == {}
            assert terminal.attributes() == before


async def test_a_terminal_that_does_not_read_does_not_hold_the_end(tmp_path: Path) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        before = terminal.attributes()
        await begun(terminal)
        terminal.pause()
        for width in (100, 81, 120, 80):
            terminal.resize(width, 24)
            await asyncio.sleep(0.1)  # not waiting for a state: it is to have something to say
        at = monotonic()
        assert terminal.process is not None
        terminal.process.send_signal(signal.SIGTERM)
        assert await terminal.process.wait() == 128 + signal.SIGTERM
        print(f"ended {(monotonic() - at) * 1000:.0f} ms after SIGTERM, nobody reading")
        assert monotonic() - at < 6
        terminal.resume()
        await terminal.quiet()
        assert terminal.modes == {}
        assert terminal.attributes() == before
