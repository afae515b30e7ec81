"""From the last key of a search for a rare word in subjects to the hit on the screen, anywhere in the mailbox."""

from functools import partial

from tests.bench.report import median
from tests.bench.yardstick import limits
from tests.bench.yardstick.clients import Client
from tests.bench.yardstick.ground import NARROW, Ground, tried
from tests.bench.yardstick.post import RARE, RARE_SUBJECT
from tests.bench.yardstick.start import WARM
from tests.bench.yardstick.table import Figure
from tests.bench.yardstick.tidings import Tidings

GROUP = "Search: from the last key to the hit"
FOUND = 10.0
TIMES = 3


def measure(ground: Ground, delay: int) -> None:
    """Look for the word in every program."""
    figures: dict[str, Figure] = {}
    limit: tuple[str, float] | None = None
    for client in ground.awake():
        figures[client.name] = tried(client, "search", partial(_search, ground, client, delay))
        if isinstance(client, Tidings):
            limit = ("a bare SQLite index", limits.hits(client.cache(ground.home(client, delay))))
    ground.row(GROUP, "one word of a subject", ground.where(delay), "ms", figures, limit)


def _search(ground: Ground, client: Client, delay: int) -> Figure:
    hands = client.hands
    if hands.search is None:
        return None
    times = []
    with ground.running(client, delay, NARROW) as program:
        ground.shown(program, WARM)
        ground.settle(client, program, delay, WARM)
        for _ in range(TIMES):
            program.press(hands.top, gap=0.3)
            program.press(hands.search, gap=0.3)
            if hands.found:
                program.press(RARE, gap=0.2)
            if RARE_SUBJECT in program.screen:
                break  # alpine tells of the hits for some seconds, and stays there
            at = program.send(hands.found or RARE)
            times.append((program.until(RARE_SUBJECT, FOUND) - at) * 1000)
            program.quiet(0.3, 3.0)
            program.press(hands.done, gap=0.4)
    return median(times) if times else None
