"""What a script does with mail: listed, read, changed, undone, whether Tidings runs or not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.end_to_end.command import Ended, command, running, write_config
from tests.end_to_end.work import mail
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.postfix import Postfix

WITH_FILE = (
    b"From: Grace <grace@example.org>\r\nTo: ada@example.org\r\nSubject: figures\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n"
    b'--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="a.csv"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nMSwyCg==\r\n--b--\r\n"
)


@asynccontextmanager
async def perhaps_running(folder: Path, is_running: bool) -> AsyncIterator[None]:
    if is_running:
        async with running(folder):
            yield
    else:
        yield


@pytest.mark.parametrize("is_running", [False, True])
async def test_a_walk_through_the_verbs(dovecot: Dovecot, postfix: Postfix, tmp_path: Path, is_running: bool) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("first"), mail("second"), WITH_FILE)

    async def tidings(*words: str) -> Ended:
        ended = await command(tmp_path, *words)
        assert (ended.status, ended.err) == (0, ""), words
        return ended

    async with perhaps_running(tmp_path, is_running):
        assert [row["account"] for row in (await tidings("accounts", "--json")).rows] == ["ada"]
        rows = (await tidings("list", "--json")).rows
        assert [row["subject"] for row in rows] == ["figures", "second", "first"]
        name = str(rows[0]["id"])
        assert name == f"ada/INBOX/{rows[0]['uidvalidity']}/{rows[0]['uid']}"
        roles = {row["role"] for row in (await tidings("mailboxes", "--json")).rows}
        assert {"inbox", "archive", "trash"} <= roles

        (shown,) = (await tidings("show", "--json", name)).rows
        assert "See the file." in str(shown["text"])
        assert (await tidings("show", "--raw", name)).out.startswith("Return-Path:")
        assert (await tidings("part", name, "2")).out == "1,2\n"
        assert [row["id"] for row in (await tidings("search", "--json", "subject:figures")).rows] == [name]

        (would,) = (await tidings("archive", "--json", "--dry-run", "--query", "subject:second OR subject:first")).rows
        assert (would["count"], would["done"]) == (2, None)
        (done,) = (await tidings("archive", "--json", "--query", "subject:second OR subject:first")).rows
        assert done["done"] == "archived 2 messages in Inbox"
        assert [row["subject"] for row in (await tidings("list", "--json")).rows] == ["figures"]
        archived = (await tidings("list", "--json", "--mailbox", "archive")).rows
        assert {row["subject"] for row in archived} == {"first", "second"}

        (done,) = (await tidings("flag", "--json", "--add", "flagged", "--remove", "read", name)).rows
        assert (done["count"], done["ids"]) == (1, [name])
        (row,) = (await tidings("list", "--json", "--limit", "1")).rows
        assert row["flags"] == ["\\Flagged"]
        for words, said in (
            (("copy", "--to", "archive"), "copied 1 message from Inbox to Archive"),
            (("snooze", "--until", "3d"), "snoozed 1 message in Inbox"),
            (("move", "--to", "archive"), "moved 1 message from Inbox to Archive"),
            (("delete",), "deleted 1 message in Inbox"),
        ):
            (done,) = (await tidings(*words, "--json", name)).rows
            assert done["done"] == said
            assert (await tidings("undo", "--json")).rows == [{"account": "ada", "undone": said}]
            (back,) = (await tidings("list", "--json")).rows
            assert back["subject"] == "figures"
            name = str(back["id"])  # what was moved and comes back is another message for the server
    with dovecot.imap(ADA) as line:
        assert line.select("INBOX", readonly=True)[1] == [b"1"]
        assert line.select("Archive", readonly=True)[1] == [b"2"]


async def test_what_is_wrong_is_said_with_its_cure(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    for words, status, said in (
        (("list", "--account", "home"), 2, 'There is no account "home". There is: ada.'),
        (("list", "--mailbox", "Nowhere"), 1, "has no mailbox “Nowhere”"),
        (("show", "ada/7"), 2, "no name of a message"),
        (("archive",), 2, "No message is named"),
        (("search", "is:nothing here"), 2, "is not known"),
        (("undo",), 1, "nothing to undo"),
    ):
        ended = await command(tmp_path, *words)
        assert (ended.status, ended.out) == (status, ""), (words, ended.err)
        assert said in ended.err
        assert ended.err.startswith("tidings: ")


async def test_a_status_bar_is_told_at_a_glance(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    ended = await command(tmp_path, "status")
    assert (ended.status, ended.out) == (2, "")
    dovecot.deliver(ADA, mail("first"), mail("second"))
    await command(tmp_path, "list")
    assert (await command(tmp_path, "status")).out == "2 unread\n"
    await command(tmp_path, "flag", "--add", "read", "--query", "subject:first")
    postfix.stop()
    await command(tmp_path, "send", data=b"From: ada@example.org\nTo: grace@example.org\n\nlater\n")
    assert (await command(tmp_path, "status")).out == "1 unread · 1 to be sent\n"
    ended = await command(tmp_path, "status", "--account", "ada", "--format", "{unread}/{total} {waiting}{stuck}")
    assert ended.out == "1/2 10\n"
    assert (await command(tmp_path, "status", "--account", "home")).status == 2
