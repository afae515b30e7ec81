"""``tidings import``: messages of an mbox, a Maildir or .eml files into a mailbox."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.cli.asking import perform_each
from tui.cli.options import add_dry_run, add_json, given, print_json
from tui.engine.desk import Row
from tui.mail.errors import ConfigError
from tui.mail.mbox import MOST_MESSAGE, Filed, entries, maildir_flags


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings import``."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="an mbox, a Maildir, a message (.eml); - reads an mbox"
    )
    parser.add_argument("--account", metavar="NAME", help="of this account")
    parser.add_argument("--mailbox", metavar="NAME", required=True, help="into this mailbox, which there is already")
    parser.add_argument(
        "--flag", dest="flags", action="append", metavar="FLAG", help="give this one, too: read, flagged"
    )
    parser.add_argument("--again", action="store_true", help="also what is there already, by its Message-ID")
    add_dry_run(parser, "say what would be put there, and change nothing")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Put the messages there, one after another; done again after a cut, it goes on where it was.

    Raises:
        ConfigError: when a file cannot be read, or holds no message.
    """
    counts: Counter[str] = Counter()

    def show(row: Row) -> None:
        counts[row.fields["done"] or "to be imported"] += 1
        if arguments.json:
            print_json(row.fields)

    def wishes() -> Iterator[tuple[dict[str, Any], bytes]]:
        for path in arguments.paths:
            for filed in _messages(path):
                wanted = given(arguments, "account", "mailbox", "again", "dry_run")
                wanted["flags"] = [*(arguments.flags or ()), *filed.flags]
                if filed.received is not None:
                    wanted["received"] = filed.received
                yield wanted, filed.data

    try:
        return perform_each("import", wishes(), show)
    except OSError as error:
        raise ConfigError(f"{error.filename or 'A file'} cannot be read: {(error.strerror or '').lower()}.") from None
    except ValueError as error:
        raise ConfigError(str(error)) from None
    finally:
        if not arguments.json:
            print(", ".join(f"{count:,} {what}" for what, count in counts.items()) or "nothing to import", flush=True)


def _messages(name: str) -> Iterator[Filed]:
    if name == "-":
        yield from entries(sys.stdin.buffer)
        return
    path = Path(name)
    if path.is_dir():
        boxes = [path / each for each in ("cur", "new") if (path / each).is_dir()]
        files = sorted(file for box in boxes or [path] for file in box.iterdir() if file.is_file())
        for file in files:
            if boxes or file.suffix == ".eml":
                received = int(file.stat().st_mtime) if boxes else None
                yield Filed(_read(file), received, maildir_flags(file.name))
        return
    with path.open("rb") as opened:
        is_mbox = opened.read(5) == b"From "
        opened.seek(0)
        if is_mbox:
            yield from entries(opened)
            return
    yield Filed(_read(path))


def _read(file: Path) -> bytes:
    if file.stat().st_size > MOST_MESSAGE:
        raise ValueError(f"{file} is larger than {MOST_MESSAGE // 1024 // 1024} MB.")
    return file.read_bytes()
