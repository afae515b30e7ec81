"""Packets lost without a word under the real program: a part of ``scripts/bench recovery``, in a network of its own."""

import sys
import tempfile
import time
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letter
from tests.bench.recovery import PATIENCE, PROBE, Trial, run
from tests.crash.dropped import net

MAILS = 20
LOST = 30.0
"""Seconds for which packets are lost after that is shown."""


def main(settled: float) -> int:
    """Run it; 1 when an aim is missed.

    Args:
        settled: a line's age at each trial, seconds.
    """
    with net() as made, tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        made.deliver(*(letter(f"Before {number}", number=number) for number in range(MAILS)))
        env = program.environment(Path(folder))
        file = Path(folder) / "config" / "tidings" / "config.toml"
        file.parent.mkdir(parents=True)
        file.touch(mode=0o600)
        server = made.receive
        file.write_text(
            f"[sync]\nprobe = {PROBE}\n[accounts.ada]\naddress = '{server.user}'\n[accounts.ada.receive]\n"
            f"protocol = 'imap'\nhost = '{server.host}'\nport = {server.port}\nsecurity = 'tls'\npin = '{server.pin}'\n"
            f"user = '{server.user}'\npassword = '{server.secret.password}'\n"
        )

        def lost_for_long() -> None:
            made.road.lose_packets()
            tidings.until("offline since", PATIENCE)
            time.sleep(LOST)

        with program.start(env, width=120, height=40) as tidings:
            tidings.until("live", program.READY)
            tidings.quiet(2.0)
            tidings.press("gg", gap=0.5)
            met = True
            trials = (
                Trial("packets lost until shown", made.road.lose_packets, made.road.let_pass),
                Trial(f"packets lost for {LOST:.0f} s more", lost_for_long, made.road.let_pass),
            )
            for number, trial in enumerate(trials, 100):
                time.sleep(settled)
                met &= run(tidings, made.deliver, trial, number)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
