"""``tidings demo`` as it is typed."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import pyte
import pytest

from tests.emulator import Screen

DEADLINE = 60.0
"""Seconds a test waits for anything."""


def test_without_the_servers_it_says_how_to_get_them() -> None:
    script = "import sys; sys.modules['pymap'] = None; from tui.cli.main import main; sys.exit(main(['demo']))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install '.[demo]'" in done.stderr
    assert "scripts/demo" in done.stderr


@pytest.mark.parametrize("words", [["--messages", "-1"], ["--messages", "many"], ["--seed", "x"]])
def test_a_wrong_number_is_refused(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "demo", *words], capture_output=True, text=True, timeout=DEADLINE
    )
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def _screen(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The demonstration in a terminal of its own."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "TMPDIR": str(folder), "TERM": "xterm-256color", "COLORTERM": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "demo"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read_until(process: "subprocess.Popen[bytes]", terminal: int, wanted: str) -> None:
    """Read what is drawn until it shows some words; only changed cells are drawn, so it takes a terminal to read."""
    screen = Screen(120, 40)
    stream = pyte.ByteStream(screen)
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until and process.poll() is None:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                stream.feed(os.read(terminal, 65536))
            except OSError:  # nobody is at its other end any more
                break
            if any(wanted in line for line in screen.display):
                return
    shown = "\n".join(line.rstrip() for line in screen.display)
    pytest.fail(f"{wanted!r} was not shown; status {process.poll()}, screen:\n{shown}")


def _drain(terminal: int, process: "subprocess.Popen[bytes]") -> int:
    until = time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:  # its end of the terminal is closed
                break
    return process.wait(DEADLINE)


@pytest.mark.parametrize(
    ("end", "status"), [("Q", 0), (signal.SIGINT, 128 + signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_the_mail_screen_opens_and_leaves_nothing_behind(tmp_path: Path, end: str | int, status: int) -> None:
    with _screen(tmp_path) as (process, terminal):
        _read_until(process, terminal, "Note G, with the table this time")
        assert list(tmp_path.glob("tidings-demo-*"))
        if isinstance(end, str):
            os.write(terminal, end.encode("ascii"))
        else:
            process.send_signal(end)
        assert _drain(terminal, process) == status
    assert not list(tmp_path.iterdir())
