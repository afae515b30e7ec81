"""DNS records: SRV, MX and TXT, by dnspython's asynchronous resolver. What they say is unauthenticated."""

import asyncio
from typing import Any

from tui.mail.noun import dataclass
from tui.mail.text import clean_line

LIFETIME = 2.5
"""Seconds for one question, all servers and tries together."""
MAX_RECORDS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """Where an SRV or MX record points.

    Attributes:
        host: ASCII, lower case, without the last dot.
        port: 0 for MX.
        order: less comes first.
    """

    host: str
    port: int = 0
    order: tuple[int, int] = (0, 0)


class NoAnswer(Exception):
    """Nobody could be asked, or nobody answered in time; whether there is such a record is unknown."""


class Records:
    """Asks for records.

    Args:
        nameservers: addresses to ask; None for those of the system.
        port: theirs.
        lifetime: seconds for one question.
    """

    def __init__(
        self, nameservers: tuple[str, ...] | None = None, port: int = 53, *, lifetime: float = LIFETIME
    ) -> None:
        self._nameservers = nameservers
        self._port = port
        self._lifetime = lifetime
        self._resolver: Any = None

    async def srv(self, service: str, domain: str) -> list[Target]:
        """Return where a service of a domain is (RFC 2782), the first choice first.

        Args:
            service: ``_imaps``.
            domain: of an address.

        Raises:
            NoAnswer: see there.
        """
        answer = await self._ask(f"{service}._tcp.{domain}", "SRV")
        found = [Target(_host(each.target), each.port, (each.priority, -each.weight)) for each in answer]
        return sorted((each for each in found if each.host and each.port), key=lambda each: each.order)

    async def mx(self, domain: str) -> list[Target]:
        """Return the mail exchangers of a domain, the first choice first; of "no mail here" (RFC 7505) nothing is left.

        Raises:
            NoAnswer: see there.
        """
        answer = await self._ask(domain, "MX")
        found = [Target(_host(each.exchange), 0, (each.preference, 0)) for each in answer]
        return sorted((each for each in found if each.host), key=lambda each: each.order)

    async def txt(self, name: str) -> list[str]:
        """Return the texts at a name, cleaned.

        Raises:
            NoAnswer: see there.
        """
        answer = await self._ask(name, "TXT")
        return [clean_line(b"".join(each.strings).decode("utf-8", "replace"), 500) for each in answer]

    async def _ask(self, name: str, kind: str) -> list[Any]:
        if self._resolver is None:
            self._resolver = await asyncio.to_thread(self._made)  # loading it takes 150 ms
        import dns.exception  # noqa: PLC0415 - late: start-up time
        import dns.resolver  # noqa: PLC0415 - late: start-up time

        try:
            answer = await self._resolver.resolve(name, kind, lifetime=self._lifetime, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError, EOFError) as error:
            raise NoAnswer(type(error).__name__) from None
        return list(answer)[:MAX_RECORDS]

    def _made(self) -> Any:
        import dns.asyncresolver  # noqa: PLC0415 - late: start-up time
        import dns.resolver  # noqa: PLC0415 - late: start-up time

        try:
            resolver = dns.asyncresolver.Resolver(configure=self._nameservers is None)
        except (dns.resolver.NoResolverConfiguration, OSError):
            resolver = dns.asyncresolver.Resolver(configure=False)
        if self._nameservers is not None:
            resolver.nameservers = list(self._nameservers)
            resolver.port = self._port
        return resolver


def _host(name: Any) -> str:
    return clean_line(str(name), 255).rstrip(".").lower()
