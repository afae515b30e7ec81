"""``[accounts.NAME] archive = "Archive/{year}"``: where archived mail goes by its date."""

import re

from tui.config.table import Table

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN = ("year", "month")


def read_archive(table: Table, pattern: str) -> str:
    """Return a pattern that names mailboxes.

    Args:
        table: the account's.
        pattern: as it is written there, not "".

    Raises:
        ConfigError: it names no year, anything else in braces, or an empty level.
    """
    pattern = pattern.strip()
    named = _PLACEHOLDER.findall(pattern)
    other = next((name for name in named if name not in _KNOWN), None)
    if other is not None or re.search(r"[{}]", _PLACEHOLDER.sub("", pattern)):
        raise table.wrong("archive", "only {year} and {month} can stand in braces.", 'Write "Archive/{year}".')
    if "year" not in named:
        cure = 'Write "Archive/{year}"; to name the one mailbox for all, put archive = "…" in the mailboxes table.'
        raise table.wrong("archive", "there is no {year} in it.", cure)
    if "" in pattern.split("/"):
        raise table.wrong("archive", "one of its levels is empty.", 'Write "Archive/{year}".')
    return pattern


def archive_name(pattern: str, month: str, delimiter: str) -> str:
    """Return the mailbox for the mail of one month.

    Args:
        pattern: as `read_archive` returns it.
        month: ``2025-11``.
        delimiter: what the server writes between levels; "" where there are none.
    """
    year, _, number = month.partition("-")
    name = pattern.replace("{year}", year).replace("{month}", number)
    return name.replace("/", delimiter) if delimiter else name
