"""One server as a process: started, asked to end, or killed; with it all its children, whatever happens to us."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.servers.packages import environment, namespace, programs

KEEPER = Path(__file__).with_name("keeper.py")
START_TIMEOUT = 30.0
STOP_TIMEOUT = 20.0
LOOPBACK = "127.0.0.1"


PORT_TRIES = 5


class PortTaken(RuntimeError):
    """The server did not start, and one of its ports is somebody else's."""


def free_port() -> int:
    """Return a port that nobody listens on, below those that the system gives to outgoing lines: it stays free."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(20000, 32000)  # not what a test has seeded: others run beside it
        if _is_free(port):
            return port
    raise RuntimeError("no free port on loopback")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def start_on_free_ports(write: Callable[[], None], start: Callable[[], None]) -> None:
    """Start a server, on other ports when somebody was faster: many servers start at the same time in test runs.

    Args:
        write: chooses ports and writes the configuration.
        start: starts it.

    Raises:
        RuntimeError: when it does not start for another reason, or never.
    """
    for _ in range(PORT_TRIES):
        write()
        try:
            return start()
        except PortTaken as error:
            taken = error
    raise taken


def server_folder(prefix: str) -> Path:
    """Make a folder that the servers' users can pass through; whoever asked removes it."""
    folder = Path(tempfile.mkdtemp(prefix=f"tidings-{prefix}-"))
    folder.chmod(0o711)
    return folder


class ServerProcess:
    """A server under a keeper.

    Args:
        argv: the server, staying in the foreground.
        ports: where it answers on loopback when it is ready.
        log: where its words go; shown when it does not start.
        owner: user and group id it runs as, or None: as we do.
        files: path → file that is mounted there for it.
        folder: removed when we die before we can do it; None for one that is not ours.
        tree: laid over /usr for it; None: that of Dovecot and Postfix, where they are not installed.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        ports: Sequence[int],
        log: Path,
        owner: tuple[int, int] | None = None,
        files: dict[str, Path] | None = None,
        folder: Path | None = None,
        tree: Path | None = None,
    ) -> None:
        self._argv = list(argv)
        self._ports = tuple(ports)
        self._log = log
        self._owner = owner
        self._files = files or {}
        self._folder = folder
        self._tree = tree
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The keeper's."""
        assert self._keeper is not None, "not running"
        return self._keeper.pid

    @property
    def running(self) -> bool:
        return self._keeper is not None

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            RuntimeError: with the end of its log; `PortTaken` when that is why.
        """
        assert self._keeper is None, "is running already"
        if not all(_is_free(port) for port in self._ports):
            raise PortTaken(f"{self._argv[0]} cannot start: one of the ports {self._ports} is taken")
        tree = self._tree or programs().tree
        mounts = [["--bind", str(file), path] for path, file in self._files.items()]
        argv = self._argv
        before: list[str] = []
        if tree is not None:
            mounts.insert(0, ["-t", "overlay", "overlay", "-o", f"lowerdir={tree}/usr:/usr", "/usr"])
            if os.geteuid():  # in its namespace it would be root by name, without the powers; be oneself again
                argv = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}", *argv]
        if mounts:
            before = namespace()
        user, group = self._owner or (None, None)
        folder = str(self._folder) if self._folder else None
        wanted = {"mounts": mounts, "argv": argv, "user": user, "group": group, "log": str(self._log), "folder": folder}
        self._keeper = subprocess.Popen(
            [*before, sys.executable, "-I", str(KEEPER), json.dumps(wanted)],
            stdin=subprocess.PIPE,
            env=environment(),
            cwd="/",
            start_new_session=True,
        )
        try:
            self._await_ports()
        except BaseException:
            self.kill()
            raise

    def _complain(self) -> None:
        words = f"{self._argv[0]} did not start:\n{self.log_end()}"
        self.kill()
        alone = len(set(self._ports)) == len(self._ports) and all(_is_free(port) for port in self._ports)
        raise (RuntimeError if alone else PortTaken)(words)

    def _await_ports(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        for port in self._ports:
            while not _answers(port):
                if self._keeper is None or self._keeper.poll() is not None or time.monotonic() > deadline:
                    self._complain()
                time.sleep(0.02)

    def log_end(self) -> str:
        """Return the last lines of the server's log."""
        try:
            return self._log.read_text(errors="replace")[-3000:]
        except FileNotFoundError:
            return "(no log)"

    def stop(self) -> None:
        """Ask it to end, as an administrator would, and wait."""
        self._finish(b"stop")

    def kill(self) -> None:
        """Kill it and all its children, as a crash of the machine would."""
        self._finish(b"kill")

    def freeze(self) -> None:
        """Stop it and all its children without a word; the system goes on taking connections for it."""
        for pid in self._descendants():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        for pid in self._descendants():
            os.kill(pid, signal.SIGCONT)

    @property
    def computed(self) -> float:
        """Seconds of computing, its children's with it, also of those that have ended."""
        ticks = 0
        for pid in self._descendants():
            try:
                stat = Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                continue
            ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def _descendants(self) -> list[int]:
        parents: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(stat.parent.name))
        found: list[int] = []
        waiting = list(parents.get(self.pid, ()))
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += parents.get(pid, ())
        return found

    def _finish(self, word: bytes) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        assert keeper.stdin is not None
        try:
            keeper.stdin.write(word)
            keeper.stdin.close()
        except BrokenPipeError:
            pass  # it has ended already
        keeper.wait(STOP_TIMEOUT)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0):
            return True
    except OSError:
        return False


def remove(folder: Path) -> None:
    """Remove a server's folder."""
    shutil.rmtree(folder, ignore_errors=True)
