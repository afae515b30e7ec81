"""What a server refuses → `tui.mail.errors`, by its response code."""

import re

from tui.config.model import Server
from tui.mail.errors import (
    AuthenticationFailed,
    MailError,
    ProtocolViolation,
    ServerRefused,
    TemporarilyRefused,
)
from tui.mail.sasl import TOKEN_CURE
from tui.pop3.reply import Reply

_TEMPORARY = frozenset(("IN-USE", "LOGIN-DELAY", "SYS/TEMP"))
_NOT_NOW = re.compile(
    r"(mail ?(box|drop)|maildrop|mbox|unable to|can ?not|can't|could not|already).{0,40}\block|in use|busy|try again"
    r"|temporar|too many|too often|unavailable|rate limit|throttl",
    re.IGNORECASE,
)
"""What servers without response codes say when it is not the password's fault (RFC 1939, 7: a maildrop is locked)."""


def refusal(doing: str, reply: Reply) -> ServerRefused:
    """Return what -ERR to a command means.

    Args:
        doing: what was being done, a clause for the user: ``Listing the mail``.
        reply: the refusal.
    """
    said = f": {reply.text}" if reply.text else ""
    sentence = f"{doing} was refused{said}"
    sentence += "" if sentence.endswith((".", "!", "?")) else "."
    kind = TemporarilyRefused if reply.code in _TEMPORARY else ServerRefused
    return kind(sentence, code=reply.code, text=reply.text)


def login_refusal(server: Server, reply: Reply, inside: str = "") -> MailError:
    """Return what -ERR to a login means (RFC 3206): wrong credentials, unless the server says otherwise.

    Args:
        inside: what the server said in the SASL exchange; "" for nothing.
    """
    told = "; ".join(part for part in (inside, reply.text) if part)
    said = f" It says: {told}" if told else ""
    if reply.code in _TEMPORARY or (not reply.code and _NOT_NOW.search(reply.text)):
        return TemporarilyRefused(
            f"{server.label} lets nobody in just now.{said}",
            code=reply.code,
            text=reply.text,
            cure="It is tried again; the password is kept.",
        )
    if reply.code == "SYS/PERM":
        return ServerRefused(f"{server.label} cannot open the mail of {server.user}.{said}", code=reply.code)
    if server.secret.gives_token:
        return AuthenticationFailed(f"{server.label} refused the token of {server.user}.{said}", cure=TOKEN_CURE)
    return AuthenticationFailed(
        f"{server.label} refused the login of {server.user}.{said}",
        cure="Check user and password; the same ones are not tried again by themselves.",
    )


def strange(server: Server, line: bytes) -> ProtocolViolation:
    """Return the error for a line that is no POP3."""
    start = line[:40].decode("ascii", "replace")
    return ProtocolViolation(
        f"{server.label} does not speak POP3: it says “{start}”.", cure="Check host, port and security of the account."
    )
