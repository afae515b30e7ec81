"""A DNS server on loopback with a zone of its own: what it does not know does not exist."""

import asyncio
from types import TracebackType
from typing import Any, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

LOOPBACK = "127.0.0.1"


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, server: "DnsServer") -> None:
        self._server = server

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        answer = self._server.answer(data)
        if answer:
            self._transport.sendto(answer, address)


class DnsServer:
    """The server; an async context manager.

    Args:
        address, port: where it listens; 0: a free port.

    Attributes:
        port: where it listens.
        zone: (name, type) → records in the words of a zone file: ``("_imaps._tcp.example.org", "SRV")``.
        asked: every question: ``example.org MX``.
        silent: answers nobody.
    """

    def __init__(self, address: str = LOOPBACK, port: int = 0) -> None:
        self.address = address
        self.port = port
        self.zone: dict[tuple[str, str], list[str]] = {}
        self.asked: list[str] = []
        self.silent = False
        self._transport: asyncio.DatagramTransport | None = None

    def put(self, name: str, kind: str, *records: str) -> None:
        """Add records."""
        self.zone.setdefault((name, kind), []).extend(records)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Protocol(self), local_addr=(self.address, self.port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._transport is not None
        self._transport.close()

    def answer(self, data: bytes) -> bytes | None:
        """Return the answer to a question, None for silence."""
        question = dns.message.from_wire(data)
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append(f"{name} {kind}")
        if self.silent:
            return None
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.AA | dns.flags.RA
        records = self.zone.get((name, kind), [])
        if records:
            reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()
