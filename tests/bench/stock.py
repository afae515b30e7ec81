"""Tidings with Textual's own output instead of differences, to be measured beside it."""

import sys

from tui.cli.main import main
from tui.terminal import display

if __name__ == "__main__":
    display.fits = lambda: False
    sys.exit(main())
