"""The house itself: what may be loaded where, what the map says, and what may never be committed."""

import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tui

ROOT = Path(__file__).parents[1]
WITHOUT_TEXTUAL = (
    "tui.mail",
    "tui.config",
    "tui.imap",
    "tui.smtp",
    "tui.store",
    "tui.render",
    "tui.sync",
    "tui.setup",
    "tui.demo",
    "tui.cli.main",
    "tui.cli.doctor",
    "tui.cli.setup",
    "tui.cli.watch",
    "tui.cli.view",
    "tui.cli.sign_in",
)
COMMITTED = tuple(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
)
TEXTS = tuple(file for file in COMMITTED if file.is_file() and file.suffix not in (".png", ".svg", ".gif"))


def modules(package: str) -> list[str]:
    """Return the names of a package and of all modules in it, without loading them."""
    folder = ROOT / package.replace(".", "/")
    if not folder.is_dir():
        return [package]
    return [package, *(found.name for found in pkgutil.walk_packages([str(folder)], f"{package}."))]


@pytest.mark.parametrize("package", WITHOUT_TEXTUAL)
def test_lower_floors_come_without_textual(package: str) -> None:
    loading = "; ".join(f"import {name}" for name in modules(package))
    program = f"import sys; {loading}; print(sorted(n for n in sys.modules if n.split('.')[0] == 'textual'))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_map_names_only_what_is_there() -> None:
    assert tui.__doc__
    named = re.findall(r"`(tui\.[a-z_.]+)(?:\.[A-Z]\w*)?(?:\.\w+)?`", tui.__doc__)
    assert len(named) > 10
    known = {name for package in ("tui",) for name in modules(package)}
    missing = [name for name in named if name not in known and name.rpartition(".")[0] not in known]
    assert not missing


def test_every_room_says_what_it_is_for() -> None:
    docstrings = {file: file.read_text("utf-8").split('"""', 2) for file in (ROOT / "tui").rglob("*.py")}
    poor = [str(file.relative_to(ROOT)) for file, parts in docstrings.items() if len(parts) < 3 or len(parts[1]) < 10]
    assert not poor


def test_no_path_of_a_machine_is_committed() -> None:
    homes = re.compile(r"/(?:home|Users)/(?!ada\b|me\b|you\b|user\b|USER\b)\w+/|/root/\w")
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in TEXTS
        if file != Path(__file__)
        for match in homes.finditer(file.read_text("utf-8", "replace"))
    ]
    assert not found


def test_scripts_can_be_run() -> None:
    scripts = [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]
    assert {"setup", "demo", "test", "check", "bench"} <= {script.name for script in scripts}
    for script in scripts:
        if script.read_bytes().startswith(b"#!"):
            assert script.stat().st_mode & 0o111, script.name


def test_what_the_program_needs_is_pinned() -> None:
    constraints = (ROOT / "constraints.txt").read_text("utf-8").casefold()
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    needed = re.findall(r'^    "([A-Za-z0-9\-]+)[=><]', project, re.MULTILINE)
    assert "textual" in needed
    pinned = {line.partition("==")[0].replace("_", "-") for line in constraints.splitlines()}
    assert set(needed) - pinned <= {"hatchling"}
    for exact in ("textual", "aioimaplib", "aiosmtplib"):
        version = re.search(rf'"{exact}==([\d.]+)"', project)
        assert version, f"{exact} must be pinned"
        assert f"{exact}=={version.group(1)}" in constraints


def test_nothing_that_came_is_unpacked() -> None:
    """A bomb harms whoever unpacks it: files go to the user as they came."""
    unpacking = re.compile(r"^\s*(?:import|from) (?:zipfile|tarfile|gzip|bz2|lzma|zlib)\b", re.MULTILINE)
    found = {str(file.relative_to(ROOT)) for file in (ROOT / "tui").rglob("*.py") if unpacking.search(file.read_text())}
    assert found == {"tui/imap/deflate.py", "tui/demo/files.py"}  # the line to the server, and what the demo packs
