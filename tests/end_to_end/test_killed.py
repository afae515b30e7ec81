"""kill -9 of the program that runs, or of the command that asks it: no dead socket in the way, nothing lost."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.end_to_end.command import ROOT, command, folders, paths, running, write_config
from tests.end_to_end.test_send import messages
from tests.end_to_end.work import mail, other_client
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tui.engine.client import ask

SERVE = """
import asyncio, sys
from pathlib import Path
from tests.end_to_end.command import running

async def main():
    async with running(Path(sys.argv[1])):
        print("up", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@asynccontextmanager
async def started(folder: Path, *words: str, data: bytes | None = None) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        stdin=DEVNULL if data is None else PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, **folders(folder)},
        cwd=ROOT,
    )
    try:
        if data is not None:
            assert process.stdin is not None
            process.stdin.write(data)
            process.stdin.close()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_program_that_served_is_killed(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("first"))
    async with started(tmp_path, "-c", SERVE, str(tmp_path)) as program:
        assert program.stdout is not None
        assert await asyncio.wait_for(program.stdout.readline(), 60) == b"up\n"
        (row,) = (await command(tmp_path, "list", "--json")).rows
        program.send_signal(signal.SIGKILL)
        await program.wait()
    socket = paths(tmp_path).socket_file
    assert socket.is_socket()  # it lies there, and nobody listens
    assert await ask(socket) is None
    done = await command(tmp_path, "archive", str(row["id"]))
    assert (done.status, done.out) == (0, "archived 1 message in Inbox\n")
    async with running(tmp_path):  # the next one takes the place of the dead one
        assert socket.stat().st_mode & 0o777 == 0o600
        assert (await command(tmp_path, "undo")).out == "undone: archived 1 message in Inbox\n"
    assert not socket.exists()
    with other_client(dovecot) as other:
        assert len(other.uids()) == 1


async def test_it_is_killed_with_a_mail_in_its_hands(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    postfix.freeze()  # the mail is in the outbox, and the server says nothing
    data = f"From: {ADA}\nTo: {GRACE}\nSubject: kept\n\nx\n".encode()
    async with started(tmp_path, "-c", SERVE, str(tmp_path)) as program:
        assert program.stdout is not None
        assert await asyncio.wait_for(program.stdout.readline(), 60) == b"up\n"
        async with started(tmp_path, "-m", "tui", "send", data=data) as asking:
            async with asyncio.timeout(30):
                while not (await command(tmp_path, "outbox", "--json")).rows:  # noqa: ASYNC110 - a process of its own
                    await asyncio.sleep(0.05)
            program.send_signal(signal.SIGKILL)
            out, errors = await asyncio.wait_for(asking.communicate(), 30)
        assert (asking.returncode, out) == (1, b"")
        assert b"hung up" in errors
    postfix.thaw()
    (row,) = (await command(tmp_path, "outbox", "--json")).rows
    assert row["subject"] == "kept"
    ended = await command(tmp_path, "outbox", "--json", "--send-now", str(row["submission"]))
    assert (ended.status, ended.rows[0]["state"]) == (0, "accepted")
    assert len(messages(dovecot, GRACE, "INBOX")) == 1


async def test_the_command_that_asked_is_killed(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    data = f"From: {ADA}\nTo: {GRACE}\nSubject: on its way\n\nx\n".encode()
    async with running(tmp_path) as alone:
        postfix.freeze()
        async with started(tmp_path, "-m", "tui", "send", data=data) as asking:
            async with asyncio.timeout(30):
                while not await alone.store.outbox.list():  # noqa: ASYNC110 - a process of its own
                    await asyncio.sleep(0.02)
            asking.send_signal(signal.SIGKILL)
            await asking.wait()
        postfix.thaw()
        async with asyncio.timeout(60):
            while not messages(dovecot, GRACE, "INBOX"):  # noqa: ASYNC110 - a server of its own
                await asyncio.sleep(0.1)
        assert (await command(tmp_path, "accounts", "--json")).rows[0]["account"] == "ada"  # it serves on
    assert len(messages(dovecot, GRACE, "INBOX")) == 1
