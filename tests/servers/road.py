"""A network of our own on which packets get lost without a word, as on a train: two namespaces and a wire between them.

::

    alone() + [sys.executable, "-m", ...]   # in a process that this has started

    with Road() as road:
        with road.at_the_server():
            ... whatever listens on Road.SERVER
        road.lose_packets()

Nothing of it touches the machine's own network, and it goes with the processes. Packets are lost as in a real network:
they leave, and nobody takes them, for they bear an address of the wire that is nobody's.
"""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

CLONE_NEWNET = 0x40000000
NOBODY = "02:00:00:00:00:99"
CLIENT, SERVER = "10.111.0.1", "10.111.0.2"
WIRE = {CLIENT: "near", SERVER: "far"}
PATIENCE = 10.0


def alone() -> list[str]:
    """Return the words before a command that give it a network of its own, in which a `Road` can be built."""
    return ["unshare", "--net"]


def forbidden() -> str:
    """Return why no road can be built here, "" when it can."""
    if os.geteuid():
        return "Networks of one's own, and servers in them, are for root only."
    argv = [*alone(), sys.executable, "-m", "tests.servers.road"]
    try:
        tried = subprocess.run(argv, capture_output=True, text=True, timeout=30, cwd=Path(__file__).parents[2])
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"A network of its own cannot be made here: {error}"
    if tried.returncode:
        return f"A network of its own cannot be made here: {tried.stderr.strip().rpartition(chr(10))[2]}"
    return ""


class Road:
    """The wire, from the client's end; a context manager, in a process that has a network of its own."""

    def __enter__(self) -> Self:
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)
        before = os.readlink("/proc/self/ns/net")
        # it holds the server's namespace, and ends when we do, however that is
        self._holder = subprocess.Popen([*alone(), "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        there = f"/proc/{self._holder.pid}/ns/net"
        end = time.monotonic() + PATIENCE
        while os.readlink(there) == before:
            if time.monotonic() > end or self._holder.poll() is not None:
                raise RuntimeError("no network of its own for the server")
            time.sleep(0.002)
        self._there = os.open(there, os.O_RDONLY)
        _ip("link", "add", WIRE[CLIENT], "type", "veth", "peer", "name", WIRE[SERVER], "netns", str(self._holder.pid))
        self._address = {CLIENT: _up(CLIENT)}
        with self.at_the_server():
            self._address[SERVER] = _up(SERVER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._holder.stdin is not None
        self._holder.stdin.close()
        self._holder.wait(PATIENCE)
        os.close(self._there)
        os.close(self._home)

    @contextmanager
    def at_the_server(self) -> Iterator[None]:
        """Be at the other end: what this thread starts or connects meanwhile is there. Never await in it."""
        _enter(self._there)
        try:
            yield
        finally:
            _enter(self._home)

    @contextmanager
    def back_home(self) -> Iterator[None]:
        """Be at the client's end again, within `at_the_server`."""
        _enter(self._home)
        try:
            yield
        finally:
            _enter(self._there)

    def lose_packets(self) -> None:
        """From now on all packets are lost, either way; nobody is told."""
        self._send_to(dict.fromkeys(WIRE, NOBODY))

    def let_pass(self) -> None:
        """From now on packets arrive again."""
        self._send_to(self._address)

    def _send_to(self, addresses: dict[str, str]) -> None:
        _neighbour(CLIENT, SERVER, addresses)
        with self.at_the_server():
            _neighbour(SERVER, CLIENT, addresses)


def _neighbour(here: str, there: str, addresses: dict[str, str]) -> None:
    _ip("neigh", "replace", there, "lladdr", addresses[there], "dev", WIRE[here], "nud", "permanent")


def _up(address: str) -> str:
    """Bring up this end; return its address on the wire."""
    _ip("link", "set", "lo", "up")
    _ip("addr", "add", f"{address}/24", "dev", WIRE[address])
    _ip("link", "set", WIRE[address], "up")
    words = _ip("-o", "link", "show", WIRE[address]).split()
    return words[words.index("link/ether") + 1]


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {' '.join(done.stderr.split())}")
    return done.stdout


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


if __name__ == "__main__":
    with Road() as tried:
        tried.lose_packets()
