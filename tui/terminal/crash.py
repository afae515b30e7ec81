"""What is left of a crash: a report without anything in it that is the user's, and the way to it."""

import asyncio
import errno
import linecache
import logging
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tui import __version__

log = logging.getLogger(__name__)

SAFE_MESSAGES = (AttributeError, ImportError, NameError, RecursionError, NotImplementedError)
"""Errors whose words are about the program; those of others may hold mail, addresses, or a password."""
KEPT = 5
"""Reports kept."""
MOST_FRAMES = 60
MOST_CAUSES = 5
FOLDER_PARTS = 4
"""Parts of a source file's path that are told: where the program is installed is nobody's business."""


def describe(error: BaseException) -> str:
    """Return a report: types, places and source lines, no local variable, no words of foreign errors."""
    import platform  # noqa: PLC0415 - late: start-up time

    lines = [
        f"Tidings {__version__} crashed at {time.strftime('%Y-%m-%d %H:%M:%S %z')}.",
        "This report holds program lines only: no variables, no mail, no addresses, no passwords.",
        "",
        f"python {platform.python_version()}  textual {_version('textual')}  {platform.system()} {platform.machine()}",
        f"TERM {_plain(os.environ.get('TERM', ''))}  COLORTERM {_plain(os.environ.get('COLORTERM', ''))}",
        "",
    ]
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if cause is None:
            break
        lines += [_headline(cause), *_places(cause.__traceback__), ""]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
        if cause is not None:
            lines.append("after")
    return "\n".join(lines)


def _headline(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {errno.errorcode.get(error.errno, error.errno)}"
    if isinstance(error, SAFE_MESSAGES):
        return f"{name}: {_plain(str(error))}"
    return name


def _places(traceback: TracebackType | None) -> Iterable[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = "/".join(Path(code.co_filename).parts[-FOLDER_PARTS:])
        places.append(f"  {file}:{traceback.tb_lineno} in {code.co_qualname}")
        if line := linecache.getline(code.co_filename, traceback.tb_lineno).strip():
            places.append(f"    {line}")
        traceback = traceback.tb_next
    return places[-2 * MOST_FRAMES :]


def _plain(text: str) -> str:
    return "".join(character for character in text[:200] if character.isascii() and character.isprintable())


def _version(package: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415 - late: start-up time

    try:
        return version(package)
    except Exception:  # whatever is wrong with an installation, the report is written
        return "?"


def write(error: BaseException, folder: Path) -> Path:
    """Write a report for the owner only, and forget all but the newest few.

    Raises:
        OSError: when it cannot be written.
    """
    file = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(describe(error))
    for old in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return file


class Discreet(logging.Formatter):
    """Formats a log whose tracebacks are reports: no words of foreign errors, which may hold mail or a password."""

    def formatException(self, ei: Any) -> str:
        """Return the report of what is being handled."""
        return describe(ei[1]) if ei[1] is not None else ""


def log_loop_error(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Log what nobody awaited; asyncio's own would write the error's words."""
    error = context.get("exception")
    log.error("%s: %s", context.get("message", "in the loop"), describe(error) if error is not None else "")


def tell(error: BaseException, folder: Path | None) -> None:
    """Write a report and say on standard error, which is the user's again, where it is."""
    where = "No report could be written."
    if folder is not None:
        try:
            where = f"A report without any mail in it: {write(error, folder)}"
        except OSError as failure:
            where = f"No report could be written: {failure.strerror}."
    stream = sys.__stderr__
    if stream is not None:
        stream.write(f"tidings: crashed ({type(error).__name__}). What was written and saved is kept.\n{where}\n")
        stream.flush()
