"""A message being read: header fields, MIME tree, and those bodies that are here."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from tui.mail.address import Address, parse_addresses
from tui.mail.header import decode_bytes, decode_field
from tui.mail.noun import dataclass
from tui.mail.part import Part

if TYPE_CHECKING:
    from tui.mail.authentication import Standing

MAX_HEADER = 256 * 1024
"""Octets of a header block that are looked at."""
MAX_FIELDS = 2_000


@dataclass(frozen=True, slots=True)
class Header:
    """The header block (RFC 5322, 2.2).

    Attributes:
        raw: the block as received, wire bytes, without the empty line.
        fields: (name as written, unfolded body still encoded, as text), in order. Not cleaned: use the methods.
    """

    raw: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> "Header":
        """Split a header block. Never raises; lines that are no field belong to the field before, or are left out."""
        fields: list[tuple[str, list[str]]] = []
        for line in decode_bytes(raw[:MAX_HEADER].replace(b"\r\n", b"\n").replace(b"\r", b"\n")).split("\n"):
            if line[:1] in (" ", "\t"):
                if fields:
                    fields[-1][1].append(line)
                continue
            name, colon, body = line.partition(":")
            if colon and name and not name.rstrip().count(" ") and len(name) < 200:
                if len(fields) >= MAX_FIELDS:
                    break
                fields.append((name.rstrip(), [body]))
        return cls(raw, tuple((name, "".join(lines).strip()) for name, lines in fields))

    def all(self, name: str) -> tuple[str, ...]:
        """Return the raw bodies of every field of this name, in order."""
        wanted = name.lower()
        return tuple(body for field_name, body in self.fields if field_name.lower() == wanted)

    def raw_field(self, name: str) -> str:
        """Return the first field of this name, undecoded and not cleaned; "" when absent."""
        found = self.all(name)
        return found[0] if found else ""

    def text(self, name: str, limit: int = 1000) -> str:
        """Return the first field of this name, decoded and cleaned to one line; "" when absent."""
        return decode_field(self.raw_field(name), limit)

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Return the addresses of every field of this name."""
        return tuple(address for body in self.all(name) for address in parse_addresses(body))


@dataclass(frozen=True, slots=True)
class Message:
    """A message as far as it has been fetched.

    Attributes:
        header: its header block.
        structure: its MIME tree.
        bodies: section number → the part's octets as transferred (still base64 or quoted-printable).
        defects: sentences about damage found while parsing, for the reader.
        standing: what is known of its sender; None where nobody looked.
    """

    header: Header
    structure: Part
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    defects: tuple[str, ...] = ()
    standing: "Standing | None" = None

    def with_bodies(self, bodies: Mapping[str, bytes]) -> "Message":
        """Return the message with these sections added."""
        return replace(self, bodies={**self.bodies, **bodies})

    def read_as(self, name: str) -> "Message":
        """Return the message with its texts to be read in a charset, "" for what they say themselves.

        Args:
            name: a key of `tui.mail.transfer.CHARSETS`.
        """
        done: dict[int, Part] = {}
        for part in reversed(list(self.structure.walk())):
            params = {key: value for key, value in part.params.items() if key != "x-read-as"}
            if name and part.type.startswith("text/"):
                params["x-read-as"] = name
            children = tuple(done[id(child)] for child in part.children)
            done[id(part)] = replace(part, params=params, children=children)
        return replace(self, structure=done[id(self.structure)])

    def has(self, part: Part) -> bool:
        return part.section in self.bodies
