"""From exec to the newest rows on the screen: with nothing on this machine, again, and without the server."""

import shutil
import time
from functools import partial

from tests.bench.report import median
from tests.bench.yardstick import limits
from tests.bench.yardstick.clients import Client
from tests.bench.yardstick.ground import Ground, tried
from tests.bench.yardstick.table import Figure

COLD, WARM, AWAY = 90.0, 30.0, 3.0
"""Seconds a program gets; a warm start that takes longer than `SLOW` is not repeated."""
SLOW = 3.0
TRIES = 2
"""Cold starts that may fail before a program is left out; each is told of."""
GROUP = "From exec to the newest rows on the screen"
WIRE = "On the wire until the newest rows are on the screen"
RATE = "All envelopes onto this machine, from exec"


def measure(ground: Ground, delay: int, *, few: bool = False) -> None:
    """Start every program for the first time on a road, and again.

    Args:
        few: times it is started again.
    """
    cold: dict[str, Figure] = {}
    warm: dict[str, Figure] = {}
    wire: dict[tuple[str, bool], dict[str, Figure]] = {}
    rates: dict[str, Figure] = {}
    for client in ground.awake():
        for _ in range(TRIES):
            cold[client.name], rates[client.name] = _cold(ground, client, delay, wire)
            if cold[client.name] is not None:
                warm[client.name] = tried(
                    client, "warm start", partial(_warm, ground, client, delay, wire, 2 if few else ground.rounds)
                )
                break
        else:
            ground.asleep.add(client.name)
    where, first = ground.where(delay), limits.newest(ground.line(delay))
    bare = ("python -c pass", limits.interpreter())
    ground.row(GROUP, "cold", where, "ms", cold, ("a raw socket", first[0]))
    ground.row(GROUP, "warm", where, "ms", warm, bare)
    for (what, is_cold), figures in wire.items():
        raw = first[1] if what == "round trips" else first[2]
        limit = ("a raw socket", float(raw)) if is_cold else None
        ground.row(WIRE, f"{'cold' if is_cold else 'warm'}: {what}", where, "", figures, limit)
    took, _ = limits.everything(ground.line(delay))
    limit = ("a raw socket", ground.count / took)
    ground.row(RATE, "messages", where, "/s", rates, limit, more_is_better=True)


def away(ground: Ground, delay: int) -> None:
    """Start every program that has been there before, while nobody answers."""
    figures: dict[str, Figure] = {}
    for client in ground.awake():
        try:
            with ground.running(client, delay) as program:
                figures[client.name] = ground.shown(program, AWAY)
        except TimeoutError:
            figures[client.name] = "never"
    ground.row(GROUP, "warm, the server away", ground.where(), "ms", figures, ("python -c pass", limits.interpreter()))


def _cold(
    ground: Ground, client: Client, delay: int, wire: dict[tuple[str, bool], dict[str, Figure]]
) -> tuple[Figure, Figure]:
    home = ground.home(client, delay)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    client.prepare(home, ground.line(delay))
    rate: Figure = None
    took: Figure = None
    _forget(ground, delay)
    try:
        with ground.running(client, delay) as program:
            took = ground.shown(program, COLD)
            _count(ground, client, delay, wire, is_cold=True)
            until = time.monotonic() + COLD
            while client.whole(home, ground.count) is False and time.monotonic() < until:
                time.sleep(0.02)
            if client.whole(home, ground.count):
                rate = ground.count / (time.perf_counter() - program.began)
            ground.settle(client, program, delay, COLD)
    except (TimeoutError, OSError) as error:
        print(f"  ({client.name}: cold start: {' '.join(str(error).split())[:160]})", flush=True)
    return took, rate


def _warm(
    ground: Ground, client: Client, delay: int, wire: dict[tuple[str, bool], dict[str, Figure]], rounds: int
) -> Figure:
    times: list[float] = []
    while len(times) < rounds:
        _forget(ground, delay)
        with ground.running(client, delay, is_hurried=True) as program:
            times.append(ground.shown(program, WARM))
            if len(times) == rounds:
                _count(ground, client, delay, wire, is_cold=False)
            program.quiet(0.3, 2.0)
        if times[0] > SLOW * 1000:
            break  # it is believed
    return median(times)


def _forget(ground: Ground, delay: int) -> None:
    if delay in ground.roads:
        ground.roads[delay].passages.clear()


def _count(
    ground: Ground, client: Client, delay: int, wire: dict[tuple[str, bool], dict[str, Figure]], *, is_cold: bool
) -> None:
    if delay in ground.roads:
        road = ground.roads[delay]
        trips = max((passage.trips + 1 for passage in road.passages), default=0)  # and its greeting
        wire.setdefault(("round trips", is_cold), {})[client.name] = trips
        wire.setdefault(("octets", is_cold), {})[client.name] = road.octets
