"""How far a watch has told of mail: a tiny file, so that the next one goes on there, and nothing is told twice."""

import fcntl
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tui.mail.errors import ConfigError, StoreError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
MOST_OCTETS = 16 * 1024 * 1024


class Bookmark:
    """What has been told of, by account and mailbox. One process at a time has it.

    Args:
        folder: where the file is; made where it is missing.
        name: of the bookmark: every script may have its own.

    Attributes:
        is_new: there was none of this name: nothing was ever told.

    Raises:
        ConfigError: that is no name, or another watch has it.
        StoreError: when it cannot be read or written.
    """

    def __init__(self, folder: Path, name: str) -> None:
        if not NAME.fullmatch(name):
            raise ConfigError(f"{name} cannot name a bookmark.", cure="Letters, digits, dots, _ and - can; or say 10m.")
        self._file = folder / f"watch-{name}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = os.open(folder / f"watch-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"{self._file} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise ConfigError(
                f"Another watch goes by the bookmark {name}.", cure="Give this one a name of its own: --since NAME"
            ) from None
        self._told = self._read()
        self.is_new = not self._told

    def _read(self) -> dict[str, Any]:
        try:
            with self._file.open("rb") as file:
                found = json.loads(file.read(MOST_OCTETS))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise StoreError(
                f"{self._file} cannot be read: {error}.", cure="Delete it, and the watch begins with what comes next."
            ) from error
        return found if isinstance(found, dict) else {}

    def place(self, account: str, mailbox: bytes) -> tuple[int, int] | None:
        """Return UIDVALIDITY and the highest UID that was told of in a mailbox, None where nothing is known."""
        found = self._told.get(f"{account}/{mailbox.decode('latin-1')}")
        match found:
            case [int(validity), int(uid)]:
                return validity, uid
        return None

    def tell(self, account: str, mailbox: bytes, uidvalidity: int | None, uid: int) -> None:
        """Note that all up to a UID was told of. Where the server gives no lasting UIDs nothing is noted."""
        if uidvalidity is not None:
            self._told[f"{account}/{mailbox.decode('latin-1')}"] = [uidvalidity, uid]
            self._write()

    def names(self, account: str) -> set[bytes] | None:
        """Return the names (UIDL) of all that was seen at an account by POP3, None where nothing is known."""
        found = self._told.get(f"{account}//pop3")
        return {str(each).encode("latin-1", "replace") for each in found} if isinstance(found, list) else None

    def tell_names(self, account: str, names: Iterable[bytes]) -> None:
        """Note which mails an account by POP3 had."""
        self._told[f"{account}//pop3"] = sorted(name.decode("latin-1") for name in names)
        self._write()

    def _write(self) -> None:
        """Write the file anew. It is not forced to the disk: after a power cut the last mails may be told again."""
        new = self._file.with_suffix(".new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(self._told, file)
            os.replace(new, self._file)
        except OSError as error:
            raise StoreError(f"{self._file} cannot be written: {error.strerror}.") from error

    def close(self) -> None:
        """Give it back. May be called twice."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
