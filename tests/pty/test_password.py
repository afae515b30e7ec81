"""A password that is asked for in the program: typed unseen, kept in memory only, gone with a crash (B03, B06)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.pty.terminal import Terminal, as_typed, tidings
from tests.secrecy import files, leaks
from tests.servers.scripted_imap import ScriptedServer, scripted_imap

PASSWORD = 'pa"ss\\w örd'
CONFIG = """\
[accounts.work]
address = "ada@example.org"
[accounts.work.receive]
host = "127.0.0.1"
port = {port}
security = "plain"
"""


def write(folder: Path, server: ScriptedServer) -> None:
    server.password = PASSWORD
    file = folder / "config" / "config.toml"
    file.parent.mkdir(mode=0o700)
    file.write_text(CONFIG.format(port=server.port))
    file.chmod(0o600)


def processes(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from processes(int(child))


def told_by_ps(pid: int) -> list[bytes]:
    """Return command lines and environments, as whoever may look can see them."""
    return [Path(f"/proc/{each}/{name}").read_bytes() for each in processes(pid) for name in ("cmdline", "environ")]


async def typed(terminal: Terminal, server: ScriptedServer, password: str = PASSWORD) -> None:
    await terminal.sees("ada@example.org at 127.0.0.1")
    await terminal.quiet()
    logins = len(attempts(server))
    terminal.press(password + "\r")
    await terminal.until(lambda: len(attempts(server)) > logins, "a login")


def attempts(server: ScriptedServer) -> list[bytes]:
    return [line for line in server.log if b"AUTHENTICATE" in line or b"LOGIN" in line]


def assert_for_the_owner_only(folder: Path) -> None:
    """B01: whatever the umask, what the program made is for its owner."""
    made = [path for name in ("data", "cache", "state") for path in (folder / "xdg" / name / "tidings").rglob("*")]
    assert len(made) > 3
    for path in made:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


async def test_it_is_asked_for_on_the_mail_screen_and_again_when_it_was_refused(tmp_path: Path) -> None:
    async with scripted_imap(messages=1) as server:
        write(tmp_path, server)
        config = (tmp_path / "config" / "config.toml").read_bytes()
        async with as_typed(tmp_path) as terminal:
            await typed(terminal, server, "wrong-one")
            await terminal.sees("refused")
            await terminal.quiet()
            assert len(attempts(server)) == 1  # one attempt for one answer of the user
            terminal.press("$")
            await typed(terminal, server)
            await terminal.until(lambda: any(each.idling for each in server.dialogues), "IDLE")
            await terminal.quiet()
            assert terminal.process is not None
            assert not leaks(told_by_ps(terminal.process.pid), PASSWORD, "wrong-one", user="ada@example.org")
            assert os.getpid() != terminal.process.pid
            terminal.press("Q")
            assert await terminal.ends() == 0
        assert (tmp_path / "config" / "config.toml").read_bytes() == config
        assert_for_the_owner_only(tmp_path)
        left = [terminal.output.encode(), *files(tmp_path)]
        assert not leaks(left, PASSWORD, "wrong-one", user="ada@example.org")


async def test_a_crash_leaves_nothing_of_it(tmp_path: Path) -> None:
    async with scripted_imap(messages=1) as server:
        write(tmp_path, server)
        async with tidings(tmp_path) as terminal:
            await typed(terminal, server)
            await terminal.until(lambda: any(each.idling for each in server.dialogues), "IDLE")
            terminal.press("\x1b[20~")  # F9
            assert await terminal.ends() == 1
        assert list((tmp_path / "state").glob("crash-*.txt"))
        assert not leaks([terminal.output.encode(), *files(tmp_path)], PASSWORD, user="ada@example.org")


async def test_in_lines_it_is_asked_for_too_and_nothing_of_it_is_written(tmp_path: Path) -> None:
    async with scripted_imap(messages=1) as server:
        write(tmp_path, server)
        async with as_typed(tmp_path, "--linear") as terminal:
            await typed(terminal, server)
            await terminal.until(lambda: any(each.idling for each in server.dialogues), "IDLE")
            terminal.press("Q")
            assert await terminal.ends() == 0
        assert not leaks([terminal.output.encode(), *files(tmp_path)], PASSWORD, user="ada@example.org")
        assert "örd" not in terminal.output
