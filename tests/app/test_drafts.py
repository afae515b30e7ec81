"""Drafts as a person meets them: saved here and on the server, offered after a crash, taken up from any program."""

import os
from pathlib import Path

import pytest

from tests.app.live import Session, letter, live
from tui.mail.draft_message import MARK
from tui.mail.errors import DiskFull
from tui.screens.compose import ComposeScreen
from tui.store.drafts import Drafts
from tui.sync import drafts
from tui.sync.lending import LentText

THEIRS = b"""From: Charles Babbage <charles@mill.example>
To: Ada Lovelace <ada@analytical.example>
Cc: mary@obs.example
Bcc: secret@obs.example
Subject: Cards, unfinished
Message-ID: <theirs@other.example>
In-Reply-To: <1@analytical.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear Ada,
""".replace(b"\n", b"\r\n")


async def written(person: Session, body: str) -> None:
    await person.sees("live")
    await person.press("c")
    await person.sees("New message")
    await person.type("ada@analytical.example")
    await person.press("tab")
    await person.type("Cards")
    await person.press("tab")
    await person.type(body)


async def test_it_is_saved_here_and_on_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "DEBOUNCE", 0.0)
    async with live(tmp_path) as servers, servers.app() as person:
        await written(person, "Dear Ada")
        await person.sees("draft saved", "also on the server")
        await person.eventually(lambda: servers.count("Drafts"), lambda count: count == 1)
        await person.type(", the cards")
        await person.press("escape")
        await person.sees("draft kept")
        await person.press("p")
        await person.sees("Dear Ada, the cards")
        await person.press("ctrl+x")
        await person.sees("accepted")
        await person.eventually(lambda: servers.count("Drafts"), lambda count: count == 0)
        assert len(servers.smtp.accepted) == 1
        assert MARK.encode() not in servers.smtp.accepted[0].data


