"""A whole message (RFC 5322, MIME) as nouns. Our own splitter: bounded, without recursion, and it never raises.

The section numbers are those an IMAP server gives (RFC 9051, 6.4.5), so that a message read from a file and one
fetched part by part look the same. A multipart directly inside an enclosed message is ``N.TEXT``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from tui.mail.header import decode_field
from tui.mail.message import MAX_HEADER, Header, Message
from tui.mail.noun import dataclass
from tui.mail.parameters import filename, parse_parameters, split_field
from tui.mail.part import Part
from tui.mail.text import clean_line
from tui.mail.transfer import decode_part, decode_text

__all__ = ["MAX_DEPTH", "MAX_PARTS", "decode_part", "decode_text", "parse_message"]

MAX_DEPTH = 50
"""Levels of parts in parts; what is deeper stays one part."""
MAX_PARTS = 1_000
MAX_PART_HEADER = 65_536
"""Octets of an inner part's header that are looked at."""
MAX_DEFECTS = 20

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|From |>From ")
_MIME_FIELD = re.compile(r"content-(?:type|transfer-encoding|disposition|id|description)", re.IGNORECASE)
_TYPE = re.compile(r"[!#$&\-^_.+a-z0-9]{1,120}/[!#$&\-^_.+a-z0-9]{1,120}\Z")
_ENCLOSED = ("message/rfc822", "message/global")
_IDENTITY = ("7bit", "8bit", "binary")


@dataclass(slots=True)
class _Entity:
    """A header and a body somewhere in the octets, and what has been found out of it."""

    section: str
    start: int
    end: int
    depth: int
    default: str = "text/plain"
    body: int = 0
    type: str = "text/plain"
    boundary: bytes = b""
    part: Part | None = None
    children: list["_Entity"] = field(default_factory=list)


class _Slices(Mapping[str, bytes]):
    """Bodies as places in the message: copied only when asked for, so that nested messages cost nothing."""

    def __init__(self, raw: bytes, places: dict[str, tuple[int, int]]) -> None:
        self._raw = raw
        self._places = places

    def __getitem__(self, section: str) -> bytes:
        start, end = self._places[section]
        return self._raw[start:end]

    def __contains__(self, section: object) -> bool:
        return section in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return f"<bodies {', '.join(self._places)}>"


def parse_message(raw: bytes) -> Message:
    """Return a message with its structure and every body. Never raises; damage is told in ``defects``.

    Besides every leaf, the header of an enclosed message is there as ``N.HEADER``.

    Args:
        raw: the whole message, wire bytes; CRLF, LF or CR.
    """
    if b"\n" not in raw[:65_536] and b"\r" in raw[:65_536] and b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _Splitter(raw).message()


