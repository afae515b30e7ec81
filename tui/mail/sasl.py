"""SASL, once for IMAP, POP3 and SMTP: which mechanism, and what the client says in it (RFC 4422).

::

    exchange = choose(offered, login)      # one mechanism, the strongest; it is tried once
    ... AUTH exchange.name, with exchange.first where the line may carry it; `converse` does this and the next
    ... for each challenge: await exchange.answer(challenge); None cancels with "*"
    ... on success: exchange.check(); on refusal: exchange.refused is what the server said inside

All values here are octets before base64. What a line may carry, and how, is the protocols' affair; so is that a line
without encryption never comes here unless it leads to this machine.
"""

import base64
import binascii
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import field
from typing import Any, TypeVar

from tui.mail.errors import AuthenticationFailed, ConfigError, MailError, NotSupported, ProtocolViolation
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

WITH_PASSWORD = ("SCRAM-SHA-256", "PLAIN", "LOGIN")
"""Mechanisms for a password, the strongest first."""
WITH_TOKEN = ("OAUTHBEARER", "XOAUTH2")
"""Mechanisms for an OAuth access token, the standard one first."""
MECHANISMS = (*WITH_PASSWORD, *WITH_TOKEN)
CLEARTEXT = frozenset(("PLAIN", "LOGIN"))
"""Mechanisms that show the server the password itself."""
MAX_CHALLENGE = 16 * 1024
"""Octets of a challenge; more is no SASL."""
MAX_ROUNDS = 8
"""Challenges after which an exchange is cancelled; the longest that is known here has three."""
TOKEN_CURE = "It may have expired or been revoked, or be for another scope: sign in anew."
"""What to do about a token that was refused."""

Answer = TypeVar("Answer")
_TOKEN = re.compile(r"[\x21-\x7e]+\Z")  # RFC 6750 allows less; what some providers give is not quite it


