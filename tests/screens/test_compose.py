"""The compose screen: what is typed becomes the draft, and is on disk soon."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from tests.screens.stage import Stage, rows, seen
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import StoreError
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.screens import compose, compose_keeping
from tui.screens.compose import ComposeScreen
from tui.screens.compose_fields import human_size

ME = Identity(AccountName("work"), Address("Charles Babbage", "charles@analytical.example"))
OTHER = Identity(AccountName("home"), Address("", "cb@home.example"))
ADA = Address("Ada Lovelace", "ada@analytical.example")


class Drawer:
    """Keeps drafts in memory; may be full."""

    def __init__(self) -> None:
        self.drafts: dict[int, Draft] = {}
        self.writes = 0
        self.full = False

    async def keep(self, key: int | None, draft: Draft) -> int:
        if self.full:
            raise StoreError("disk full")
        self.writes += 1
        key = key or len(self.drafts) + 1
        self.drafts[key] = draft
        return key

    async def close(self, key: int) -> None:
        assert key in self.drafts

    async def drop(self, key: int) -> None:
        del self.drafts[key]


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    monkeypatch.setattr(compose_keeping, "SAVE_AFTER", 0.01)
    monkeypatch.setattr(compose, "COUNT_AFTER", 0.01)
    return Drawer()


@asynccontextmanager
async def writing(drawer: Drawer, draft: Draft | None = None, **more: object) -> AsyncIterator[Pilot[None]]:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = ComposeScreen(draft or Draft(ME), identities=[ME, OTHER], keeper=drawer)
        await app.push_screen(screen)
        await pilot.pause()
        yield pilot


def shown(pilot: Pilot[None]) -> ComposeScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ComposeScreen)
    return screen


def focus(pilot: Pilot[None]) -> str:
    return str(pilot.app.focused.id) if pilot.app.focused else ""


async def until_saved(pilot: Pilot[None], drawer: Drawer) -> Draft:
    for _ in range(500):
        if drawer.drafts and drawer.drafts[1] == shown(pilot).draft():
            return drawer.drafts[1]
        await pilot.pause(0.01)
    raise AssertionError("not saved")


async def test_a_new_message_starts_in_to_and_tab_walks_the_fields(drawer: Drawer) -> None:
    async with writing(drawer) as pilot:
        walked = [focus(pilot)]
        for _ in range(3):
            await pilot.press("tab")
            walked.append(focus(pilot))
        assert walked == ["to", "subject", "body", "from"]


async def test_tab_walks_cc_and_bcc_where_they_are_shown(drawer: Drawer) -> None:
    async with writing(drawer) as pilot:
        shown(pilot).show_copies()
        await pilot.pause()
        walked = [focus(pilot)]
        for _ in range(3):
            await pilot.press("tab")
            walked.append(focus(pilot))
        assert walked == ["cc", "bcc", "subject", "body"]
        shown(pilot).show_copies()
        await pilot.pause()
        await pilot.press("shift+tab", "shift+tab")
        assert focus(pilot) == "to"


async def test_a_reply_starts_in_the_body_above_the_quote(drawer: Drawer) -> None:
    async with writing(drawer, Draft(ME, to=(ADA,), subject="Re: Note G", body="\n\n> one\n")) as pilot:
        assert focus(pilot) == "body"
        await pilot.press(*"Yes")
        assert shown(pilot).draft().body == "Yes\n\n> one\n"


async def test_what_is_typed_is_the_draft(drawer: Drawer) -> None:
    async with writing(drawer) as pilot:
        await pilot.press(*"Ada <ada@x.example>, mary@y.example", "tab", *"[/] G", "tab", *"Dear", "enter", *"Ada")
        draft = shown(pilot).draft()
        assert [address.spec for address in draft.to] == ["ada@x.example", "mary@y.example"]
        assert draft.subject == "[/] G"
        assert draft.body == "Dear\nAda"
        assert draft.identity == ME


async def test_typing_is_saved_by_itself(drawer: Drawer) -> None:
    async with writing(drawer) as pilot:
        await pilot.press("tab", "tab", *"Dear Ada")
        assert (await until_saved(pilot, drawer)).body == "Dear Ada"
        for _ in range(100):
            if "draft saved" in seen(pilot, "#compose-saved"):
                break
            await pilot.pause(0.01)
        assert "draft saved" in seen(pilot, "#compose-saved")


async def test_nothing_is_written_while_nothing_changed(drawer: Drawer) -> None:
    async with writing(drawer, Draft(ME, to=(ADA,), body="> one")) as pilot:
        await pilot.press("down", "up")
        await pilot.pause(0.1)
        await shown(pilot).save()
        assert drawer.writes == 0
        assert shown(pilot).is_blank


async def test_a_full_disk_is_told_and_tried_again(drawer: Drawer) -> None:
    drawer.full = True
    async with writing(drawer) as pilot:
        await pilot.press("tab", "tab", *"Dear")
        for _ in range(200):
            if "NOT SAVED: disk full" in seen(pilot, "#compose-saved"):
                break
            await pilot.pause(0.01)
        assert "NOT SAVED: disk full" in seen(pilot, "#compose-saved")
        drawer.full = False
        await until_saved(pilot, drawer)


async def test_nothing_is_saved_after_it_was_dropped(drawer: Drawer) -> None:
    async with writing(drawer) as pilot:
        await pilot.press("tab", "tab", *"Dear")
        await until_saved(pilot, drawer)
        await shown(pilot).drop()
        await pilot.press(*"Ada")
        await pilot.pause(0.1)
        assert drawer.drafts == {}


async def test_an_invalid_address_is_named_and_gets_the_cursor(drawer: Drawer) -> None:
    async with writing(drawer, Draft(ME, to=(ADA,), cc=(Address("", "plana@"),))) as pilot:
        assert shown(pilot).problem() == "Cc: plana@ is no mail address"
        await pilot.pause()
        assert focus(pilot) == "cc"


async def test_mail_to_nobody_is_a_problem(drawer: Drawer) -> None:
    async with writing(drawer, Draft(ME, subject="x", body="y")) as pilot:
        assert "nobody" in shown(pilot).problem()
    async with writing(drawer, Draft(ME, to=(ADA,))) as pilot:
        assert shown(pilot).problem() == ""


async def test_files_are_listed_with_their_sizes(drawer: Drawer) -> None:
    file = Attachment("[/]mill.pdf", "application/pdf", bytes(1_200_000))
    async with writing(drawer) as pilot:
        shown(pilot).attach(file)
        await pilot.pause()
        assert any("& [/]mill.pdf 1.2 MB" in row for row in rows(pilot))
        assert shown(pilot).draft().attachments == (file,)
        shown(pilot).detach(file)
        await pilot.pause()
        assert not any("mill.pdf" in row for row in rows(pilot))


async def test_another_identity_is_chosen_with_the_arrows(drawer: Drawer) -> None:
    async with writing(drawer) as pilot:
        await pilot.press("shift+tab", "right")
        assert shown(pilot).draft().identity == OTHER
        await pilot.press("right")
        assert shown(pilot).draft().identity == ME


async def test_hostile_text_is_shown_as_it_is(drawer: Drawer) -> None:
    hostile = replace(
        Draft(ME),
        to=(Address("[@click=app.quit]x[/]", "a@b.example"),),
        subject="[/] [bold]",
        body="\x1b]0;owned\x07 [/]",
    )
    async with writing(drawer, hostile) as pilot:
        text = "\n".join(rows(pilot))
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "[/] [bold]" in text
        assert '"[@click=app.quit]x[/]"' in text


def test_sizes_are_written_as_people_read_them() -> None:
    assert [human_size(size) for size in (0, 999, 88_000, 999_499, 1_200_000)] == [
        "0 B",
        "999 B",
        "88 kB",
        "999 kB",
        "1.2 MB",
    ]


async def test_what_is_pasted_stands_there_once_and_may_be_a_file(drawer: Drawer) -> None:
    async with writing(drawer, Draft(ME, to=(ADA,))) as pilot:
        for text in ("words", " '/tmp/a b.pdf' "):
            pilot.app.post_message(events.Paste(text))
            await pilot.pause()
        assert shown(pilot).draft().body == "words '/tmp/a b.pdf' "
        assert shown(pilot).pasted == "'/tmp/a b.pdf'"


async def test_a_paragraph_is_broken_anew_and_that_can_be_undone(drawer: Drawer) -> None:
    before = "> " + "word " * 30 + "\n> end\n\nnext"
    async with writing(drawer, Draft(ME, to=(ADA,), body=before)) as pilot:
        shown(pilot).reflow()
        lines = shown(pilot).draft().body.split("\n")
        assert all(line.startswith("> word") and len(line) <= 72 for line in lines[:3])
        assert lines[-1] == "next"
        shown(pilot).undo_text()
        assert shown(pilot).draft().body == before
        shown(pilot).redo_text()
        assert shown(pilot).draft().body.split("\n") == lines
