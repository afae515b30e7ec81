"""Every file of a folder as ``tidings view`` shows it: what broke, what leaked, what was slow."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tests.bench import view_corpus


def main(words: Sequence[str]) -> int:
    """Run it; 1 when a file broke something."""
    parser = argparse.ArgumentParser(prog="scripts/bench view", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--width", type=int, default=78, metavar="N")
    wanted = parser.parse_args(words)
    return view_corpus.judge(wanted.folder, wanted.width)
