"""``tidings watch`` in scripts: until a mail comes, since the last time, with a program for each, of any mailbox."""

import asyncio
import json
import os
import pty
import signal
import sys
from pathlib import Path

import pytest

from tests.end_to_end.command import folders
from tests.end_to_end.test_watch import PATIENCE, complaint, configure, line, watching
from tests.end_to_end.work import mail, other_client
from tests.servers.dovecot import ADA, Dovecot

WITHOUT_NOTIFY = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE SORT UIDPLUS NAMESPACE LIST-EXTENDED SPECIAL-USE"


async def subject(process: asyncio.subprocess.Process) -> str:
    return str(json.loads(await line(process))["subject"])


async def end(process: asyncio.subprocess.Process, number: int = signal.SIGTERM) -> int:
    process.send_signal(number)
    return await asyncio.wait_for(process.wait(), PATIENCE)


async def test_it_ends_at_the_mail_that_is_waited_for_and_prints_that_one(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    async with watching(tmp_path, "--json", "--until", 'from:grace "the code is" -subject:old') as process:
        await complaint(process)
        dovecot.deliver(ADA, mail("old", "The code is 1."), mail("new", "No code here."), mail("new", "The code is 2."))
        dovecot.deliver(ADA, mail("later", "The code is 3."))
        out, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, errors) == (0, b"")
    (found,) = out.splitlines()
    assert json.loads(found)["uid"] == 3
    async with watching(tmp_path, "--until", "from:ada", "--timeout", "0.01m") as process:
        assert (await asyncio.wait_for(process.communicate(), PATIENCE))[0] == b""
        assert process.returncode == 1
    async with watching(tmp_path, "--until", "from:ada") as process:
        await complaint(process)
        assert await end(process) == 128 + signal.SIGTERM  # it was not found: a script must not believe so
    async with watching(tmp_path, "--until", "is:blue thing") as process:
        assert "is not known" in await complaint(process)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_it_goes_on_where_the_last_one_ended(dovecot: Dovecot, tmp_path: Path, number: int) -> None:
    configure(tmp_path, dovecot, ADA)
    dovecot.deliver(ADA, mail("old"))
    async with watching(tmp_path, "--json", "--since") as process:
        await complaint(process)
        dovecot.deliver(ADA, mail("first"))
        assert await subject(process) == "first"
        async with watching(tmp_path, "--since") as second:
            assert "Another watch goes by the bookmark last" in await complaint(second)
            assert await asyncio.wait_for(second.wait(), PATIENCE) == 2
        file = tmp_path / "state" / "tidings" / "watch-last.json"
        async with asyncio.timeout(PATIENCE):
            while f"{json.loads(file.read_text())['ada/INBOX'][1]}" != "2":  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        await end(process, number)
    dovecot.deliver(ADA, *(mail(f"missed {place}") for place in range(3)))
    async with watching(tmp_path, "--json", "--since") as process:
        assert [await subject(process) for _ in range(3)] == ["missed 0", "missed 1", "missed 2"]
        dovecot.deliver(ADA, mail("now"))
        assert await subject(process) == "now"
    assert file.stat().st_mode & 0o777 == 0o600
    async with watching(tmp_path, "--json", "--since", "10m") as process:  # a time instead: whoever watched before
        assert [await subject(process) for _ in range(6)][:2] == ["old", "first"]


