"""How full a mailbox is (RFC 9208)."""

import re
from collections.abc import Sequence

from tui.imap.arguments import astring
from tui.imap.session import Session
from tui.mail.errors import ServerRefused

_STORAGE = re.compile(rb"\* QUOTA .*\(.*?STORAGE (\d{1,18}) (\d{1,18})", re.IGNORECASE)
_QUOTA = re.compile(rb"\* QUOTA(ROOT)? ", re.IGNORECASE)


async def quota_used(session: Session, wire: bytes) -> int | None:
    """Return the percentage of the storage that is used, None where the server does not tell.

    Args:
        session: logged in.
        wire: the mailbox.

    Raises:
        MailError: the line is gone.
    """
    if "QUOTA" not in session.capability:
        return None
    told: list[int] = []

    def take(line: bytes, literals: Sequence[bytes]) -> bool:
        found = _STORAGE.match(line)
        if found and int(found.group(2)):
            told.append(100 * int(found.group(1)) // int(found.group(2)))
        return _QUOTA.match(line) is not None

    try:
        await session.run("Asking for the quota", "GETQUOTAROOT", astring(wire), take=take)
    except ServerRefused:
        return None
    return max(told, default=None)
