"""From an address to its servers: table, autoconfig, DNS at once; then guesses that were looked at.

::

    async for event in Discovery("ada@example.org").walk():
        ...  # Asked: somebody is asked; Found: what they said; Missed: nothing, and why

Everything is boxed in seconds. Nobody learns more than the domain: neither the address nor a password is sent.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from tui.config import https
from tui.config.model import Security
from tui.config.tls import roots
from tui.mail.domain import domain_to_ascii
from tui.mail.errors import MailError
from tui.mail.noun import dataclass
from tui.setup.autoconfig import BadAutoconfig, Offer, parse
from tui.setup.dialogue import Service
from tui.setup.providers import Provider, Providers, bundled
from tui.setup.records import NoAnswer, Records, Target
from tui.setup.ways import Way, names, ways

BOX = 3.0
"""Seconds for everybody who is asked; as many again for guesses, where nobody knew."""
SRV = (
    ("_imaps", Service.IMAP, Security.TLS),
    ("_imap", Service.IMAP, Security.STARTTLS),
    ("_pop3s", Service.POP3, Security.TLS),
    ("_submissions", Service.SMTP, Security.TLS),
    ("_submission", Service.SMTP, Security.STARTTLS),
)
"""RFC 6186 and RFC 8314."""


class Source(StrEnum):
    """Who knows; those before know better."""

    TABLE = "table"
    AUTOCONFIG = "autoconfig"
    SRV = "srv"
    MX = "mx"
    GUESS = "guess"


class Trust(StrEnum):
    """How far one can believe it."""

    BUNDLED = "bundled"
    """It came with Tidings."""
    DOMAIN = "domain"
    """The domain itself said so, over a line that is verified."""
    UNVERIFIED = "unverified"
    """Anybody between here and there could have said so: ask before a password goes there."""


WORDS = {
    Source.TABLE: "the table that comes with Tidings",
    Source.AUTOCONFIG: "autoconfig of the domain, over HTTPS",
    Source.SRV: "SRV records of the domain",
    Source.MX: "the mail exchanger of the domain",
    Source.GUESS: "usual names and ports, which answer",
}
"""Where it came from, for people."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody is asked."""

    source: Source


@dataclass(frozen=True, slots=True)
class Missed:
    """Nothing was found there.

    Attributes:
        source: where.
        reason: a clause: ``no such record``.
    """

    source: Source
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """Servers for the address.

    Attributes:
        source: where they came from.
        trust: how far that can be believed.
        origin: the very place: an address, a record, a row's name.
        offers: servers, the best first for each service; none for a provider that has no such servers.
        provider: what else is known of whoever runs them.
        seconds: since the beginning.
    """

    source: Source
    trust: Trust
    origin: str
    offers: tuple[Offer, ...]
    provider: Provider | None = None
    seconds: float = 0.0

    def offer(self, *services: Service) -> Offer | None:
        """Return the best server of the first service there is one of."""
        return next((offer for service in services for offer in self.offers if offer.service is service), None)

    @property
    def is_whole(self) -> bool:
        """Whether both halves are known."""
        return self.offer(Service.IMAP, Service.POP3) is not None and self.offer(Service.SMTP) is not None

    @property
    def strangers(self) -> tuple[str, ...]:
        """Hosts that a password would go to and that nobody vouches for; () when it need not be asked."""
        if self.trust is not Trust.UNVERIFIED:
            return ()
        chosen = (self.offer(Service.IMAP, Service.POP3), self.offer(Service.SMTP))
        return tuple(dict.fromkeys(offer.host for offer in chosen if offer is not None))


Event = Asked | Missed | Found


