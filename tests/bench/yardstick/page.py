"""The page that tells what the yardstick found: docs/speed.md."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.bench.yardstick.clients import Client
from tests.bench.yardstick.keys import STEP
from tests.bench.yardstick.start import AWAY
from tests.bench.yardstick.table import Table
from tests.servers.packages import ServersMissing, programs

HEAD = """# Speed

`scripts/bench yardstick` wrote this page: every program in the same run, in the same mailboxes of a Dovecot on this
machine, on a terminal of its own (xterm-256color; starts at 120x40, keys at 80x24). A round trip of more than 0 ms is
made by a road that passes everything on so much later. The others are Debian's packages, with caches and IDLE switched
on. The two columns on the right divide the figure of Tidings by that of the best other program, and by what a bare
socket, interpreter, terminal or file takes for the same in the same run.

{machine}
{programs}
"""
HOW = """## How it is measured

- A screen counts as there when the bytes that brought the subject of the newest message have come; a key, when the last
  byte of its repaint has. *Cold* is with nothing on this machine; *warm* the median of some starts after that.
- alpine asks for the password at each start; it is typed at once. It keeps no cache.
- *The newest* messages are fetched ahead by Tidings; *never seen* are letters {step} rows apart at the old end, opened
  half a second after the cursor came there.
- mutt and neomutt search what they hold in memory, aerc asks the server, alpine marks hits among the rest. Tidings
  shows them while one types: there it is from the whole word, typed at once.
- Round trips are those of the line that needed most of them until the newest rows were there, its greeting included;
  octets are those of all lines.
- mbsync stores whole messages, each in a file, without fsync; Tidings what is read of them: structure and texts,
  without files. `scripts/bench bodies` does it with longer ones.
- Dovecot tells of a new mail 100 to 500 ms after it took it: what counts is how much later than a raw socket.
- "–" is not measured, or there is no such thing; "never" is not within the seconds it got ({patience:.0f} for a start
  without the server).
"""


def written(table: Table, clients: Sequence[Client], loads: Sequence[float], *, whole: bool) -> str:
    """Return the page.

    Args:
        table: what was found.
        clients: that were measured.
        loads: of the machine, now and then.
        whole: nothing is missing.
    """
    programs_ = ", ".join(f"{client.name} {client.version}".strip() for client in clients)
    head = HEAD.format(machine=_machine(loads), programs=f"Measured: {programs_}; {_dovecot()}.")
    cut = "" if whole else "\nThe run was cut short: rows are missing.\n"
    return "\n".join([head + cut, table.markdown(), HOW.format(step=STEP, patience=AWAY)])


def _machine(loads: Sequence[float]) -> str:
    """Return the machine in words."""
    lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    words = [f"{os.cpu_count()} cores{f' ({model})' if model else ''}", f"{memory:.0f} GiB"]
    words += [f"Linux {platform.release().partition('-')[0]}", f"Python {platform.python_version()}"]
    return f"Measured at load {min(loads):.1f} to {max(loads):.1f} on {', '.join(words)}."


def _dovecot() -> str:
    try:
        return f"Dovecot {'.'.join(map(str, programs().dovecot_version))}"
    except ServersMissing:
        return "no Dovecot"
