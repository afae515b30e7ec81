"""Parts beside the text: what they are called, and files that land where the user said and nowhere else."""

import base64
import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe
from tui.mail.errors import MailError
from tui.mail.parse import parse_message
from tui.mail.part import Part
from tui.render.parts import (
    MAX_NAME,
    Nature,
    decoded_size,
    human_size,
    nature_of,
    part_label,
    part_rows,
    safe_name,
    save,
)

SAFE = {
    "report.pdf": "report.pdf",
    "../../.ssh/authorized_keys": "authorized_keys",
    "/etc/passwd": "passwd",
    "..\\..\\x.exe": "x.exe",
    "C:\\Users\\a.txt": "a.txt",
    "~": "attachment",
    "~/.bashrc": "bashrc",
    ".bashrc": "bashrc",
    "...": "attachment",
    "..": "attachment",
    "": "attachment",
    "/": "attachment",
    "-rf": "rf",
    "a\x00b.txt": "a_b.txt",
    "a\nb\r.txt": "a b .txt",
    "a\x1b[31m.txt": "a_[31m.txt",
    "trailing.txt. . ": "trailing.txt",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    "COM1 .x": "_COM1 .x",
    "a:b|c?.txt": "a_b_c_.txt",
    "photo\u202egnp.exe": "photognp.exe",
    "Gru\u0308\u00dfe.txt": "Grüße.txt",
    "日本.txt": "日本.txt",
}


@pytest.mark.parametrize("name", SAFE)
def test_names_are_made_safe(name: str) -> None:
    assert safe_name(name) == SAFE[name]


def test_long_names_keep_their_ending() -> None:
    made = safe_name("日" * 300 + ".pdf")
    assert made.endswith("日.pdf")
    assert len(made.encode()) <= MAX_NAME
    assert len(safe_name("x" * 100_000).encode()) <= MAX_NAME
    assert len(safe_name("a." + "x" * 5_000).encode()) <= MAX_NAME


@given(st.text(max_size=300))
def test_any_name_is_one_visible_file(name: str) -> None:
    made = safe_name(name)
    assert made
    assert made[0] not in ".-~ "
    assert made[-1] not in ". "
    assert not set(made) & set('/\\\0<>:"|?*')
    assert not unsafe(made)
    assert len(made.encode()) <= MAX_NAME
    assert safe_name(made) == made


@given(st.text(max_size=60))
def test_names_as_they_come_in_a_mail(name: str) -> None:
    raw = b"Content-Type: a/b\nContent-Disposition: attachment; filename*=utf-8''"
    raw += "".join(f"%{octet:02X}" for octet in name.encode("utf-8", "replace")).encode() + b"\n\nx"
    part = parse_message(raw).structure
    assert not unsafe(part.filename)
    assert not unsafe(part_label(part))
    assert "/" not in safe_name(part.filename)


def test_a_file_is_whole_private_and_not_run(tmp_path: Path) -> None:
    path = save(b"data", tmp_path, "../../run.sh")
    assert path == tmp_path / "run.sh"
    assert path.read_bytes() == b"data"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["run.sh"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a (2).txt").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "a (3).txt")
    assert save(b"new", tmp_path, "a.txt").name == "a (4).txt"
    assert (tmp_path / "a.txt").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path / "missing", Path("/proc")):
        with pytest.raises(MailError, match="could not be saved") as caught:
            save(b"x", folder, "a.txt")
        assert caught.value.cure
    assert os.listdir(tmp_path) == []


def test_what_is_no_folder_is_not_written_to(tmp_path: Path) -> None:
    """A FIFO must not be waited for, and nothing behind a link that leads nowhere be made."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_text("old")
    (tmp_path / "astray").symlink_to(tmp_path / "nowhere")
    for folder in (tmp_path / "fifo", tmp_path / "file", tmp_path / "astray", Path("/dev/null")):
        with pytest.raises(MailError, match="could not be saved"):
            save(b"x", folder, "a.txt")
    assert (tmp_path / "file").read_text() == "old"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("has_links", [True, False])
def test_a_full_disk_leaves_no_piece_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    room = 8 if has_links else 24  # in the second case the temporary file still fits, its copy does not

    def write(handle: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room -= 4
        return written(handle, data[:4])

    def link(*places: object, **options: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    written = os.write
    monkeypatch.setattr(os, "write", write)
    if not has_links:
        monkeypatch.setattr(os, "link", link)
    with pytest.raises(MailError, match="no space left"):
        save(b"sixteen octets !", tmp_path, "a.txt")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (214_400, "214 kB"), (999_600, "1.0 MB"), (1_449_000, "1.4 MB"),
     (12_000_000, "12 MB"), (3_000_000_000, "3.0 GB")],
)  # fmt: skip
def test_sizes(octets: int, said: str) -> None:
    assert human_size(octets) == said


def test_rows_are_files_first_then_what_is_not_shown() -> None:
    shown = Part("1", "text/plain")
    html = Part("2", "text/html", size=100)
    logo = Part("3", "image/png", content_id="x")
    report = Part("4", "application/pdf", filename="a.pdf", size=1_000, encoding="base64", disposition="attachment")
    rows = part_rows(Part("", "multipart/mixed", children=(shown, html, logo, report)), [shown])
    assert [(row.number, row.label, row.size) for row in rows] == [(1, "a.pdf", 732), (2, "HTML", 100), (3, "image", 0)]


@pytest.mark.parametrize(
    ("data", "nature"),
    [
        (b"%PDF-1.4", Nature.PLAIN),
        (b"\x89PNG\r\n", Nature.PLAIN),
        (b"MZ is no program in words", Nature.PLAIN),
        (b"a <b> c", Nature.PLAIN),
        (b"MZ\x90\x00", Nature.PROGRAM),
        (b"\x7fELF\x02", Nature.PROGRAM),
        (b"#!/bin/sh\n", Nature.PROGRAM),
        (b"[Desktop Entry]\nExec=x", Nature.PROGRAM),
        (b"  <!DOCTYPE html>", Nature.MARKUP),
        (b"<svg xmlns=x>", Nature.MARKUP),
        ("\ufeff<html>".encode("utf-16-le"), Nature.MARKUP),
        (b"", Nature.PLAIN),
    ],
)
def test_what_a_file_is_by_its_first_octets(data: bytes, nature: Nature) -> None:
    assert nature_of(data) is nature


@given(st.integers(0, 20_000), st.booleans())
def test_the_size_of_a_file_is_known_before_it_is_fetched(size: int, ends: bool) -> None:
    wire = base64.encodebytes(b"x" * size).replace(b"\n", b"\r\n")
    wire = wire if ends else wire.removesuffix(b"\r\n")
    assert 0 <= decoded_size(Part("1", "text/csv", encoding="base64", size=len(wire))) - size <= 2
