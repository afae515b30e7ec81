"""The copy of a sent mail: filed where nobody else does it, and looked for where nobody knows whether it was sent."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from tui.config.model import AccountConfig
from tui.imap import change, mailboxes, search
from tui.imap.quirks import files_sent_copy, may_file_sent_copy
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound, TemporarilyRefused
from tui.mail.fields import text_field
from tui.mail.flags import SEEN
from tui.mail.mailbox import Role
from tui.mail.submission import Copy, Submission
from tui.store.database import Store
from tui.sync import special_use
from tui.sync.work import Rank, WorkLine

PATIENCE = 30.0
"""Seconds for a server that may file the copy itself to do so."""


class SentCopy:
    """Files the copies of one account, and looks for them. May be repeated for ever without touching SMTP.

    Args:
        config: whose.
        store: where the bytes are.
        line: the receiving server.
        clock: seconds since 1970 UTC.
    """

    def __init__(
        self, config: AccountConfig, store: Store, line: WorkLine, clock: Callable[[], float] = time.time
    ) -> None:
        self._config = config
        self._store = store
        self._line = line
        self._clock = clock

    async def file(self, submission: Submission) -> Copy:
        """See to it that a copy is in Sent, exactly one; an account that has no such mailbox gets one.

        Returns:
            How it came there.

        Raises:
            MailError: when it cannot be done now.
        """
        if self._config.sent_copy in ("server", "none"):
            return Copy.SERVER if self._config.sent_copy == "server" else Copy.NONE
        if submission.rest_of is not None:
            return Copy.FOUND  # that of the submission before it; a second one would be the same mail twice
        data = said_of(submission) + await self._store.outbox.data(submission.id)
        name = await self._store.outbox.sent_mailbox(submission.id)
        sent = await special_use.named(self._store, self._config.name, name) if name else None
        sent = sent or await special_use.known(self._store, self._config.name, Role.SENT)
        return await self._line.do(lambda session: self._append(session, sent, submission, data), Rank.CHANGE)

    async def _append(self, session: Session, sent: bytes | None, submission: Submission, data: bytes) -> Copy:
        is_own = self._config.sent_copy == "append"
        if files_sent_copy(session) and not is_own and self._is_one_house:
            return Copy.SERVER
        if sent is None:
            sent = await special_use.find_or_make(session, self._config.name, Role.SENT)
        # An APPEND whose answer was lost may have worked: look before doing it again.
        if await self._holds(session, sent, submission.message_id):
            return Copy.FOUND
        doubtful = may_file_sent_copy(session) or files_sent_copy(session)
        if doubtful and not is_own and self._clock() < submission.changed + PATIENCE:
            raise TemporarilyRefused("The server may file it by itself: looked, not there yet.")
        await change.append(session, sent, data, frozenset({SEEN}), datetime.now(UTC))
        return Copy.FILED

    @property
    def _is_one_house(self) -> bool:
        """Whether mail is submitted where it is received: nobody else's server could file it there."""
        send = self._config.send
        return send is not None and _house(send.host) == _house(self._config.receive.host)

    async def find(self, submission: Submission) -> bool:
        """Return whether a mail of which nobody knows whether it was sent is on the server: then it was.

        Looked for by its Message-ID in Sent, in INBOX and where all mail is; its own draft does not count.

        Raises:
            MailError: when it cannot be looked for now.
        """
        names = [
            await special_use.known(self._store, self._config.name, role) for role in (Role.SENT, Role.INBOX, Role.ALL)
        ]
        return await self._line.do(lambda session: self._find(session, names, submission.message_id), Rank.SYNC)

    async def _find(self, session: Session, names: list[bytes | None], message_id: str) -> bool:
        for wire in names:
            try:
                if wire is not None and await self._holds(session, wire, message_id):
                    return True
            except MailboxNotFound:
                continue
        return False

    async def _holds(self, session: Session, wire: bytes, message_id: str) -> bool:
        await mailboxes.select(session, wire)  # Courier takes no APPEND for what this line has open with EXAMINE
        try:
            return bool(await search.find_message_id(session, message_id, b"UNDRAFT"))
        finally:
            session.selected = None  # whoever wants this mailbox next wants it for writing, and compared with the store


def _house(host: str) -> str:
    return ".".join(host.lower().split(".")[-2:])


def said_of(submission: Submission) -> bytes:
    """Return a field that says in the copy who did not get the mail, b"" when everybody did."""
    if not submission.refused:
        return b""
    who = "; ".join(f"{each.address} ({each.words})" for each in submission.refused)
    return text_field("Comments", f"Not taken by the server for {who}")