async def test_a_program_gets_the_mail_and_no_shell_does(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    show = "import os, sys; print(os.environ['TIDINGS_SUBJECT'], sys.argv[1:], sys.stdin.readline()[:3]); sys.exit(3)"
    words = ("--account", "ada", "--exec", sys.executable, "-c", show, "--json", "$HOME")
    async with watching(tmp_path, *words) as process:
        await complaint(process)
        dovecot.deliver(ADA, mail("$(touch /tmp/x); `id` =?utf-8?q?=1B]0;x=07=0A?= end"))
        assert "end" in await line(process)
        said = await line(process)
        assert said == "$(touch /tmp/x); `id` �]0;x� end ['--json', '$HOME'] {\"i\n"
        assert (await complaint(process)).endswith("ended with status 3.\n")
    async with watching(tmp_path, "--exec", "no-such-program") as process:
        assert "There is no program no-such-program." in await complaint(process)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 2


@pytest.mark.parametrize("capability", [None, WITHOUT_NOTIFY])
async def test_several_mailboxes_are_watched(tmp_path: Path, capability: str | None) -> None:
    with Dovecot(capability=capability) as dovecot:
        configure(tmp_path, dovecot, ADA)
        with other_client(dovecot) as other:
            for name in ("A", "B", "C", "D"):
                other.create(name)
            other.append("D", mail("old"))
        wanted = [word for name in ("inbox", "A", "B", "C", "D", "archive") for word in ("--mailbox", name)]
        file = tmp_path / "config" / "tidings" / "config.toml"
        file.write_text("[sync]\npoll = 5\n" + file.read_text())
        async with watching(tmp_path, "--json", *wanted) as process:
            for _ in range(1 if capability is None else 4):
                assert "watching" in await complaint(process)
            with other_client(dovecot) as other:
                for name in ("D", "INBOX", "A", "B"):
                    other.append(name, mail(f"in {name}"))
                    row = json.loads(await line(process))
                    assert (row["mailbox"], row["subject"]) == (name, f"in {name}")
                    assert row["id"] == f"ada/{name}/{row['uidvalidity']}/{row['uid']}"
            dovecot.kill()
            assert "offline" in await complaint(process)
            dovecot.start()
            with other_client(dovecot) as other:
                for name in ("B", "INBOX", "Archive"):
                    other.append(name, mail(f"after in {name}"))
            rows = [json.loads(await line(process)) for _ in range(3)]
            assert {row["subject"] for row in rows} == {"after in B", "after in INBOX", "after in Archive"}
            await end(process)
            assert await process.stdout.read() == b""  # type: ignore[union-attr]


async def test_a_mailbox_that_is_not_there_is_said(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    async with watching(tmp_path, "--mailbox", "Nowhere") as process:
        assert "ada has no mailbox “Nowhere”" in await complaint(process)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 1


async def test_a_loss_and_a_return_are_one_line_each(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    async with watching(tmp_path, "--json") as process:
        assert await complaint(process) == "tidings: ada: watching\n"
        for turn in range(2):
            dovecot.kill()
            assert (await complaint(process)).startswith("tidings: ada: offline: ")
            dovecot.start()
            dovecot.deliver(ADA, mail(f"mail {turn}"))
            assert await subject(process) == f"mail {turn}"
            assert (await complaint(process)).startswith("tidings: ada: back after ")


async def test_the_terminal_tells_it_wherever_the_output_goes(dovecot: Dovecot, tmp_path: Path) -> None:
    configure(tmp_path, dovecot, ADA)
    file = tmp_path / "config" / "tidings" / "config.toml"
    rules = '[[notify.rules]]\nquery = "from:grace in:inbox"\n[[notify.rules]]\naction = "silent"\n'
    file.write_text(file.read_text() + rules)
    master, slave = pty.openpty()
    output = tmp_path / "out"
    environment = {**os.environ, **folders(tmp_path), "TMUX": "/tmp/none,1,0", "TERM": "foot"}
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f'exec "{sys.executable}" -m tui watch --notify > "{output}"'),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=lambda: os.login_tty(os.dup(slave)),
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    try:
        said = b""
        async with asyncio.timeout(PATIENCE):
            while b"watching" not in said:
                said += await asyncio.to_thread(os.read, master, 4096)
            dovecot.deliver(ADA, mail("not told", sender="Eve <eve@example.org>"))
            dovecot.deliver(ADA, mail("=?utf-8?q?sly=1B=07subject?="))
            while b"subject" not in said:
                said += await asyncio.to_thread(os.read, master, 4096)
    finally:
        process.kill()
        await process.wait()
        os.close(slave)
        os.close(master)
    shown = said.split(b"watching\r\n")[1].decode()
    assert shown.startswith("\x1bPtmux;\x1b\x1b]777;notify;Grace Hopper <grace@example.org>;sly\ufffd\ufffdsubject")
    assert "not told" in output.read_text()
    assert "subject" in output.read_text()


async def test_by_pop3_names_are_remembered(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver(ADA, mail("old"))
    configure(tmp_path, dovecot, ADA)
    file = tmp_path / "config" / "tidings" / "config.toml"
    by_pop3 = f'protocol = "pop3"\npoll = 5\nport = {dovecot.pop3_port}'
    file.write_text(file.read_text().replace(f"port = {dovecot.port}", by_pop3))
    async with watching(tmp_path, "--json", "--since", "mine") as process:
        await complaint(process)
        state = tmp_path / "state" / "tidings" / "watch-mine.json"
        async with asyncio.timeout(PATIENCE):
            while not state.exists():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        await end(process)
    dovecot.deliver(ADA, mail("missed"))
    async with watching(tmp_path, "--json", "--since", "mine") as process:
        assert await subject(process) == "missed"
