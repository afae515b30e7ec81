"""Everything that can go wrong with mail, as one tree.

::

    MailError                       what the user is told: a sentence with the cause and, in ``cure``, what to do
    ├── ConnectionLost              the line broke; try again
    │   └── TimedOut                the server did not answer in time; the line is given up
    ├── AuthenticationFailed        the server refused these credentials; ask, never loop
    ├── CertificateRefused          the line cannot be trusted; nothing secret was sent
    ├── ServerRefused(code, text)   NO, BAD or 5xx to one command; the connection is still good
    │   ├── MailboxNotFound
    │   ├── OverQuota
    │   ├── RecipientRefused
    │   └── ScriptRefused
    ├── TemporarilyRefused          NO [UNAVAILABLE], [INUSE], [LIMIT] or 4xx: the same may succeed later
    ├── ProtocolViolation           the server broke the protocol; drop the connection, then try again
    ├── NotSupported                the server does not offer what is needed
    ├── ConfigError                 config.toml, a secret or a command line is wrong; exit status 2
    └── StoreError                  the local database cannot be used
        └── DiskFull                it cannot grow; nothing was changed

The classes answer one question: what may the caller do next? Every text that came from outside is cleaned before
it becomes part of an error.
"""

import os

from tui.mail.submission import Refusal
from tui.mail.text import clean_line


def words_of(error: BaseException) -> str:
    """Return why the system says a connection failed, "" when it does not say.

    asyncio puts the address in place of the reason, and whoever reads it knows the address.
    """
    number, words = getattr(error, "errno", None), getattr(error, "strerror", None) or ""
    return os.strerror(number) if isinstance(number, int) and "Connect call failed" in words else str(words)


class MailError(Exception):
    """Root of the tree.

    Args:
        message: one sentence for the user: what happened, with the names concerned.
        cure: one sentence: what would help, or "" when there is nothing to advise.
    """

    def __init__(self, message: str, *, cure: str = "") -> None:
        self.message = clean_line(message, 1000)
        self.cure = clean_line(cure, 1000)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class ConnectionLost(MailError):
    """The line broke, or could not be made. What was asked may or may not have happened."""


class TimedOut(ConnectionLost):
    """The server made no progress within the deadline; its connection has been dropped."""


class AuthenticationFailed(MailError):
    """The server refused the credentials. The same ones must not be tried again without the user."""


class CertificateRefused(MailError):
    """The server's certificate, or the safety of the line, is not what the account demands.

    Args:
        message: what was refused, for the user.
        host: the server that was asked for.
        reason: why, in a few words: "self-signed certificate".
        fingerprint: ``sha256:`` and 64 hexadecimal digits of the certificate that was shown; "" when unknown.
    """

    def __init__(
        self, message: str, *, cure: str = "", host: str = "", reason: str = "", fingerprint: str = ""
    ) -> None:
        super().__init__(message, cure=cure)
        self.host = clean_line(host, 255)
        self.reason = clean_line(reason, 300)
        self.fingerprint = fingerprint


class ServerRefused(MailError):
    """One command was refused; the connection is still good.

    Args:
        message: what was being done, for the user.
        code: response code without brackets (IMAP, "OVERQUOTA") or reply code (SMTP, "550 5.1.1"); may be "".
        text: the server's own words, cleaned.
    """

    def __init__(self, message: str, *, code: str = "", text: str = "", cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.code = clean_line(code, 100)
        self.text = clean_line(text, 1000)


class MailboxNotFound(ServerRefused):
    """The mailbox does not exist, or cannot be selected."""


class OverQuota(ServerRefused):
    """The account has no room for this."""


class RecipientRefused(ServerRefused):
    """The submission server takes none of the recipients.

    Attributes:
        refused: each of them with the server's words.
    """

    def __init__(
        self, message: str, *, code: str = "", text: str = "", cure: str = "", refused: tuple[Refusal, ...] = ()
    ) -> None:
        super().__init__(message, code=code, text=text, cure=cure)
        self.refused = refused


class ScriptRefused(ServerRefused):
    """A Sieve script is not right, or cannot be run by this server.

    Attributes:
        complaints: of the server, a line each, cleaned.
    """

    def __init__(self, message: str, *, code: str = "", complaints: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code, text=" ".join(complaints))
        self.complaints = complaints


class TemporarilyRefused(ServerRefused):
    """The server says not now: a limit, a lock, a greylist. Back off, then repeat."""


class ProtocolViolation(MailError):
    """The server sent what the protocol forbids, or more than our limits. The connection is to be dropped."""


class NotSupported(MailError):
    """The server does not offer something that the account needs."""


class ConfigError(MailError):
    """A mistake in the configuration.

    Args:
        message: what is wrong.
        place: file and key or line, such as ``config.toml: accounts.work.receive.port``; "" when it has none.
        cure: what would be right.
        example: lines of ours to copy, told below the sentences; "" for none.
    """

    def __init__(self, message: str, *, place: str = "", cure: str = "", example: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message, cure=cure)
        self.place = place
        self.example = example


class StoreError(MailError):
    """The local database is locked by another instance, full, damaged or too new."""


class Overtaken(StoreError):
    """What was to be changed is gone, or in a state that the new one cannot follow: asking again is of no use."""


class DiskFull(StoreError):
    """The local database cannot grow. What was to be written was not, what was there before is."""
