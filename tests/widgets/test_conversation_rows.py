"""The list of conversations, folded and open: whatever is moved, the window is that of all rows at once."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.sample import INBOX, WORK, envelope
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import NO_FLAGS, SEEN
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.thread import Conversation, Leaf, row_name
from tui.store.database import Store
from tui.widgets.conversation_rows import ConversationRows
from tui.widgets.row_words import people_words
from tui.widgets.rows import Rows


def mail(uid: int, thread: int, *, unread: bool = False) -> Envelope:
    """A message of a thread whose first one has the thread's number."""
    named = f"<{thread}@example.org>" if uid != thread else ""
    flags = NO_FLAGS if unread else frozenset({SEEN})
    return replace(envelope(uid, flags=flags), in_reply_to=named, from_=(Address(f"Writer {uid}", f"{uid}@x"),))


async def stocked(folder: Path, batch: list[Envelope]) -> tuple[Store, MailboxId]:
    store = await Store.open(Paths.under(folder))
    await store.mailboxes.replace(WORK, [INBOX])
    mailbox = (await store.mailboxes.all())[0].id
    await store.mailboxes.selected(mailbox, UidValidity(7), Uid(1), 0, ModSeq(0))
    await store.envelopes.add(mailbox, batch)
    return store, mailbox


def drawn(rows: list[Envelope]) -> str:
    words = []
    for row in rows:
        if isinstance(row, Conversation):
            words.append(f"{row.head}x{row.count}{'v' if row.is_open else ''}")
        else:
            assert isinstance(row, Leaf)
            words.append("." * (row.depth + 1) + str(row.uid))
    return " ".join(words)


async def test_an_open_conversation_lists_its_messages(tmp_path: Path) -> None:
    store, mailbox = await stocked(tmp_path, [mail(1, 1), mail(2, 2), mail(3, 1, unread=True), mail(4, 1), mail(5, 5)])
    source = ConversationRows(store, mailbox)
    rows = Rows(source, 10)
    await rows.settle()
    assert drawn(rows.rows) == "5x1 4x3 2x1"
    assert rows.current is not None
    conversation = rows.rows[1]
    assert isinstance(conversation, Conversation)
    assert (conversation.is_unread, conversation.newest.uid, conversation.people[0]) == (True, 4, "Writer 4")
    assert source.toggle(conversation.thread)
    rows.touch()
    await rows.settle()
    assert drawn(rows.rows) == "5x1 4x3v .1 ..3 ..4 2x1"
    assert rows.cursor == conversation.uid
    rows.last()
    await rows.settle()
    assert (rows.rank(3), drawn([rows.rows[rows.at]])) == (3, "2x1")
    rows.next_unread(older=False)
    await rows.settle()
    assert rows.cursor == 3
    rows.locate(Uid(4))
    await rows.settle()
    assert rows.cursor == 4
    assert not source.toggle(conversation.thread)
    rows.locate(row_name(conversation.thread))
    rows.touch()
    await rows.settle()
    assert (drawn(rows.rows), rows.cursor) == ("5x1 4x3 2x1", conversation.uid)
    rows.locate(Uid(3))
    await rows.settle()
    assert rows.cursor == conversation.uid, "a message that is not listed is in its conversation"
    await store.envelopes.add(mailbox, [mail(6, 1)])
    rows.touch(1)
    await rows.settle()
    assert (drawn(rows.rows), rows.cursor) == ("6x4 5x1 2x1", conversation.uid)
    await store.close()


@settings(max_examples=25, deadline=None)
@given(
    threads=st.lists(st.integers(1, 6), min_size=1, max_size=20),
    opened=st.sets(st.integers(1, 6)),
    limit=st.integers(1, 5),
)
def test_windows_are_parts_of_the_whole(threads: list[int], opened: set[int], limit: int) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            batch = [mail(uid, min(uid, thread)) for uid, thread in enumerate(threads, 1)]
            store, mailbox = await stocked(Path(folder), batch)
            source = ConversationRows(store, mailbox)
            for found in await store.threads.older(mailbox, None, 100):
                if found.thread in opened:
                    source.toggle(found.thread)
            whole = await source.older(None, 100)
            assert [row.uid for row in whole] == [row.uid for row in (await source.newer(None, 100))[::-1]]
            assert len({row.uid for row in whole}) == len(whole)
            for index, row in enumerate(whole):
                assert await source.older(row.key, limit) == whole[index + 1 : index + 1 + limit]
                assert await source.newer(row.key, limit) == whole[max(0, index - limit) : index][::-1]
                assert await source.many([row.uid]) == [row]
            await store.close()

    asyncio.run(run())


def test_several_people_are_called_by_their_first_names() -> None:
    assert people_words(("Ada Lovelace",)) == "Ada Lovelace"
    assert people_words(("Grace Hopper", "Lovelace, Ada", "bob@example.org", "Grace Kelly")) == "Grace, Ada, bob"
    assert people_words(()) == ""
