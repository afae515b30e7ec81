"""What else is in a message: parts by number, sizes for people, files saved where the user said and nowhere else."""

import errno
import os
import re
import secrets
import unicodedata
from collections.abc import Collection
from enum import Enum
from pathlib import Path

from tui.mail.errors import MailError
from tui.mail.part import Part
from tui.mail.text import clean_line
from tui.render.lines import PartRow

MAX_NAME = 200
"""Bytes of a file name we make; leaves room for a number within the 255 of common file systems."""
MAX_ROWS = 500
MAX_NUMBER = 9_999


class Nature(Enum):
    """What a file is by its first octets, whatever its name and type say."""

    PLAIN = "plain"
    """Nothing that is known to act when it is opened."""
    MARKUP = "markup"
    """A browser may take it, and load things for it."""
    PROGRAM = "program"


_PROGRAM = re.compile(
    rb"#!|\x7fELF|MZ[^ -~]|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\[Desktop Entry\]|\[InternetShortcut\]"
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,400}?-->\s*)*(?:<\?xml|<!doctype|<(?:html|head|body|script|svg|iframe|meta|title)[\s>/])"
    rb"|MIME-Version:.{0,200}multipart/related",
    re.DOTALL | re.IGNORECASE,
)
SNIFFED = 1_024
"""Octets that are looked at."""
_FORBIDDEN = re.compile('[\x00-\x1f\x7f-\x9f<>:"|?*\ufffd]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|\Z)", re.IGNORECASE)
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EINVAL}
_LABELS = {
    "text/html": "HTML",
    "text/plain": "plain text",
    "text/calendar": "invitation",
    "message/rfc822": "enclosed message",
    "message/global": "enclosed message",
    "message/delivery-status": "delivery report",
    "message/disposition-notification": "read receipt",
    "message/partial": "piece of a message",
    "message/external-body": "file kept elsewhere",
    "text/rfc822-headers": "header of the message",
    "application/pgp-signature": "signature",
    "application/pkcs7-signature": "signature",
    "application/x-pkcs7-signature": "signature",
    "application/pgp-encrypted": "encryption",
    "application/pkcs7-mime": "encrypted or signed message",
    "application/ms-tnef": "Outlook data",
}


_LINE = 76


def part_rows(structure: Part, shown: Collection[Part]) -> tuple[PartRow, ...]:
    """Return the rows of all parts that are not in the text: files first, then other versions, then pictures in it.

    Args:
        structure: the MIME tree.
        shown: the parts whose text is on the page.
    """
    visible = {id(part) for part in shown}
    others = [part for part in structure.leaves() if id(part) not in visible]
    others.sort(key=_rank)
    return tuple(
        PartRow(number, part, part_label(part), decoded_size(part)) for number, part in enumerate(others[:MAX_ROWS], 1)
    )


def part_label(part: Part) -> str:
    """Return what to call a part: its file name, else what it is."""
    if part.filename:
        return clean_line(part.filename, 120)
    if part.type in _LABELS:
        return _LABELS[part.type]
    kind = part.type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else clean_line(part.type, 80)


def decoded_size(part: Part) -> int:
    """Return the octets a part has after decoding, as near as the transferred size tells: base64 to two octets.

    Its lines are those that nearly all programs write, of 76 characters (RFC 2045, 6.8).
    """
    if part.encoding != "base64":
        return part.size
    lines, rest = divmod(part.size, _LINE + 2)
    return (lines * _LINE + rest - (2 if rest % 4 == 2 else 0)) * 3 // 4


def human_size(octets: int) -> str:
    """Return a size as people say it, in decimal units: ``812 B``, ``214 kB``, ``1.4 MB``."""
    if octets < 1000:
        return f"{max(octets, 0)} B"
    units = ("kB", "MB", "GB", "TB")
    size, place = octets / 1000, 0
    while size >= 999.5 and place < len(units) - 1:
        size, place = size / 1000, place + 1
    unit = units[place]
    if unit == "kB" or size >= 9.95:
        return f"{max(round(size), 1)} {unit}"
    return f"{size:.1f} {unit}"


