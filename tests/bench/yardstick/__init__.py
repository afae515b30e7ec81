"""Tidings beside other mail programs and what physics allows, in one table: at several sizes and round trips."""

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench.mailboxes import load
from tests.bench.program import CHECKOUT
from tests.bench.yardstick import keys, limits, page, push, search, start, texts
from tests.bench.yardstick.aerc import aerc
from tests.bench.yardstick.alpine import alpine
from tests.bench.yardstick.clients import Client, Maker
from tests.bench.yardstick.ground import Ground
from tests.bench.yardstick.mutt import mutt, neomutt
from tests.bench.yardstick.post import NEWEST, OLDEST, post
from tests.bench.yardstick.table import Table
from tests.bench.yardstick.tidings import Tidings
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.packages import ServersMissing
from tests.servers.slow_road import SlowRoad

MAKERS: dict[str, Maker] = {"tidings": Tidings, "neomutt": neomutt, "mutt": mutt, "aerc": aerc, "alpine": alpine}
SIZES, DELAYS = (1_000, 10_000, 100_000), (0, 200)
MOST_TEXTS = 10_000
"""Messages whose texts are fetched all."""
MINUTES = 14.0


def main(words: Sequence[str]) -> int:
    """Run it; 1 when it was cut short."""
    parser = argparse.ArgumentParser(prog="scripts/bench yardstick", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, metavar="N,…", help="messages")
    parser.add_argument("--delays", type=_numbers, default=DELAYS, metavar="MS,…", help="round trips")
    parser.add_argument("--clients", type=_names, default=tuple(MAKERS), metavar="NAME,…", help=", ".join(MAKERS))
    parser.add_argument("--only", type=_words, metavar="STAGE,…", help="start (the others need it), keys, search, …")
    parser.add_argument("--quick", action="store_true", help="few rounds; docs/speed.md stays as it is")
    parser.add_argument("--minutes", type=float, default=MINUTES, metavar="N", help="after which nothing new is begun")
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="for the table; docs/speed.md unless quick or in part"
    )
    wanted = parser.parse_args(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # with all that is running
    clients = _found(wanted.clients)
    table = Table([*(client.name for client in clients), "mbsync"])
    file = wanted.page or (None if wanted.quick or wanted.only else CHECKOUT / "docs" / "speed.md")
    loads = [os.getloadavg()[0]]
    until = time.monotonic() + wanted.minutes * 60
    whole = False
    try:
        whole = _all(wanted.sizes, wanted.delays, clients, table, wanted.quick, until, loads, wanted.only)
    except ServersMissing as error:
        print(f"yardstick: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("yardstick: cut short", file=sys.stderr)
    finally:
        if file is not None and table.rows:
            file.write_text(page.written(table, clients, loads, whole=whole), encoding="utf-8")
            print(f"\nwritten to {os.path.relpath(file)}")
    return 0 if whole else 1


def _all(
    sizes: Sequence[int],
    delays: Sequence[int],
    clients: Sequence[Client],
    table: Table,
    quick: bool,
    until: float,
    loads: list[float],
    only: tuple[str, ...] | None,
) -> bool:
    whole = True
    for size in sizes:
        with ExitStack() as stack:
            dovecot = stack.enter_context(Dovecot(storage="mdbox"))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidings-bench-")))
            ground = Ground(dovecot, size, folder, clients, table, quick, until)
            began = time.monotonic()
            load(dovecot.clear_port, ADA, dovecot.users[ADA], post(size))
            limits.everything(ground.line(0))  # Dovecot makes its cache of envelopes at the first question
            took = time.monotonic() - began
            print(f"\n=== {size:,} messages, in Dovecot after {took:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
            for delay in delays:
                if delay:
                    road = SlowRoad(dovecot.clear_port, delay / 1000)
                    ground.roads[delay] = stack.enter_context(road)
            ends = {"is_first": size == sizes[0], "is_last": size == sizes[-1]}
            for stage, act in _stages(ground, delays, **ends):
                if only and not stage.startswith(only):
                    continue
                if time.monotonic() > until:
                    print(f"  ({stage} at {ground.where()}: the time is over)", flush=True)
                    whole = False
                    continue
                whole &= _done(stage, act)
                loads.append(os.getloadavg()[0])
    return whole


def _done(stage: str, act: Callable[[], None]) -> bool:
    """Do it, and say how long it took; whatever happens, what comes next is measured."""
    began = time.monotonic()
    try:
        act()
    except Exception:
        traceback.print_exc()
        print(f"  ({stage}: not done)", flush=True)
        return False
    print(f"  ({stage}: {time.monotonic() - began:.0f} s)", flush=True)
    return True


def _stages(
    ground: Ground, delays: Sequence[int], *, is_first: bool, is_last: bool
) -> list[tuple[str, Callable[[], None]]]:
    """Return what is measured at one size, in order; at the end mail comes.

    What depends on the size but little is measured at the smallest and the largest, what depends on the round trip
    alone at the first.
    """
    near = delays[0]
    stages: list[tuple[str, Callable[[], None]]] = []
    for delay in delays:
        stages.append((f"start at {delay} ms", partial(start.measure, ground, delay, few=delay != near)))
    if is_first or is_last:
        stages.append(("keys", partial(keys.measure, ground, near)))
        stages.append(("search", partial(search.measure, ground, near)))
    if is_first:
        for delay in delays[1:]:
            stages.append((f"open at {delay} ms", partial(keys.measure, ground, delay, only_open=True)))
    if ground.count <= MOST_TEXTS and near == 0:
        stages.append(("texts", partial(texts.measure, ground)))
    stages.append(("away", partial(_away, ground, near)))
    if is_first:
        stages.append(("push", partial(push.measure, ground, near)))
    return stages


def _away(ground: Ground, delay: int) -> None:
    ground.dovecot.stop()
    try:
        start.away(ground, delay)
    finally:
        ground.dovecot.start()


def _found(names: Sequence[str]) -> list[Client]:
    """Return the programs that are here or can be had; of the others it is said why."""
    found: list[Client] = []
    for name in names:
        try:
            client = MAKERS[name]()
        except ServersMissing as error:
            print(f"{name}: left out, {error}", flush=True)
            continue
        print(f"{name} {client.version}", flush=True)
        found.append(client)
    return found


def _sizes(text: str) -> tuple[int, ...]:
    numbers = _numbers(text)
    if min(numbers) < NEWEST + OLDEST:
        raise argparse.ArgumentTypeError(f"a mailbox has {NEWEST + OLDEST} messages at least")
    return numbers


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _names(text: str) -> tuple[str, ...]:
    names = _words(text)
    if unknown := sorted(set(names) - set(MAKERS)):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there is {', '.join(MAKERS)}")
    return names
