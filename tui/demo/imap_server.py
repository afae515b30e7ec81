"""The embedded IMAP server: pymap's in-memory backend on a loopback port, in our own loop.

Made different from pymap's own: SPECIAL-USE (RFC 6154); a task for each connection that is kept and, at the end,
cancelled and awaited (pymap 0.36.7 keeps no reference to it, and the garbage collector ends idle connections); no
thread, no hashed password, no look-up of the machine's name.
"""

import asyncio
import logging
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

from proxyprotocol.sock import SocketInfoLocal
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import Config, Identity, Login, Session
from pymap.backend.dict.filter import FilterSet
from pymap.concurrent import Subsystem
from pymap.config import BackendCapability
from pymap.interfaces.login import IdentityInterface
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.hashing import Cleartext

from tui.demo.imap_connection import DemoServer
from tui.demo.imap_mailbox import DemoMailbox, DemoMailboxes

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
SPECIAL_USE = {"Archive": b"Archive", "Drafts": b"Drafts", "Sent": b"Sent", "Spam": b"Junk", "Trash": b"Trash"}
"""Mailbox name → its attribute (RFC 6154, 2)."""


class ImapServer:
    """An IMAP server for some users, in memory.

    Args:
        passwords: user name → password.
    """

    def __init__(self, passwords: Mapping[str, str]) -> None:
        config = _Config()
        self._login = _Login(config, passwords)
        self._serve = DemoServer(self._login, config)
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on a port of the loopback interface, a free one for 0; `port` is its number.

        Raises:
            OSError: when there is none.
        """
        self._server = await asyncio.start_server(self._accept, HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection and wait until they have ended."""
        if self._server is not None:
            self._server.close()
        connections = list(self._connections)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer), name="demo IMAP connection")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer, SocketInfoLocal(writer.transport, unique_id=uuid4().bytes))
        except (ConnectionError, EOFError):
            pass
        except Exception:
            log.exception("the embedded IMAP server failed")
        finally:
            writer.transport.abort()

    async def add_mailbox(self, user: str, name: str) -> None:
        """Create a mailbox that is not there yet."""
        await self._login.mailboxes[user].add_mailbox(name)

    async def mailbox(self, user: str, name: str) -> DemoMailbox:
        """Return a mailbox.

        Raises:
            KeyError: when the user has none of this name.
        """
        mailbox = await self._login.mailboxes[user].get_mailbox(name)
        assert isinstance(mailbox, DemoMailbox)
        return mailbox

    async def deliver(
        self, user: str, raw: bytes, *, mailbox: str = "INBOX", received: datetime, flags: Set[bytes] = frozenset()
    ) -> int:
        """Put a message into a mailbox, tell every session that has it selected, and return its UID.

        Args:
            user: whose mailbox.
            raw: the message, wire bytes.
            mailbox: its name.
            received: INTERNALDATE, with its time zone.
            flags: as on the wire, ``b"\\\\Seen"``.
        """
        kept = await self.mailbox(user, mailbox)
        message = await kept.append(AppendMessage(raw, received, frozenset(map(Flag, flags))))
        return message.uid


class _Config(Config):
    """pymap's settings, without command-line arguments behind them."""

    def __init__(self) -> None:
        super().__init__(
            Namespace(passlib_cfg=None),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            proxy_protocol=ProxyProtocolVersion.NOOP.value,
            max_append_len=64 * 1024 * 1024,
        )

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=True, object_id=True, multi_append=True, custom=(b"SPECIAL-USE",))

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN"])

    @property
    def greeting(self) -> bytes:
        return b"Tidings demo"

    @property
    def id_response(self) -> Mapping[bytes, bytes]:
        return {b"name": b"Tidings demo"}


class _Login(Login):
    """Knows the users, their passwords and their mailboxes."""

    def __init__(self, config: _Config, passwords: Mapping[str, str]) -> None:
        super().__init__(config)
        self.mailboxes = {name: DemoMailboxes() for name in passwords}
        self.users_dict.update(
            {name: UserMetadata(config, name, password=password) for name, password in passwords.items()}
        )

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        allowed = await super().authorize(authenticated, authzid)
        return _Identity(allowed.name, self, None, allowed.roles)


class _Identity(Identity):
    """A user who has signed in."""

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        login = self.login
        assert isinstance(login, _Login)
        yield _Session(self.name, login.config, login.mailboxes[self.name], FilterSet())


class _Session(Session):
    """Tells what mailboxes are for."""

    async def list_mailboxes(
        self, ref_name: str, filter_: str, subscribed: bool = False, selected: SelectedMailbox | None = None
    ) -> tuple[list[tuple[str, str | None, Sequence[bytes]]], SelectedMailbox | None]:
        rows, updated = await super().list_mailboxes(ref_name, filter_, subscribed, selected)
        return [(name, sep, [*attrs, *self._use(name)]) for name, sep, attrs in rows], updated

    def _use(self, name: str) -> list[bytes]:
        return [SPECIAL_USE[name]] if name in SPECIAL_USE else []
