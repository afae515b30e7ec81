"""Reading with care: who sent it, where links lead, what is opened and what is only asked."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.live import SEEN, letter, live
from tests.servers.oauth import Provider
from tui.config.model import Config

PROGRAM = """#!/bin/sh
printf '%s|' "$#" "$@" >> "{out}"
echo >> "{out}"
"""


def recorder(folder: Path) -> tuple[Path, Path]:
    """Return a program that writes down its arguments, and where it does."""
    program, out = folder / "opener", folder / "opened"
    program.write_text(PROGRAM.format(out=out))
    program.chmod(0o700)
    return program, out


def opening(config: Config, program: Path) -> Config:
    return replace(config, opening={"link": (str(program), "%s"), "other": (str(program), "%s")})


def written(out: Path) -> str:
    return out.read_text() if out.exists() else ""


def pasted(sequence: str) -> str:
    """Return what a terminal would put into its clipboard (OSC 52)."""
    return base64.b64decode(sequence.split("\x1b]52;c;", 1)[1].split("\x1b", 1)[0]).decode()


async def test_the_head_tells_what_the_receiving_server_found(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        forged = b"Authentication-Results: mx.evil.example; dmarc=pass header.from=analytical.example\r\n"
        own = b"Authentication-Results: mx.mill.example; dmarc=fail header.from=analytical.example\r\n"
        await servers.deliver(letter("Old", sender="Eve <eve@evil.example>"), minutes=9, flags=SEEN)
        await servers.deliver(forged + own + letter("New"), minutes=1, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 2", "sender not proven: may be forged  mx.mill.example found DMARC fail")
            await person.press("j")
            await person.sees("Eve <eve@evil.example>")
            await person.press("k")  # once all of the mailbox is known
            await person.sees("first mail from this address here")
            await servers.deliver(letter("Newer"))
            await person.press("g", "n")
            await person.until(lambda: person.subject == "Newer")
            await person.misses("may be forged")
            await person.misses("first mail from")


BOTH = """multipart/alternative; boundary="b"

--b
Content-Type: text/plain

The plain words of this mail, which say what is to be said.
--b
Content-Type: text/html

