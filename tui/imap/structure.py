"""BODYSTRUCTURE (RFC 9051, 7.5.2) → `Part`: two expressions read nearly all of them; the tokenizer reads the rest.

A list does not need the tree: `skim` only finds where it ends and whether there is a file, `read` does the rest when
the message is opened.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from tui.imap.envelope import words
from tui.imap.limits import MAX_DEPTH
from tui.imap.tokens import Cursor, Malformed, Value, unescape
from tui.mail.header import decode_bytes, decode_field
from tui.mail.parameters import parse_parameters
from tui.mail.part import Part
from tui.mail.text import clean_line

MAX_PARTS = 1_000
MAX_OUTLINE = 4_000
"""Octets of a structure that are kept to be read later."""
_CACHEABLE = 300
_MAX_CACHED = 4_000

# Atomic groups, not possessive ones: CPython before 3.11.5 matches those wrongly (gh-106052).
_STRING = rb'"(?>(?:[^"\\]++|\\.)*)"'
_QUICK_STRING = rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
"""The same, for where there are hardly any backslashes."""
_NSTRING = rb"(?:NIL|" + _STRING + rb")"
_PARAMS = rb"(NIL|\((?>(?:[^()\"]++|" + _STRING + rb")*)\))"
_DISPOSITION = rb"(?:NIL|\(" + rb"(" + _STRING + rb") " + _PARAMS + rb"\))"
_LANGUAGE = rb"(?:NIL|" + _STRING + rb"|\((?>(?:[^()\"]++|" + _STRING + rb")*)\))"
_EXTENSION = rb"(?>(?: " + _DISPOSITION + rb"(?>(?: " + _LANGUAGE + rb"(?>(?: " + _NSTRING + rb")?))?))?)"
_LEAF = re.compile(
    rb'(\("[^"\\]*+" "[^"\\]*+" '
    + _PARAMS.replace(rb"(NIL", rb"(?:NIL")
    + rb" "
    + _NSTRING
    + rb" "
    + _NSTRING
    + rb' (?:NIL|"[^"\\]*+") )(\d{1,15})(?>(?: \d++)?)(?>(?: '
    + _NSTRING
    + _EXTENSION
    + rb")?)\)"
)
_HEAD = re.compile(
    rb'\(("[^"\\]*+" "[^"\\]*+") ' + _PARAMS + rb" (" + _NSTRING + rb") (" + _NSTRING + rb') (NIL|"[^"\\]*+") '
)
_TAIL = re.compile(rb' ?("[^"\\]*+")(?>(?: ' + _PARAMS + _EXTENSION + rb")?)\)")
_PAIR = re.compile(rb'"((?>(?:[^"\\]++|\\.)*))" (NIL|"(?>(?:[^"\\]++|\\.)*)")')
_ONE_PAIR = re.compile(rb'\("(?!boundary")([A-Za-z\-]{1,99})" "([^"\\]++)"\)', re.IGNORECASE)
_ONLY_BOUNDARY = re.compile(rb'\("boundary" "[^"\\]*+"\)\Z', re.IGNORECASE)


def _balanced(depth: int) -> bytes:
    """Return an expression for a list of so many levels, without literals."""
    inside = _QUICK_STRING + (b"|" + _balanced(depth - 1) if depth else b"")
    return rb'\([^()"{]*+(?>(?:(?:' + inside + rb')[^()"{]*+)*)\)'


_OUTLINE = re.compile(_balanced(8), re.DOTALL)
_SHOWN = re.compile(rb'\("(?!inline" )[^"\\]*+" (?:\(|nil\))')
"""A disposition, or what looks like one; parameters are pairs of strings."""
_FILE = re.compile(rb'\d nil \("attachment" \(')
_PLAIN_PARAMS = rb'(?:NIL|\((?>(?:"(?:charset|CHARSET|format|FORMAT|delsp|DELSP)" "[^"\\]*+" ?+)+)\))'
_PLAIN_LEAF = (
    rb'\("[^"\\]*+" "[^"\\]*+" ' + _PLAIN_PARAMS + rb' NIL NIL "[^"\\]*+" \d{1,15}'
    rb'(?>(?: \d++)?)(?>(?: NIL (?:NIL|\("(?:inline|INLINE)" NIL\)) NIL NIL)?)\)'
)
_PLAIN = re.compile(
    rb"(?:" + _PLAIN_LEAF + rb"|\((?>(?:" + _PLAIN_LEAF + rb')+) "[^"\\]*+" \("[^"\\]*+" "[^"\\]*+"\) NIL NIL NIL\))'
)
"""A text, or several alike, and no file: most mails are one of these."""


def skim(line: bytes, position: int) -> tuple[bytes, bool, int] | None:
    """Find a structure's end, and whether some part is what a person would call a file; None where it must be read.

    Args:
        line: the response.
        position: of its opening parenthesis.

    Returns:
        What `read` reads, whether there is a file, and the position behind it.
    """
    plain = _PLAIN.match(line, position)
    if plain is not None and plain.end() - position <= MAX_OUTLINE:
        return plain.group(), False, plain.end()
    match = _OUTLINE.match(line, position)
    if match is None or match.end() - position > MAX_OUTLINE:
        return None
    outline = match.group()
    lower = outline.lower()
    if lower.find(b'"message"') >= 0:  # for octets `in` takes three times as long
        return None
    if lower.find(b"name") < 0:  # and so no part has one
        return None if _SHOWN.search(lower) else (outline, False, match.end())
    place = lower.find(b' nil ("attachment" (')
    is_file = place > 0 and (lower[place - 1 : place].isdigit() or _FILE.search(lower))
    return (outline, True, match.end()) if is_file else None


def read(outline: bytes) -> Part | None:
    """Return the tree of what `skim` found, or None when it makes no sense."""
    known = fast(outline, 0)
    if known is not None:
        return known[0]
    try:
        return from_value(Cursor(outline).value())
    except Malformed:
        return None


class _Known(Protocol):
    @property
    def structure(self) -> Part | None: ...
    @property
    def outline(self) -> bytes: ...


def of(row: _Known) -> Part | None:
    """Return the tree of a row with its structure; None when there is none."""
    return row.structure if row.structure is not None or not row.outline else read(row.outline)


def fast(line: bytes, position: int) -> tuple[Part, int] | None:
    """Read a structure of quoted strings only, without enclosed messages; None when it is something else.

    Args:
        line: the response.
        position: of its opening parenthesis.

    Returns:
        The tree, and the position behind it.
    """
    leaf = _LEAF.match(line, position)
    if leaf is not None:
        return _leaf(leaf, "1"), leaf.end()
    levels: list[tuple[str, str, list[Part]]] = []
    section, prefix, children = "", "", list[Part]()
    parts = 0
    while True:
        if line.startswith(b"((", position):
            if levels or children or parts:
                levels.append((section, prefix, children))
                section = f"{prefix}{len(children) + 1}"
                prefix, children = section + ".", []
            else:
                levels.append(("", "", []))
            parts += 1
            position += 1
        leaf = _LEAF.match(line, position)
        if leaf is not None:
            children.append(_leaf(leaf, f"{prefix}{len(children) + 1}"))
            position = leaf.end()
            parts += 1
        elif not line.startswith(b"((", position):
            return None
        while line[position : position + 1] != b"(":
            if line.startswith(b" (", position):
                position += 1
                break
            tail = _TAIL.match(line, position)
            if tail is None:
                return None
            part = _multipart(tail, section, tuple(children))
            position = tail.end()
            section, prefix, children = levels.pop()
            if not levels:
                return part, position
            children.append(part)
        if parts > MAX_PARTS or len(levels) > MAX_DEPTH:
            return None


def _leaf(match: re.Match[bytes], section: str) -> Part:
    head, size, disposition, disposition_params = match.groups()
    known = _cached_head(head) if len(head) < _CACHEABLE else _read_head(head)
    kind, params, encoding, content_id, description, filename = known
    if disposition is None:
        return Part(section, kind, params, encoding, int(size), "", filename, content_id, description)
    shown = "inline" if disposition.lower() == b'"inline"' else "attachment"
    filename = _params_of(disposition_params).get("filename", "") or filename
    return Part(section, kind, params, encoding, int(size), shown, filename, content_id, description)


Head = tuple[str, dict[str, str], str, str, str, str]
"""type, params without the name, encoding, content id, description, name."""


def _read_head(raw: bytes) -> Head:
    match = _HEAD.match(raw)
    assert match is not None
    kind, params, content_id, description, encoding = match.groups()
    return _head(
        _type(kind),
        _params_of(params),
        _encoding(encoding),
        b"" if content_id == b"NIL" else unescape(content_id[1:-1]),
        b"" if description == b"NIL" else unescape(description[1:-1]),
    )


_cached_head = lru_cache(_MAX_CACHED)(_read_head)


def _head(kind: str, params: dict[str, str], encoding: str, content_id: bytes, description: bytes) -> Head:
    return (
        kind,
        {name: value for name, value in params.items() if name != "name"},
        encoding,
        clean_line(decode_bytes(content_id), 500).strip("<>") if content_id else "",
        decode_field(description) if description else "",
        params.get("name", ""),
    )


def _multipart(match: re.Match[bytes], section: str, children: tuple[Part, ...]) -> Part:
    subtype, params, _, _ = match.groups()
    wanted = params is not None and not _ONLY_BOUNDARY.match(params)
    return Part(section, _multipart_type(subtype), _params_of(params) if wanted else {}, children=children)


@lru_cache(_MAX_CACHED)
def _type(pair: bytes) -> str:
    kind, _, subtype = pair.partition(b'" "')
    return _media_type(kind[1:], subtype[:-1])


@lru_cache(_MAX_CACHED)
def _multipart_type(quoted: bytes) -> str:
    return _media_type(b"multipart", quoted[1:-1])


def _media_type(kind: bytes, subtype: bytes) -> str:
    """Return a media type; what its sender wrote wrongly is text (RFC 2045, 5.2), servers give a part of it or none."""
    words = [clean_line(decode_bytes(word[:100]), 100).lower().replace("/", "") for word in (kind, subtype)]
    if kind.lower() == b"multipart":
        return f"multipart/{words[1] or 'mixed'}"
    return "/".join(words) if all(words) else "text/plain"


@lru_cache(_MAX_CACHED)
def _encoding(raw: bytes) -> str:
    return "7bit" if raw == b"NIL" else clean_line(decode_bytes(raw[1:100].rstrip(b'"')), 100).lower() or "7bit"


def _params_of(raw: bytes) -> dict[str, str]:
    if raw == b"NIL":
        return {}
    return _cached_params(raw) if len(raw) < _CACHEABLE else _read_params(raw)


def _read_params(raw: bytes) -> dict[str, str]:
    one = _ONE_PAIR.fullmatch(raw)
    if one is not None:
        return {one.group(1).decode("ascii").lower(): words(one.group(2))}
    pairs = [(name, b"" if value == b"NIL" else value[1:-1]) for name, value in _PAIR.findall(raw)]
    return _parameters((unescape(name), unescape(value)) for name, value in pairs)


_cached_params = lru_cache(_MAX_CACHED)(_read_params)


def _parameters(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found = parse_parameters(pairs)
    found.pop("boundary", None)
    return found


def from_value(value: Value) -> Part | None:
    """Return the tree of a tokenized structure, or None when it makes no sense. Its depth is bounded by the tokenizer.

    Args:
        value: as `tui.imap.tokens.Cursor.value` gives it.
    """
    part = _generic(value, "", [MAX_PARTS]) if isinstance(value, list) and value else None
    return part if part is not None and next(part.leaves(), None) is not None else None


def _generic(node: list[Value], section: str, left: list[int]) -> Part | None:
    left[0] -= 1
    if left[0] < 0:
        return None
    if not isinstance(node[0], list):
        return _generic_leaf(node, section or "1", left)
    bodies = [body for body in _leading_lists(node) if body]
    prefix = "" if not section else section.removesuffix(".TEXT") + "."
    made = [_generic(body, f"{prefix}{place}", left) for place, body in enumerate(bodies, 1)]
    rest = node[len(_leading_lists(node)) :]
    subtype = rest[0] if rest and isinstance(rest[0], bytes) else b"mixed"
    params = _pairs(rest[1] if len(rest) > 1 else None)
    return Part(section, _media_type(b"multipart", subtype), params, children=tuple(part for part in made if part))


def _leading_lists(node: list[Value]) -> list[list[Value]]:
    found = []
    for value in node:
        if not isinstance(value, list):
            break
        found.append(value)
    return found


def _generic_leaf(node: list[Value], section: str, left: list[int]) -> Part | None:
    if len(node) < 7:
        return None
    texts = [value if isinstance(value, bytes) else b"" for value in node[:7]]
    kind = _media_type(texts[0], texts[1])
    children: tuple[Part, ...] = ()
    extension = 7
    if kind in ("message/rfc822", "message/global") and len(node) > 8 and isinstance(node[8], list):
        extension = 10
        body = node[8]
        if body:
            inner = f"{section}.TEXT" if isinstance(body[0], list) else f"{section}.1"
            child = _generic(body, inner, left)
            children = (child,) if child else ()
    elif texts[0].lower() == b"text":
        extension = 8
    disposition = node[extension + 1] if len(node) > extension + 1 else None
    name, disposition_params = b"", dict[str, str]()
    if isinstance(disposition, list) and disposition and isinstance(disposition[0], bytes):
        name = disposition[0]
        disposition_params = _pairs(disposition[1] if len(disposition) > 1 else None)
    size = int(texts[6]) if texts[6].isdigit() and len(texts[6]) < 16 else 0
    encoding = clean_line(decode_bytes(texts[5][:100]), 100).lower() or "7bit"
    _, params, encoding, content_id, description, filename = _head(kind, _pairs(node[2]), encoding, texts[3], texts[4])
    shown = "inline" if name.lower() == b"inline" else "attachment" if name else ""
    filename = disposition_params.get("filename", "") or filename
    return Part(section, kind, params, encoding, size, shown, filename, content_id, description, children)


def _pairs(value: Value) -> dict[str, str]:
    if not isinstance(value, list):
        return {}
    words = [word if isinstance(word, bytes) else b"" for word in value]
    return _parameters(zip(words[::2], words[1::2], strict=False))
