"""The usual answer to our question for rows → `Envelope`, in one go: one expression for all but the structure.

Most servers answer item for item as they are asked, and nearly all of what they say are quoted strings without escapes.
Whatever differs is left to `tui.imap.fetched`, which reads everything and makes the same rows of it.
"""

import re
from collections.abc import Sequence

from tui.imap.dates import seconds
from tui.imap.envelope import addresses, words
from tui.imap.fetched import FetchData, envelope, flags_of, parse
from tui.imap.structure import skim
from tui.mail.envelope import Envelope
from tui.mail.ids import Uid

MAX_PLAIN = 900
"""Octets of a string that is surely short enough to be kept whole."""

_STRING = rb'"[^"\\]*+"'
_NSTRING = rb"(?:" + _STRING + rb"|NIL)"
_TEXT = rb'(?:"([^"\\]*+)"|NIL)'
_PLAIN_TEXT = rb'(?:"([ !#-\[\]-~]*+)"|NIL)'
_ID = rb"<[!#-;=?-\[\]-~]*+>"
_PLAIN_ID = rb'(?:"(' + _ID + rb')"|NIL)'
"""Printable ASCII, and the same without blanks."""
_IDS = rb'(?:"(' + _ID + rb')"|NIL|"([^"\\]*+)")'
_ONE = rb"\(\(" + _NSTRING + rb" NIL " + _STRING + rb" " + _STRING + rb"\)\)"
_MANY = rb"\((?>(?:\(" + rb" ".join([_NSTRING] * 4) + rb"\) ?+)+)\)"
_LIST = rb"(" + _ONE + rb"|NIL|" + _MANY + rb")"
_LIKE_FROM = rb"(?:\7|" + _LIST + rb")"
_ROW = re.compile(
    rb'\* \d{1,10} FETCH \(UID (\d{1,10}) FLAGS \(([^()"\r\n]*+)\) INTERNALDATE "([^"]*+)" RFC822\.SIZE (\d{1,15})'
    rb" ENVELOPE \("
    + rb" ".join([_TEXT, _PLAIN_TEXT, _LIST, *[_LIKE_FROM] * 2, *[_LIST] * 3, _IDS, _PLAIN_ID])
    + rb"\) BODYSTRUCTURE (?=\()"
)


def row_or_data(line: bytes, literals: Sequence[bytes]) -> Envelope | FetchData:
    """Return what a FETCH response tells: a row, or else what it is about.

    Args:
        line, literals: a response as `tui.imap.wire` gives it.

    Raises:
        Malformed: it is no FETCH response.
    """
    usual = None if literals else row(line)
    if usual is not None:
        return usual
    data = parse(line, literals)
    return envelope(data) or data


def row(line: bytes) -> Envelope | None:
    """Return the row of a usual answer; None where it must be read in another way.

    Args:
        line: a response without literals.
    """
    match = _ROW.match(line)
    if match is None:
        return None
    shape = skim(line, match.end())
    if shape is None or line[shape[2] :] != b")":
        return None
    number, flags, received, size, date, subject, from_, sender, reply_to, to, cc, bcc, reply, replies, own = (
        match.groups()
    )
    uid = int(number)
    when = seconds(received)
    if when is None or not 0 < uid < 2**32:
        return None
    writers = addresses(from_)
    return Envelope(
        Uid(uid),
        flags_of(flags),
        when,
        None if date is None else seconds(date),
        int(size),
        _title(subject) if subject else "",
        writers,
        writers if sender is None else addresses(sender),
        writers if reply_to is None else addresses(reply_to),
        addresses(to),
        () if cc == b"NIL" else addresses(cc),
        () if bcc == b"NIL" else addresses(bcc),
        _id(own) if own is not None else "",
        _id(reply) if reply is not None else words(replies, encoded=False) if replies else "",
        None,
        shape[1],
        "",
        shape[0],
    )


def _title(plain: bytes) -> str:
    """Return a subject of printable ASCII, cleaned as `words` does."""
    if plain.find(b"=?") >= 0 or len(plain) > MAX_PLAIN:
        return words(plain)
    title = plain.decode()
    return words(plain) if "  " in title or title[0] == " " or title[-1] == " " else title


def _id(plain: bytes) -> str:
    """Return a Message-ID of printable ASCII without blanks, cleaned as `words` does."""
    return plain.decode() if len(plain) <= MAX_PLAIN else words(plain, encoded=False)
