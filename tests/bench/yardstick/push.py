"""From LMTP's 250 to the row on the screen, beside a raw socket that sits in IDLE."""

import time

from tests.bench.mailboxes import PEOPLE, letter
from tests.bench.pty_driver import PtyProgram
from tests.bench.push import RawIdle
from tests.bench.report import median
from tests.bench.yardstick.clients import Client
from tests.bench.yardstick.ground import Ground, tried
from tests.bench.yardstick.start import WARM
from tests.bench.yardstick.table import Figure
from tests.servers.dovecot import ADA

GROUP = "A new mail, from LMTP's 250 to its row on the screen"
PATIENCE = 20.0
SLOW = 3.0
"""Seconds above which two trials are enough."""


def measure(ground: Ground, delay: int) -> None:
    """Deliver mail to every program, one after another; the mailbox is another one after that."""
    figures: dict[str, Figure] = {}
    surplus: dict[str, Figure] = {}
    raw: list[float] = []
    for turn, client in enumerate(ground.awake()):

        def once(client: Client = client, turn: int = turn) -> Figure:
            figures[client.name], surplus[client.name] = _trials(ground, client, delay, turn, raw)
            return None

        tried(client, "push", once)
    where = ground.where(delay)
    ground.row(GROUP, "median", where, "ms", figures, ("a raw socket in IDLE", median(raw)) if raw else None)
    ground.row(GROUP, "later than the raw socket, median", where, "ms", surplus)


def _trials(ground: Ground, client: Client, delay: int, turn: int, raw: list[float]) -> tuple[Figure, Figure]:
    took, later, missed = list[float](), list[float](), 0
    with (
        ground.running(client, delay) as program,
        RawIdle(ground.dovecot.clear_port, ADA, ground.dovecot.users[ADA]) as idle,
    ):
        program.quiet(1.5, WARM)
        program.press(client.hands.top, gap=0.5)
        for number in range(5 if ground.quick else 12):
            subject = f"Push {turn}-{number}"
            before = len(idle.heard)
            ground.dovecot.deliver(ADA, letter(subject, sender=PEOPLE[number % 3], number=10_000 * turn + number))
            accepted = time.perf_counter()
            try:
                shown = _row_at(program, subject)
            except TimeoutError:
                missed += 1
                if missed == 2:
                    break
                continue
            took.append((shown - accepted) * 1000)
            until = time.perf_counter() + 3.0
            while len(idle.heard) == before and time.perf_counter() < until:
                time.sleep(0.005)
            if len(idle.heard) > before:
                raw.append((idle.heard[before] - accepted) * 1000)
                later.append((shown - idle.heard[before]) * 1000)
            if len(took) >= 2 and median(took) > SLOW * 1000:
                break
            program.quiet(0.6, 3.0)
            program.press(client.hands.top, gap=0.4)
    if not took:
        return "never", None
    return median(took), median(later) if later else None


def _row_at(program: PtyProgram, subject: str) -> float:
    """Wait for a row, not for a notice at the bottom."""
    return program.until(lambda screen: any(subject in line for line in screen.split("\n")[:-3]), PATIENCE)
