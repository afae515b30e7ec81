"""Where the programs of Dovecot and Postfix come from, without changing the machine.

Servers already installed are used as they are. Else their Debian packages are fetched by apt into folders of our own
below ``.cache/servers``, and the programs run in a mount namespace that lays this tree over /usr. ``python -m
tests.servers`` prepares them and what else the tests want, and says in a line each what there is; only that command,
and only as root on a machine where namespaces are forbidden, installs anything.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGES = ("dovecot-imapd", "dovecot-lmtpd", "dovecot-pop3d", "dovecot-managesieved", "dovecot-sieve", "postfix")
CACHE = Path(__file__).parents[2] / ".cache" / "servers"
SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
DOVECOT_PARTS = tuple(Path("usr/lib/dovecot", name) for name in ("imap", "lmtp", "pop3", "managesieve"))
POSTFIX_PARTS = (Path("usr/lib/postfix/sbin/master"), Path("usr/lib/postfix/sbin/smtpd"))
FETCH_TIMEOUT = 600.0
NOT_AGAIN = 900.0
"""Seconds after which packages that could not be had are asked for again."""
ONLY_LINUX = "The tests against real servers need Linux; run them on Debian."


class ServersMissing(Exception):
    """The servers are not here and cannot be had; the text says what to install."""


@dataclass(frozen=True)
class Programs:
    """The servers' programs.

    Attributes:
        tree: folder whose usr/ is laid over /usr for them; None when they are installed.
        dovecot_version: such as (2, 3, 19).
    """

    tree: Path | None
    dovecot_version: tuple[int, ...]

    @property
    def origin(self) -> str:
        return f"unpacked in {os.path.relpath(self.tree)}" if self.tree else "installed"


@lru_cache
def programs() -> Programs:
    """Return the servers, fetching them first when they are missing.

    Raises:
        ServersMissing: saying in one sentence what to install.
    """
    if not sys.platform.startswith("linux"):
        raise ServersMissing(ONLY_LINUX)
    tree = None if _complete(Path("/")) else _unpacked()
    return Programs(tree, _dovecot_version(tree))


def _complete(root: Path) -> bool:
    return all((root / part).exists() for part in (*DOVECOT_PARTS, *POSTFIX_PARTS))


def _dovecot_version(tree: Path | None) -> tuple[int, ...]:
    said = subprocess.run(
        [*overlaid(tree), "dovecot", "--version"], capture_output=True, text=True, env=environment(), timeout=30
    )
    version = re.match(r"(\d+)\.(\d+)\.(\d+)", said.stdout)
    if said.returncode or version is None:
        raise ServersMissing(f"Dovecot does not run here: {said.stderr.strip() or said.stdout.strip()}")
    return tuple(int(number) for number in version.groups())


def environment() -> dict[str, str]:
    """Return the environment of the servers: small, and the same whoever runs the tests."""
    return {"PATH": SBIN, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def namespace() -> list[str]:
    """Return the words before a command that give it mounts of its own."""
    return ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


def overlaid(tree: Path | None) -> list[str]:
    """Return the words before a command that give it the tree's programs."""
    if tree is None:
        return []
    script = 'mount -t overlay overlay -o "lowerdir=$0/usr:/usr" /usr && exec "$@"'
    return [*namespace(), "sh", "-c", script, str(tree)]


def _unpacked() -> Path:
    try:
        identity = _debian()
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServersMissing(f"{_advice(PACKAGES)} ({error})") from error
    return laid_over(f"{identity}-servers", PACKAGES, *DOVECOT_PARTS, *POSTFIX_PARTS)


def laid_over(name: str, packages: Sequence[str], *parts: Path) -> Path:
    """Return a tree of Debian packages that can be laid over /usr, fetching them first when it is not complete.

    Args:
        name: of its folder below ``.cache/servers``.
        packages: what it holds, with what they need.
        parts: files that are there when it is complete.

    Raises:
        ServersMissing: when they cannot be had, or nothing can be laid over /usr here.
    """
    try:
        missing = _no_overlay()
    except OSError as error:
        missing = str(error)
    if missing:
        raise ServersMissing(f"{_advice(packages)} ({missing})")
    return unpacked(name, packages, *parts)


