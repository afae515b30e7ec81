"""The search screen: what it holds of messages never outlives the UIDs they had."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.screens.mail_stage import WORK, FakeAccount, MailStage, fill, lines
from tests.screens.test_mail import until
from tests.screens.threads import letter
from tui.config.paths import Paths
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.screens.place_above import Below
from tui.screens.search import SearchScreen
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.sync.events import MailboxesChanged, MailboxReset
from tui.terminal.keys import KeyHint

HINTS = (KeyHint("j", "move", "message.next"), KeyHint("?", "keys", "app.help"))


@asynccontextmanager
async def search(folder: Path, text: str) -> AsyncIterator[tuple[SearchScreen, FakeAccount, MailboxId]]:
    """The search for a text, with its hits shown and the cursor among them."""
    store = await Store.open(Paths.under(folder))
    inbox = await fill(store, 5)
    while await store.search.index():
        pass
    app = MailStage(store)
    account = FakeAccount(WORK, store)
    account.screen = app.mail
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.mail.current is not None)
        here = SearchScreen(
            store,
            {WORK: account},  # type: ignore[dict-item] # it is not asked to search
            Below(app.mail.look, app.mail.lines, lambda scopes, page: HINTS, app.mail.show_mailbox),
            text=text,
        )
        await app.push_screen(here)
        await until(lambda: here.current is not None)
        here.action_to_hits()
        await pilot.pause()
        yield here, account, inbox
    await store.close()


async def test_where_uids_name_other_messages_now_no_mark_and_no_text_is_taken_for_theirs(tmp_path: Path) -> None:
    async with search(tmp_path, "note") as (here, account, inbox):
        found = here.current_envelope
        assert found is not None
        here.open_current()
        await until(lambda: here.message is not None and "The table is done" in "\n".join(lines(here.app)))
        here.close_view()
        here.toggle_mark()
        assert [uids for _, _, uids in here.marked_in_each()] == [[found.uid]]
        await account.store.mailboxes.selected(inbox, UidValidity(77), Uid(90_000), 1, ModSeq(0))
        other = replace(letter(int(found.uid), 1, "A stranger", "z"), subject="Another note", received=found.received)
        await account.store.envelopes.add(inbox, [other])
        await account.store.search.index()
        here.apply(MailboxReset(WORK, inbox))
        assert here.marked_in_each() == []
        assert here.message is None
        await until(lambda: here.current_envelope is not None and here.current_envelope.subject == "Another note")
        await until(lambda: "Another note" in "\n".join(lines(here.app)))
        assert here.marked_in_each() == []
        assert here.marked_or_current() == [other.uid]


async def test_mailboxes_are_read_once_for_all_that_changes_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with search(tmp_path, "note") as (here, account, _):
        mailboxes, reads = account.store.mailboxes, list[int]()
        read = mailboxes.all

        async def counted() -> list[MailboxState]:
            reads.append(1)
            return await read()

        monkeypatch.setattr(mailboxes, "all", counted)
        for _ in range(30):
            here.apply(MailboxesChanged(WORK))
        await here._mailboxes_due.done()
        assert len(reads) == 1
