"""Submission of one mail: MAIL, RCPT, DATA, the final dot; each step told before its bytes leave (RFC 5321, 3.3).

Some of several recipients refused: the mail goes to the others, and the receipt names those refused. All refused:
nothing is sent.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence

from tui.config.model import Security, Server
from tui.config.servers import is_loopback
from tui.config.unreachable import AGAIN
from tui.mail.address import Address
from tui.mail.domain import wire_spec
from tui.mail.errors import CertificateRefused, MailError, NotSupported, RecipientRefused, TemporarilyRefused
from tui.mail.noun import dataclass
from tui.mail.submission import Phase, Refusal
from tui.smtp.errors import refusal
from tui.smtp.login import OnPhase, enter
from tui.smtp.reply import Reply
from tui.smtp.session import Session
from tui.smtp.talk import Talk
from tui.smtp.upload import EarlyRefusal

log = logging.getLogger(__name__)

FINAL_TIMEOUT = 600.0
"""Seconds to wait for the verdict after the final dot (RFC 5321, 4.5.3.2.6)."""

_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server has taken responsibility for a mail.

    Attributes:
        reply: its words: ``250 2.0.0 Ok: queued as 4F2``; cleaned.
        refused: recipients that do not get it.
    """

    reply: str
    refused: tuple[Refusal, ...] = ()


OnTaken = Callable[[Receipt], Awaitable[None]]


async def submit(
    server: Server,
    secret: str,
    *,
    sender: str,
    recipients: Sequence[str],
    data: bytes,
    on_phase: OnPhase,
    on_taken: OnTaken | None = None,
    on_refused: Callable[[tuple[Refusal, ...]], None] = lambda refused: None,
    on_progress: Callable[[int], None] = lambda octets: None,
    timeout: float = 60.0,
    final_timeout: float = FINAL_TIMEOUT,
    talk: Talk | None = None,
) -> Receipt:
    """Hand one mail to a submission server.

    Cancelling drops the line at once. From phase `Phase.DOT` on, an error other than a refusal leaves open whether
    the mail was taken.

    Args:
        server: where, and how safe the line must be.
        secret: the password.
        sender: addr-spec of the envelope; domains may be in any script.
        recipients: the same of everybody who is to get it.
        data: the message, wire bytes; its line ends and leading dots are taken care of.
        on_phase: awaited before the bytes of each step leave; what it raises ends the submission.
        on_taken: awaited as soon as the server has taken the mail, before it is taken leave of.
        on_refused: called with the recipients refused before the message itself leaves, also when there are none.
        on_progress: called with the octets of the message that the line has taken so far.
        timeout: seconds without progress after which the line is given up.
        final_timeout: the same after the final dot.
        talk: takes down what is said; the secret is not in it.

    Raises:
        AuthenticationFailed, CertificateRefused, RecipientRefused, TemporarilyRefused, ServerRefused, NotSupported,
        ConnectionLost, TimedOut, ProtocolViolation, ConfigError; MailError for an address that is none.
    """
    mail = _Mail(sender, recipients, data)
    if server.security is Security.PLAIN and not is_loopback(server.host):
        raise CertificateRefused(
            f"{server.label} would be talked to without encryption.",
            cure='security = "plain" is for this machine only; use "tls" or "starttls".',
            host=server.host,
            reason="not encrypted",
        )
    await on_phase(Phase.CONNECT)
    talk = talk or Talk()
    talk.hide(secret)
    try:
        session = await Session.connect(server, timeout=timeout, talk=talk)
    except MailError as error:
        talk.note(error.message)
        raise
    try:
        await enter(session, secret, on_phase)
        refused = await mail.address(session, on_phase)
        on_refused(refused)
        receipt = await mail.deliver(session, on_phase, on_progress, final_timeout, refused)
    except MailError as error:
        talk.note(error.message)
        await session.quit()
        raise
    except BaseException:
        session.abort()
        raise
    await _part(session, on_phase, on_taken, receipt)
    return receipt


async def _part(session: Session, on_phase: OnPhase, on_taken: OnTaken | None, receipt: Receipt) -> None:
    """Say goodbye after acceptance. Nothing that happens here, not even being cancelled, makes the mail unsent."""
    try:
        if on_taken is not None:
            await on_taken(receipt)
        await on_phase(Phase.DONE)
        await session.quit()
    except (Exception, asyncio.CancelledError) as error:
        log.info("after acceptance: %s", type(error).__name__)
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None:
            task.uncancel()
    finally:
        session.abort()


