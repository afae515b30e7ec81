"""Read every file of a folder as a message, in every mode, and say what broke and what was slow.

Usage: python -m tests.bench.view_corpus FOLDER [WIDTH]
"""

import re
import sys
import time
import traceback
from pathlib import Path

from tui.mail.parse import parse_message
from tui.mail.width import cell_width
from tui.render.lines import Mode, line_text
from tui.render.message import as_text, header_lines, render_message, wanted_sections

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def main(folder: Path, width: int) -> int:
    """Print one summary line, and a line for every fault; 1 when there was any."""
    files = exceptions = leaks = wide = 0
    slowest, slowest_file = 0.0, Path("-")
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = file.read_bytes()
        files += 1
        started = time.perf_counter()
        try:
            message = parse_message(raw)
            page = render_message(message, width)
            took = (time.perf_counter() - started) * 1000
            heads = "\n".join(line_text(line) for line in header_lines(message, width))
            texts = [heads, as_text(page)]
            texts += [as_text(render_message(message, width, mode=mode)) for mode in Mode]
            wanted_sections(message.structure)
        except Exception:
            exceptions += 1
            print(f"EXCEPTION {file}\n{traceback.format_exc()}", file=sys.stderr)
            continue
        if any(CONTROL.search(text) for text in texts):
            leaks += 1
            print(f"LEAK {file}", file=sys.stderr)
        over = [line for line in page.lines if cell_width(line_text(line)) > width]
        if over:
            wide += 1
            print(f"WIDE {file} {over[0]}", file=sys.stderr)
        if took > slowest:
            slowest, slowest_file = took, file
    print(
        f"{files} files, {exceptions} exceptions, {leaks} leaks, {wide} with too wide lines, "
        f"slowest {slowest_file.name} {slowest:.0f} ms"
    )
    return 1 if exceptions or leaks or wide else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 78))
