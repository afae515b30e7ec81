"""Drafts of ours whose recipients are not typed to the end: rows of a list say what there is of them."""

from dataclasses import replace

from tests.store.sample import INBOX, WORK, envelope
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.flags import DRAFT
from tui.mail.identity import Identity
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store.database import Store
from tui.widgets.rows import StoredRows

ME = Identity(WORK, Address("Ada Lovelace", "ada@example.org"))


async def test_what_is_typed_so_far_is_said_of_our_own_copies_only(store: Store, inbox: MailboxId) -> None:
    typed = Draft(ME, to=(Address("", "grace hop"),), attachments=(Attachment("a", "text/plain", b"x"),))
    key = await store.drafts.keep(None, typed)
    copy = await store.drafts.add_copy(key, 1, WORK, INBOX.wire, "mark")
    await store.drafts.place_copy(copy, UidValidity(7), Uid(1))
    bare = {uid: replace(envelope(uid, flags=frozenset({DRAFT})), to=(), cc=(), bcc=()) for uid in (1, 2)}
    addressed = replace(envelope(3, flags=frozenset({DRAFT})), to=(Address("", "grace@example.org"),))
    await store.envelopes.add(inbox, [*bare.values(), addressed])
    source = StoredRows(store, inbox)
    for rows in (await source.older(None, 9), await source.newer(None, 9), await source.many([Uid(1), Uid(2), Uid(3)])):
        people = {row.uid: [each.spec for each in row.to] for row in rows}
        assert people == {1: ["grace hop"], 2: [], 3: ["grace@example.org"]}
    await store.drafts.place_copy(copy, UidValidity(6), Uid(1))
    assert not any(row.to for row in await source.many([Uid(1)]))
