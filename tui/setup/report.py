"""Checks as text and as JSON: for people, for scripts, and as a report that can be pasted into a bug."""

import platform
import re
import textwrap
import time
from collections.abc import Iterable
from typing import Any

from tui import __version__
from tui.config.model import AccountConfig
from tui.mail.ids import AccountName
from tui.setup.check import LABELS, Check, Half, Status, steps

WORDS = {Status.OK: "ok", Status.WARN: "note", Status.FAIL: "FAIL", Status.SKIPPED: "-"}
_ADDRESS = re.compile(r"([\w.+-])[\w.+-]*@")


def as_json(account: AccountName | str, check: Check) -> dict[str, Any]:
    """Return one check as scripts get it."""
    return {
        "account": account,
        "half": check.half.value,
        "id": check.id,
        "status": check.status.value,
        "fact": check.fact,
        "advice": check.advice,
        "detail": check.detail,
        "repairs": [
            {
                "words": repair.words,
                "changes": [
                    {"half": change.half.value, "field": change.field, "value": change.value}
                    for change in repair.changes
                ],
            }
            for repair in check.repairs
        ],
    }


class Page:
    """Checks in two blocks, receiving first, as they come: what is told of sending meanwhile waits its turn.

    Args:
        account: whose.
        width: columns.
    """

    def __init__(self, account: AccountConfig, width: int = 80) -> None:
        self._account = account
        self._width = max(60, width)
        self._last = steps(Half.RECEIVING, account.protocol)[-1]
        self._waiting: list[Check] = []
        self._is_over = False
        self._headed: set[Half] = set()

    def add(self, check: Check) -> str:
        """Return what is to be printed now, "" for nothing yet."""
        if check.half is Half.SENDING and not self._is_over:
            self._waiting.append(check)
            return ""
        told = [self._lines(check)]
        if check.half is Half.RECEIVING and check.id == self._last:
            self._is_over = True
            told += [self._lines(each) for each in self._waiting]
        return "\n".join(told)

    def _lines(self, check: Check) -> str:
        head = ""
        if check.half not in self._headed:
            self._headed.add(check.half)
            server = self._account.receive if check.half is Half.RECEIVING else self._account.send
            where = f"  {server.host} {server.port} {server.security.value}" if server is not None else ""
            head = f"\n  {check.half.value.capitalize()}{where}\n"
        first = f"    {WORDS[check.status]:<5} {LABELS.get(check.id, check.id):<20} "
        indent = " " * len(first)
        lines = textwrap.wrap(check.fact, self._width, initial_indent=first, subsequent_indent=indent)
        if check.advice:
            lines += textwrap.wrap(check.advice, self._width, initial_indent=indent, subsequent_indent=indent)
        return head + "\n".join(lines)


def verdict(checks: Iterable[Check]) -> str:
    """Return the outcome in a sentence: ``Receiving works. Sending fails at “signed in”.``"""
    told = []
    for half in Half:
        mine = [check for check in checks if check.half is half]
        bad = next((check for check in mine if check.status is Status.FAIL), None)
        name = half.value.capitalize()
        if bad is not None:
            told.append(f"{name} fails at “{LABELS.get(bad.id, bad.id)}”.")
        elif any(check.status is Status.OK for check in mine):
            told.append(f"{name} works.")
        else:
            told.append(f"{name} is not configured.")
    return " ".join(told)


def report(account: str, checks: Iterable[Check]) -> str:
    """Return what can be pasted into a bug: versions, every check with its detail, addresses shortened."""
    system = f"tidings {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    lines = [system, time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), f"account {account}"]
    for check in checks:
        lines.append(f"[{check.status.value}] {check.half.value} {check.id} ({check.seconds:.2f} s): {check.fact}")
        lines += [f"    {text}" for text in (check.advice, check.detail) if text]
    return _ADDRESS.sub(r"\1…@", "\n".join(lines))


def exit_status(checks: Iterable[Check]) -> int:
    """Return 0 when nothing failed, 2 when configuration or secret did, 1 when a server or the network did."""
    failed = {check.id for check in checks if check.status is Status.FAIL}
    if not failed:
        return 0
    return 2 if failed & {"config", "secret"} else 1
