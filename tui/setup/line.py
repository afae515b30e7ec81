"""One half, from the name of its server to the words before the login: what every service does alike."""

import asyncio
import contextlib
import difflib
import re
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from tui.config.model import Security, Server
from tui.config.servers import is_loopback
from tui.config.tls import trust
from tui.mail.text import clean_line
from tui.setup import blame
from tui.setup.certificate import Certificate, Trouble, refused, shown
from tui.setup.check import Check, Half, Repair, Status
from tui.setup.dialogue import Dialogue, Service
from tui.setup.probe import Seen, look
from tui.setup.scene import Scene
from tui.setup.sentences import say
from tui.setup.ways import Way, names, usual, ways

ENDS_SOON = 14
"""Days before its end from which a certificate is warned of."""


class LineWalk:
    """The steps dns, tcp, service, tls, greeting and capabilities of one half.

    Args:
        scene: of the walk.
        half: which.
        server: its server.
    """

    def __init__(self, scene: Scene, half: Half, server: Server) -> None:
        self.scene = scene
        self.half = half
        self.server = server
        self.wanted = scene.service(half)
        self.offers: tuple[str, ...] = ()
        self._seen: Seen | None = None
        self._dialogue: Dialogue | None = None
        self._context: ssl.SSLContext | None = None

    def check(
        self,
        id: str,
        status: Status,
        key: str,
        filled: Mapping[str, object] = MappingProxyType({}),
        /,
        *,
        detail: str = "",
        repairs: tuple[Repair, ...] = (),
        **words: object,
    ) -> Check:
        """Return a check that says a row of the table of sentences.

        Args:
            id: of the step.
            status: what came of it.
            key: of the row.
            filled, words: what stands for the words in braces.
            detail: for a report.
            repairs: the best first.
        """
        fact, advice, brief = say(key, **{**filled, **words})
        return Check(self.half, id, status, fact, advice, clean_line(detail, 1000), repairs, brief)

    async def trusted(self) -> ssl.SSLContext:
        """Return the context for this server."""
        if self._context is None:
            self._context = await trust(self.server)
        return self._context

    async def ways(self, hosts: tuple[str, ...], service: Service | None = None, *, share: float = 0.35) -> list[Way]:
        """Return servers that would do, looked for within a share of the step's time."""
        if self.server.security is Security.PLAIN and is_loopback(self.server.host):
            return []
        found = await ways(
            hosts, service or self.wanted, await self.trusted(), timeout=max(0.3, self.scene.limit * share)
        )
        here = (self.server.host, self.server.port, self.server.security)
        return [way for way in found if (way.host, way.port, way.security) != here]

    def likely(self) -> tuple[str, ...]:
        """Return what this half's server may be called."""
        known = self.scene.provider.hosts(self.wanted) if self.scene.provider else ()
        return (*known, *names(self.scene.domain, self.wanted))

    def repairs(self, found: list[Way]) -> tuple[Repair, ...]:
        return tuple(way.repair(self.half, old_host=self.server.host) for way in found[:3])

    async def dns(self) -> Check:
        """Look up the host."""
        host, loop = self.server.host, asyncio.get_running_loop()
        try:
            rows = await loop.getaddrinfo(host, self.server.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            if getattr(error, "errno", 0) in (socket.EAI_AGAIN, socket.EAI_SYSTEM):
                return self.check("dns", Status.FAIL, "dns-none", detail=str(error))
            return await self._unknown(str(error))
        addresses = list(dict.fromkeys(str(row[4][0]) for row in rows))
        return self.check("dns", Status.OK, "dns", host=host, addresses=", ".join(addresses[:4]))

    async def _unknown(self, detail: str) -> Check:
        found = await self.ways(_nearest(self.server.host, (*self._nearly(), *self.likely())), share=0.5)
        if not found:
            return self.check("dns", Status.FAIL, "dns-unknown", host=self.server.host, detail=detail)
        repairs = self.repairs(found)
        near = found[0].host
        return self.check(
            "dns", Status.FAIL, "dns-near", host=self.server.host, near=near, detail=detail, repairs=repairs
        )

    def _nearly(self) -> tuple[str, ...]:
        """Return the same first label before the domain of the address, and before that of the other half's server."""
        first = self.server.host.partition(".")[0]
        other = self.scene.server(self.half.other)
        theirs = (other.host.partition(".")[2],) if other is not None else ()
        return tuple(f"{first}.{domain}" for domain in (self.scene.domain, *theirs) if domain)

    async def tcp(self) -> Check:
        """Connect by IPv4 and by IPv6."""
        host, port = self.server.host, self.server.port
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        firsts = {row[0]: str(row[4][0]) for row in reversed(rows)}
        results = dict(
            zip(firsts, await asyncio.gather(*(self._connect(address) for address in firsts.values())), strict=True)
        )
        good = [_FAMILIES.get(family, "?") for family, error in results.items() if error is None]
        bad = [_FAMILIES.get(family, "?") for family, error in results.items() if error is not None]
        if good:
            families = f"by {' and '.join(sorted(good))}" + (f", not by {' and '.join(bad)}" if bad else "")
            return self.check("tcp", Status.OK, "tcp", at=self.server.label, families=families)
        error = next(iter(results.values()))
        return await self._no_line(error)

    async def _connect(self, address: str) -> Exception | None:
        try:
            async with asyncio.timeout(self.scene.limit * 0.6):
                _, writer = await asyncio.open_connection(address, self.server.port)
            writer.close()
        except OSError as error:
            return error
        return None

    async def _no_line(self, error: Exception | None) -> Check:
        server = self.server
        found = await self.ways((server.host,)) or await self.ways(self.likely(), share=0.25)
        words: dict[str, object] = {
            "host": server.host,
            "port": server.port,
            "service": self.wanted,
            "usual": usual(self.wanted, server.security),
            "at": server.label,
        }
        if server.port == 25 and self.half is Half.SENDING:
            key = "tcp-25"
        elif isinstance(error, TimeoutError | ConnectionRefusedError):
            key = "tcp-silence" if isinstance(error, TimeoutError) else "tcp-refused"
            if found and found[0].host == server.host:
                key, words["other"] = f"{key}-works", found[0].port
        else:
            key = "tcp-unreachable"
        return self.check("tcp", Status.FAIL, key, words, detail=str(error), repairs=self.repairs(found))

    async def service(self) -> Check:
        """Say what stands there, and whether it is what is configured."""
        context = await self.trusted()
        seen = await look(self.server.host, self.server.port, context, timeout=self.scene.limit * 0.6)
        self._seen = seen
        wrong = await blame.service(self, seen)
        if wrong is not None:
            return wrong
        line = "TLS" if seen.is_tls else "STARTTLS" if self.server.security is Security.STARTTLS else "plain"
        return self.check(
            "service", Status.OK, "service", at=self.server.label, service=self.wanted, line=line, detail=seen.greeting
        )

    async def tls(self) -> Check:
        """Encrypt a line and believe its certificate, or say why not."""
        assert self._seen is not None
        security = self.server.security
        if security is Security.PLAIN:
            self._dialogue = await self._said_hello(None)
            return self.check("tls", Status.OK, "tls-plain")
        if security is Security.STARTTLS and self._seen.greeting.upper().startswith("* PREAUTH"):
            return self.check("tls", Status.SKIPPED, "skipped")
        if security is Security.STARTTLS and not self._seen.starttls:
            return await blame.no_starttls(self)
        if self._seen.trouble is not None:
            return await blame.certificate(self, self._seen.trouble, self._seen.certificate, self._seen.reason)
        try:
            dialogue = await self._said_hello(await self.trusted())
        except ssl.SSLCertVerificationError as error:
            return await blame.certificate(self, *refused(error), error.verify_message or "")
        except ssl.SSLError as error:
            reason = error.reason or ""
            if any(word in reason for word in ("PROTOCOL", "VERSION", "HANDSHAKE_FAILURE", "DH_KEY")):
                return await blame.certificate(self, Trouble.OUTDATED, None, reason)
            return self.check("tls", Status.FAIL, "no-tls", at=self.server.label, reason=reason)
        except (OSError, EOFError) as error:
            return self.check("tls", Status.FAIL, "no-tls", at=self.server.label, reason=str(error) or "it hung up")
        self._dialogue = dialogue
        return self._believed(dialogue, shown(dialogue.tls))

    async def _said_hello(self, context: ssl.SSLContext | None) -> Dialogue:
        """Connect and hear the greeting; encrypted by the security that is configured."""
        at_once = context if self.server.security is Security.TLS else None
        dialogue = await Dialogue.connect(self.server.host, self.server.port, at_once)
        try:
            await dialogue.greet()
            if context is not None and at_once is None and not await dialogue.start_tls(context):
                raise ConnectionError("the server does not want to encrypt the line now")
        except BaseException:
            dialogue.abort()
            raise
        return dialogue

    def _believed(self, dialogue: Dialogue, certificate: Certificate | None) -> Check:
        version = str(getattr(dialogue.tls, "version", lambda: "")() or "TLS").replace("TLSv", "TLS ")
        certificate = certificate or Certificate()
        if self.server.pin:
            if certificate.fingerprint != self.server.pin.lower():
                return blame.pin(self, certificate)
            until = f", until {certificate.last_day}" if certificate.last_day else ""
            key, words = "tls-pinned", {"version": version, "until": until}
        else:
            words = {"version": version, "issuer": certificate.issuer or "itself"}
            key = "tls"
        words |= {"host": self.server.host, "days": str(certificate.days_left), "last_day": certificate.last_day}
        if certificate.ends and certificate.days_left < ENDS_SOON:
            return self.check("tls", Status.WARN, "tls-ends", words)
        return self.check("tls", Status.OK, key, words, detail=f"{certificate.fingerprint} {certificate.last_day}")

    async def greeting(self) -> Check:
        """Judge the first words."""
        assert self._seen is not None
        words = self._dialogue.greeting if self._dialogue is not None else self._seen.greeting
        first = words.upper()
        if first.startswith("* PREAUTH") and self.server.security is not Security.TLS:
            return await blame.preauth(self)
        if first.startswith(("* BYE", "-ERR", "4", "5")):
            said = words.partition(" ")[2]
            return self.check(
                "greeting", Status.FAIL, "greeting-bye", at=self.server.label, words=said or words, detail=words
            )
        said = _CODES.sub("", words) or words
        return self.check("greeting", Status.OK, "greeting", words=clean_line(said, 120).rstrip("."), detail=words)

    async def capabilities(self) -> Check:
        """Ask what is offered before the login."""
        id = "ehlo" if self.half is Half.SENDING else "capabilities"
        if self._dialogue is None:
            return self.check(id, Status.SKIPPED, "skipped")
        try:
            self.offers = await self._dialogue.offers()
        except (OSError, EOFError) as error:
            return self.check(id, Status.FAIL, "closed", at=self.server.label, detail=str(error))
        finally:
            self.close()
        wrong = await blame.offers(self, id)
        if wrong is not None:
            return wrong
        notable = [name for name in self.offers if name.startswith(_NOTABLE)][:12]
        return self.check(id, Status.OK, id, names=", ".join(notable) or "no extensions", detail=" ".join(self.offers))

    def close(self) -> None:
        """Leave the line that was looked at."""
        if self._dialogue is not None:
            with contextlib.suppress(OSError):
                self._dialogue.leave()
            self._dialogue = None


_CODES = re.compile(r"^(\* (OK|PREAUTH)|\+OK|220)[ -](\[[^\]]*\] ?)?", re.IGNORECASE)
_FAMILIES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}
_NOTABLE = (
    *("AUTH", "SASL", "IDLE", "SIZE", "8BITMIME", "SMTPUTF8", "MOVE", "QRESYNC", "CONDSTORE", "QUOTA", "UIDPLUS"),
    *("UIDL", "TOP", "PIPELINING", "LOGINDISABLED"),
)


def _nearest(host: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names by how near they are to what was typed."""
    return tuple(sorted(dict.fromkeys(name for name in names if name != host), key=lambda name: -_likeness(host, name)))


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def counted(messages: int) -> str:
    return f"{messages} message" if messages == 1 else f"{messages} messages"