def nature_of(data: bytes) -> Nature:
    """Return what a file is by its first octets.

    Args:
        data: the decoded part.
    """
    start = data[:SNIFFED]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start[2:].replace(b"\0", b"")
    if _PROGRAM.match(start):
        return Nature.PROGRAM
    return Nature.MARKUP if _MARKUP.match(start) else Nature.PLAIN


def safe_name(filename: str) -> str:
    """Return a name that is safe to create in any folder: one component, visible, no device, at most 200 bytes.

    Args:
        filename: as the sender wrote it; may be a path, hidden, far too long or empty.
    """
    name = clean_line(unicodedata.normalize("NFC", filename[:4000].replace("\0", "_")), 2000)
    name = name.replace("\\", "/").rstrip("/ .").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", name).lstrip(".-~ _").rstrip(". ")
    if not name:
        return "attachment"
    if _RESERVED.match(name):
        name = f"_{name}"
    return _cut(name)


def save(data: bytes, folder: Path, filename: str) -> Path:
    """Write a part into a folder under a safe name that is free there, mode 0600. Blocks: call it in a worker thread.

    The file appears complete or not at all: it is written under a temporary name and linked to its own. An existing
    name is never touched, whatever it is; `` (2)`` and so on is added.

    Args:
        data: the decoded octets.
        folder: the folder the user chose; it must exist.
        filename: as the sender wrote it.

    Raises:
        MailError: when nothing could be written; nothing is left behind.
    """
    name = safe_name(filename)
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _not_saved(name, folder, error) from error
    try:
        return folder / _save_in(directory, data, name)
    except OSError as error:
        raise _not_saved(name, folder, error) from error
    finally:
        os.close(directory)


def _save_in(directory: int, data: bytes, name: str) -> str:
    temporary = f".tidings-{secrets.token_hex(8)}.part"
    _write(directory, temporary, data)
    try:
        for candidate in _candidates(name):
            try:
                os.link(temporary, candidate, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
            except FileExistsError:
                continue
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                return _save_unlinked(directory, data, name)
            return candidate
        raise FileExistsError(errno.EEXIST, "every number is taken")
    finally:
        os.unlink(temporary, dir_fd=directory)


def _save_unlinked(directory: int, data: bytes, name: str) -> str:
    """Write under the final name at once, for file systems without hard links."""
    for candidate in _candidates(name):
        try:
            _write(directory, candidate, data)
        except FileExistsError:
            continue
        return candidate
    raise FileExistsError(errno.EEXIST, "every number is taken")


def _write(directory: int, name: str, data: bytes) -> None:
    """Create a file that was not there and write it whole, or leave nothing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(name, flags, 0o600, dir_fd=directory)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        os.unlink(name, dir_fd=directory)
        raise


def _candidates(name: str) -> list[str]:
    stem, suffix = os.path.splitext(name)
    if len(suffix.encode()) > 20:
        stem, suffix = name, ""
    return [name, *(f"{stem} ({number}){suffix}" for number in range(2, MAX_NUMBER + 1))]


def _cut(name: str) -> str:
    """Return a name of at most `MAX_NAME` bytes; the suffix says what the file is, so it is kept."""
    raw = name.encode("utf-8", "replace")
    if len(raw) <= MAX_NAME:
        return name
    stem, suffix = os.path.splitext(name)
    tail = suffix.encode("utf-8", "replace")
    if len(tail) > 20:
        stem, tail = name, b""
    head = stem.encode("utf-8", "replace")[: MAX_NAME - len(tail)].decode("utf-8", "ignore").rstrip(". ")
    return head + tail.decode("utf-8", "replace")


def _rank(part: Part) -> int:
    if part.is_attachment:
        return 0
    if part.type.startswith("text/"):
        return 2
    return 3 if part.content_id else 1


def _not_saved(name: str, folder: Path, error: OSError) -> MailError:
    reason = (error.strerror or "unknown reason").lower()
    return MailError(f"{name} could not be saved in {folder}: {reason}.", cure="Choose another folder.")
