"""The parts of a message: shown here, opened by other programs from a private copy, saved."""

import base64
from pathlib import Path

import pytest

from tests.app.live import SEEN, live
from tests.app.test_reading import opening, pasted, recorder, written
from tui.commands.parts import scp_line
from tui.config.scratch import empty, make_place
from tui.render import pixels

INNER = b"From: Eve <eve@evil.example>\r\nSubject: Enclosed one\r\n\r\nInner words.\r\n"


def part(kind: str, name: str, data: bytes) -> str:
    coded = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return (
        f'--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{coded}"
    )


MAIL = (
    "From: Ada <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: Parts\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n'
    + part("text/csv; charset=utf-8", "figures.csv", "eins;zwei\r\n\x1b]52;c;eA==\x07Räder;4\r\n".encode())
    + part("application/pdf", "../-table $(id).pdf", b"%PDF-1.4 not really")
    + part("application/octet-stream", "run me.sh", b"#!/bin/sh\n")
    + part("image/png", "plate.png", b"\x89PNG")
    + "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    + INNER.decode()
    + "\r\n--b--\r\n"
).encode()


def fake(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o700)


def look_at(file: Path) -> tuple[bytes, list[int]]:
    """Return the content of a file, and the modes of it and of the two folders above it."""
    return file.read_bytes(), [each.stat().st_mode & 0o777 for each in (file, file.parent, file.parent.parent)]


async def test_parts_are_shown_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path / "bin", "pdftotext", "printf 'of a pdf: '; cat; printf '\\033[2Jend'")
    fake(tmp_path / "bin", "chafa", "cat >/dev/null; printf '\\033[38;2;1;2;3mAB\\033[0m\\033]0;evil\\007\\nCD\\n'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    async with live(tmp_path / "user") as servers:
        await servers.deliver(MAIL, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "Inner words.", "figures.csv")
            for name, words in (
                ("figures", "Räder;4"),
                ("table", "of a pdf: %PDF-1.4 not really"),
                ("plate", "AB"),
                ("enclosed", "Inner words."),
            ):
                await person.press("V")
                await person.sees("Show", "1  figures.csv")
                await person.type(name)
                await person.press("enter")
                await person.sees(words)
                assert "\x1b" not in person.screen
                await person.press("q")
                await person.sees("Enclosed one")
            await person.press("V")
            await person.sees("1  figures.csv")
            await person.type("run")
            await person.press("enter")
            await person.sees("cannot be shown here")


async def test_a_picture_that_cannot_be_shown_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    async with live(tmp_path / "user") as servers:
        await servers.deliver(MAIL, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "Inner words.", "figures.csv")
            for installed, words in ((True, "This picture cannot be shown"), (False, "With Pillow or chafa installed")):
                monkeypatch.setattr(pixels, "is_installed", lambda is_there=installed: is_there)
                await person.press("V")
                await person.sees("Show", "1  figures.csv")
                await person.type("plate")
                await person.press("enter")
                await person.sees(words)


async def test_a_part_is_opened_from_a_private_copy_that_goes(tmp_path: Path) -> None:
    program, out = recorder(tmp_path)
    async with live(tmp_path / "user") as servers:
        servers.config = opening(servers.config, program)
        left = make_place(servers.paths.opened) / "of a run that was killed"
        left.write_text("x")
        await servers.deliver(MAIL, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "Inner words.")
            await person.until(lambda: not left.exists())
            await person.press("O")
            await person.sees("Open", "1  figures.csv")
            await person.type("table")
            await person.press("enter")
            await person.until(lambda: written(out).endswith("\n"))
            count, name = written(out).split("|")[:2]
            copy = Path(name)
            assert (count, copy.name) == ("1", "table $(id).pdf")
            assert look_at(copy) == (b"%PDF-1.4 not really", [0o600, 0o700, 0o700])
            await person.press("O")
            await person.sees("1  figures.csv")
            await person.type("run")
            await person.press("enter")
            await person.sees("is a program; programs are never opened")
        assert not servers.paths.opened.exists()
    assert written(out).count("\n") == 1


LIES = (
    "From: Ada <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: Lies\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n'
    + part("application/pdf", "table.pdf", b"\xef\xbb\xbf <!-- x --> <HTML><img src=https://evil.example/t.png>")
    + part("image/png", "plate.png", b"#!/bin/sh\nrm -r ~\n")
    + "--b--\r\n"
).encode()


async def test_what_a_file_is_decides_not_what_it_is_called(tmp_path: Path) -> None:
    program, out = recorder(tmp_path)
    async with live(tmp_path / "user") as servers:
        servers.config = opening(servers.config, program)
        await servers.deliver(LIES, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "See below.")
            await person.press("O")
            await person.sees("1  table.pdf")
            await person.press("enter")
            await person.sees("A browser may load things")
            await person.press("n")
            await person.press("O")
            await person.sees("1  table.pdf")
            await person.type("plate")
            await person.press("enter")
            await person.sees("is a program, whatever it is called")
            assert written(out) == ""
            await person.press("O")
            await person.sees("1  table.pdf")
            await person.press("enter")
            await person.sees("A browser may load things")
            await person.press("y")
            await person.until(lambda: written(out).endswith("\n"))


async def test_all_files_are_saved_and_over_ssh_a_line_fetches_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 2222")
    folder = tmp_path / "saved"
    folder.mkdir()
    async with live(tmp_path / "user") as servers:
        await servers.deliver(MAIL, flags=SEEN)
        async with servers.app() as person:
            copied: list[str] = []
            monkeypatch.setattr(person.app.outside, "_write", copied.append)
            await person.sees("work · 1 of 1", "Inner words.")
            await person.press("z", "a")
            await person.sees("save to folder", "4 parts")
            await person.press("ctrl+u")
            await person.type(str(folder))
            await person.press("enter")
            await person.sees("saved 4 parts")
            files = list(folder.iterdir())
            assert {file.name for file in files} == {"figures.csv", "table $(id).pdf", "run me.sh", "plate.png"}
            assert {look_at(file)[1][0] for file in files} == {0o600}
            await person.until(lambda: any("]52;" in each for each in copied))
            assert pasted(copied[-1]).startswith("scp -P 2222 ")
            assert "@192.0.2.2:" in pasted(copied[-1])


def test_the_line_that_fetches_is_quoted() -> None:
    line = scp_line([Path("/home/ada/it's $(id).pdf")], {"SSH_CONNECTION": "::1 5 2001:db8::2 22"})
    assert line.startswith("scp '")
    assert "@[2001:db8::2]:/home/ada/it'\"'\"'s $(id).pdf' ." in line


def test_nothing_but_our_own_folder_is_emptied(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    (tmp_path / "opened").symlink_to(precious)
    with pytest.raises(OSError):  # noqa: PT011 - any
        make_place(tmp_path / "opened")
    empty(tmp_path / "opened")
    assert (precious / "file").exists()
    assert not (tmp_path / "opened").is_symlink()
