"""Sending: from the login on. A dry run: MAIL, RCPT, RSET; never DATA."""

import asyncio
from contextlib import suppress

from tui.config.model import Protocol
from tui.imap import quirks
from tui.imap.session import Session as ImapSession
from tui.mail.address import Address
from tui.mail.domain import domain_to_ascii, wire_spec
from tui.mail.errors import MailError
from tui.setup.check import Change, Check, Half, Repair, Status
from tui.setup.line import LineWalk
from tui.setup.records import NoAnswer, Records, Target
from tui.smtp.login import enter
from tui.smtp.reply import Reply
from tui.smtp.session import Session

_WANTS_LOGIN = (530, 538)


async def _no_phase(phase: object) -> None:
    """The phases of a submission are nobody's concern here."""


class Sending:
    """The steps login, envelope, domain and sent_copy.

    Args:
        line: of the same server.
        records: who is asked about the domain.
    """

    def __init__(self, line: LineWalk, records: Records) -> None:
        self.line = line
        self._records = records
        self._session: Session | None = None

    async def login(self, secret: str) -> Check:
        """Log in, once.

        Raises:
            MailError: why not.
        """
        line = self.line
        session = self._session = await Session.connect(line.server, timeout=line.scene.limit)
        await enter(session, secret, _no_phase)
        if not line.server.user:
            return line.check("login", Status.OK, "login-none")
        offers = " ".join(f"{name} {words}".strip() for name, words in session.extensions.items())
        return line.check("login", Status.OK, "login", user=line.server.user, detail=offers)

    async def envelope(self) -> Check:
        """Ask whether mail from the account's address, to the same, would be taken."""
        line, session = self.line, self._session
        assert session is not None
        address = line.scene.account.address.spec
        try:
            spec = wire_spec(Address("", address)).encode("utf-8")
            options = (b"SMTPUTF8",) if not spec.isascii() and "SMTPUTF8" in session.extensions else ()
            reply = await session.command(b"MAIL", b"FROM:<%s>" % spec, *options)
            if reply.code == 250:
                reply = await session.command(b"RCPT", b"TO:<%s>" % spec)
                if not reply.is_success:
                    return self._refused("envelope-recipient", reply, address)
                await session.command(b"RSET")
                limit = session.extensions.get("SIZE", "")
                room = f", up to {int(limit[:18]) / 1_000_000:.0f} MB" if limit.isdigit() and int(limit[:18]) else ""
                return line.check("envelope", Status.OK, "envelope", address=address, limit=room)
        except MailError as error:
            return line.check("envelope", Status.FAIL, "words", words=error.message, cure=error.cure)
        return self._refused("envelope-sender", reply, address)

    def _refused(self, key: str, reply: Reply, address: str) -> Check:
        line = self.line
        repairs: tuple[Repair, ...] = ()
        cure = "Is this address yours on this server?"
        if reply.code in _WANTS_LOGIN:
            key = "envelope-relay"
        elif "@" in line.server.user and line.server.user != address:
            cure = f"Send as {line.server.user}, or have the other address allowed."
            repairs = (Repair(f"send as {line.server.user}", (Change(Half.SENDING, "address", line.server.user),)),)
        status = Status.WARN if reply.is_temporary else Status.FAIL
        said = reply.text or str(reply.code)
        return line.check(
            "envelope",
            status,
            key,
            at=line.server.label,
            address=address,
            words=said,
            cure=cure,
            detail=f"{reply.label} {reply.text}",
            repairs=repairs,
        )

    async def domain(self) -> Check:
        """Look up what the world is told about the domain; information, never a failure."""
        line, scene = self.line, self.line.scene
        try:
            domain = domain_to_ascii(scene.domain)
        except ValueError:
            domain = scene.domain
        answers = await asyncio.gather(
            self._records.mx(domain),
            self._records.txt(domain),
            self._records.txt(f"_dmarc.{domain}"),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, NoAnswer):
                return line.check("domain", Status.SKIPPED, "domain-unknown", domain=domain, detail=str(answer))
            if isinstance(answer, BaseException):
                raise answer
        mx, texts, dmarc = answers
        assert isinstance(mx, list)
        assert isinstance(texts, list)
        assert isinstance(dmarc, list)
        if not mx and await _has_address(domain):
            mx = [Target(domain)]  # without an MX, mail goes to the host of that name (RFC 5321, 5.1)
        if not mx:
            return line.check("domain", Status.WARN, "domain-none", domain=domain, address=scene.account.address.spec)
        spf = any(str(text).lower().startswith("v=spf1") for text in texts)
        has_dmarc = any(str(text).lower().startswith("v=dmarc1") for text in dmarc)
        return line.check(
            "domain",
            Status.OK,
            "domain",
            domain=domain,
            mx=getattr(mx[0], "host", ""),
            spf="is there" if spf else "is not there",
            dmarc="is there" if has_dmarc else "is not there",
            detail="; ".join(map(str, (*texts, *dmarc))),
        )

    async def sent_copy(self) -> Check:
        """Say who files the copy of a sent mail."""
        line, scene = self.line, self.line.scene
        account = scene.account
        if account.sent_copy == "none":
            return line.check("sent_copy", Status.OK, "sent-none")
        if account.protocol is Protocol.POP3:
            return line.check("sent_copy", Status.OK, "sent-local")
        if account.sent_copy == "append":
            return line.check("sent_copy", Status.OK, "sent-append")
        name = scene.provider.name if scene.provider else "The server"
        if account.sent_copy == "server":
            return line.check("sent_copy", Status.OK, "sent-server", provider=name)
        session = None
        with suppress(TimeoutError):  # receiving may wait for somebody who types
            session = await asyncio.wait_for(asyncio.shield(scene.received), scene.limit * 0.9)
        if not isinstance(session, ImapSession):
            return line.check("sent_copy", Status.SKIPPED, "sent-unknown")
        if quirks.files_sent_copy(session):
            return line.check("sent_copy", Status.OK, "sent-server", provider=name)
        if quirks.may_file_sent_copy(session):
            return line.check("sent_copy", Status.OK, "sent-maybe", provider=name)
        return line.check("sent_copy", Status.OK, "sent-append")

    async def close(self) -> None:
        """Say goodbye."""
        if self._session is not None:
            await self._session.quit()


async def _has_address(domain: str) -> bool:
    try:
        return bool(await asyncio.get_running_loop().getaddrinfo(domain, 25))
    except (OSError, UnicodeError):
        return False
