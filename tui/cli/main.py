"""``tidings``: the way in. The last view is painted first; the program itself is loaded behind it."""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Args:
        argv: the arguments without the program's name; None for those of the process.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    painted = None
    if words == ["status"]:  # in every status bar every few seconds: no parser is loaded for it
        from tui.cli import status  # noqa: PLC0415 - late: start-up time

        return status.show()
    if words[:2] == ["completion", "--names"] and len(words) == 3:  # a shell asks while somebody types
        from tui.cli import completion  # noqa: PLC0415 - late: start-up time

        return completion.names(words[2])
    if not words:
        from tui.start import first  # noqa: PLC0415 - late: start-up time

        painted = first.paint()
        gc.disable()  # until all is loaded, see `tui.cli.app.loop_first`: nothing of it is garbage
    try:
        from tui.cli.parse import run  # noqa: PLC0415 - late: start-up time

        return run(words, painted)
    finally:
        if painted is not None:
            painted.give_back()
