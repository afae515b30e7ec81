"""Run ``tidings view`` on every file of a folder, in every mode, and say what broke and what was slow.

Usage: python -m tests.bench.view_corpus FOLDER [WIDTH]
"""

import io
import sys
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tests.mail.judge import unsafe
from tui.cli.main import main
from tui.mail.parse import parse_message
from tui.mail.width import cell_width
from tui.render.message import wanted_sections

MODES = ((), ("--html",), ("--headers",), ("--raw",))


def view(file: Path, width: int, mode: tuple[str, ...]) -> tuple[str, float]:
    """Return what the command prints and the milliseconds it took.

    Raises:
        Exception: whatever got out of it; RuntimeError when it said that it could not.
    """
    out, err = io.StringIO(), io.StringIO()
    started = time.perf_counter()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["view", "--width", str(width), *mode, str(file)])
    took = (time.perf_counter() - started) * 1000
    if status or err.getvalue():
        raise RuntimeError(f"status {status}: {err.getvalue()}")
    return out.getvalue(), took


def judge(folder: Path, width: int) -> int:
    """Print one summary line, and a line for every fault; 1 when there was any."""
    files = exceptions = leaks = wide = empty = 0
    slowest, slowest_file = 0.0, Path("-")
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        files += 1
        try:
            wanted_sections(parse_message(file.read_bytes()).structure)
            views = {mode: view(file, width, mode) for mode in MODES}
        except Exception:
            exceptions += 1
            print(f"EXCEPTION {file}\n{traceback.format_exc()}", file=sys.stderr)
            continue
        for mode, (text, took) in views.items():
            if found := unsafe(text, allowed="\n"):
                leaks += 1
                print(f"LEAK {file} {mode} {found!r}", file=sys.stderr)
            over = [line for line in text.split("\n") if cell_width(line) > width]
            if over and "--raw" not in mode:  # the source is not wrapped: it is for other programs
                wide += 1
                print(f"WIDE {file} {mode} {over[0]!r}", file=sys.stderr)
            if took > slowest:
                slowest, slowest_file = took, file
        if not views[()][0].strip():
            empty += 1
            print(f"EMPTY {file}", file=sys.stderr)
    print(
        f"{files} files in {len(MODES)} modes, {exceptions} exceptions, {leaks} leaks, {wide} with too wide lines, "
        f"{empty} empty, slowest {slowest_file.name} {slowest:.0f} ms"
    )
    return 1 if exceptions or leaks or wide or empty else 0


if __name__ == "__main__":
    sys.exit(judge(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 78))
