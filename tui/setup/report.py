"""Checks as text and as JSON: for people, for scripts, and as a report that can be pasted into a bug."""

import platform
import re
import time
from collections.abc import Iterable
from typing import Any

from tui import __version__
from tui.mail.ids import AccountName
from tui.setup.check import LABELS, Check, Half, Status

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


def line(check: Check) -> str:
    """Return one check as one line, with what to do below it: ``sending    login  FAIL  …``."""
    first = f"{check.half.value:<10} {LABELS.get(check.id, check.id):<20} {WORDS[check.status]:<5} {check.fact}"
    return f"{first}\n{'':>38}{check.advice}" if check.advice else first


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
