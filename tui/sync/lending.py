"""A text in the hands of another program: a file for its owner only, in a folder of its own, gone afterwards."""

import logging
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tui.mail.errors import MailError
from tui.mail.noun import dataclass
from tui.mail.text import clean

log = logging.getLogger(__name__)

MOST_OCTETS = 8 * 1024 * 1024
USUAL = ("sensible-editor", "nano", "vim", "vi")


def editor(configured: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Return the editor as a command without the file.

    Args:
        configured: in config.toml; empty for that of the environment.

    Raises:
        MailError: when there is none.
    """
    if configured:
        return list(configured)
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(name, ""))
        except ValueError:
            raise MailError(f"${name} is no command: a quotation mark is missing.") from None
        if words:
            return words
    found = next((name for name in USUAL if shutil.which(name)), None)
    if found is None:
        raise MailError("There is no editor.", cure="Set EDITOR, or editor in [compose].")
    return [found]


class LentText:
    """A text as a file, between `lend` and `take_back`. Blocks.

    Args:
        folder: made when it is missing, 0700.
        key: of the saved draft, so that what was written is found again after a crash.
        suffix: of the file, which editors go by.
    """

    def __init__(self, folder: Path, key: int, suffix: str = ".txt") -> None:
        self._folder = folder
        self._key = key
        self._suffix = suffix
        self._place: Path | None = None

    def lend(self, text: str) -> Path:
        """Write the file and return its path.

        Raises:
            MailError: when it cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            self._place = Path(tempfile.mkdtemp(prefix=f"{self._key}.", dir=self._folder))  # 0700
            file = self._place / f"mail{self._suffix}"
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            self.forget()
            raise MailError(f"The text cannot be given to the editor: {error.strerror}.") from error
        return file

    def take_back(self) -> str:
        """Return what stands in the file now, cleaned; the file stays until `forget`, once the text is kept.

        Raises:
            MailError: when it is not there any more, cannot be read, or is too large.
        """
        assert self._place is not None
        return _read(self._place)

    def forget(self) -> None:
        """Remove the file, and whatever the editor left beside it."""
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)
            self._place = None


@dataclass(frozen=True, slots=True)
class Left:
    """A text that a crash left in the hands of an editor.

    Attributes:
        place: the folder it stands in.
        key: of the draft; 0 when that was not saved yet.
        text: cleaned.
        changed: when it was written last, seconds since 1970 UTC.
    """

    place: Path
    key: int
    text: str
    changed: float


def left_behind(folder: Path) -> Iterator[Left]:
    """Yield what a crash left in the hands of an editor. Blocks.

    What is yielded stays until `remove`, once the text is kept; what cannot be read stays, too.
    """
    try:
        places = sorted(folder.iterdir())
    except OSError:
        return
    for place in places:
        key = place.name.partition(".")[0]
        if not key.isdecimal():
            remove(place)
            continue
        try:
            yield Left(place, int(key), _read(place), _file(place).stat().st_mtime)
        except (MailError, OSError) as error:
            log.warning("a text left with the editor in %s: %s", place, error)


def remove(place: Path) -> None:
    """Remove the place of a text that is kept elsewhere now. Blocks."""
    shutil.rmtree(place, ignore_errors=True)


def _file(place: Path) -> Path:
    return next(each for each in sorted(place.iterdir()) if each.stem == "mail")


def _read(place: Path) -> str:
    try:
        with _file(place).open("rb") as stream:
            data = stream.read(MOST_OCTETS + 1)
    except StopIteration:
        raise MailError("The editor's file is gone.", cure="The text is as it was before.") from None
    except OSError as error:
        raise MailError(f"The editor's file cannot be read: {error.strerror}.") from error
    if len(data) > MOST_OCTETS:
        raise MailError("What the editor wrote is larger than 8 MB.")
    return clean(data.decode("utf-8", "replace").replace("\r\n", "\n"))
