"""Addresses as the wire wants them: domains in ASCII (IDNA, RFC 5891), nothing that ends a line or a command."""

import re
import unicodedata

from tui.mail.address import Address
from tui.mail.errors import MailError
from tui.mail.text import is_safe

_DOTS = re.compile("[\u3002\uff0e\uff61]")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_ASCII_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\Z")
_LITERAL = re.compile(r"\[[A-Za-z0-9:.\-]{1,100}\]\Z")


def domain_to_ascii(domain: str) -> str:
    """Return a domain with its non-ASCII labels in punycode.

    As IDNA 2008 has it: ``ß`` stays what it is and does not become ``ss``, which would be somebody else's domain.

    Raises:
        ValueError: when it is no domain.
    """
    if domain.isascii():
        if _ASCII_DOMAIN.match(domain) or _LITERAL.match(domain):
            return domain
        raise ValueError("no domain")
    labels = _DOTS.sub(".", unicodedata.normalize("NFKC", domain)).lower().split(".")
    made = ".".join(_label(unicodedata.normalize("NFC", label)) for label in labels)
    if not _ASCII_DOMAIN.match(made):
        raise ValueError("no domain")
    return made


def _label(label: str) -> str:
    if label.isascii():
        return label
    if any(unicodedata.category(character)[0] not in "LMN" and character not in "-·" for character in label):
        raise ValueError("a character that no domain has")
    return "xn--" + label.encode("punycode").decode("ascii")


def wire_spec(address: Address) -> str:
    """Return an addr-spec for SMTP and header fields: its domain in ASCII, its local part as written.

    Raises:
        MailError: naming the address, when no server could be given it.
    """
    spec = address.spec.strip()
    local, at, domain = spec.rpartition("@")
    try:
        if not at or not address.is_valid or not is_safe(spec):
            raise ValueError("no address")
        return f"{local}@{domain_to_ascii(domain)}"
    except ValueError:
        shown = str(address) or "An empty address"
        raise MailError(f"{shown} is not a mail address.", cure="Write it as name@example.org.") from None
