"""Mail into files and back, answers and the outbox from scripts, whether Tidings runs or not."""

import email
import email.policy
import mailbox
from pathlib import Path

import pytest

from tests.end_to_end.command import Ended, command, write_config
from tests.end_to_end.test_send import messages, received
from tests.end_to_end.test_verbs import perhaps_running
from tests.end_to_end.work import mail, other_client
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix

FROM_LINE = mail("second", "From here on.\n>From there.")


@pytest.mark.parametrize("is_running", [False, True])
async def test_mail_goes_into_files_and_back(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path, is_running: bool
) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("first"), FROM_LINE, mail("third"))
    with other_client(dovecot) as other:
        other.command("STORE", "1", "+FLAGS", "(\\Seen \\Flagged)")
        other.create("Kept")

    async def tidings(*words: str) -> Ended:
        ended = await command(tmp_path, *words)
        assert (ended.status, ended.err) == (0, ""), (words, ended)
        return ended

    async with perhaps_running(tmp_path, is_running):
        would = await tidings("export", "--mailbox", "inbox", "--to", str(tmp_path / "box"), "--dry-run", "--json")
        assert [row["subject"] for row in would.rows] == ["first", "second", "third"]
        assert not (tmp_path / "box").exists()
        told = await tidings("export", "--mailbox", "inbox", "--to", str(tmp_path / "box"), "--json")
        assert [row["uid"] for row in told.rows] == [1, 2, 3]
        assert [each["Subject"] for each in mailbox.mbox(tmp_path / "box")] == ["first", "second", "third"]
        again = await command(tmp_path, "export", "--mailbox", "inbox", "--to", str(tmp_path / "box"))
        assert (again.status, "there already" in again.err) == (2, True)

        query = "subject:first OR subject:second"
        await tidings("export", "--query", query, "--to", str(tmp_path / "dir"), "--format", "maildir")
        kept = mailbox.Maildir(tmp_path / "dir", create=False)
        assert sorted((each["Subject"], each.get_flags()) for each in kept) == [("first", "FS"), ("second", "")]
        await tidings("export", str(told.rows[1]["id"]), "--to", str(tmp_path / "files"), "--format", "eml")
        (file,) = (tmp_path / "files").iterdir()
        assert file.name == f"INBOX-{told.rows[1]['uidvalidity']}-2.eml"
        with other_client(dovecot) as other:
            assert file.read_bytes() == other.source(2)

        into = ("--mailbox", "Kept")
        assert (await tidings("import", str(tmp_path / "box"), *into, "--dry-run")).out == "3 to be imported\n"
        assert (await tidings("import", str(tmp_path / "dir"), *into)).out == "2 imported\n"
        assert (await tidings("import", str(tmp_path / "box"), *into)).out == "2 there already, 1 imported\n"
        (put,) = (await tidings("import", "--json", str(file), *into, "--again", "--flag", "read")).rows
        assert (put["mailbox"], put["done"]) == ("Kept", "imported")
    with other_client(dovecot) as other:
        flags = other.flags("Kept")
        assert sorted(map(sorted, flags.values())) == [[], [], ["\\Flagged", "\\Seen"], ["\\Seen"]]
        sources = {other.source(uid, "Kept") for uid in flags}
        assert sources == {other.source(uid) for uid in other.uids()}


async def test_what_cannot_be_imported_is_said(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    (tmp_path / "none.eml").write_bytes(b"just words\n")
    (tmp_path / "good.eml").write_bytes(mail("good"))
    for words, status, said in (
        ((str(tmp_path / "none.eml"), "--mailbox", "inbox"), 2, "This is no message"),
        ((str(tmp_path / "missing"), "--mailbox", "inbox"), 2, "cannot be read: no such file"),
        ((str(tmp_path / "good.eml"), "--mailbox", "Nowhere"), 1, "has no mailbox “Nowhere”"),
    ):
        ended = await command(tmp_path, "import", *words)
        assert (ended.status, said in ended.err) == (status, True), ended


@pytest.mark.parametrize("is_running", [False, True])
async def test_an_answer_from_a_script(dovecot: Dovecot, postfix: Postfix, tmp_path: Path, is_running: bool) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("a question", "Is it so?", sender=f"Grace <{GRACE}>"))
    async with perhaps_running(tmp_path, is_running):
        (row,) = (await command(tmp_path, "list", "--json")).rows
        name = str(row["id"])
        (would,) = (await command(tmp_path, "reply", "--json", "--dry-run", name, data="Grüße".encode())).rows
        assert (would["to"], would["subject"], would["state"]) == ([GRACE], "Re: a question", None)
        ended = await command(tmp_path, "reply", "--json", "--quote", name, data="Es ist so.\n\nGrüße".encode())
        assert (ended.status, ended.err) == (0, "")
        assert ended.rows[0]["state"] == "accepted"
        assert (await command(tmp_path, "reply", name, data=b" \n")).status == 2
    got = email.message_from_bytes(await received(dovecot, GRACE), policy=email.policy.default)
    assert (got["Subject"], got["In-Reply-To"]) == ("Re: a question", row["message_id"])
    text = got.get_content().replace("\r\n", "\n")
    assert text.startswith("Es ist so.\n\nGrüße\n")
    assert "> Is it so?" in text
    with other_client(dovecot) as other:
        assert "\\Answered" in other.flags()[1]
    assert len(messages(dovecot, GRACE, "INBOX")) == 1


@pytest.mark.parametrize("is_running", [False, True])
async def test_the_outbox_from_a_script(dovecot: Dovecot, postfix: Postfix, tmp_path: Path, is_running: bool) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    postfix.stop()
    for subject in ("one", "two"):
        words = f"From: {ADA}\nTo: {GRACE}\nSubject: {subject}\n\nx\n"
        assert (await command(tmp_path, "send", data=words.encode())).status == 1
    postfix.start()
    async with perhaps_running(tmp_path, is_running):
        numbers = {row["subject"]: str(row["submission"]) for row in (await command(tmp_path, "outbox", "--json")).rows}
        if not is_running:  # else it may leave by itself before
            ended = await command(tmp_path, "outbox", "--json", "--cancel", numbers["two"])
            assert (ended.status, ended.rows[0]["state"]) == (0, "draft")
        ended = await command(tmp_path, "outbox", "--json", "--send-now", numbers["one"])
        assert (ended.status == 0 and ended.rows[0]["state"] == "accepted") or "left already" in ended.err
        ended = await command(tmp_path, "outbox", "--cancel", numbers["one"])
        assert (ended.status, "left already" in ended.err) == (1, True)
        assert "There is no 999" in (await command(tmp_path, "outbox", "--cancel", "999")).err
    got = {email.message_from_bytes(each)["Subject"] for each in messages(dovecot, GRACE, "INBOX")}
    assert "one" in got
    assert is_running or "two" not in got
