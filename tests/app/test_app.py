"""The whole application as its user meets it: keys in, words on the screen, effects on honest servers."""

import asyncio
from pathlib import Path

import pytest
from textual import events

from tests.app.live import HOME, SEEN, WORK, letter, live
from tui.screens.mail import MailScreen

MIXED = (
    b"From: Ada Lovelace <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: The table\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIt is enclosed.\r\n"
    b"--b\r\nContent-Type: text/csv\r\n"
    b'Content-Disposition: attachment; filename="../../.bashrc"\r\n\r\n1,2,3\r\n--b--\r\n'
)


async def test_a_mail_arrives_is_read_and_is_seen_on_the_server(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(3):
            await servers.deliver(letter(f"Old {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("Old 2", "live", "work · 1 of 3")
            assert person.subject == "Old 2"
            uid = await servers.deliver(letter("It compiles", "No moths.\n", sender="Grace Hopper <g@navy.example>"))
            await person.sees("It compiles", "+ Grace Hopper  It compiles   g n go to it", "1 unread of 4")
            assert person.subject == "Old 2"  # the cursor stays where it is
            await person.press("g", "n")
            await person.sees("No moths.", "From  Grace Hopper <g@navy.example>")
            assert b"\\Seen" not in (await servers.flags(uid) or ())  # a preview reads nothing
            await person.press("enter")
            await person.misses("1 unread of 4")
            await person.eventually(lambda: servers.flags(uid), lambda flags: b"\\Seen" in (flags or ()))
            await person.misses("waiting")


async def test_a_reply_is_submitted_filed_in_sent_and_flags_the_original(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        uid = await servers.deliver(letter("Note G", "The table is done.\n", Message_Id="<g@x.example>"))
        async with servers.app() as person:
            await person.sees("The table is done.")
            await person.press("r")
            await person.sees("Reply  to Ada Lovelace", "> The table is done.")
            await person.type("Agreed.")
            await person.press("ctrl+x")
            await servers.smtp.until(lambda: servers.smtp.accepted != [], 20)
            (mail,) = servers.smtp.accepted
            assert mail.sender == b"charles@mill.example"
            assert mail.recipients == (b"ada@analytical.example",)
            assert b"Subject: Re: Note G\r\n" in mail.data
            assert b"In-Reply-To: <" in mail.data
            assert mail.data.endswith(b"> The table is done.\r\n")
            await person.sees("accepted")
            assert isinstance(person.app.screen, MailScreen)
            await person.eventually(lambda: servers.count("Sent"), lambda count: count == 1)
            await person.eventually(lambda: servers.flags(uid), lambda flags: b"\\Answered" in (flags or ()))
            await person.sees("←")
            assert await person.app.store.drafts.all() == []


async def test_what_was_sent_is_taken_back_with_every_word(tmp_path: Path) -> None:
    async with live(tmp_path, undo_send=600) as servers, servers.app() as person:
        await person.sees("live")
        await person.press("c")
        await person.sees("New message")
        await person.type("ada@analytical.example")
        await person.press("tab")
        await person.type("Cards")
        await person.press("tab")
        await person.type("Precious words")
        await person.press("ctrl+x")
        await person.sees("sending in", "u undo")
        await person.press("u")
        await person.sees("Taken back", "Precious words")
        await person.press("escape")
        await person.sees("draft kept · p takes it up")
        assert await person.app.store.outbox.list() == []
        assert servers.smtp.accepted == []
        await person.press("p")
        await person.sees("Precious words")
        await person.press("ctrl+x")
        await person.until(lambda: isinstance(person.app.screen, MailScreen), "the mail screen")
        await person.eventually(person.app.store.drafts.all, lambda drafts: drafts == [])


async def test_a_refused_mail_is_there_to_edit(tmp_path: Path) -> None:
    async with live(tmp_path, behaviour="rcpt-none") as servers:
        await servers.deliver(letter("Note G"))
        async with servers.app() as person:
            await person.sees("it compiles.")
            await person.press("r")
            await person.sees("Reply  to")
            await person.type("My words")
            await person.press("ctrl+x")
            await person.sees("refused: ", "no such user", "g o outbox")
            await person.press("g", "o")
            await person.sees("1 needs you", "refused for good", "no such user")
            await person.press("enter")
            await person.sees("Taken back", "My words", "> it compiles.")


async def test_archive_and_delete_act_at_once_and_on_the_server(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(4):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 4", "Archive")
            await person.press("e")
            await person.sees("archived 1")
            assert person.subject == "Letter 2"
            await person.press("v", "v", "d")
            await person.sees("deleted 2")
            assert person.subject == "Letter 0"
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)
            await person.eventually(lambda: servers.count("Trash"), lambda count: count == 2)
            await person.press("g", "a")
            await person.sees("Letter 3", "Archive  work   1")


async def test_a_flag_is_undone(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        uid = await servers.deliver(letter("Note G"), flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1")
            await person.press("s")
            await person.sees("flagged 1 · u undo")
            await person.eventually(lambda: servers.flags(uid), lambda flags: b"\\Flagged" in (flags or ()))
            await person.press("u")
            await person.eventually(lambda: servers.flags(uid), lambda flags: flags == SEEN)


async def test_a_part_is_saved_under_a_harmless_name_and_never_over_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    async with live(tmp_path / "user") as servers:
        await servers.deliver(MIXED)
        async with servers.app() as person:
            await person.sees("It is enclosed.", "bashrc")
            for _ in range(2):
                await person.press("S")
                await person.sees("save to folder")
                await person.press("ctrl+u", "ctrl+k")
                await person.type(str(folder))
                await person.press("enter")
                await person.sees("saved as")
                await person.misses("save to folder")
            saved = sorted(folder.iterdir())
            assert len(saved) == 2
            assert all(each.read_bytes().rstrip() == b"1,2,3" for each in saved)
            assert all(not each.name.startswith(".") for each in saved)


async def test_two_accounts_are_told_apart(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=(WORK, HOME)) as servers:
        await servers.deliver(letter("At work"), minutes=5)
        await servers.deliver(letter("At home", to="charles@home.example"), account=HOME)
        async with servers.app() as person:
            await person.sees("At work", " work", " home", "Inbox  work")
            await person.until(lambda: person.lines[0].strip().startswith("Inbox"), "the list's head")
            await person.press("g", "m")
            await person.sees("Go to")
            await person.type("inbox")
            await person.press("down", "enter")
            await person.sees("At home", "Inbox  home")
            await person.press("r")
            await person.sees("charles@home.example")


async def test_a_lost_server_is_told_and_found_again(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Note G"), flags=SEEN)
        async with servers.app() as person:
            await person.sees("live", "work · 1 of 1", "Trash", "it compiles.")
            await servers.imap.stop()
            await person.sees("offline since", "$ try now")
            await person.press("s")
            await person.sees("1 change waiting")
            await servers.deliver(letter("While away 1"))
            await servers.deliver(letter("While away 2"))
            await servers.imap.start(servers.imap.port)
            await person.press("$")
            await person.sees("live again · 1 change done, 2 new", "While away 2")
            await person.misses("waiting")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (50, 14)])
async def test_every_size_shows_list_message_and_writing(tmp_path: Path, size: tuple[int, int]) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Note G", "The table is done.\n"))
        async with servers.app(width=size[0], height=size[1]) as person:
            await person.sees("Ada Lovelace", "Note G", "live", "? keys")
            await person.press("enter")
            await person.sees("The table is done.", "? keys")
            await person.press("r")
            await person.sees("> The table is done.", "Ctrl+X send")
            await person.press("escape", "q", "?")
            await person.sees("Move", "next message")
            await person.press("q", ":")
            await person.type("arch")
            await person.sees("Archive")
            assert all(len(line) <= size[0] for line in person.lines)


async def test_unknown_keys_and_begun_sequences_are_told(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        await person.sees("live")
        await person.press("%")
        await person.sees("% does nothing here · ? keys")
        await person.press("q")
        await person.sees("Q quits")
        await person.press("g")
        await person.sees("waiting for the next key, Esc forgets it")
        await person.press("z")
        await person.misses("waiting for the next key")
        await person.sees("g z is no command")


async def test_leaving_keeps_what_is_being_written(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        async with servers.app() as person:
            await person.sees("live")
            await person.press("c")
            await person.sees("New message")
            await person.press("tab", "tab")
            await person.type("Unsaved")
            person.app.leave()
            await person.until(lambda: person.app.return_code is not None, "the end")
        async with servers.app() as person:
            await person.press("p")
            await person.sees("Unsaved")


async def test_an_idle_screen_is_not_painted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Note G"), minutes=600)
        async with servers.app() as person:
            await person.sees("it compiles.", "work · 1 of 1")
            painted: list[object] = []
            monkeypatch.setattr(person.app, "_display", lambda screen, update: painted.append(update))
            await person.pilot.pause(1.0)  # whatever was under way ends here
            painted.clear()
            await person.pilot.pause(1.5)
            assert painted == []
            await person.press("j", "k", "c")
            await person.until(lambda: painted, "painting")
            await person.pilot.pause(1.0)
            painted.clear()
            await person.pilot.pause(1.5)
            assert painted == []  # nothing blinks while one thinks what to write


async def test_what_is_typed_ahead_waits_for_the_screen_it_is_meant_for(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(6):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 6", "Archive", "it compiles.")
            for key in ("r", *"dede", "ctrl+x", "m", *"arch", "enter"):  # all at once, as a fast typist gives them
                person.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await servers.smtp.until(lambda: servers.smtp.accepted != [], 20)
            assert b"\r\n\r\ndede\r\n" in servers.smtp.accepted[0].data
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)
            assert (await servers.count("INBOX"), await servers.count("Trash")) == (5, 0)


async def test_escape_gives_up_an_answer_whose_text_is_not_to_be_had(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Note G"), flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1")
            never = asyncio.Event()

            async def hangs(*arguments: object) -> None:
                await never.wait()

            person.app.accounts[WORK].message = hangs  # type: ignore[method-assign,assignment]
            await person.press("r", "d", "escape")
            await person.sees("left")
            assert isinstance(person.app.screen, MailScreen)
            await person.press("s")
            await person.sees("flagged 1 · u undo")
            assert await servers.count("INBOX") == 1


async def test_space_reads_on_through_what_is_unread(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(4):
            body = "\n".join(f"line {line} of {number}" for line in range(60))
            await servers.deliver(letter(f"Letter {number}", body), minutes=90 - number, flags=frozenset())
        async with servers.app(width=80, height=24) as person:
            await person.sees("Letter 3", "4 unread of 4")
            await person.press("enter")
            await person.sees("line 0 of 3", "3 unread of 4")
            for _ in range(20):
                if person.subject != "Letter 3":
                    break
                await person.press("space")
                await person.pilot.pause()
            await person.sees("line 0 of 2", "2 unread of 4")
            assert person.subject == "Letter 2"


async def test_an_arrival_never_loses_its_key_to_a_long_subject(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Old"), minutes=5, flags=SEEN)
        for size in ((80, 24), (120, 40)):
            async with servers.app(width=size[0], height=size[1]) as person:
                await person.sees("live", "Old", "Ada Lovelace")
                await servers.deliver(letter("On the length of subjects " * 8, sender="Grace Hopper <g@navy.example>"))
                await person.sees("+ Grace Hopper  On the", "g n go to it")
