"""Where programs are measured: one filled Dovecot, slow roads to it, and a home for each program on each road."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.memory import pss
from tests.bench.pty_driver import PtyProgram
from tests.bench.yardstick.clients import Client, Line
from tests.bench.yardstick.post import subject
from tests.bench.yardstick.table import Figure, Row, Table
from tests.bench.yardstick.tidings import Tidings
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.slow_road import SlowRoad

WIDE, NARROW = (120, 40), (80, 24)
"""A screen to start on, and one that has only the list, as the others have it everywhere."""
LEAVING = 4.0


@dataclass
class Ground:
    """Everything of one size of mailbox.

    Attributes:
        dovecot: with the mailbox in it.
        count: messages in it.
        folder: of all homes.
        clients: to be measured.
        table: where figures go.
        quick: few rounds.
        until: when it should be over, by `time.monotonic`.
        roads: milliseconds of a round trip → the way to Dovecot with them.
        asleep: programs that could not be measured here, which are not asked again.
    """

    dovecot: Dovecot
    count: int
    folder: Path
    clients: Sequence[Client]
    table: Table
    quick: bool
    until: float
    roads: dict[int, SlowRoad] = field(default_factory=dict)
    asleep: set[str] = field(default_factory=set)

    @property
    def rounds(self) -> int:
        """How often what takes a second is repeated."""
        return 3 if self.quick else 5

    def line(self, delay: int) -> Line:
        """Return the way to the mailbox: at once where there is no delay, else by a road that also counts."""
        port = self.roads[delay].port if delay in self.roads else self.dovecot.clear_port
        return Line(port, ADA, self.dovecot.users[ADA], self.count)

    def home(self, client: Client, delay: int) -> Path:
        """Return the folder of a program; its files are there after its first start."""
        return self.folder / f"{client.name}-{self.count}-{delay}"

    def where(self, delay: int | None = None) -> str:
        """Return size and round trip in words."""
        size = f"{self.count // 1000:,}k" if self.count % 1000 == 0 else f"{self.count:,}"
        return size if delay is None else f"{size}, {delay} ms"

    def awake(self) -> list[Client]:
        return [client for client in self.clients if client.name not in self.asleep]

    def row(
        self,
        group: str,
        what: str,
        where: str,
        unit: str,
        figures: dict[str, Figure],
        limit: tuple[str, float] | None = None,
        *,
        more_is_better: bool = False,
    ) -> None:
        """Add a row to the table, when anything was measured."""
        if any(figure is not None for figure in figures.values()):
            self.table.add(Row(group, what, where, unit, dict(figures), limit, more_is_better))

    @contextmanager
    def running(
        self, client: Client, delay: int, size: tuple[int, int] = WIDE, *, is_hurried: bool = False
    ) -> Iterator[PtyProgram]:
        """Start a program in its home; at the end it is asked to leave, or made to.

        Args:
            size: of its terminal.
            is_hurried: one of the others, which say goodbye to the server and have nothing to lose, is just killed.
        """
        width, height = size
        with client.start(self.home(client, delay), width=width, height=height) as program:
            yield program
            if is_hurried and not isinstance(client, Tidings):
                program.process.kill()
            elif program.is_alive:
                program.send(client.hands.end)
                program.wait(LEAVING)

    def shown(self, program: PtyProgram, timeout: float) -> float:
        """Wait for the newest row. Return the milliseconds since exec.

        Raises:
            TimeoutError: it never came.
        """
        return (program.until(subject(self.count), timeout) - program.began) * 1000

    def settle(self, client: Client, program: PtyProgram, delay: int, timeout: float) -> None:
        """Wait until a program has nothing more to do."""
        home, until = self.home(client, delay), time.monotonic() + timeout
        if isinstance(client, Tidings):
            program.until("live", timeout)
            while time.monotonic() < until and not (client.whole(home, self.count) and client.idle(home)):
                time.sleep(0.1)
        program.quiet(1.0, max(1.0, min(10.0, until - time.monotonic())))


def tried(client: Client, what: str, act: Callable[[], Figure]) -> Figure:
    """Return what an act measured, or say why it could not."""
    try:
        return act()
    except (TimeoutError, OSError) as error:
        print(f"  ({client.name}: {what}: {' '.join(str(error).split())[:160]})", flush=True)
        return None


def memory(pid: int) -> float:
    """Return the PSS of a process and of what it started, MiB."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(stat.parent.name))
    family, waiting = [], [pid]
    while waiting:
        family.append(waiting.pop())
        waiting += parents.get(family[-1], ())
    return sum(pss(each) for each in family)