async def test_until_the_server_has_it_the_head_says_so(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        await written(person, "Dear Ada")
        await person.sees("draft saved", "server later")
        assert await servers.count("Drafts") == 0
        await person.press("escape")
        await person.eventually(lambda: servers.count("Drafts"), lambda count: count == 1)


@pytest.mark.parametrize("state", ["older", "newer", "gone"])
async def test_what_an_editor_had_written_is_never_lost(tmp_path: Path, state: str) -> None:
    async with live(tmp_path) as servers:
        async with servers.app() as person:
            await written(person, "Typed words")
            await person.eventually(
                person.app.store.drafts.all, lambda kept: [each.draft.body for each in kept] == ["Typed words"]
            )
            (kept,) = await person.app.store.drafts.all()
            file = LentText(servers.paths.lent, 0 if state == "gone" else kept.id).lend("Words of the editor")
            if state == "newer":
                os.utime(file, (1, 1))
        async with servers.app() as person:
            await person.sees("not finished: p takes")
            expected = {"Words of the editor"} if state == "older" else {"Typed words", "Words of the editor"}
            assert {each.draft.body for each in await person.app.store.drafts.all()} == expected
            assert not file.parent.exists()


async def test_what_the_end_cut_short_is_offered(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        async with servers.app() as person:
            await written(person, "Precious words")
            await person.eventually(
                person.app.store.drafts.all, lambda kept: [each.draft.body for each in kept] == ["Precious words"]
            )
        async with servers.app() as person:
            await person.sees("a draft was not finished: p takes it up")
            await person.press("p")
            await person.sees("Precious words")
            await person.press("escape")
            await person.sees("draft kept")
        async with servers.app() as person:
            await person.sees("live")
            await person.pilot.pause(0.2)
            assert "not finished" not in person.screen


async def test_a_draft_of_another_program_is_opened_for_writing_and_replaced(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(THEIRS, mailbox="Drafts", flags=frozenset({b"\\Draft", b"\\Seen"}))
        async with servers.app() as person:
            await person.sees("live")
            await person.press("g", "m")
            await person.type("drafts")
            await person.press("enter")
            await person.sees("Cards, unfinished")
            await person.press("p")
            await person.until(lambda: "are in Drafts: g m goes there" in person.app.flashed, "where they are")
            await person.press("enter")
            await person.until(lambda: isinstance(person.app.screen, ComposeScreen), "the draft")
            await person.sees("Ada Lovelace <ada@analytical.example>", "mary@obs.example", "secret@obs.example")
            await person.press("escape")
            await person.sees("draft kept")
            assert await person.app.store.drafts.all() == [], "nothing was changed"
            assert await servers.count("Drafts") == 1
            await person.press("enter")
            await person.until(lambda: isinstance(person.app.screen, ComposeScreen), "the draft")
            await person.until(lambda: "Dear Ada," in person.screen)
            await person.press("X", "escape")
            await person.sees("draft kept")
            await person.eventually(person.app.store.drafts.all, lambda kept: len(kept) == 1)
            screen_drafts = await person.app.store.drafts.all()
            assert screen_drafts[0].draft.body.startswith("XDear Ada,")
            assert screen_drafts[0].draft.in_reply_to == "<1@analytical.example>"

            async def replaced() -> bool:
                copies = await person.app.store.drafts.copies(servers.config.accounts[0].name)
                return await servers.count("Drafts") == 1 and [bool(each.mark) for each in copies] == [True]

            await person.eventually(replaced, bool)


async def test_enter_reads_a_message_that_is_no_draft(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Note G"))
        async with servers.app() as person:
            await person.sees("Note G")
            await person.press("enter")
            await person.sees("it compiles.")
            assert not isinstance(person.app.screen, ComposeScreen)


async def test_a_full_disk_is_told_and_the_text_is_saved_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        await person.sees("live")

        async def full(self: Drafts, *arguments: object) -> int:
            raise DiskFull("The disk is full.", cure="Make room.")

        with monkeypatch.context() as patch:
            patch.setattr(Drafts, "keep", full)
            await written(person, "Precious words")
            await person.sees("NOT SAVED: disk full   Ctrl+P save elsewhere")
            await person.press("ctrl+x")
            await person.sees("The disk is full.")
            assert isinstance(person.app.screen, ComposeScreen)
            assert servers.smtp.connections == 0
            await person.press("ctrl+p")
            await person.type("save elsewhere")
            await person.press("enter")
            await person.sees("save as file")
            await person.press("ctrl+u")
            await person.type(str(tmp_path / "draft.eml"))
            await person.press("enter")
            await person.sees("saved as")
        assert b"Precious words" in (tmp_path / "draft.eml").read_bytes()
        assert (tmp_path / "draft.eml").stat().st_mode & 0o777 == 0o600
        await person.type(", more")
        await person.sees("draft saved")


async def test_a_mail_for_later_says_when_it_leaves(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        async with servers.app() as person:
            await written(person, "Dear Ada")
            await person.press("ctrl+l")
            await person.sees("send at", "tomorrow 9:00")
            await person.type("soon")
            await person.press("enter")
            await person.sees("“soon” is no time", "send at  soon")
            await person.press("ctrl+u")
            await person.type("tomorrow 9:00")
            await person.press("enter")
            await person.sees("sends tomorrow 09:00 · u undo")
        async with servers.app() as person:
            await person.sees("live")
            await person.press("g", "o")
            await person.sees("· held", "sends tomorrow 09:00", "if Tidings runs then")
            assert servers.smtp.connections == 0
            await person.press("r")
            await person.sees("✓ accepted")
        assert len(servers.smtp.accepted) == 1


async def test_whom_a_draft_goes_to_so_far_is_told_in_a_list_of_conversations_too(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        await person.sees("live")
        await person.press("c")
        await person.sees("New message")
        await person.type("grace of the harbour")  # no address yet: the copy on the server names nobody
        await person.press("tab")
        await person.type("Cards")
        await person.press("escape")
        await person.eventually(lambda: servers.count("Drafts"), lambda count: count == 1)
        await person.press("g", "m")
        await person.type("drafts")
        await person.press("enter")
        await person.sees("grace of the harb")
        await person.press("z", "t")
        await person.sees("conversations", "grace of the harb")
        await person.misses("(nobody)")
