"""What went wrong → `tui.mail.errors`: refusals by their response code, exceptions by their class."""

import ssl
from collections.abc import Callable

import aioimaplib

from tui.config.model import Server
from tui.config.unreachable import lost
from tui.imap.responses import Result
from tui.mail.errors import (
    AuthenticationFailed,
    ConnectionLost,
    MailboxNotFound,
    MailError,
    OverQuota,
    ProtocolViolation,
    ServerRefused,
    TemporarilyRefused,
    TimedOut,
)
from tui.mail.sasl import TOKEN_CURE

LIBRARY: dict[type[Exception], Callable[[str], MailError]] = {
    aioimaplib.AioImapException: lambda label: ProtocolViolation(f"{label} could not be understood."),
    aioimaplib.Error: lambda label: ProtocolViolation(f"{label} could not be understood."),
    aioimaplib.Abort: lambda label: ProtocolViolation(f"{label} broke the protocol."),
    aioimaplib.CommandTimeout: lambda label: TimedOut(f"{label} did not answer in time."),
    aioimaplib.IncompleteRead: lambda label: ConnectionLost(f"{label} closed the line in the middle of an answer."),
}
"""Every exception class of aioimaplib. Their texts may hold a whole command line and are never shown."""

_TEMPORARY = frozenset(("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "EXPUNGEISSUED"))
_MISSING = frozenset(("NONEXISTENT", "TRYCREATE"))
_QUOTA = frozenset(("OVERQUOTA", "TOOBIG"))
_DENIED = frozenset(("AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN"))
_NOT_NOW = ("too many", "maximum number", "try again", "temporar", "unavailable", "rate limit", "throttl")


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
        return TimedOut(f"{server.label} did not answer in time.", cure="It is tried again.")
    if isinstance(error, ssl.SSLError):
        return ConnectionLost(f"The encrypted line to {server.label} broke.", cure="It is tried again.")
    return lost(error, server)


def refusal(doing: str, result: Result) -> ServerRefused:
    """Return what NO or BAD to a command means.

    Args:
        doing: what was being done, a clause for the user: ``Opening “Archive”``.
        result: the tagged response.
    """
    said = f": {result.text}" if result.text else ""
    message = f"{doing} was refused{said}"
    if not message.endswith((".", "!", "?")):
        message += "."
    kind: type[ServerRefused] = ServerRefused
    if result.code in _TEMPORARY:
        kind = TemporarilyRefused
    elif result.code in _MISSING:
        kind = MailboxNotFound
    elif result.code in _QUOTA:
        kind = OverQuota
    return kind(message, code=result.code, text=result.text)


def login_refusal(server: Server, result: Result, inside: str = "") -> MailError:
    """Return what NO or BAD to a login means: wrong credentials, unless the server says that it will pass.

    Args:
        server: who was asked.
        result: the tagged response.
        inside: what it said inside the SASL exchange, cleaned.
    """
    words = result.text.lower()
    told = "; ".join(part for part in (inside, result.text) if part)
    said = f" It says: {told}" if told else ""
    throttled = result.code not in _DENIED and any(sign in words for sign in _NOT_NOW)
    if result.code in _TEMPORARY or throttled:
        return TemporarilyRefused(
            f"{server.label} lets nobody in just now.{said}",
            code=result.code,
            text=result.text,
            cure="It is tried again; the password is kept.",
        )
    if result.code == "REFERRAL":
        return ServerRefused(f"{server.label} wants to send us elsewhere.{said}", code=result.code, text=result.text)
    if server.secret.gives_token:
        return AuthenticationFailed(f"{server.label} refused the token of {server.user}.{said}", cure=TOKEN_CURE)
    return AuthenticationFailed(
        f"{server.label} refused the login of {server.user}.{said}",
        cure="Check user and password; the same ones are not tried again by themselves.",
    )
