"""``tidings compose`` and ``tidings register``."""

import os
import subprocess
import sys
from pathlib import Path

from tests.app.live import live
from tests.pty.mail import write_config
from tests.pty.terminal import as_typed

ROOT = Path(__file__).parents[2]


async def test_a_link_begins_a_mail_and_no_link_attaches_files(tmp_path: Path) -> None:
    link = "mailto:grace@navy.example?subject=Hi%0D%0ABcc:x@y.example&bcc=z@y.example&attach=/etc/passwd&body=Hello"
    async with live(tmp_path) as servers:
        write_config(servers.paths, servers.config)
        async with as_typed(tmp_path, "compose", link) as terminal:
            await terminal.sees("grace@navy.example")
            await terminal.sees("z@y.example")
            await terminal.sees("no link attaches files")
            shown = terminal.text
            assert "Hi Bcc:x@y.example" in (shown if isinstance(shown, str) else shown())
            assert "passwd" not in terminal.output


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "PYTHONPATH": str(ROOT), "PATH": str(folder)}
    command = [sys.executable, "-m", "tui", "register", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_desktop_is_told_and_told_off(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "applications" / "tidings-mailto.desktop").read_text()
    assert "MimeType=x-scheme-handler/mailto;" in text
    assert " compose %u\n" in text
    assert "Terminal=true" in text
    assert run(tmp_path, "--remove").returncode == 0
    assert list((tmp_path / "applications").iterdir()) == []
