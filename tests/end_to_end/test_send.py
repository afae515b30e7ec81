"""``tidings send``: what another program has written leaves through the outbox, whether Tidings runs or not."""

import asyncio
import email
import email.policy
from pathlib import Path

import pytest

from tests.end_to_end.command import command, paths, running, write_config
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix

MAIL = (
    f"From: Ada <{ADA}>\nTo: {GRACE}\nBcc: {ADA}\nSubject: A line\nX-Kept: yes\n\nFrom a script.\n.\nEnd.\n"
).encode()


def messages(dovecot: Dovecot, user: str, mailbox: str) -> list[bytes]:
    with dovecot.imap(user) as line:
        if line.select(mailbox, readonly=True)[0] != "OK":
            return []
        numbers = line.search(None, "ALL")[1][0].split()
        return [line.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index,misc]


async def received(dovecot: Dovecot, user: str, mailbox: str = "INBOX") -> bytes:
    """Wait for the one mail of a mailbox."""
    async with asyncio.timeout(30):
        while not (mails := await asyncio.to_thread(messages, dovecot, user, mailbox)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    (mail,) = mails
    return mail


@pytest.mark.parametrize("is_running", [False, True])
async def test_it_leaves_as_it_is(dovecot: Dovecot, postfix: Postfix, tmp_path: Path, is_running: bool) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    if is_running:
        async with running(tmp_path):
            ended = await command(tmp_path, "send", "--json", data=MAIL)
        assert not paths(tmp_path).socket_file.exists()
    else:
        ended = await command(tmp_path, "send", "--json", data=MAIL)
    assert (ended.status, ended.err) == (0, "")
    (told,) = ended.rows
    assert told["state"] == "accepted"
    got = email.message_from_bytes(await received(dovecot, GRACE), policy=email.policy.default)
    assert (got["Message-ID"], got["X-Kept"], got["Bcc"]) == (told["message_id"], "yes", None)
    assert got.get_content().replace("\r\n", "\n") == "From a script.\n.\nEnd.\n"
    assert got["Date"].datetime is not None
    await received(dovecot, ADA)  # who was in Bcc
    await received(dovecot, ADA, "Sent")


async def test_no_mail_is_fetched_for_it(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, MAIL)
    (told,) = (await command(tmp_path, "send", "--json", data=MAIL)).rows
    assert told["state"] == "accepted"
    assert (await command(tmp_path, "list", "--offline", "--json")).rows == []


async def test_what_cannot_be_sent_is_not_queued(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    for data, words in (
        (b"", "no message"),
        (b"From: ada@example.org\nSubject: to nobody\n\nx\n", "no recipient"),
        (b"From: stranger@example.net\nTo: grace@example.org\n\nx\n", "no address of yours"),
    ):
        ended = await command(tmp_path, "send", "--json", data=data)
        assert (ended.status, ended.out) == (2, "")
        assert words in ended.err


async def test_a_refusal_is_told(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    ended = await command(tmp_path, "send", "--json", data=MAIL.replace(GRACE.encode(), b"nobody@example.org"))
    assert ended.status == 1
    (told,) = ended.rows
    assert [each["address"] for each in told["refused"]] == ["nobody@example.org"]  # type: ignore[attr-defined]


async def test_while_the_server_is_away_it_waits(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    postfix.stop()
    ended = await command(tmp_path, "send", "--json", data=MAIL)
    assert (ended.status, ended.rows[0]["state"]) == (1, "queued")
