"""The archive by year: what is archived at the same moment by a rule, a script and a key goes to one mailbox."""

import asyncio

from tests.servers.scripted_imap import scripted_imap
from tests.sync.desk import desk
from tui.mail.act import Verb
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.changes import Changes


async def test_the_mailbox_of_a_year_is_made_once(store: Store) -> None:
    async with scripted_imap(messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        await work.mailbox(b"Archive")
        changes = Changes(work.name, store, work.events.append, lambda: None, "Archive/{year}")
        inbox = await work.inbox()
        await asyncio.gather(*(changes.archive(inbox, [Uid(uid)]) for uid in (1, 2, 3)))
        verbs = [act.verb for act in await store.journal.list()]
        assert verbs == [Verb.ARCHIVED] * 3 + [Verb.CREATED]