class _Splitter:
    """Splits one message, outermost parts first, with a list of what is still to do."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._defects: dict[str, None] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self._parts = 0

    def message(self) -> Message:
        root = _Entity("1", 0, len(self._raw), 0)
        header = self._read_header(root, MAX_HEADER)
        self._start(root, header, inside="")
        order = [root]
        for entity in order:  # grows while it is walked
            self._split(entity)
            order.extend(entity.children)
        for entity in reversed(order):
            self._finish(entity)
        assert root.part is not None
        return Message(header, root.part, _Slices(self._raw, self._places), tuple(self._defects))

    def _defect(self, words: str) -> None:
        if len(self._defects) < MAX_DEFECTS:
            self._defects[words] = None

    def _read_header(self, entity: _Entity, limit: int) -> Header:
        """Find where the header ends, and read it."""
        raw, start, end = self._raw, entity.start, entity.end
        first = raw[start : start + 2]
        if first[:1] == b"\n" or first == b"\r\n":
            entity.body = start + (1 if first[:1] == b"\n" else 2)
            return Header()
        match = _BLANK_LINE.search(raw, start, end)
        if match is not None:
            entity.body = match.end()
            stop = match.start() + (2 if raw[match.start() : match.start() + 1] == b"\r" else 1)
        elif start < end and not _FIELD.match(raw, start, end):
            entity.body = stop = start
            self._defect("A part has no header.")
        else:
            entity.body = stop = end
        if stop - start > limit:
            self._defect("A header is longer than is read; its end is left out.")
        return Header.parse(raw[start : min(stop, start + limit)])

    def _start(self, entity: _Entity, header: Header, inside: str) -> None:
        """Find out what an entity is; ``inside`` is the section of the message it is the root of."""
        self._parts += 1
        fields = {name.lower(): body for name, body in reversed(header.fields) if _MIME_FIELD.fullmatch(name)}
        kind, pairs = split_field(fields.get("content-type", ""))
        if not _TYPE.match(kind):
            if kind:
                self._defect("A part names no media type that exists; it is taken for text.")
            kind = entity.default
        boundary = next((value for name, value in pairs if name.lower() == "boundary"), "")
        params = parse_parameters((name, value) for name, value in pairs if name.lower() != "boundary")
        boundary = boundary or params.get("boundary", "")  # in sections (RFC 2231, 3)
        params.pop("boundary", None)
        disposition, disposition_pairs = split_field(fields.get("content-disposition", ""))
        disposition_params = parse_parameters(disposition_pairs)
        encoding = clean_line(split_field(fields.get("content-transfer-encoding", ""))[0], 40) or "7bit"
        name = filename(disposition_params, params)
        params.pop("name", None)
        if kind.startswith("multipart/"):
            entity.section = "" if not inside and entity.depth == 0 else entity.section
            entity.boundary = boundary.encode("utf-8", "surrogateescape").rstrip()
        entity.type = kind
        entity.part = Part(
            section=entity.section,
            type=kind,
            params=params,
            encoding=encoding,
            disposition="" if not disposition else "inline" if disposition == "inline" else "attachment",
            filename=name,
            content_id=clean_line(fields.get("content-id", ""), 500).strip("<>"),
            description=decode_field(fields.get("content-description", "")),
        )

    def _split(self, entity: _Entity) -> None:
        if entity.type.startswith("multipart/"):
            self._split_multipart(entity)
        elif self._is_enclosed(entity) and self._may_descend(entity):
            self._open_enclosed(entity)

    @staticmethod
    def _is_enclosed(entity: _Entity) -> bool:
        """Whether it is a message whose octets stand here as they are (an encoded one is a file)."""
        encoding = entity.part.encoding if entity.part is not None else ""
        return entity.type in _ENCLOSED and encoding in _IDENTITY and entity.body < entity.end

    def _may_descend(self, entity: _Entity) -> bool:
        if entity.depth >= MAX_DEPTH:
            self._defect(f"Parts are nested deeper than {MAX_DEPTH} levels; what is deeper is shown as one part.")
            return False
        if self._parts >= MAX_PARTS:
            self._defect(f"There are more than {MAX_PARTS} parts; the rest is left out.")
            return False
        return True

    def _open_enclosed(self, entity: _Entity) -> None:
        inner = _Entity(f"{entity.section}.1", entity.body, entity.end, entity.depth + 1)
        header = self._read_header(inner, MAX_PART_HEADER)
        self._start(inner, header, inside=entity.section)
        if inner.type.startswith("multipart/"):
            self._rename(inner, f"{entity.section}.TEXT")
        self._places[f"{entity.section}.HEADER"] = (inner.start, inner.body)
        entity.children.append(inner)

    def _rename(self, entity: _Entity, section: str) -> None:
        assert entity.part is not None
        entity.section = section
        entity.part = replace(entity.part, section=section)

    def _split_multipart(self, entity: _Entity) -> None:
        prefix = entity.section.removesuffix("TEXT")
        prefix = prefix if not prefix or prefix.endswith(".") else prefix + "."
        default = "message/rfc822" if entity.type == "multipart/digest" else "text/plain"
        regions = list(self._regions(entity)) if self._may_descend(entity) else []
        if not regions:
            if entity.boundary and entity.depth < MAX_DEPTH:
                self._defect("The boundary between parts never comes; all is shown as one text.")
            whole = _Entity(f"{prefix}1", entity.body, entity.end, entity.depth + 1)
            whole.body = entity.body
            self._parts += 1
            whole.part = Part(whole.section, "text/plain", encoding=self._encoding_of(entity))
            entity.children.append(whole)
            return
        for place, (start, end) in enumerate(regions, 1):
            if self._parts >= MAX_PARTS:
                self._defect(f"There are more than {MAX_PARTS} parts; the rest is left out.")
                break
            child = _Entity(f"{prefix}{place}", start, end, entity.depth + 1, default)
            self._start(child, self._read_header(child, MAX_PART_HEADER), inside=entity.section)
            entity.children.append(child)

    def _encoding_of(self, entity: _Entity) -> str:
        return entity.part.encoding if entity.part is not None else "7bit"

    def _regions(self, entity: _Entity) -> Iterator[tuple[int, int]]:
        """Yield start and end of every part between the boundaries (RFC 2046, 5.1.1)."""
        if not entity.boundary:
            self._defect("A part made of parts names no boundary; all is shown as one text.")
            return
        raw, mark = self._raw, b"--" + entity.boundary
        start = -1
        position = entity.body
        count = 0
        while count <= MAX_PARTS:
            at = raw.find(mark, position, entity.end)
            if at < 0:
                break
            position = at + len(mark)
            if at > entity.body and raw[at - 1] not in b"\r\n":
                continue
            is_last = raw.startswith(b"--", position)
            line_end = self._line_end(position + 2 if is_last else position, entity.end)
            if line_end < 0:
                continue
            if start >= 0:
                yield start, self._before_break(max(start, at - 2), start, at)
                count += 1
            start = line_end
            position = line_end - 1 if line_end > position else position
            if is_last:
                return
        if start >= 0 and count <= MAX_PARTS:
            self._defect("The last boundary is missing: the message may have been cut short.")
            yield start, entity.end

    def _line_end(self, position: int, end: int) -> int:
        """Return where the line behind a delimiter begins, or -1 when the delimiter's line holds something else."""
        raw = self._raw
        while position < end and raw[position] in b" \t":
            position += 1
        if position >= end:
            return end
        if raw[position] == 0x0D:
            return position + (2 if raw.startswith(b"\n", position + 1) else 1)
        return position + 1 if raw[position] == 0x0A else -1

    def _before_break(self, low: int, start: int, at: int) -> int:
        """Return where a body ends: the line break before a delimiter belongs to the delimiter."""
        before = self._raw[low:at]
        if before.endswith(b"\r\n"):
            return max(start, at - 2)
        return max(start, at - 1) if before.endswith((b"\n", b"\r")) else at

    def _finish(self, entity: _Entity) -> None:
        part = entity.part
        assert part is not None
        is_multipart = entity.type.startswith("multipart/")
        if not is_multipart:
            self._places[entity.section] = (entity.body, entity.end)
        entity.part = replace(
            part,
            size=0 if is_multipart else entity.end - entity.body,
            children=tuple(child.part for child in entity.children if child.part is not None),
        )
