"""The autoconfig format: servers for a domain as XML, read from strangers with care.

The file is at most 64 kB of UTF-8, has no DOCTYPE, and nothing in it is fetched. Servers without encryption are left
out: a password never goes there.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from tui.config.model import Security
from tui.mail.noun import dataclass
from tui.mail.text import clean_line
from tui.setup.dialogue import Service

MAX_FILE = 64 * 1024
MAX_SERVERS = 12
MAX_DOMAINS = 2_000

_KINDS = {"imap": Service.IMAP, "pop3": Service.POP3, "smtp": Service.SMTP}
_SOCKETS = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+\Z")
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")


@dataclass(frozen=True, slots=True)
class Offer:
    """One server that somebody names for an address.

    Attributes:
        service: what it speaks.
        host: ASCII, lower case.
        port: 1 to 65535.
        security: TLS or STARTTLS, never plain.
        user: a template of ``%EMAILADDRESS%``, ``%EMAILLOCALPART%`` and ``%EMAILDOMAIN%``; "" for one's own name.
        oauth: whether OAuth is among the ways to sign in.
        password: whether a password is.
    """

    service: Service
    host: str
    port: int
    security: Security
    user: str = "%EMAILADDRESS%"
    oauth: bool = False
    password: bool = True

    def user_of(self, address: str) -> str:
        """Return the login name that belongs to an address."""
        local, _, domain = address.rpartition("@")
        filled = self.user.replace("%EMAILADDRESS%", address).replace("%EMAILLOCALPART%", local)
        return filled.replace("%EMAILDOMAIN%", domain)


@dataclass(frozen=True, slots=True)
class Autoconfig:
    """What a file says.

    Attributes:
        name: of the provider, for people.
        domains: whose addresses it is for.
        offers: the servers, in the file's order.
        enable: what must be switched on first, in English, "" for nothing.
        enable_url: where.
        oauth: ``issuer``, ``scope``, ``auth``, ``token``; empty without.
    """

    name: str
    domains: tuple[str, ...]
    offers: tuple[Offer, ...]
    enable: str = ""
    enable_url: str = ""
    oauth: tuple[tuple[str, str], ...] = ()


class BadAutoconfig(ValueError):
    """What came is no such file; the text is ours."""


def parse(data: bytes) -> Autoconfig:
    """Read a file.

    Args:
        data: as it came.

    Raises:
        BadAutoconfig: why it is not believed.
    """
    if len(data) > MAX_FILE:
        raise BadAutoconfig("it is larger than 64 kB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadAutoconfig("it is not UTF-8") from None
    if _DECLARATION.search(text):
        raise BadAutoconfig("it has a DOCTYPE")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError):
        raise BadAutoconfig("it is no XML") from None
    provider = root.find("emailProvider")
    if root.tag != "clientConfig" or provider is None:
        raise BadAutoconfig("it is no clientConfig")
    domains = tuple(clean_line(each.text or "", 253).lower() for each in provider.findall("domain")[:MAX_DOMAINS])
    name = _text(provider, "displayShortName") or _text(provider, "displayName") or (domains[0] if domains else "")
    enable = root.find(".//enable")
    return Autoconfig(
        _text(provider, "displayName") and name,
        tuple(domain for domain in domains if _HOST.match(domain)),
        tuple(_offers(provider))[:MAX_SERVERS],
        _instruction(enable),
        _url(enable.get("visiturl", "")) if enable is not None else "",
        _oauth(root),
    )


def _offers(provider: ElementTree.Element) -> Iterator[Offer]:
    for element in [*provider.findall("incomingServer"), *provider.findall("outgoingServer")]:
        service = _KINDS.get(element.get("type", ""))
        security = _SOCKETS.get(_text(element, "socketType"))
        host = _text(element, "hostname").lower()
        port = _text(element, "port")
        if (
            service is None
            or security is None
            or not _HOST.match(host)
            or not (port.isascii() and port.isdecimal())
            or len(port) > 5
        ):
            continue
        if not 0 < int(port) < 65536:
            continue
        ways = {clean_line(each.text or "", 40) for each in element.findall("authentication")}
        user = _text(element, "username")
        is_template = re.sub(r"%EMAIL(ADDRESS|LOCALPART|DOMAIN)%", "", user)
        yield Offer(
            service,
            host,
            int(port),
            security,
            user if "%EMAIL" in user and not re.search(r"[%\s<>]", is_template) else "",
            "OAuth2" in ways,
            not ways or bool(ways - {"OAuth2"}),
        )


def _instruction(enable: ElementTree.Element | None) -> str:
    if enable is None:
        return ""
    each = next((one for one in enable.findall("instruction") if one.get("lang", "en") == "en"), None)
    return clean_line(each.text or "", 300) if each is not None else ""


def _oauth(root: ElementTree.Element) -> tuple[tuple[str, str], ...]:
    oauth = root.find(".//oAuth2")
    if oauth is None:
        return ()
    values = {"issuer": "issuer", "scope": "scope", "auth": "authURL", "token": "tokenURL"}
    return tuple((name, _text(oauth, tag, 600)) for name, tag in values.items() if _text(oauth, tag, 600))


def _text(element: ElementTree.Element, tag: str, limit: int = 253) -> str:
    return clean_line(element.findtext(tag) or "", limit)


def _url(written: str) -> str:
    url = clean_line(written, 300)
    return url if url.startswith("https://") and " " not in url else ""
