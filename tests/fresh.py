"""What a fresh interpreter loads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def loaded_by(program: str) -> frozenset[str]:
    """Return the names of the modules a program has loaded, beyond those of an empty one.

    Raises:
        AssertionError: when the program fails.
    """
    script = f"import sys; before = set(sys.modules)\n{program}\nprint(*sorted(set(sys.modules) - before), sep=chr(10))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return frozenset(done.stdout.split())
