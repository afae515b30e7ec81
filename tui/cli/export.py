"""``tidings export``: messages as they came, into an mbox, a Maildir or .eml files."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tui.cli.asking import perform
from tui.cli.options import add_messages, messages, print_json, print_message
from tui.engine.desk import Row
from tui.mail.address import parse_addresses
from tui.mail.errors import ConfigError, MailError
from tui.mail.mbox import entry, maildir_letters

FORMS = ("mbox", "maildir", "eml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings export``."""
    parser.add_argument("--to", required=True, metavar="PATH", help="a new file (mbox), or a folder (maildir, eml)")
    parser.add_argument("--format", choices=FORMS, default="mbox", help="mbox unless given")
    add_messages(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the messages; 1 when one of them could not be had.

    Raises:
        ConfigError: when the file is there already, or cannot be written.
    """
    target = Path(arguments.to)
    show = print_json if arguments.json else print_message
    if arguments.dry_run:
        return perform("export", messages(arguments), lambda row: show(row.fields))
    try:
        write, end = {"mbox": _mbox, "maildir": _maildir, "eml": _eml}[arguments.format](target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {(error.strerror or str(error)).lower()}.") from None

    def take(row: Row) -> None:
        if row.fields["error"]:
            print(f"tidings: {row.fields['id']}: {row.fields['error']}", file=sys.stderr)
            return
        try:
            write(row.data, row.fields)
        except OSError as error:
            raise MailError(f"{target} cannot be written: {(error.strerror or str(error)).lower()}.") from None
        if arguments.json:
            print_json(row.fields)

    is_whole = False
    try:
        status = perform("export", messages(arguments), take)
        is_whole = True
    finally:
        end(is_whole)
    return status


Write = Callable[[bytes, Mapping[str, Any]], None]
Ways = tuple[Write, Callable[[bool], None]]
"""What writes a message, and what is called at the end: whether all came."""


def _seconds(fields: Mapping[str, Any]) -> int:
    return int(datetime.fromisoformat(fields["date"]).timestamp())


def _mbox(target: Path) -> Ways:
    """Write one file; under its name it is there only when it is whole, and none that is there is written over."""
    if target.exists():
        raise FileExistsError(None, "it is there already")
    file = NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", suffix=".partial", delete=False)  # noqa: SIM115 - `end` closes it

    def write(data: bytes, fields: Mapping[str, Any]) -> None:
        senders = parse_addresses(fields["from"])
        file.write(entry(data, senders[0].spec if senders else "", _seconds(fields)))

    def end(is_whole: bool) -> None:
        if is_whole:
            file.flush()
            os.fsync(file.fileno())
        file.close()
        if not is_whole:
            os.unlink(file.name)
        elif target.exists():
            raise MailError(f"{target} was made by somebody meanwhile; the mail is in {file.name}.")
        else:
            os.rename(file.name, target)

    return write, end


def _maildir(target: Path) -> Ways:
    for name in ("tmp", "new", "cur"):
        (target / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    count = 0

    def write(data: bytes, fields: Mapping[str, Any]) -> None:
        nonlocal count
        count += 1
        name = f"{_seconds(fields)}.M{time.time_ns() // 1000}P{os.getpid()}Q{count}.tidings"
        partial = target / "tmp" / name
        _put(partial, data.replace(b"\r\n", b"\n"), _seconds(fields))
        os.rename(partial, target / "cur" / f"{name}:2,{maildir_letters(fields['flags'])}")

    return write, lambda _: None


def _eml(target: Path) -> Ways:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(data: bytes, fields: Mapping[str, Any]) -> None:
        safe = "".join(each if each.isalnum() or each in "-_" else "_" for each in fields["mailbox"])[:80]
        _put(target / f"{safe}-{fields['uidvalidity']}-{fields['uid']}.eml", data, _seconds(fields))

    return write, lambda _: None


def _put(path: Path, data: bytes, when: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink()  # the disk is full: half a mail would pass for a whole one
        raise
    os.utime(path, (when, when))
