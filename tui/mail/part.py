"""The parts of a message, as BODYSTRUCTURE (RFC 9051, 7.5.2) or our own parser describes them."""

from collections.abc import Iterator
from dataclasses import field

from tui.mail.noun import noun


@noun
class Part:
    """One node of the MIME tree. Strings are decoded and cleaned unless said otherwise.

    Attributes:
        section: IMAP section number, "1", "2.1"; "" for a multipart root. A single-part message's only part is "1".
        type: media type, lower case, ``text/plain``.
        params: Content-Type parameters, names lower case, values decoded (RFC 2231) and cleaned, without the name.
        encoding: Content-Transfer-Encoding, lower case; "7bit" when absent.
        size: octets as transferred (encoded); 0 when unknown.
        disposition: ``inline``, ``attachment`` or "".
        filename: from Content-Disposition or Content-Type, as the sender wrote it, cleaned; "" when it has none.
            Never a path to write to: see `tui.render.parts.safe_name`.
        content_id: without angle brackets.
        description: Content-Description.
        children: the parts of a multipart, or the one root of an enclosed message/rfc822.
    """

    section: str
    type: str
    params: dict[str, str] = field(default_factory=dict)
    encoding: str = "7bit"
    size: int = 0
    disposition: str = ""
    filename: str = ""
    content_id: str = ""
    description: str = ""
    children: tuple["Part", ...] = ()

    @property
    def is_multipart(self) -> bool:
        return self.type.startswith("multipart/")

    @property
    def is_attachment(self) -> bool:
        """A leaf a person would call a file: a named part, or one sent as an attachment, that is not inline text."""
        if self.is_multipart:
            return False
        return (
            self.disposition == "attachment"
            or (bool(self.filename) and not self.content_id)
            or (bool(self.filename) and self.disposition == "inline" and not self.type.startswith(("text/", "image/")))
        )

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below it, outermost first, without recursion."""
        pending = [self]
        while pending:
            part = pending.pop()
            yield part
            pending.extend(reversed(part.children))

    def leaves(self) -> Iterator["Part"]:
        """Yield the parts of this message that hold content, not descending into enclosed messages."""
        pending = [self]
        while pending:
            part = pending.pop()
            if part.is_multipart:
                pending.extend(reversed(part.children))
            else:
                yield part

    def find(self, section: str) -> "Part | None":
        """Return the part with this section number, or None."""
        return next((part for part in self.walk() if part.section == section), None)
