"""``tidings man``: the manual page tidings(1), made of the parser."""

from __future__ import annotations

import argparse
import re
import sys

from tui import __version__
from tui.cli.grammar import Command, Word, read
from tui.cli.parse import whole

STATUSES = {
    "0": "Done.",
    "1": "A server or the network said no, or some of it could not be had; watch: the time is over.",
    "2": "Wrong usage or configuration, or the disk; nothing was done.",
    "130": "Ended by Ctrl+C; 143: by kill.",
}
FILES = {
    "~/.config/tidings/config.toml": "The configuration; accounts may be in accounts.d/NAME.toml beside it.",
    "~/.local/share/tidings/": "Drafts, the outbox and all mail by POP3: precious.",
    "~/.cache/tidings/": "What can be fetched again.",
    "~/.local/state/tidings/tidings.log": "The log.",
}
ENVIRONMENT = {
    "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, XDG_STATE_HOME": "Where these folders are instead.",
    "VISUAL, EDITOR": "The program that edits texts, where editor in [compose] is not set.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``tidings man`` has no options."""


def run(arguments: argparse.Namespace) -> int:
    """Print the page as roff."""
    sys.stdout.write(page(read(whole())))
    return 0


def roff(text: str) -> str:
    """Return a text as roff that prints it as it is; letters that groff may not know are named."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    escaped = escaped.replace("^", "\\(ha").replace("~", "\\(ti").replace('"', "\\(dq")
    escaped = re.sub(r"[^\x20-\x7e]", lambda match: f"\\[u{ord(match[0]):04X}]", escaped)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def page(root: Command) -> str:
    """Return tidings(1).

    Args:
        root: the whole command line.
    """
    lines = [
        f'.TH TIDINGS 1 "" "Tidings {__version__}" "User Commands"',
        *(".SH NAME", "tidings \\- a live, lean and careful mail client for the terminal"),
        ".SH SYNOPSIS",
        *_synopsis(root),
        ".PP",
        "\\fBtidings\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
        *(".SH DESCRIPTION", "Without a command the mail screen is opened. Everything else is a line in a script."),
        *(".SH OPTIONS", *_words(root)),
        ".SH COMMANDS",
        *(line for command in root.walk()[1:] for line in _section(command)),
        *(".SH EXIT STATUS", *_terms(STATUSES)),
        *(".SH FILES", *_terms(FILES)),
        *(".SH ENVIRONMENT", *_terms(ENVIRONMENT)),
        "",
    ]
    return "\n".join(lines)


def _synopsis(command: Command) -> list[str]:
    words = " ".join(("tidings", *command.path))
    parts = [f"\\fB{roff(words)}\\fR"]
    for word in (*command.options, *command.operands):
        parts.append(roff(word.usage if word.is_required else f"[{word.usage}]"))
    if command.commands and command.path:
        parts.append("\\fICOMMAND\\fR")
    return [" ".join(parts)]


def _section(command: Command) -> list[str]:
    says = f"{command.says[:1].upper()}{command.says[1:]}."
    return [f'.SS "{roff(" ".join(command.path))}"', *_synopsis(command), ".PP", roff(says), *_words(command)]


def _words(command: Command) -> list[str]:
    lines = []
    for word in (*command.operands, *command.options):
        lines += [".TP", _head(word), roff(word.says or " ".join(word.choices))]
    return lines


def _head(word: Word) -> str:
    names = ", ".join(f"\\fB{roff(name)}\\fR" for name in word.names)
    metavar = f"\\fI{roff(word.metavar)}\\fR" if word.metavar else ""
    return f"{names} {metavar}".strip()


def _terms(terms: dict[str, str]) -> list[str]:
    return [line for name, says in terms.items() for line in (".TP", f"\\fB{roff(name)}\\fR", roff(says))]