@dataclass(frozen=True, slots=True)
class Login:
    """Who wants in, and where.

    Attributes:
        user: login name.
        secret: the password or access token.
        is_token: which of the two.
        host: of the server.
        port: of the server.
    """

    user: str
    secret: str = field(repr=False)
    is_token: bool = False
    host: str = ""
    port: int = 0

    @property
    def label(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"

    def check(self) -> None:
        """Make sure that neither name nor secret can end a line or a field.

        Raises:
            ConfigError: when one can, or the token is none.
        """
        if any(character in text for text in (self.user, self.secret) for character in "\0\1\r\n"):
            what = "token" if self.is_token else "password"
            raise ConfigError(f"User and {what} cannot hold line ends or NUL.", cure="Check the account's settings.")
        if self.is_token and not _TOKEN.match(self.secret):
            raise ConfigError("What was given as access token is none.", cure="Run token_command by hand to see it.")


class Exchange(ABC):
    """One attempt by one mechanism.

    Attributes:
        name: of the mechanism.
        first: what the client says at first; None where the server begins.
        refused: what the server said inside the exchange before it refused; "" for nothing.
    """

    name = ""

    def __init__(self, login: Login) -> None:
        self.first: bytes | None = None
        self.refused = ""
        self._login = login

    @abstractmethod
    async def answer(self, challenge: bytes) -> bytes | None:
        """Return what to say to a challenge; None when it has no place here: the exchange is to be cancelled.

        Raises:
            ProtocolViolation, AuthenticationFailed: the server is not what it should be; the line is to be dropped.
        """

    def check(self) -> None:  # noqa: B027 - most mechanisms have nothing to check
        """Called when the server says that the client is in.

        Raises:
            AuthenticationFailed: the server has not proved what it had to.
        """


class Plain(Exchange):
    """Name and password (RFC 4616)."""

    name = "PLAIN"

    def __init__(self, login: Login) -> None:
        super().__init__(login)
        self.first = b"\0".join((b"", login.user.encode(), login.secret.encode()))

    async def answer(self, challenge: bytes) -> bytes | None:
        return None


class LoginMechanism(Exchange):
    """Name, then password, each asked for (draft-murchison-sasl-login): for servers that know nothing else."""

    name = "LOGIN"

    def __init__(self, login: Login) -> None:
        super().__init__(login)
        self._left = [login.secret.encode(), login.user.encode()]

    async def answer(self, challenge: bytes) -> bytes | None:
        return self._left.pop() if self._left else None


class _Bearer(Exchange):
    """A token, in one message; a server that refuses says why in a challenge, and wants an answer to it."""

    acknowledgement = b""

    async def answer(self, challenge: bytes) -> bytes | None:
        if self.refused:
            return None
        self.refused = _reason(challenge)
        return self.acknowledgement


class OAuthBearer(_Bearer):
    """A token as RFC 7628 has it."""

    name = "OAUTHBEARER"
    acknowledgement = b"\x01"

    def __init__(self, login: Login) -> None:
        super().__init__(login)
        user = login.user.replace("=", "=3D").replace(",", "=2C")
        fields = f"n,a={user},\1host={login.host}\1port={login.port}\1auth=Bearer {login.secret}\1\1"
        self.first = fields.encode()


class XOAuth2(_Bearer):
    """A token as Google and Microsoft had it before there was a standard."""

    name = "XOAUTH2"

    def __init__(self, login: Login) -> None:
        super().__init__(login)
        self.first = f"user={login.user}\1auth=Bearer {login.secret}\1\1".encode()


def choose(offered: Iterable[str], login: Login, *, only: str = "", cleartext: bool = True) -> Exchange | None:
    """Return the strongest mechanism that is offered and known, ready for its one attempt.

    Args:
        offered: names of mechanisms, as the server wrote them.
        login: who wants in.
        only: the mechanism that the user insists on; "" for the strongest.
        cleartext: whether the server may see the password itself.

    Returns:
        None when there is no such mechanism.

    Raises:
        ConfigError: when name or secret cannot be sent.
    """
    login.check()
    names = {name.upper() for name in offered}
    for name in WITH_TOKEN if login.is_token else WITH_PASSWORD:
        if name in names and only in ("", name) and (cleartext or name not in CLEARTEXT):
            return _make(name, login)
    return None


def _make(name: str, login: Login) -> Exchange:
    if name == "SCRAM-SHA-256":
        from tui.mail.scram import Scram  # noqa: PLC0415 - late: start-up time

        return Scram(login)
    kinds: dict[str, type[Exchange]] = {kind.name: kind for kind in (Plain, LoginMechanism, OAuthBearer, XOAuth2)}
    return kinds[name](login)


async def converse(
    exchange: Exchange,
    command: Callable[..., Awaitable[Answer]],
    challenge: Callable[[Answer], bytes | str | None],
    most: int,
) -> Answer:
    """Say AUTH and what it comes to, as SMTP (RFC 4954, 4) and POP3 (RFC 5034, 4) have it; return the last answer.

    Args:
        exchange: what to say; it is used up.
        command: sends words as one line, and returns the answer.
        challenge: returns what an answer wants to be answered, as it came over the line; None for one that is the last.
        most: octets of a command without its end: a longer initial response waits to be asked for.
    """
    waiting = exchange.first
    words = [b"AUTH", exchange.name.encode("ascii")]
    if waiting is not None:
        initial = base64.b64encode(waiting) or b"="
        if len(b" ".join((*words, initial))) <= most:
            words.append(initial)
            waiting = None
    response: bytes | None
    answer = await command(*words)
    for _ in range(MAX_ROUNDS):
        asked = challenge(answer)
        if asked is None:
            return answer
        if waiting is not None:
            response, waiting = waiting, None
        else:
            response = await exchange.answer(decoded(asked))
        answer = await command(b"*" if response is None else base64.b64encode(response))
    return answer if challenge(answer) is None else await command(b"*")


def no_way_in(login: Login, offered: Iterable[str], cure: str = "Check port and security.") -> NotSupported:
    """Return what it means that `choose` found nothing."""
    ways = ", ".join(sorted(offered)[:8])
    told = f" It offers: {ways}." if ways else ""
    if login.is_token:
        return NotSupported(
            f"{login.label} takes no OAuth tokens.{told}", cure="Use password_command, password or keyring instead."
        )
    if any(name.upper() in WITH_TOKEN for name in offered):
        return NotSupported(
            f"{login.label} takes no passwords, only OAuth tokens.{told}",
            cure="Use oauth or token_command instead of a password.",
        )
    return NotSupported(f"{login.label} offers no way to log in that is known here.{told}", cure=cure)


def advised(error: MailError, exchange: Exchange | None) -> MailError:
    """Return a refusal with what else may be wrong: some servers offer SCRAM for users whose passwords they hashed."""
    if isinstance(error, AuthenticationFailed) and exchange is not None and exchange.name.startswith("SCRAM"):
        error.cure = f'{error.cure} If both are right, mechanism = "PLAIN" may help.'.strip()
    return error


def decoded(challenge: bytes | str) -> bytes:
    """Return the octets of a challenge as it came over the line; of one that is no base64 as much as can be read."""
    data = challenge.encode("ascii", "ignore") if isinstance(challenge, str) else challenge
    try:
        return base64.b64decode(data[: len(data) // 4 * 4])
    except binascii.Error:
        return b""


def bounded(challenge: bytes) -> bytes:
    """Return a challenge of a size that can be one.

    Raises:
        ProtocolViolation: when it is larger.
    """
    if len(challenge) > MAX_CHALLENGE:
        raise ProtocolViolation("The server's login dialogue is too long to be one.")
    return challenge


def _reason(challenge: bytes) -> str:
    """Return in a few words why a token was refused, from the server's JSON (RFC 7628, 3.2.2)."""
    try:
        told: Any = json.loads(bounded(challenge))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return clean_line(challenge[:300].decode("utf-8", "replace"), 200) or "no reason given"
    words = [told.get(key) for key in ("status", "error", "error_description")]
    scope = told.get("scope")
    parts = [clean_line(str(word), 200) for word in words if isinstance(word, str | int) and word != ""]
    if isinstance(scope, str) and scope:
        parts.append(f"needed: {clean_line(scope, 200)}")
    return ", ".join(dict.fromkeys(parts)) or "no reason given"
