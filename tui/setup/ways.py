"""Servers that would work instead: the usual ports of a host, the usual names of a domain. Looked at, not guessed."""

import asyncio
import ssl
from collections.abc import Iterable

from tui.config.model import Security
from tui.mail.noun import dataclass
from tui.setup.certificate import Certificate, Trouble
from tui.setup.check import Change, Half, Repair
from tui.setup.dialogue import Service
from tui.setup.probe import Reach, Seen, look

USUAL: dict[Service, tuple[tuple[int, Security], ...]] = {
    Service.IMAP: ((993, Security.TLS), (143, Security.STARTTLS)),
    Service.POP3: ((995, Security.TLS), (110, Security.STARTTLS)),
    Service.SMTP: ((465, Security.TLS), (587, Security.STARTTLS)),
}
"""Ports in the order of preference (RFC 8314)."""
PREFIXES: dict[Service, tuple[str, ...]] = {
    Service.IMAP: ("imap", "mail", "mx"),
    Service.POP3: ("pop", "pop3", "mail"),
    Service.SMTP: ("smtp", "mail", "mx"),
}
"""What such a server is usually called below its domain."""
MAX_HOSTS = 8

_OWN = (Trouble.SELF_SIGNED, Trouble.UNKNOWN_ISSUER)


@dataclass(frozen=True, slots=True)
class Way:
    """A server that answers.

    Attributes:
        host, port, security: where, and how the line is protected.
        trouble: why its certificate is not believed; None when it is, or when it shows only behind STARTTLS.
        certificate: what it showed, if it did.
    """

    host: str
    port: int
    security: Security
    trouble: Trouble | None = None
    certificate: Certificate | None = None

    def repair(self, half: Half, *, old_host: str, more: tuple[Change, ...] = (), trusts: bool = False) -> Repair:
        """Return the repair that goes this way."""
        changes: list[Change] = []
        words = f"use port {self.port} with {self.security.value}"
        if self.host != old_host:
            changes.append(Change(half, "host", self.host))
            words = f"use {self.host}, port {self.port} with {self.security.value}"
        changes += [Change(half, "port", self.port), Change(half, "security", self.security.value)]
        return Repair(words, (*changes, *more), trusts)


def usual(service: Service, security: Security = Security.TLS) -> int:
    """Return the usual port."""
    for port, kind in USUAL[service]:
        if kind is security:
            return port
    return USUAL[service][0][0]


def names(domain: str, service: Service) -> tuple[str, ...]:
    """Return what a server of a domain may be called."""
    return tuple(f"{prefix}.{domain}" for prefix in PREFIXES[service]) if domain else ()


async def ways(hosts: Iterable[str], service: Service, context: ssl.SSLContext, *, timeout: float) -> list[Way]:
    """Look at the usual ports of some hosts and return those that answer as wanted, the best first.

    Args:
        hosts: in the order of preference.
        service: what is wanted.
        context: what is trusted.
        timeout: seconds for all of them together.
    """
    places = [(host, port, kind) for host in list(dict.fromkeys(hosts))[:MAX_HOSTS] for port, kind in USUAL[service]]
    looks = [asyncio.create_task(look(host, port, context, timeout=timeout)) for host, port, _ in places]
    try:
        await asyncio.wait(looks, timeout=timeout + 1) if looks else None
    finally:
        for each in looks:
            each.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
    found = []
    for (host, port, kind), each in zip(places, looks, strict=True):
        if not each.cancelled() and each.exception() is None and _works(each.result(), service, kind):
            found.append(Way(host, port, kind, each.result().trouble, each.result().certificate))
    return sorted(found, key=lambda way: (way.trouble is not None, way.security is not Security.TLS))


def _works(seen: Seen, service: Service, security: Security) -> bool:
    if not seen.speaks(service) or seen.reach is not Reach.ANSWERED:
        return False
    if security is Security.TLS:
        return seen.is_tls and (seen.trouble is None or seen.trouble in _OWN)
    return seen.starttls and not seen.is_tls
