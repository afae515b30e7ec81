"""``index.tsv``, made from what the decorators of the commands say: ``python -m tests.commands.index`` writes it."""

import importlib
import pkgutil

import tui.commands
from tui.commands.registry import INDEX, LateAct, all_commands, index_line


def load_all() -> None:
    """Load every area, so that the registry holds what the decorators say."""
    for module in pkgutil.iter_modules(tui.commands.__path__):
        importlib.import_module(f"tui.commands.{module.name}")


def index() -> str:
    """Return the index as it should be; commands that are no longer there are left out."""
    load_all()
    return "".join(f"{index_line(each)}\n" for each in all_commands() if not isinstance(each.act, LateAct))


if __name__ == "__main__":
    INDEX.write_text(index(), "utf-8")
