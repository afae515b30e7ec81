"""One session with a ManageSieve server: its commands, each with its answer (RFC 5804, 2)."""

from contextlib import AbstractContextManager, suppress

from tui.config.line import Line
from tui.config.model import Server
from tui.mail.errors import ConfigError, MailError, ProtocolViolation
from tui.mail.noun import dataclass
from tui.mail.text import clean_line
from tui.sieve.answer import Answer, Text, ending, read_answer, read_row
from tui.sieve.errors import refusal, script_refusal

MAX_NAME = 512
"""Octets of a script's name; every server takes 128 characters (RFC 5804, 1.6)."""
LONGEST_QUOTED = 1_000
"""Octets of a string that is sent in quotes; RFC 5804, 4 allows 1024."""
GOODBYE_TIMEOUT = 1.0
_NOT_IN_NAMES = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)


@dataclass(frozen=True, slots=True)
class Script:
    """A script on the server.

    Attributes:
        name: as the server has it, decoded; what a terminal would obey is replaced where it is shown.
        is_active: it is the one that is run. At most one is.
    """

    name: str
    is_active: bool


class Session:
    """A session. Every method raises `MailError` only.

    Args:
        line: open.

    Attributes:
        capability: what the server offers, names in capitals → value: ``SIEVE`` → ``fileinto vacation``.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self.capability: dict[str, str] = {}

    @classmethod
    async def connect(cls, server: Server, *, timeout: float) -> "Session":
        """Connect. Nothing has been read yet: see `tui.sieve.login.enter`.

        Raises:
            CertificateRefused, NotSupported, ConnectionLost, TimedOut, ConfigError.
        """
        return cls(await Line.reach(server, timeout))

    @property
    def server(self) -> Server:
        return self._line.server

    def patient(self, timeout: float) -> AbstractContextManager[None]:
        """Give the server at least this many seconds for each answer."""
        return self._line.patient(timeout)

    def abort(self) -> None:
        """Drop the line at once."""
        self._line.abort()

    async def greeted(self) -> None:
        """Read what the server offers, which it says by itself when one connects and after STARTTLS.

        Raises:
            ServerRefused, TemporarilyRefused: it lets nobody in.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        self.capability = {}
        answer = await read_answer(self._line)
        if not answer.is_ok:
            raise refusal(f"Coming to {self.server.label}", answer)
        for row in answer.rows:
            name = bytes(row[0]).decode("ascii", "replace").upper()
            value = bytes(row[1]).decode("utf-8", "replace") if len(row) > 1 else ""
            self.capability[clean_line(name)] = clean_line(value)

    async def command(self, name: bytes, *strings: bytes) -> Answer:
        """Give a command and return its answer, whatever it is.

        Args:
            name: of the command.
            strings: its arguments, any octets; each goes in quotes where it can, else as a literal.
        """
        self._give(b" ".join((name, *(_string(each) for each in strings))))
        return await read_answer(self._line)

    def ask_in(self, mechanism: bytes, first: bytes | None) -> None:
        """Begin a login (RFC 5804, 2.1).

        Args:
            first: the initial response, base64; None for none.
        """
        self._give(b" ".join((b"AUTHENTICATE", _string(mechanism), *([] if first is None else [_string(first)]))))

    async def challenge(self) -> tuple[bytes | None, Answer | None]:
        """Return the next step of a login: (what the server asks, base64; None), or (None, its last answer).

        Raises:
            ProtocolViolation: it is neither.
            ConnectionLost, TimedOut.
        """
        row = await read_row(self._line)
        if len(row) == 1 and isinstance(row[0], Text):
            return bytes(row[0]), None
        answer = ending(row)
        if answer is None:
            raise ProtocolViolation(f"{self.server.label} answers a login with something else.")
        return None, answer

    def respond(self, response: bytes) -> None:
        """Answer a challenge of a login."""
        self._give(_string(response))

    def _give(self, octets: bytes) -> None:
        self._line.rest()
        self._line.write(octets + b"\r\n")

    async def _demand(self, doing: str, name: bytes, *strings: bytes) -> Answer:
        answer = await self.command(name, *strings)
        if not answer.is_ok:
            raise refusal(doing, answer)
        return answer

    async def start_tls(self) -> Answer:
        """Send STARTTLS and, when it is granted, encrypt the line and read what is offered then (RFC 5804, 2.2).

        Raises:
            CertificateRefused, ProtocolViolation, NotSupported, ConnectionLost, TimedOut: there is no safe line.
        """
        answer = await self.command(b"STARTTLS")
        if answer.is_ok:
            await self._line.encrypt()
            await self.greeted()
        return answer

    async def list_scripts(self) -> list[Script]:
        """Return the scripts there are, in the server's order.

        Raises:
            ServerRefused, ProtocolViolation, ConnectionLost, TimedOut.
        """
        answer = await self._demand("Listing the scripts", b"LISTSCRIPTS")
        return [
            Script(
                bytes(row[0]).decode("utf-8", "replace"),
                any(not isinstance(word, Text) and word.upper() == b"ACTIVE" for word in row[1:]),
            )
            for row in answer.rows
            if isinstance(row[0], Text)
        ]

    async def get(self, name: str) -> bytes:
        """Return the octets of a script, UTF-8 where it is one (RFC 5228, 2.1).

        Raises:
            ServerRefused: there is none of this name.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        answer = await self._demand(f"Reading {_told(name)}", b"GETSCRIPT", name_of(name))
        if len(answer.rows) != 1 or not isinstance(answer.rows[0][0], Text):
            raise ProtocolViolation(f"{self.server.label} does not give the script.")
        return bytes(answer.rows[0][0])

    async def check(self, script: bytes) -> str:
        """Have the server read a script without keeping it; return its warnings, "" for none (RFC 5804, 2.12).

        Raises:
            ScriptRefused: it is not right; the complaints say where.
            ServerRefused: it is not even looked at.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        answer = await self.command(b"CHECKSCRIPT", script)
        if not answer.is_ok:
            raise script_refusal("Checking the script", answer)
        return answer.text if answer.code == "WARNINGS" else ""

    async def put(self, name: str, script: bytes) -> str:
        """Keep a script under a name, in place of the one that has it; return the warnings, "" for none.

        Raises:
            ScriptRefused: it is not right.
            ServerRefused: it is too large, or one too many. What was there before stays in both cases.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        answer = await self.command(b"PUTSCRIPT", name_of(name), script)
        if not answer.is_ok:
            raise script_refusal(f"Keeping {_told(name)}", answer)
        return answer.text if answer.code == "WARNINGS" else ""

    async def activate(self, name: str) -> None:
        """Have this script run over what arrives, and no other; "" for none.

        Raises:
            ServerRefused: there is none of this name.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        doing = f"Activating {_told(name)}" if name else "Deactivating the script"
        await self._demand(doing, b"SETACTIVE", name_of(name) if name else b"")

    async def delete(self, name: str) -> None:
        """Delete a script.

        Raises:
            ServerRefused: it is the active one, or there is none of this name.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        await self._demand(f"Deleting {_told(name)}", b"DELETESCRIPT", name_of(name))

    async def rename(self, name: str, new: str) -> None:
        """Give a script another name.

        Raises:
            ServerRefused: there is none of this name, or one of the other.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        await self._demand(f"Renaming {_told(name)}", b"RENAMESCRIPT", name_of(name), name_of(new))

    async def leave(self) -> None:
        """Say LOGOUT and close the line, whatever comes."""
        with suppress(MailError):
            self._line.timeout = GOODBYE_TIMEOUT
            await self.command(b"LOGOUT")
        self._line.abort()


def name_of(name: str) -> bytes:
    """Return a script's name as it goes over the wire.

    Raises:
        ConfigError: when it cannot be one (RFC 5804, 1.6).
    """
    octets = name.encode("utf-8", "replace")
    if not octets or len(octets) > MAX_NAME or any(ord(character) in _NOT_IN_NAMES for character in name):
        raise ConfigError(f"{_told(name)} cannot be the name of a script.", cure="Use a short name of one line.")
    return octets


def _told(name: str) -> str:
    return f"“{clean_line(name, 80)}”"


def _string(octets: bytes) -> bytes:
    if len(octets) <= LONGEST_QUOTED and not any(octet in octets for octet in b"\r\n\0"):
        return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return b"{%d+}\r\n%b" % (len(octets), octets)
