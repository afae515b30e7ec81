"""What follows a mail that was accepted: its copy in Sent, and the flag on the message it answers."""

from datetime import UTC, datetime

from tui.imap import change, mailboxes, search
from tui.imap.quirks import files_sent_copy
from tui.imap.session import Session
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName
from tui.mail.mailbox import Role
from tui.mail.submission import Submission
from tui.store.database import Store
from tui.sync.work import Rank, WorkLine

NAME = "Sent"
"""Of the mailbox that is made where there is none."""


class SentCopy:
    """Files the copies of one account. May be repeated for ever without touching SMTP.

    Args:
        account: whose.
        store: where the bytes are.
        line: the receiving server.
    """

    def __init__(self, account: AccountName, store: Store, line: WorkLine) -> None:
        self._account = account
        self._store = store
        self._line = line

    async def file(self, submission: Submission) -> None:
        """Append the copy to Sent; an account that has no such mailbox gets one.

        Raises:
            MailError: when it cannot be done now.
        """
        data = await self._store.outbox.data(submission.id)
        known = await self._store.mailboxes.by_role(self._account, Role.SENT)
        sent = known.mailbox.wire if known is not None else None
        await self._line.do(lambda session: self._append(session, sent, submission, data), Rank.CHANGE)

    async def _append(self, session: Session, sent: bytes | None, submission: Submission, data: bytes) -> None:
        if files_sent_copy(session):
            return
        if sent is None:
            sent = await self._find(session)
        if not await self._is_there(session, sent, submission.message_id):
            await change.append(session, sent, data, frozenset({SEEN}), datetime.now(UTC))

    async def _find(self, session: Session) -> bytes:
        """Return the name of Sent where the store has not heard of it yet, or make it."""
        for mailbox in await mailboxes.list_mailboxes(session, self._account):
            if mailbox.role is Role.SENT and mailbox.selectable:
                return mailbox.wire
        wire = await mailboxes.personal_name(session, NAME)
        await change.create(session, wire)
        return wire

    async def _is_there(self, session: Session, sent: bytes, message_id: str) -> bool:
        """An APPEND whose answer was lost may have worked: look before doing it again."""
        await mailboxes.select(session, sent, read_only=True)
        try:
            return bool(await search.find_message_id(session, message_id))
        finally:
            session.selected = None  # whoever wants this mailbox next wants it for writing, and compared with the store
