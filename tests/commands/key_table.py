"""The key table of the README, made from the registry: ``python -m tests.commands.key_table`` writes it there."""

from pathlib import Path

from tui.commands.keymap import Keymap
from tui.commands.registry import GROUPS, all_commands

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def key_table() -> str:
    """Return the table in Markdown: one row a command that has a key, by group."""
    keymap = Keymap(all_commands())
    rows = ["| | key | what it does | command |", "|---|---|---|---|"]
    for group in dict.fromkeys(GROUPS.values()):
        heading = f"**{group}**"
        for each in all_commands():
            labels = keymap.labels(each.id)
            if each.group != group or not labels:
                continue
            keys = " ".join(f"<kbd>{label.replace('|', '&#124;')}</kbd>" for label in labels)
            does = f"{each.label}: {each.detail}" if each.detail else each.label
            rows.append(f"| {heading} | {keys} | {does} | `{each.id}` |")
            heading = ""
    return "\n".join(rows)


def with_table(readme: str) -> str:
    """Return the README's text with the table between its markers replaced."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md needs {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{key_table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
