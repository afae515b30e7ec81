"""What went wrong → `tui.mail.errors`: refusals by their reply code, exceptions by their class."""

import ssl
from collections.abc import Callable

import aiosmtplib

from tui.config.model import Server
from tui.config.unreachable import AGAIN, lost
from tui.mail.errors import (
    AuthenticationFailed,
    ConnectionLost,
    MailError,
    NotSupported,
    ProtocolViolation,
    ServerRefused,
    TemporarilyRefused,
    TimedOut,
)
from tui.smtp.reply import Reply


def _late(label: str) -> MailError:
    return TimedOut(f"{label} did not answer in time.", cure=AGAIN)


def _lost(label: str) -> MailError:
    return ConnectionLost(f"{label} closed the line.", cure=AGAIN)


def _unreadable(label: str) -> MailError:
    return ProtocolViolation(
        f"{label} broke the protocol.", cure="Check that host and port are those of a mail server."
    )


def _refused(label: str) -> MailError:
    return ServerRefused(f"{label} refused the mail.")


LIBRARY: dict[type[Exception], Callable[[str], MailError]] = {
    aiosmtplib.SMTPException: _unreadable,
    aiosmtplib.SMTPServerDisconnected: _lost,
    aiosmtplib.SMTPConnectError: lambda label: ConnectionLost(f"{label} cannot be reached.", cure=AGAIN),
    aiosmtplib.SMTPTimeoutError: _late,
    aiosmtplib.SMTPConnectTimeoutError: _late,
    aiosmtplib.SMTPReadTimeoutError: _late,
    aiosmtplib.SMTPNotSupported: lambda label: NotSupported(f"{label} does not offer what is needed."),
    aiosmtplib.SMTPResponseException: _unreadable,
    aiosmtplib.SMTPConnectResponseError: _unreadable,
    aiosmtplib.SMTPHeloError: _unreadable,
    aiosmtplib.SMTPDataError: _refused,
    aiosmtplib.SMTPAuthenticationError: lambda label: AuthenticationFailed(f"{label} refused the password."),
    aiosmtplib.SMTPSenderRefused: _refused,
    aiosmtplib.SMTPRecipientRefused: _refused,
    aiosmtplib.SMTPRecipientsRefused: _refused,
}
"""Every exception class of aiosmtplib. Most come from parts of it that are not used here; none may come unmapped."""


def of_library(error: Exception, server: Server) -> MailError:
    """Return what an exception of the library or of the system means.

    Args:
        error: anything but a `MailError`.
        server: who was asked.
    """
    for kind in type(error).__mro__:
        if kind in LIBRARY:
            return LIBRARY[kind](server.label)
    if isinstance(error, TimeoutError):
        return _late(server.label)
    if isinstance(error, ssl.SSLError):
        return ConnectionLost(f"The encrypted line to {server.label} broke.", cure=AGAIN)
    return lost(error, server)


def unreadable(error: Exception, server: Server) -> MailError:
    """Return what it means that no reply could be read out of what the server sent."""
    has_words = isinstance(error, aiosmtplib.SMTPResponseException) and error.code == -1
    what = error.args[1] if has_words else "unreadable"
    return ProtocolViolation(
        f"{server.label} does not answer as a mail server does ({what}).",
        cure="Check host, port and security of the account.",
    )


def refusal(message: str, reply: Reply, *, cure: str = "") -> MailError:
    """Return what a reply that is no success means (RFC 5321, 4.2.1).

    Args:
        message: what was being done, a clause for the user: ``The mail was refused``.
        reply: 4yz, 5yz, or one that has no place here.
        cure: for a lasting refusal; one that may pass is tried again.
    """
    said = f": {reply.text}" if reply.text else ""
    sentence = message + said + ("" if said.endswith((".", "!", "?")) else ".")
    if reply.is_temporary:
        return TemporarilyRefused(sentence, code=reply.label, text=reply.text, cure=AGAIN)
    if reply.is_refusal:
        return ServerRefused(sentence, code=reply.label, text=reply.text, cure=cure)
    return ProtocolViolation(f"{message}: an answer that has no place here ({reply.code}).", cure=AGAIN)