def unpacked(name: str, packages: Sequence[str], *parts: Path) -> Path:
    """Return a tree of Debian packages; arguments and errors as for `laid_over`.

    What could not be had is not tried again for some minutes: without a network that would take its time in every test.
    """
    if not sys.platform.startswith("linux"):
        raise ServersMissing(ONLY_LINUX)
    tree, missed = CACHE / name / "tree", CACHE / f"{name}.missed"
    with _locked(CACHE / f"{name}.lock"):
        if all((tree / part).exists() for part in parts):
            return tree
        if missed.exists() and time.time() - missed.stat().st_mtime < NOT_AGAIN:
            raise ServersMissing(missed.read_text())
        try:
            fetch(CACHE / name, packages)
            if not all((tree / part).exists() for part in parts):
                raise ServersMissing(f"{_advice(packages)} (the fetched packages do not hold what was expected)")
        except ServersMissing as error:
            missed.write_text(str(error))
            raise
    return tree


def try_again() -> None:
    """Forget what could not be had: this is asked for by the user."""
    for missed in CACHE.glob("*.missed"):
        missed.unlink()


def _debian() -> str:
    """Return what the packages are fetched for, such as ``debian-12-amd64``."""
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    machine = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return f"{release.get('ID', '')}-{release.get('VERSION_ID', 'testing')}-{machine.stdout.strip()}".replace('"', "")


def _no_overlay() -> str:
    """Return why no tree can be laid over /usr here, "" when it can."""
    empty = CACHE / "empty"
    (empty / "usr").mkdir(parents=True, exist_ok=True)
    tried = subprocess.run([*overlaid(empty), "true"], capture_output=True, text=True, timeout=30)
    return " ".join(tried.stderr.split()) if tried.returncode else ""


def _advice(packages: Sequence[str]) -> str:
    names = ", ".join(packages)
    return f"The tests need {names}: as root, run apt-get install {' '.join(packages)}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file lock: two test runs must not unpack into each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fetch(folder: Path, packages: Sequence[str]) -> None:
    """Fetch Debian packages with what they need and unpack them below ``folder/tree``; all that apt writes is ours too.

    Raises:
        ServersMissing: when they cannot be had.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "archives/partial", "unpacking"):
        (folder / name).mkdir(parents=True)
    options = [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}", f"Dir::Cache::Archives={folder}/archives"]
    options += ["Dir::Log=/dev/null", "Debug::NoLocking=1", "APT::Sandbox::User="]
    apt = ["apt-get", "-q", "-y", *(word for option in options for word in ("-o", option))]
    _run([*apt, "update"], packages)
    # --reinstall: what dpkg holds for installed is fetched, too
    _run([*apt, "--no-install-recommends", "--reinstall", "--download-only", "install", *packages], packages)
    for package in sorted((folder / "archives").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(folder / "unpacking")], packages)
    shutil.rmtree(folder / "lists")
    shutil.rmtree(folder / "archives")
    _merge(folder / "unpacking")
    (folder / "unpacking").rename(folder / "tree")


def _merge(tree: Path) -> None:
    """Move what packages still put into /lib and the like below usr/, where it is by now: only that is laid over."""
    for name in ("bin", "lib", "lib64", "sbin"):
        if (tree / name).is_dir():
            shutil.copytree(tree / name, tree / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(tree / name)


def _run(argv: list[str], packages: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServersMissing(f"{_advice(packages)} ({error})") from error
    if done.returncode:
        words = " ".join((done.stderr or done.stdout).split())[-400:]
        raise ServersMissing(f"{_advice(packages)} ({argv[0]}: {words})")


def install(packages: Sequence[str]) -> None:
    """Install packages on the machine, as root.

    Raises:
        ServersMissing: when they cannot be had.
    """
    _run(["apt-get", "-q", "-y", "update"], packages)
    _run(["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages], packages)
