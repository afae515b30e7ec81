"""Rules at Dovecot: what arrives is handled once, whatever is cut short, and the past is only tried."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.command import command, paths, running, write_config
from tests.end_to_end.work import mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.postfix import Postfix
from tui.config.load import load
from tui.engine.alone import Alone
from tui.engine.ruling import Ruling, place_of
from tui.store.rulings import Ruled

RULES = """
[[rules]]
name = "noted"
query = "subject:build OR subject:note"
flag = ["$Noted"]
exec = [{python}, "-c", {program}]
[[rules]]
name = "builds"
query = "subject:build -secret"
mark_read = true
archive = true
stop = true
[[rules]]
name = "never"
query = "subject:build"
move = "Nowhere"
"""
PROGRAM = "import os; open({file!r}, 'a').write(os.environ['TIDINGS_SUBJECT'] + chr(10))"


def rules(folder: Path) -> str:
    program = PROGRAM.format(file=str(folder / "ran"))
    return RULES.format(python=json.dumps(sys.executable), program=json.dumps(program))


def ran(folder: Path) -> list[str]:
    file = folder / "ran"
    return file.read_text().splitlines() if file.exists() else []


async def until(is_so: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - a server of its own
            await asyncio.sleep(0.05)
    assert is_so(), what


async def test_what_arrives_is_handled_once(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("old build"), mail("old note"))
    await command(tmp_path, "list")  # before there were rules
    file = paths(tmp_path).config_file
    file.write_text(file.read_text() + rules(tmp_path))

    would = await command(tmp_path, "rules", "--dry-run", "--json")
    assert {row["subject"]: (row["rules"], row["state"]) for row in would.rows} == {
        "old build": (["noted", "builds"], "would"),
        "old note": (["noted"], "would"),
    }
    assert ran(tmp_path) == []

    async with running(tmp_path) as alone:
        dovecot.deliver(ADA, mail("build 1"), mail("a note"), mail("lunch"), mail("build 2", "It is secret."))
        await until(lambda: len(ran(tmp_path)) == 3, "three")
        with other_client(dovecot) as other:
            await until(lambda: len(other.uids("Archive")) == 1, "one is archived")
            assert list(other.flags("Archive").values()) == [{"$Noted", "\\Seen"}]
        async with asyncio.timeout(30):
            while "begun" in {each.state for each in await alone.store.rulings.history(9)}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        history = {row["subject"]: row for row in (await command(tmp_path, "rules", "--json")).rows}
        assert history["build 1"]["rules"] == ["noted", "builds"]
        assert "archived" in str(history["build 1"]["words"])
        assert history["a note"]["state"] == "done"
        assert history["build 2"]["state"] == "failed"
        assert "no mailbox “Nowhere”" in str(history["build 2"]["words"])
        assert "lunch" not in history
        assert (await command(tmp_path, "undo")).status == 0  # what a rule did is an act as any
    async with running(tmp_path) as alone:
        await alone.settle(alone.accounts, 10)
    assert sorted(ran(tmp_path)) == ["a note", "build 1", "build 2"]  # never again

    dovecot.deliver(ADA, mail("build 3"))
    assert (await command(tmp_path, "list")).status == 0  # a command that has the store does it, too
    assert sorted(ran(tmp_path)) == ["a note", "build 1", "build 2", "build 3"]


async def test_what_was_cut_short_is_not_lost_and_not_done_twice(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path
) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    where = paths(tmp_path)
    where.config_file.write_text(where.config_file.read_text() + rules(tmp_path))
    dovecot.deliver(ADA, mail("old build"))
    await command(tmp_path, "list")
    await command(tmp_path, "list")  # from now on there is a mark
    file = where.config_file
    text = file.read_text()
    file.write_text(text.replace(rules(tmp_path), ""))
    dovecot.deliver(ADA, mail("note 1"), mail("note 2"))
    await command(tmp_path, "list")  # the rows are here, and nobody looked at them: as after a crash
    file.write_text(text)
    alone = await Alone.open(load(file), where)
    try:
        (inbox,) = [state for state in await alone.store.mailboxes.all() if state.mailbox.name == "INBOX"]
        place = place_of(inbox)
        assert place is not None
        envelopes = await alone.store.envelopes.older(inbox.id, None, 9)
        first = next(each for each in envelopes if each.subject == "note 1")
        assert await alone.store.rulings.claim([Ruled(place, first.uid, first.message_id, "note 1", ("noted",), 1.0)])
        for _ in range(2):
            ruling = Ruling(alone)
            await ruling.note_missed()
            await ruling.drain()
        assert ran(tmp_path) == ["note 2"]
        states = {each.subject: each.state for each in await alone.store.rulings.history(9)}
        assert states == {"note 1": "begun", "note 2": "done"}
    finally:
        await alone.close()