class Discovery:
    """Looks for the servers of an address.

    Args:
        address: of the user; only its domain is used.
        records: who is asked for DNS records.
        providers: the tables; None: those that come with Tidings.
        ca_file: certificates to trust instead of the system's, for autoconfig and guesses.
        box: seconds.
    """

    def __init__(
        self,
        address: str,
        *,
        records: Records | None = None,
        providers: Providers | None = None,
        ca_file: Path | None = None,
        box: float = BOX,
    ) -> None:
        domain = address.rpartition("@")[2].strip().rstrip(".").lower()
        try:
            self.domain = domain_to_ascii(domain)
        except ValueError:
            self.domain = domain
        self._records = records or Records(lifetime=box)
        self._providers = providers
        self._ca_file = ca_file
        self._box = box
        self._began = 0.0
        self._exchangers: list[Target] = []

    async def walk(self) -> AsyncIterator[Event]:
        """Yield who is asked and what they said, as it happens; ends early once the table knows.

        Leaving early ends everything that is under way.
        """
        self._began = time.monotonic()
        known = await asyncio.to_thread(bundled) if self._providers is None else self._providers
        yield Asked(Source.TABLE)
        provider = known.of_domain(self.domain)
        if provider is not None:
            yield self._found(Source.TABLE, Trust.BUNDLED, provider.name, provider.offers, provider)
            return
        yield Missed(Source.TABLE, f"{self.domain} is not in it")
        heard = False
        asked: dict[Source, Callable[[], Awaitable[Event]]] = {
            Source.AUTOCONFIG: self._autoconfig,
            Source.SRV: self._srv,
            Source.MX: lambda: self._mx(known),
        }
        for source in asked:
            yield Asked(source)
        async for event in self._boxed(asked):
            heard = heard or (isinstance(event, Found) and event.is_whole)
            yield event
        if not heard:
            yield Asked(Source.GUESS)
            async for event in self._boxed({Source.GUESS: self._guess}):
                yield event

    async def _boxed(self, asked: dict[Source, Callable[[], Awaitable[Event]]]) -> AsyncIterator[Event]:
        tasks = {asyncio.ensure_future(ask()): source for source, ask in asked.items()}
        end = asyncio.get_running_loop().time() + self._box
        waiting = set(tasks)
        try:
            while waiting:
                left = end - asyncio.get_running_loop().time()
                done, waiting = await asyncio.wait(waiting, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    break
                for task in done:
                    yield task.result()
            for task in waiting:
                yield Missed(tasks[task], f"no answer within {self._box:.0f} s")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _found(
        self, source: Source, trust: Trust, origin: str, offers: tuple[Offer, ...], provider: Provider | None
    ) -> Found:
        return Found(source, trust, origin, offers, provider, time.monotonic() - self._began)

    async def _autoconfig(self) -> Event:
        urls = (
            f"https://autoconfig.{self.domain}/mail/config-v1.1.xml",
            f"https://{self.domain}/.well-known/autoconfig/mail/config-v1.1.xml",
        )
        answers = await asyncio.gather(*(self._file(url) for url in urls))
        for answer in answers:
            if isinstance(answer, Found):
                return answer
        return Missed(Source.AUTOCONFIG, "; ".join(dict.fromkeys(str(answer) for answer in answers)))

    async def _file(self, url: str) -> Found | str:
        try:
            answer = await https.get(url, ca_file=self._ca_file, timeout=self._box)
        except MailError as error:
            return error.message.rstrip(".")
        if 300 <= answer.status < 400:
            return "it redirects elsewhere, which is not followed"
        if answer.status != 200:
            return f"no such file ({answer.status})"
        try:
            config = parse(answer.body.encode("utf-8"))
        except BadAutoconfig as error:
            return f"a file that is not believed: {error}"
        if not config.offers:
            return "a file without a server that is encrypted"
        host = config.offers[0].host
        known = self._providers or bundled()
        return self._found(Source.AUTOCONFIG, Trust.DOMAIN, url, config.offers, known.of_host(host))

    async def _srv(self) -> Event:
        questions = (self._records.srv(service, self.domain) for service, _, _ in SRV)
        answers = await asyncio.gather(*questions, return_exceptions=True)
        offers: list[Offer] = []
        for (_, service, security), answer in zip(SRV, answers, strict=True):
            if isinstance(answer, list):
                offers += [Offer(service, target.host, target.port, security) for target in answer]
            elif not isinstance(answer, NoAnswer):
                raise answer
        if not offers:
            unheard = any(isinstance(answer, NoAnswer) for answer in answers)
            return Missed(Source.SRV, "the name server gave no answer" if unheard else "no such records")
        known = self._providers or bundled()
        return self._found(
            Source.SRV, Trust.UNVERIFIED, f"_imaps._tcp.{self.domain}", tuple(offers), known.of_host(offers[0].host)
        )

    async def _mx(self, known: Providers) -> Event:
        try:
            self._exchangers = await self._records.mx(self.domain)
        except NoAnswer:
            return Missed(Source.MX, "the name server gave no answer")
        for target in self._exchangers:
            provider = known.of_exchanger(target.host)
            if provider is not None:
                return self._found(Source.MX, Trust.UNVERIFIED, target.host, provider.offers, provider)
        if not self._exchangers:
            return Missed(Source.MX, "the domain takes no mail")
        return Missed(Source.MX, f"{self._exchangers[0].host} is nobody's that is known")

    async def _guess(self) -> Event:
        own = [target.host for target in self._exchangers[:2]]
        context = await asyncio.to_thread(roots, self._ca_file)
        receiving, sending, pop = await asyncio.gather(
            *(
                ways((*names(self.domain, service)[:2], *own), service, context, timeout=self._box * 0.9)
                for service in (Service.IMAP, Service.SMTP, Service.POP3)
            )
        )
        offers = [*_offers(Service.IMAP, receiving), *_offers(Service.POP3, pop), *_offers(Service.SMTP, sending)]
        if not offers:
            return Missed(Source.GUESS, "no server answers to the usual names")
        known = self._providers or bundled()
        return self._found(Source.GUESS, Trust.UNVERIFIED, offers[0].host, tuple(offers), known.of_host(offers[0].host))


def _offers(service: Service, found: list[Way]) -> list[Offer]:
    return [Offer(service, way.host, way.port, way.security) for way in found]


def best(found: list[Found]) -> Found | None:
    """Return what to propose: whole before half, and what can be believed more before what less."""
    ranked = sorted(found, key=lambda each: (not each.is_whole, list(Source).index(each.source)))
    return ranked[0] if ranked else None


def completed(chosen: Found, found: list[Found]) -> Found:
    """Return what was chosen, with the half it lacks from the others, and their trust where it is less."""
    for other in found:
        lacking = [offer for offer in other.offers if chosen.offer(offer.service) is None]
        if lacking and not chosen.is_whole:
            trust = other.trust if other.trust is Trust.UNVERIFIED else chosen.trust
            chosen = replace(chosen, offers=(*chosen.offers, *lacking), trust=trust)
    return chosen
