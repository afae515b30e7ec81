"""Round trips and octets of a start: until the newest rows are in the store, and until the line is live.

The account's engine runs on a line through a proxy that counts and, a second time, delays. A trip is a time the client
speaks after the server has; the one in which the server says its greeting is counted too, the TCP handshake is not.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench.mailboxes import letters, load
from tests.bench.report import heading, median, row
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.slow_road import Mark, SlowRoad
from tui.config.model import AccountConfig, Config, Security, SyncConfig
from tui.config.paths import Paths
from tui.mail.ids import MailboxId, Uid
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event, Link, LinkChanged, MessagesArrived

DEADLINE = 300.0
MOST_TRIPS, MOST_OCTETS = 5, 40_000
DELAY = 0.2
OPENED = 9
"""Messages that are opened."""
LOOK = 0.5
"""Seconds a message is looked at before the next is opened."""


class Start:
    """What one start cost.

    Attributes:
        rows, live: (seconds, trips, octets) until the newest rows were stored, and until the line was live; of the
            first line, for it brings them.
        said: what the client said on it until then.
        lines: made until the list was whole.
        all_octets: of all lines until it was live.
        opened: (seconds, trips) until a message was there that was not, each; in the settled state.
        again: seconds until it was a second time, each.
        fresh: as ``opened``, of messages that had just arrived.
        meanwhile: as ``opened``, while the list is still being fetched.
    """

    def __init__(self) -> None:
        self.rows: tuple[float, int, int] | None = None
        self.live: tuple[float, int, int] | None = None
        self.said: list[str] = []
        self.lines = 0
        self.all_octets = 0
        self.opened: list[tuple[float, int]] = []
        self.again: list[float] = []
        self.fresh: list[tuple[float, int]] = []
        self.meanwhile: list[tuple[float, int]] = []


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench trips", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000], metavar="N")
    parser.add_argument("--commands", action="store_true", help="show what the client says")
    wanted = parser.parse_args(words)
    met = True
    for count in wanted.sizes:
        with Dovecot(storage="mdbox", compress=True) as dovecot:
            load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(count))
            for compress in ("auto", "always"):
                met &= asyncio.run(_measure(dovecot, count, compress, shown=wanted.commands))
    return 0 if met else 1


async def _measure(dovecot: Dovecot, count: int, compress: str, *, shown: bool) -> bool:
    heading(f"trips: {count:,} messages, compress = {compress!r}")
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        paths = Paths.under(Path(folder))
        cold = await _start(dovecot, paths, compress, 0.0)
        warm = await _start(dovecot, paths, compress, 0.0)
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        slow = await _start(dovecot, Paths.under(Path(folder)), compress, DELAY)
    assert cold.rows is not None
    assert cold.live is not None
    assert warm.live is not None
    assert slow.rows is not None
    met = row("cold: trips until the newest rows", cold.rows[1] + 1, "", most=MOST_TRIPS)
    met &= row("  octets on that line", cold.rows[2], "B", most=MOST_OCTETS, note=f"{cold.rows[0] * 1000:.0f} ms")
    row(
        "  trips until live", cold.live[1] + 1, "", note=f"{cold.live[2]:,} B on it, {cold.all_octets:,} B on all lines"
    )
    row("warm: trips until the line is live", warm.live[1] + 1, "", note=f"{warm.live[2]:,} B, {warm.lines} lines")
    row(f"cold, {DELAY * 1000:.0f} ms round trip: to the newest rows", slow.rows[0] * 1000, "ms")
    met &= _tell("  a message that is not here is opened in", slow.opened)
    met &= row("  and again in", median(slow.again) * 1000, "ms", most=20)
    met &= _tell("  one that has just arrived", slow.fresh)
    met &= _tell("  one while the list is still being fetched", slow.meanwhile)
    if shown:
        print("  cold: " + " | ".join(cold.said))
        print("  warm: " + " | ".join(warm.said))
    return met


def _tell(what: str, openings: Sequence[tuple[float, int]]) -> bool:
    # what is compressed cannot be read on the road
    each = ", ".join(f"{took * 1000:.0f} ({trips})" if trips else f"{took * 1000:.0f}" for took, trips in openings)
    took = median([took for took, _ in openings]) * 1000
    return row(what, took, "ms", most=DELAY * 1000 + 30, note=f"each (and its trips): {each}")


async def _start(dovecot: Dovecot, paths: Paths, compress: str, round_trip: float) -> Start:
    start = Start()
    live = asyncio.Event()
    with SlowRoad(dovecot.clear_port, round_trip) as road:
        began = time.perf_counter()

        def now() -> tuple[float, int, int]:
            first = road.passages[0]
            return time.perf_counter() - began, first.trips, first.up + first.down

        def emit(event: Event) -> None:
            if isinstance(event, MessagesArrived) and start.rows is None:
                start.rows = now()
            if isinstance(event, LinkChanged) and event.state.link is Link.LIVE and start.live is None:
                start.live = now()
                start.said = road.passages[0].said[:]
                live.set()

        store = await Store.open(paths)
        try:
            config = _config(dovecot, road.port, compress)
            account = Account(config.accounts[0], config, store, emit)
            account.start()
            await asyncio.wait_for(live.wait(), DEADLINE)
            start.all_octets = road.octets
            if round_trip:
                start.meanwhile = await _opened_meanwhile(store, account, road)
            await _settled(store, account)
            start.lines = len(road.passages)
            if round_trip:
                await _quiet(road, 3 * round_trip)
            start.opened, start.again = await _opened(store, account, road)
            if round_trip:
                start.fresh = await _opened_fresh(dovecot, store, account, road)
            await account.stop()
        finally:
            await store.close()
    return start


async def _quiet(road: SlowRoad, seconds: float) -> None:
    """Wait until nothing has passed for so long."""
    async with asyncio.timeout(DEADLINE):
        before = -1
        while before != road.octets:
            before = road.octets
            await asyncio.sleep(seconds)


async def _open(account: Account, mailbox: MailboxId, uid: Uid, road: SlowRoad) -> tuple[float, int]:
    mark, began = Mark(road.passages), time.perf_counter()
    await account.message(mailbox, uid)
    return time.perf_counter() - began, mark.until("BODY.PEEK[")[1]


async def _opened(store: Store, account: Account, road: SlowRoad) -> tuple[list[tuple[float, int]], list[float]]:
    inbox = (await store.mailboxes.all(account.name))[0].id
    uids = [Uid(uid) for uid in range(1, 2 * OPENED, 2)]
    return (
        [await _open(account, inbox, uid, road) for uid in uids],
        [(await _open(account, inbox, uid, road))[0] for uid in uids],
    )


async def _opened_meanwhile(store: Store, account: Account, road: SlowRoad) -> list[tuple[float, int]]:
    """Open messages of the first page while not all of the list is here, each after a look at the one before."""
    inbox = (await store.mailboxes.all(account.name))[0].id
    openings: list[tuple[float, int]] = []
    for envelope in (await store.envelopes.older(inbox, None, 50))[::2]:
        await asyncio.sleep(LOOK)
        opening = await _open(account, inbox, envelope.uid, road)
        state = await store.mailboxes.get(inbox)
        if state is None or state.complete:
            break
        openings.append(opening)
    return openings


async def _opened_fresh(dovecot: Dovecot, store: Store, account: Account, road: SlowRoad) -> list[tuple[float, int]]:
    """Let messages arrive, and open each when its row is here and the line waits for news again."""
    inbox = (await store.mailboxes.all(account.name))[0].id
    openings: list[tuple[float, int]] = []
    for each in letters(OPENED, seed=8):
        before = await _newest(store, inbox)
        await asyncio.to_thread(load, dovecot.clear_port, ADA, dovecot.users[ADA], iter((each,)))
        async with asyncio.timeout(DEADLINE):
            while await _newest(store, inbox) == before:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(DELAY / 4)
        await _quiet(road, 3 * DELAY)
        openings.append(await _open(account, inbox, await _newest(store, inbox), road))
    return openings


async def _newest(store: Store, mailbox: MailboxId) -> Uid:
    bounds = await store.envelopes.bounds(mailbox)
    assert bounds is not None
    return bounds[1]


async def _settled(store: Store, account: Account) -> None:
    """Wait until the list is whole, so that the next start is a warm one."""
    async with asyncio.timeout(DEADLINE):
        while True:
            states = await store.mailboxes.all(account.name)
            if len(states) > 1 and states[0].complete:
                return
            await asyncio.sleep(0.05)


def _config(dovecot: Dovecot, port: int, compress: str) -> Config:
    account = dovecot.account(ADA, security=Security.PLAIN)
    account = _through(account, port)
    return Config(accounts=(account,), sync=SyncConfig(compress=compress, offline=0, ahead=0))


def _through(account: AccountConfig, port: int) -> AccountConfig:
    return replace(account, receive=replace(account.receive, port=port))