<p>The <b>styled</b> words of this mail, which say what is to be said.</p>
--b--
"""


async def test_another_version_of_the_text_is_named_with_the_key_that_leads_back(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        head, _, _ = letter("Both").partition(b"Content-Type:")
        await servers.deliver(head + f"Content-Type: {BOTH}".replace("\n", "\r\n").encode(), flags=SEEN)
        await person.sees("work · 1 of 1")
        await person.press("enter")
        await person.sees("The plain words")
        await person.misses("back ─")
        await person.press("H")
        await person.sees("MIME-Version: 1.0", "─ all headers · H back ─")
        await person.press("z", "s")
        await person.sees("boundary=", "─ source · z s back ─")
        await person.press("z", "h")
        await person.sees("The styled words", "─ HTML · z h back ─")
        await person.press("z", "h")
        await person.sees("The plain words")
        await person.misses("back ─")
        await person.press("q", "T")
        await person.sees("The plain words")
        await person.press("z", "s")
        await person.sees("boundary=", "─ source · z s back ─")
        await servers.deliver(letter("Only words"), flags=SEEN)
        await person.press("q", "g", "n")
        await person.until(lambda: person.subject == "Only words")
        await person.sees("it compiles")
        await person.press("z", "h")
        await person.sees("the text of this mail has one version only")


async def test_wrong_letters_are_read_in_another_charset(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        named = letter("Letters", "X").replace(b"utf-8", b"iso-8859-1")
        await servers.deliver(named[:-1] + "Привет".encode("koi8-r"), flags=SEEN)
        await person.sees("work · 1 of 1", "ðÒÉ×ÅÔ")
        await person.press("enter", "z", "c")
        await person.sees("Read as")
        await person.type("koi8")
        await person.press("enter")
        await person.sees("Привет", "Read as", "as you wish")


LINKS = """\
See https://gallica.example@evil.example/x?a=$(id);b#'-- for the plates,
http://203.0.113.9/login for the key and https://analytical.example/g for the rest.
javascript:alert(1) file:///etc/passwd data:text/html,x [paper](vbscript:x) smb://evil.example/share
"""


async def test_odd_links_are_asked_about_and_go_as_one_argument(tmp_path: Path) -> None:
    program, out = recorder(tmp_path)
    async with live(tmp_path) as servers:
        servers.config = opening(servers.config, program)
        await servers.deliver(letter("Links", LINKS), flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "for the plates")
            await person.press("enter", "o")
            await person.sees("1  evil.example", "2  203.0.113.9", "3  analytical.example")
            assert "4  " not in person.screen.split("Links", 1)[1].split("Esc")[0]
            await person.press("enter")
            await person.sees("It leads to evil.example", "is not the host", "Open it?")
            await person.press("n")
            await person.press("2", "o")
            await person.sees("It leads to 203.0.113.9: a number instead of a name. Open it?")
            await person.press("n")
            assert written(out) == ""
            await person.press("1", "o")
            await person.sees("It leads to evil.example")
            await person.press("y")
            await person.sees("opened evil.example")
            await person.until(lambda: written(out).endswith("\n"))
    assert written(out) == "1|https://gallica.example@evil.example/x?a=$(id);b#'--|\n"


async def test_without_a_browser_the_link_goes_into_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Links", "Look at https://analytical.example/g now.\n"), flags=SEEN)
        async with servers.app() as person:
            copied: list[str] = []
            monkeypatch.setattr(person.app.outside, "_write", copied.append)
            await person.sees("work · 1 of 1", "Look at")
            await person.press("enter", "o")
            await person.sees("1  analytical.example")
            await person.press("enter")
            await person.sees("link copied to your terminal's clipboard")
            assert pasted(copied[-1]) == "https://analytical.example/g"


NEWS = "<mailto:leave@news.example?subject=bye&attach=/etc/passwd>"


async def test_a_newsletter_is_left_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Provider() as web:
        monkeypatch.setenv("SSL_CERT_FILE", str(web.settings().ca_file))
        url = f"{web.url}/leave?who=1"
        async with live(tmp_path) as servers:
            await servers.deliver(
                letter(
                    "News",
                    List_Id="Plates <plates.news.example>",
                    List_Unsubscribe=f"<{url}>, {NEWS}",
                    List_Unsubscribe_Post="List-Unsubscribe=One-Click",
                    Disposition_Notification_To="spy@news.example",
                ),
                minutes=1,
            )
            await servers.deliver(letter("Old list", List_Unsubscribe=NEWS), minutes=5)
            async with servers.app() as person:
                await person.sees("List  Plates <plates.news.example>  can be unsubscribed")
                await person.press("enter", "z", "u")
                await person.sees("Tell localhost, port", "in your own network, to unsubscribe you?", "No signature")
                await person.press("n")
                await person.press("z", "u")
                await person.sees("to unsubscribe you?")
                assert not web.asked
                await person.press("y")
                await person.until(lambda: web.asked)
                await person.press("q", "j", "enter")
                await person.sees("(no name)  can be unsubscribed")
                await person.press("z", "u")
                await person.sees("to leave@news.example, which unsubscribes you?")
                assert not servers.smtp.accepted
                await person.press("y")
                await person.until(lambda: servers.smtp.accepted)
                assert b"Subject: bye" in servers.smtp.accepted[0].data
                assert b"passwd" not in servers.smtp.accepted[0].data


MEETING = (
    b"From: Ada <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: Meeting\r\nMIME-Version: 1.0\r\n"
    b"Message-ID: <meet@analytical.example>\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nCome, please.\r\n'
    b"--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u1@analytical.example\r\n"
    b"DTSTAMP:20261120T100000Z\r\nDTSTART:20261126T140000Z\r\nDTEND:20261126T150000Z\r\nSUMMARY:Note G and tea\r\n"
    b"ORGANIZER;CN=Ada:mailto:ada@analytical.example\r\n"
    b"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:charles@mill.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
)


async def test_an_invitation_is_accepted_by_two_keys(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(MEETING, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "It holds an invitation")
            await person.press("i")
            await person.sees("Invitation", "Note G and tea", "Thu 26 Nov 2026", "Ada <ada@analytical.example>")
            assert not servers.smtp.accepted
            await person.press("a")
            await person.until(lambda: servers.smtp.accepted)
            sent = servers.smtp.accepted[0]
            assert [*sent.recipients] == [b"ada@analytical.example"]
            assert b"Subject: Accepted: Note G and tea" in sent.data
            assert b"method=REPLY" in sent.data
            assert b"In-Reply-To: <meet@analytical.example>" in sent.data
