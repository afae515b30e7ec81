"""Contacts of the user's own: vCard files and what a command prints, taken into the store when they are others."""

import asyncio
import logging
import os
import signal
import time
from pathlib import Path

from tui.config.model import ContactsConfig
from tui.mail.errors import MailError
from tui.mail.text import clean_line
from tui.mail.vcard import read_contacts
from tui.store.database import Store

log = logging.getLogger(__name__)

MOST_OCTETS = 64 * 1024 * 1024
"""Octets that are read of one source."""
MOST_FILES = 20_000
COMMAND_WITHIN = 120.0
"""Seconds a command may take: it may ask a server."""
COMMAND_EVERY = 6 * 3600.0
"""Seconds after which the command is asked again."""


class Contacts:
    """Keeps the contacts in the store as the files and the command say.

    Args:
        config: which.
        store: open.
    """

    def __init__(self, config: ContactsConfig, store: Store) -> None:
        self._config = config
        self._store = store

    async def look(self) -> None:
        """Read what has changed. Never raises a `MailError`: contacts are a convenience, the log says what is wrong."""
        sources = [*map(str, self._config.files), *([self._named] if self._config.command else [])]
        try:
            await self._store.people.keep_sources(sources)
            for path in self._config.files:
                await self._look_at(path)
            if self._config.command:
                await self._ask()
        except (MailError, OSError, ValueError) as error:
            log.warning("contacts: %s", error)

    @property
    def _named(self) -> str:
        return "command " + "\0".join(self._config.command)

    async def _look_at(self, path: Path) -> None:
        stamp, files = await asyncio.to_thread(_stamp, path)
        if stamp == await self._store.people.stamp(str(path)):
            return
        if not stamp:
            log.warning("contacts: there is no %s", path)
        cards = await asyncio.to_thread(lambda: read_contacts(_read(files)))
        await self._store.people.keep_cards(str(path), stamp, cards)

    async def _ask(self) -> None:
        stamp = await self._store.people.stamp(self._named)
        now = time.time()
        if stamp and 0 <= now - float(stamp) < COMMAND_EVERY:
            return
        printed = await _output(self._config.command)
        cards = await asyncio.to_thread(read_contacts, printed)
        await self._store.people.keep_cards(self._named, f"{now:.0f}", cards)


def _stamp(path: Path) -> tuple[str, list[Path]]:
    """Return what tells a file, or a folder of .vcf files, from what it was; and the files. "": nothing is there."""
    try:
        files = [path]
        if path.is_dir():
            found = (Path(each.path) for each in os.scandir(path) if each.name.lower().endswith(".vcf"))
            files = sorted(each for each, _ in zip(found, range(MOST_FILES), strict=False))
        states = [each.stat() for each in files]
    except OSError:
        return "", []
    newest = max((state.st_mtime_ns for state in states), default=0)
    return f"{len(files)} {newest} {sum(state.st_size for state in states)}", files


def _read(files: list[Path]) -> str:
    texts: list[str] = []
    left = MOST_OCTETS
    for file in files:
        with file.open("rb") as stream:
            data = stream.read(left)
        left -= len(data)
        texts.append(data.decode("utf-8", "replace"))
    return "\n".join(texts)


async def _output(argv: tuple[str, ...]) -> str:
    """Return what a program prints; no shell.

    Raises:
        MailError: when it cannot be run, fails, or is slow.
    """
    name = clean_line(os.path.basename(argv[0]), 60)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise MailError(f"{name} cannot be run: {error.strerror}.", cure="Check command in [contacts].") from error
    try:
        output, _ = await asyncio.wait_for(process.communicate(), COMMAND_WITHIN)
    except TimeoutError:
        raise MailError(f"{name} gave no answer for {COMMAND_WITHIN:.0f} s.") from None
    finally:
        if process.returncode is None:
            _end(process)
            await process.wait()
    if process.returncode:
        raise MailError(f"{name} failed with status {process.returncode}.", cure="Run it by hand to see why.")
    return output[:MOST_OCTETS].decode("utf-8", "replace")


def _end(process: asyncio.subprocess.Process) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
