"""What follows a mail that was accepted: its copy in Sent, and the flag on the message it answers."""

from datetime import UTC, datetime

from tui.imap import change, mailboxes, search
from tui.imap.quirks import files_sent_copy
from tui.imap.session import Session
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.mailbox import Role
from tui.mail.submission import Submission
from tui.store.database import Store
from tui.sync.work import Rank, WorkLine


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
        self._fresh: set[SubmissionId] = set()

    def accepted(self, submission: SubmissionId) -> None:
        """Note that this row was accepted just now, so that no earlier try can have filed its copy."""
        self._fresh.add(submission)

    async def file(self, submission: Submission) -> None:
        """Append the copy to Sent.

        Raises:
            MailError: when it cannot be done now.
        """
        sent = await self._store.mailboxes.by_role(self._account, Role.SENT)
        if sent is None:
            return
        data = await self._store.outbox.data(submission.id)
        await self._line.do(lambda session: self._append(session, sent.mailbox.wire, submission, data), Rank.CHANGE)

    async def _append(self, session: Session, sent: bytes, submission: Submission, data: bytes) -> None:
        if files_sent_copy(session):
            return
        first = submission.id in self._fresh
        self._fresh.discard(submission.id)
        if not first and await self._is_there(session, sent, submission.message_id):
            return
        await change.append(session, sent, data, frozenset({SEEN}), datetime.now(UTC))

    async def _is_there(self, session: Session, sent: bytes, message_id: str) -> bool:
        """An APPEND whose answer was lost may have worked: look before doing it again."""
        await mailboxes.select(session, sent, read_only=True)
        try:
            return bool(await search.find_message_id(session, message_id))
        finally:
            session.selected = None  # whoever wants this mailbox next wants it for writing, and compared with the store
