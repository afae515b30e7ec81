"""A short soak: with two sessions, cuts and restarts the store is the server's twin whenever all is quiet.

``scripts/bench soak`` does it for minutes.
"""

from pathlib import Path

from tests.crash.soak import Checkpoint, Soak
from tests.servers.dovecot import Dovecot

SECONDS = 18.0
SEED = 7


async def test_at_every_checkpoint_the_store_is_like_the_server(dovecot: Dovecot, tmp_path: Path) -> None:
    points: list[Checkpoint] = []
    async with Soak(dovecot, tmp_path, SEED) as soak:
        await soak.run(SECONDS, points.append, every=5.0)
    assert [point.differences for point in points] == [[]] * len(points)
    acts = points[-1].acts
    assert min(acts[name] for name in ("flag", "move", "undo", "redo", "cut", "restart", "other expunge")) > 0, acts
