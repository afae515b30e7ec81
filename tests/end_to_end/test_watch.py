"""``tidings watch`` as a script uses it: a process of its own, watching Dovecot."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.end_to_end.work import mail
from tests.schema import problems, schema_of
from tests.servers.dovecot import ADA, ALAN, Dovecot

PATIENCE = 20.0


def configure(folder: Path, dovecot: Dovecot, *users: str, password: str | None = None) -> None:
    """Write config.toml for some users."""
    tables = []
    for user in users:
        secret = dovecot.users[user] if password is None else password
        name = user.partition("@")[0]
        tables.append(
            f'[accounts.{name}]\naddress = "{user}"\n[accounts.{name}.receive]\nhost = "127.0.0.1"\n'
            f'port = {dovecot.port}\nsecurity = "tls"\nuser = "{user}"\npassword = {json.dumps(secret)}\n'
            f'ca_file = "{dovecot.certificate}"\n'
        )
    file = folder / "config" / "tidings" / "config.toml"
    file.parent.mkdir(parents=True)
    file.touch(mode=0o600)
    file.write_text("".join(tables))


@asynccontextmanager
async def watching(folder: Path, *words: str) -> AsyncIterator[Process]:
    """Run ``tidings watch``."""
    places = {f"XDG_{name.upper()}_HOME": str(folder / name) for name in ("config", "data", "cache", "state")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tui", "watch", *words),
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, **places},
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def line(process: Process) -> str:
    assert process.stdout is not None
    said = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
    assert not said.startswith("{") or problems(schema_of("watch"), json.loads(said)) == []
    return said


async def complaint(process: Process) -> str:
    assert process.stderr is not None
    return (await asyncio.wait_for(process.stderr.readline(), PATIENCE)).decode()


async def test_one_object_for_every_mail_of_every_account(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA, ALAN)
    dovecot.deliver(ADA, mail("old"))
    async with watching(tmp_path, "--json") as process:
        said = {await complaint(process), await complaint(process)}
        assert said == {"tidings: ada: watching\n", "tidings: alan: watching\n"}
        dovecot.deliver(ADA, mail('"Grüße"', sender="=?utf-8?q?Gr=C3=A9ta?= <g@example.org>"))
        row = json.loads(await line(process))
        assert row.items() >= {"account": "ada", "mailbox": "INBOX", "uid": 2, "subject": '"Grüße"'}.items()
        assert "Gréta" in row["from"]
        assert row["date"].endswith("Z")
        dovecot.deliver(ALAN, mail("to Alan"))
        assert json.loads(await line(process))["account"] == "alan"
        dovecot.kill()
        assert "offline" in await complaint(process) + await complaint(process)
        dovecot.start()
        dovecot.deliver(ADA, mail("missed"))
        assert json.loads(await line(process))["subject"] == "missed"
        process.send_signal(signal.SIGTERM)
        rest, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert (process.returncode, rest) == (0, b"")
        assert b"Traceback" not in errors


async def test_one_line_for_eyes_until_the_user_has_enough(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    async with watching(tmp_path) as process:
        assert await complaint(process) == "tidings: ada: watching\n"
        dovecot.deliver(ADA, mail("=?utf-8?q?sly=1B[2J=0Asubject?="))
        said = await line(process)
        assert "Grace Hopper" in said
        assert "sly" in said
        assert said.rstrip("\n").isprintable()
        process.send_signal(signal.SIGINT)
        rest, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert (process.returncode, rest, errors) == (0, b"", b"")


async def test_it_ends_when_the_time_is_over(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    async with watching(tmp_path, "--timeout", "0.2") as process:
        rest, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert (process.returncode, rest) == (1, b"")
        assert b"Traceback" not in errors


async def test_a_refused_password_ends_it(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA, password="wrong")
    async with watching(tmp_path) as process:
        rest, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert (process.returncode, rest) == (1, b"")
        assert errors.startswith(b"tidings: ada: stopped: ")
        assert b"wrong" not in errors
        assert errors.count(b"\n") == 1


async def test_an_account_by_pop3_is_visited_and_nothing_is_taken(tmp_path: Path, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("old"))
    configure(tmp_path, dovecot, ADA)
    file = tmp_path / "config" / "tidings" / "config.toml"
    by_pop3 = f'protocol = "pop3"\nleave_on_server = "no"\npoll = 5\nport = {dovecot.pop3_port}'
    file.write_text(file.read_text().replace(f"port = {dovecot.port}", by_pop3))
    async with watching(tmp_path, "--json") as process:
        assert "watching, by looking every 5 s" in await complaint(process)
        dovecot.deliver(ADA, mail("new", sender="Grace Hopper <grace@example.org>"))
        row = json.loads(await line(process))
        assert (row["account"], row["mailbox"], row["subject"]) == ("ada", "INBOX", "new")
        assert row["from"] == "Grace Hopper <grace@example.org>"
        assert isinstance(row["uid"], str)
    with dovecot.imap(ADA) as other:
        assert other.select()[1] == [b"2"]
