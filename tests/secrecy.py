"""Looking for a secret in what a program leaves behind: as it is, quoted, escaped, and in base64 at any offset."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path


def forms(secret: str, user: str = "") -> set[bytes]:
    """Return every way in which a secret may be written.

    Args:
        secret: a password or token.
        user: whose, for what SASL makes of both.
    """
    data = secret.encode()
    written = {data, data.replace(b"\\", b"\\\\").replace(b'"', b'\\"'), data.hex().encode()}
    written |= {json.dumps(secret)[1:-1].encode(), repr(secret)[1:-1].encode(), repr(data)[2:-1].encode()}
    for whole in (data, b"\0" + user.encode() + b"\0" + data):
        written.add(base64.b64encode(whole).rstrip(b"="))
        for offset in range(3):  # inside something longer: only whole groups of three stay what they are
            inner = whole[-offset % 3 :]
            inner = inner[: len(inner) // 3 * 3]
            if len(inner) >= 6:
                written.add(base64.b64encode(inner))
    return written


def leaks(where: Iterable[bytes], *secrets: str, user: str = "") -> list[bytes]:
    """Return the forms of secrets that are found, with what stands before them."""
    found = []
    for text in where:
        for secret in secrets:
            for form in forms(secret, user):
                at = text.find(form)
                if at >= 0:
                    found.append(text[max(0, at - 60) : at + len(form)])
    return found


def files(*folders: Path, but: Iterable[str] = ()) -> list[bytes]:
    """Return what is in all files below folders, their names in front.

    Args:
        folders: where.
        but: ends of names that are left out.
    """
    return [
        str(path).encode() + b": " + path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(tuple(but))
    ]
