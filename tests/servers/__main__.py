"""Prepares what the tests run against, and says in a line each what there is: ``python -m tests.servers``.

Dovecot and Postfix must be had, or the status is 1. Where the others cannot be had, their tests are skipped; the end of
a test run names each such part and why.
"""

import os
import shutil
import sys
from collections.abc import Callable

from tests.servers import packages, road, tmux
from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.packages import PACKAGES, Programs, ServersMissing


def main() -> int:
    """Prepare everything."""
    packages.try_again()
    try:
        try:
            found = packages.programs()
        except ServersMissing as error:
            if os.geteuid() or shutil.which("apt-get") is None:
                raise
            found = _install(error)
    except ServersMissing as error:
        print(f"servers: {error}", file=sys.stderr)
        return 1
    version = ".".join(str(number) for number in found.dovecot_version)
    lacking = "; Postfix runs only as root, so the tests of submission will fail" if os.geteuid() else ""
    print(f"servers: Dovecot {version} and Postfix, {found.origin}{lacking}", flush=True)
    parts: dict[str, Callable[[], object]] = {"Courier": Courier, "Cyrus": Cyrus, "tmux": tmux.program}
    there = [name for name, get in parts.items() if _is_there(name, get)]
    print(f"servers: also {', '.join(there) or 'nothing'}", flush=True)
    why = road.forbidden()
    if why:
        print(f"servers: no network on which packets are lost, its test is skipped: {why}", flush=True)
    return 0


def _is_there(name: str, get: Callable[[], object]) -> bool:
    try:
        get()
    except ServersMissing as error:
        print(f"servers: no {name}, its tests are skipped: {error}", flush=True)
        return False
    return True


def _install(why: ServersMissing) -> Programs:
    """Install the servers on the machine: the last resort, of root, said before it is done."""
    print(f"servers: installing {', '.join(PACKAGES)} with apt-get, for nothing kinder works here: {why}", flush=True)
    packages.install(PACKAGES)
    return packages.programs()


if __name__ == "__main__":
    sys.exit(main())