class _Mail:
    """What is submitted, and what it asks of the server.

    Raises:
        MailError: for an address that is none, before anything is sent.
    """

    def __init__(self, sender: str, recipients: Sequence[str], data: bytes) -> None:
        self._sender = wire_spec(Address("", sender))
        once: dict[str, str] = {}
        for wire in (wire_spec(Address("", recipient)) for recipient in recipients):
            once.setdefault(wire.casefold(), wire)
        self._recipients = list(once.values())
        if not self._recipients:
            raise MailError("This mail has no recipient.", cure="Fill in To.")
        self._data = data
        end = _EMPTY_LINE.search(data)
        header = data[: end.start()] if end else data
        self._is_8bit = not data.isascii()
        names = "".join((self._sender, *self._recipients))
        self._is_utf8 = not names.isascii() or not header.isascii()

    def _options(self, session: Session) -> list[bytes]:
        """Return the parameters of MAIL, once it is clear that the server can take this mail."""
        label, extensions = session.server.label, session.extensions
        if self._is_utf8 and "SMTPUTF8" not in extensions:
            raise NotSupported(
                f"{label} does not take addresses with letters outside ASCII before the @.",
                cure="Use an ASCII address, or another server.",
            )
        if self._is_8bit and "8BITMIME" not in extensions and not self._is_utf8:
            raise NotSupported(f"{label} does not take 8-bit mail.", cure="Encode it as quoted-printable or base64.")
        size = len(self._data)
        limit = extensions.get("SIZE", "")
        if limit.isdigit() and 0 < int(limit[:18]) < size:
            raise NotSupported(
                f"{label} takes mail of at most {_say_size(int(limit[:18]))}; this one has {_say_size(size)}.",
                cure="Send fewer or smaller files.",
            )
        options = [b"SIZE=%d" % size] if "SIZE" in extensions else []
        if self._is_8bit and "8BITMIME" in extensions:
            options.append(b"BODY=8BITMIME")
        return [*options, b"SMTPUTF8"] if self._is_utf8 else options

    async def address(self, session: Session, on_phase: OnPhase) -> tuple[Refusal, ...]:
        """Send MAIL and every RCPT; return the recipients refused, of whom there are fewer than all."""
        options = self._options(session)
        await on_phase(Phase.MAIL)
        reply = await session.command(b"MAIL", b"FROM:<%s>" % self._sender.encode("utf-8"), *options)
        if reply.code != 250:
            cure = "Check the account's address, or the size of the mail."
            raise refusal(f"{session.server.label} does not take mail from {self._sender}", reply, cure=cure)
        await on_phase(Phase.RCPT)
        refused: list[Refusal] = []
        first: Reply | None = None
        for recipient in self._recipients:
            reply = await session.command(b"RCPT", b"TO:<%s>" % recipient.encode("utf-8"))
            if reply.code == 421:
                raise refusal(f"{session.server.label} hung up", reply)
            if not reply.is_success:
                if not (reply.is_temporary or reply.is_refusal):
                    raise refusal(f"{session.server.label} answered RCPT", reply)
                first = first or reply
                refused.append(Refusal(recipient, reply.code, str(reply)))
        if first is not None and len(refused) == len(self._recipients):
            raise _all_refused(session, first, tuple(refused))
        return tuple(refused)

    async def deliver(
        self,
        session: Session,
        on_phase: OnPhase,
        on_progress: Callable[[int], None],
        final_timeout: float,
        refused: tuple[Refusal, ...],
    ) -> Receipt:
        """Send the message; return once the server has taken it."""
        await on_phase(Phase.DATA)
        reply = await session.command(b"DATA")
        if reply.code != 354:
            raise refusal("The mail was refused", reply)
        try:
            upload = await session.upload(self._data, on_progress)
            try:
                await on_phase(Phase.DOT)
            except BaseException:
                upload.abort()
                raise
            session.talk.note("the final dot")
            reply = await upload.finish(final_timeout)
        except EarlyRefusal as error:
            session.talk.they_said(error.reply)
            raise refusal("The mail was refused before its end", error.reply) from None
        session.talk.they_said(reply)
        if not reply.is_success:
            raise refusal("The mail was refused", reply)
        return Receipt(str(reply), refused)


def _all_refused(session: Session, first: Reply, refused: tuple[Refusal, ...]) -> MailError:
    who = f"{refused[0].address} is" if len(refused) == 1 else f"All {len(refused)} recipients are"
    message = f"{who} refused by {session.server.label}: {first.text or first.code}"
    if any(400 <= each.code < 500 for each in refused):
        return TemporarilyRefused(message, code=first.label, text=first.text, cure=AGAIN)
    return RecipientRefused(message, code=first.label, text=first.text, cure="Check the addresses.", refused=refused)


def _say_size(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} MB" if octets >= 100_000 else f"{octets} octets"
