"""Packets that are lost without a word: what is shown, when the line is back, and whether the missed mail is then here.

Run as a program in a network of its own (`tests.servers.road.alone`); it prints what came of it as one JSON object.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import cast

from tests.servers.certificate import certificate
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.proxy import Proxy
from tests.servers.road import SERVER, Road
from tests.sync.desk import HASTE, Desk, Pace, open_store
from tui.config.model import AccountConfig, ComposeConfig, Config, Server, SyncConfig
from tui.imap import idle
from tui.mail.flags import FLAGGED
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import question
from tui.sync.events import Link

MAILS = 3
PROBE, ASKING_AFTER, TIMEOUT = 0.5, 0.2, 1.0
"""Seconds: of silence after which the server is asked, after which that is shown, and that its answers may take."""
PATIENCE = 40.0


@dataclass
class Dropped:
    """What came of losing every packet for a while.

    Attributes:
        shown: what the trust meter said meanwhile, each state once, in order.
        reasons: why it was offline, in its words, in order.
        noticed: seconds from the first lost packet until it was shown.
        back: seconds from when packets arrived again until the line was up.
        found: seconds from then until the mail that came meanwhile was here.
        flags: what the server then had of the flag that was set meanwhile.
        held: rows at the end.
    """

    shown: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    noticed: float = 0.0
    back: float = 0.0
    found: float = 0.0
    flags: str = ""
    held: int = 0


class Net:
    """A Dovecot at the far end of a `Road`, reached by TLS."""

    def __init__(self, road: Road, dovecot: Dovecot, proxy: Proxy) -> None:
        self.road = road
        self._dovecot = dovecot
        self._proxy = proxy

    @property
    def receive(self) -> Server:
        """How Ada reaches it: its certificate is for loopback, so that it is known by its pin."""
        server = self._dovecot.server(ADA)
        return replace(server, host=SERVER, port=self._proxy.port, ca_file=None, pin=certificate().pin)

    @property
    def account(self) -> AccountConfig:
        """Ada's."""
        return replace(self._dovecot.account(ADA), receive=self.receive)

    def deliver(self, *mails: bytes) -> None:
        with self.road.at_the_server():
            self._dovecot.deliver(ADA, *mails)

    def flags(self, uid: int) -> str:
        """Return what the server holds."""
        with self.road.at_the_server(), self._dovecot.imap(ADA) as line:
            line.select("INBOX", readonly=True)
            return str(line.uid("FETCH", str(uid), "(FLAGS)")[1][0])


@contextmanager
def net() -> Iterator[Net]:
    """Build a road with a server at its end."""
    with Road() as road, road.at_the_server(), Dovecot() as dovecot, Proxy(dovecot.port, SERVER) as proxy:
        made = Net(road, dovecot, proxy)
        with road.back_home():
            yield made


def _mail(number: int) -> bytes:
    return f"From: Grace <grace@example.org>\r\nMessage-ID: <{number}@lost.example>\r\n\r\nHello.\r\n".encode()


async def drop(net: Net, store: Store) -> Dropped:
    """Lose all packets until it is noticed, then let them pass."""
    dropped = Dropped()
    net.deliver(*map(_mail, range(MAILS)))
    account = net.account
    seconds = SyncConfig(probe=cast(int, PROBE), timeout=cast(int, TIMEOUT), poll=120)
    settings = Config((account,), ComposeConfig(0), sync=seconds)
    desk = Desk(account, settings, store, Pace(HASTE))
    desk.account.start()
    try:
        await desk.holds(MAILS)
        await desk.link(Link.LIVE)
        seen, began = len(desk.states), time.monotonic()
        net.road.lose_packets()
        net.deliver(_mail(MAILS))
        await desk.until(lambda: any(state.link is Link.OFFLINE for state in desk.states[seen:]), PATIENCE)
        dropped.noticed = time.monotonic() - began
        await desk.account.change_flags(await desk.inbox(), [Uid(1)], add=[FLAGGED])

        def reasons() -> list[str]:
            return list(dict.fromkeys(state.reason for state in desk.states[seen:] if state.link is Link.OFFLINE))

        await desk.until(lambda: len(reasons()) > 1, PATIENCE)  # a new line has been tried, in vain
        dropped.reasons = [reason.replace(SERVER, "server") for reason in reasons()]
        dropped.shown = list(dict.fromkeys(state.link.value for state in desk.states[seen:]))
        up = len(desk.states)
        began = time.monotonic()
        net.road.let_pass()
        await desk.until(lambda: any(state.link is Link.LIVE for state in desk.states[up:]), PATIENCE)
        dropped.back = time.monotonic() - began
        dropped.held = len(await desk.holds(MAILS + 1, timeout=PATIENCE))
        dropped.found = time.monotonic() - began

        async def none_waits() -> bool:
            return not await store.pending.all()

        await desk.until(none_waits, PATIENCE)
        dropped.flags = net.flags(1)
    finally:
        await asyncio.wait_for(desk.account.stop(), 10)
    return dropped


async def _main() -> None:
    idle.DONE_TIMEOUT, question.ASKING_AFTER = TIMEOUT, ASKING_AFTER
    with net() as made, tempfile.TemporaryDirectory(prefix="tidings-dropped-") as folder:
        async with open_store(Path(folder)) as store:
            sys.stdout.write(json.dumps(asdict(await drop(made, store))) + "\n")


if __name__ == "__main__":
    asyncio.run(_main())
