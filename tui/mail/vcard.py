"""Contacts from text: vCards (RFC 6350, and 2.1 and 3.0 before it), or lines with an address and a name."""

import binascii
import re
from collections.abc import Iterator
from quopri import decodestring

from tui.mail.address import Address, parse_addresses
from tui.mail.text import clean_line

MOST = 200_000
"""Contacts that are taken of one source."""

_FOLDED = re.compile(r"\r?\n[ \t]")
_SOFT = re.compile(r"=\r?\n")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PART = re.compile(r"(?:[^\";:]|\"[^\"]*\")*")


def read_contacts(text: str) -> list[Address]:
    """Return whom a text names, each address once; what is not understood is left out.

    Args:
        text: vCards, or a line each: ``address<Tab>name<Tab>…`` as address books answer mutt, or as in a To field.
    """
    found = _of_cards(text) if "BEGIN:VCARD" in text[:4096].upper() else _of_lines(text)
    kept: dict[str, Address] = {}
    for address in found:
        if address.is_valid:
            kept.setdefault(address.spec.casefold(), address)
            if len(kept) >= MOST:
                break
    return list(kept.values())


def _of_lines(text: str) -> Iterator[Address]:
    for line in text.split("\n"):
        spec, tab, rest = line.strip().partition("\t")
        if tab:
            yield Address(clean_line(rest.split("\t")[0], 300), clean_line(spec, 300))
        else:
            yield from parse_addresses(line)[:20]


def _of_cards(text: str) -> Iterator[Address]:
    name, structured, mails = "", "", list[str]()
    for line in _FOLDED.sub("", _unwrapped(text)).split("\n"):
        key, params, value = _parted(line.rstrip("\r"))
        if key == "FN":
            name = name or _plain(value, params)
        elif key == "N":
            parts = [_plain(each, params) for each in value.split(";")]
            structured = " ".join(each for each in (*parts[1:2], *parts[:1]) if each)
        elif key == "EMAIL":
            mails.append(_plain(value, params).removeprefix("mailto:"))
        elif key == "END":
            for spec in mails[:50]:
                yield Address(clean_line(name or structured, 300), clean_line(spec, 300))
            name, structured, mails = "", "", []


def _unwrapped(text: str) -> str:
    """Join lines that quoted-printable broke (vCard 2.1)."""
    return _SOFT.sub("", text) if "QUOTED-PRINTABLE" in text.upper() else text


def _parted(line: str) -> tuple[str, str, str]:
    """Return a property's name, its parameters in upper case, and its value; the name without its group."""
    match = _PART.match(line)
    end = match.end() if match else 0
    while end < len(line) and line[end] == ";":
        match = _PART.match(line, end + 1)
        end = match.end() if match else len(line)
    if line[end : end + 1] != ":":
        return "", "", ""
    key, _, params = line[:end].partition(";")
    return key.rpartition(".")[2].upper(), params.upper(), line[end + 1 :]


def _plain(value: str, params: str) -> str:
    if "QUOTED-PRINTABLE" in params:
        value = decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
    elif "ENCODING=B" in params:
        try:
            value = binascii.a2b_base64(value).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
    return _ESCAPE.sub(lambda match: " " if match[1] in "nN" else match[1], value).strip()
