"""The mails in tests/render/mails and what the reader makes of them: ``X.html`` beside ``X.txt``, 78 cells wide.

After a change that is meant: ``python -m tests.render.golden``, then read the difference.
"""

from pathlib import Path

from tui.mail.parse import parse_message
from tui.render.lines import Page
from tui.render.message import as_text, render_message

MAILS = Path(__file__).parent / "mails"
WIDTH = 78


def names() -> list[str]:
    return sorted(file.stem for file in MAILS.glob("*.html"))


def read(name: str, width: int = WIDTH) -> Page:
    """Lay a mail out."""
    body = (MAILS / f"{name}.html").read_bytes()
    message = parse_message(b"Subject: x\nContent-Type: text/html; charset=utf-8\n\n" + body)
    return render_message(message, width)


def page(name: str) -> str:
    """Return a mail as the reader shows it: text, links, notes."""
    return as_text(read(name)) + "\n"


def expected(name: str) -> str:
    return (MAILS / f"{name}.txt").read_text("utf-8")


def write() -> None:
    for name in names():
        (MAILS / f"{name}.txt").write_text(page(name), "utf-8")


if __name__ == "__main__":
    write()
