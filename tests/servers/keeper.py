"""Keeps one server: starts it, and ends it with all its children when whoever started the keeper is gone.

A program of its own, run by `tests.servers.process`; its standard input is a pipe that nobody else holds, so that it
sees the end of a test run even when that was killed. Only the standard library, for it may run under another Python.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 5.0
"""Seconds a server has to end when asked politely."""


def main() -> int:
    """Do what the JSON object in the first argument says.

    Its keys: ``mounts``, a list of argument lists for mount(8); ``argv``, the server; ``user`` and ``group``, ids or
    null; ``log``, a file for what it prints; ``folder``, what to remove when nobody is left to do it, or null.

    Standard input says how it ends: ``stop``, as an administrator would end it; ``kill``; nothing at all when whoever
    started us has died.
    """
    wanted = json.loads(sys.argv[1])
    for words in wanted["mounts"]:
        subprocess.run(["mount", *words], check=True, stdin=subprocess.DEVNULL)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    names = {key: wanted[key] for key in ("user", "group") if wanted[key] is not None}
    if names:
        names["extra_groups"] = []
    with Path(wanted["log"]).open("ab") as log:
        server = subprocess.Popen(wanted["argv"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **names)
    while server.poll() is None and not select.select([sys.stdin], [], [], 0.1)[0]:
        pass
    if server.poll() is not None:
        _end_children()
        return 1
    word = sys.stdin.read()
    if word == "stop":
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            pass
    _end_children()
    if not word and wanted["folder"] is not None:
        shutil.rmtree(wanted["folder"], ignore_errors=True)
    return 0


def _end_children() -> None:
    """Kill every descendant; what daemonized itself has become our child, for we are the subreaper."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for child in _children():
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    mine = str(os.getpid())
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if stat.read_text().rpartition(")")[2].split()[1] == mine:
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
