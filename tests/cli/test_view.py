"""``tidings view``: what a message looks like in a pipe, and what is said when there is none."""

import io
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from tests.mail.judge import unsafe
from tui.cli import view
from tui.cli.main import main
from tui.mail.width import cell_width

MAIL = b"""Subject: =?utf-8?q?Of_gr=C3=BC=C3=9Fe?=
From: Ada <ada@example.org>
To: Grace <grace@example.org>
X-Note: =?utf-8?q?=1B[2Jx?=
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

The plain words, which go on for a while so that they have to be wrapped. \x1b]0;title\x07
--a
Content-Type: text/html; charset=utf-8

<p>The <b>marked</b> words. <a href="https://a.example/">Look</a></p>
--a--
"""


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "a.eml"
    path.write_bytes(MAIL)
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["view", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert not unsafe(out, allowed="\n")
    return out


def test_a_message_as_the_reader_shows_it(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--width", "60", str(mail)).split("\n") == [
        "Of grüße",
        "From  Ada <ada@example.org>",
        "To    Grace <grace@example.org>",
        "Date  no date",
        "─" * 60,
        "",
        "The plain words, which go on for a while so that they have",
        "to be wrapped. \ufffd]0;title\ufffd",
        "",
        "─" * 40,
        "& 1 HTML 69 B",
        "",
    ]


def test_html_when_asked_for(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "--html", str(mail))
    assert "The marked words. Look [1]\n\n[1] a.example\n" in out
    assert "plain words" not in out


def test_every_header_field(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "--headers", str(mail)).split("\n")
    assert lines[0] == "Subject: Of grüße"
    assert "X-Note: \ufffd[2Jx" in lines
    assert "Content-Type: multipart/alternative; boundary=a" in lines


def test_the_source(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "--raw", str(mail))
    assert out == MAIL.decode().replace("\x1b", "\ufffd").replace("\x07", "\ufffd")


@pytest.mark.parametrize("width", [16, 40, 200])
@pytest.mark.parametrize("mode", [(), ("--html",), ("--headers",)])
def test_every_line_fits(mail: Path, capsys: pytest.CaptureFixture[str], width: int, mode: tuple[str, ...]) -> None:
    out = run(capsys, *mode, "--width", str(width), str(mail))
    assert max(map(cell_width, out.split("\n"))) <= width


@pytest.mark.parametrize("width", ["15", "1001", "-1", "x", "", "1e2"])
def test_a_width_that_is_none(mail: Path, capsys: pytest.CaptureFixture[str], width: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["view", "--width", width, str(mail)])
    assert caught.value.code == 2
    assert "--width" in capsys.readouterr().err


def test_two_modes_are_one_too_many(mail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["view", "--html", "--raw", str(mail)])
    assert caught.value.code == 2
    assert "not allowed" in capsys.readouterr().err


def test_standard_input(mail: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "view", "--width", "60", "-"], input=MAIL, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("Of grüße\nFrom  Ada <ada@example.org>\n")


def test_a_pipe_that_is_closed_early(tmp_path: Path) -> None:
    path = tmp_path / "long.eml"
    path.write_bytes(b"Subject: x\n\n" + b"word\n" * 100_000)
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "view", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def test_an_ascii_terminal_still_gets_the_words(mail: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "view", str(mail)],
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"Of gr??e\n")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.eml", "no such file or directory"), (".", "is a directory"), ("x\x00y", "no usable file name"),
     ("x" * 5_000, "file name too long"), ("a\x1b[2J", "no such file or directory")],
)  # fmt: skip
def test_no_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, reason: str) -> None:
    assert main(["view", str(tmp_path) + "/" + name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tidings: ")
    assert err.endswith(f" cannot be read: {reason}.\n")
    assert not unsafe(err, allowed="\n")


def test_a_terminal_gets_styles_and_nothing_else(
    mail: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["view", str(mail)]) == 0
    out = capsys.readouterr().out
    assert "\x1b[1mOf grüße\x1b[0m\n" in out
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[3m", "\x1b[4m"):
        out = out.replace(code, "")
    assert not unsafe(out, allowed="\n")


def test_a_huge_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.eml"
    path.write_bytes(b"Subject: huge\n\n" + b"word " * 12_000_000)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    tracemalloc.start()
    try:
        assert main(["view", str(path)]) == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * path.stat().st_size
    sys.stdout.seek(0)
    shown = sys.stdout.read()
    assert len(shown) < 3_000_000
    assert "its end is left out here" in shown


def test_a_long_source_comes_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "long.eml"
    path.write_bytes(b"Subject: x\r\n\r\n" + b"".join(b"%d\r\n" % number for number in range(300_000)))
    out = run(capsys, "--raw", str(path))
    assert out.split("\n") == ["Subject: x", "", *map(str, range(300_000)), ""]


def test_an_endless_file_is_read_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(view, "MAX_OCTETS", 100_000)
    assert main(["view", "/dev/zero"]) == 0
    assert not unsafe(capsys.readouterr().out, allowed="\n")
