"""A thread of four for the screens, and a store that has it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.screens.mail_stage import WORK, MailStage, fill, mail
from tests.screens.test_mail import until
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.mail.thread import Conversation
from tui.store.database import Store

YOU = (Address("Charles Babbage", "charles@mill.example"),)


def letter(uid: int, minutes: int, sender: str, name: str, *named: str, marks: str = "") -> Envelope:
    """A mail of a thread: the names of messages are short."""
    subject = "Cards" if not named else "Re: Cards"
    return replace(
        mail(uid, minutes, sender, subject, "", marks),
        message_id=f"<{name}@x>",
        in_reply_to=" ".join(f"<{each}@x>" for each in named),
    )


THREAD = (
    letter(30_001, 30, "Ada Lovelace", "a"),
    letter(30_002, 20, "Emmy Noether", "b", "a", marks="*"),
    letter(30_004, 10, "Ada Lovelace", "d", "c", marks="*"),
)
"""``c``, which ``d`` answers, and which answers ``b``, is in Sent."""


async def store_with(folder: Path, thread: Sequence[Envelope], older: int) -> tuple[Store, MailboxId]:
    """Return a store, opened, with a thread of which one message is in Sent, and its Inbox.

    Args:
        older: how many other mails there are.
    """
    store = await Store.open(Paths.under(folder))
    inbox = await fill(store, older)
    await store.envelopes.add(inbox, thread)
    sent = await store.mailboxes.by_role(WORK, Role.SENT)
    assert sent is not None
    await store.mailboxes.selected(sent.id, UidValidity(1), Uid(2), 1, ModSeq(0))
    await store.envelopes.add(sent.id, [replace(letter(1, 15, "Charles Babbage", "c", "a", "b"), from_=YOU)])
    while (await store.threads.gather())[0]:
        pass
    return store, inbox


@asynccontextmanager
async def threaded(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[MailStage, MailboxId]]:
    """A stage on a store with a thread of four, listed by conversations."""
    store, inbox = await store_with(folder, THREAD, older=20)
    app = MailStage(store, threaded=True)
    async with app.run_test(size=size) as pilot:
        await until(lambda: isinstance(app.mail._list.current, Conversation))
        await pilot.pause()
        yield app, inbox
    await store.close()
