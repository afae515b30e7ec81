"""Subscriptions on Dovecot: taken up and given up by the user, kept over renaming, ended with the mailbox."""

import pytest

from tests.end_to_end.test_archive import undo
from tests.end_to_end.test_changing import none_pending
from tests.end_to_end.work import at_work, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import Desk
from tui.mail.errors import MailError
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link

ALWAYS = {"Archive", "Drafts", "Junk", "Sent", "Trash"}


def subscribed(dovecot: Dovecot) -> set[str]:
    """Return what another client is told, without what this server subscribes everybody to."""
    line = dovecot.imap(ADA)
    try:
        rows = line.lsub('""', "*")[1]
        return {row.decode().rpartition(' "/" ')[2].strip('"') for row in rows if isinstance(row, bytes)} - ALWAYS
    finally:
        line.logout()


async def settled(desk: Desk) -> None:
    await desk.until(lambda: none_pending(desk.store))


async def test_the_user_subscribes_and_unsubscribes(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        other.create("Lists")
        other.create("Other")
        other.subscribe("Other")
    async with at_work(store, dovecot.account(ADA)) as desk:
        lists = await desk.mailbox(b"Lists")
        assert not lists.mailbox.subscribed
        assert (await desk.mailbox(b"Other")).mailbox.subscribed
        act = await desk.account.changes.subscribe(lists.id, True)
        assert act is not None
        assert (act.short, act.label) == ("subscribed to Lists", "subscribed to Lists")
        assert (await desk.mailbox(b"Lists")).mailbox.subscribed, "the tree changes at once"
        await settled(desk)
        assert subscribed(dovecot) == {"Lists", "Other"}
        assert await desk.account.changes.subscribe(lists.id, True) is None
        await undo(desk)
        await settled(desk)
        assert subscribed(dovecot) == {"Other"}
        await desk.account.changes.subscribe((await desk.mailbox(b"Other")).id, False)
        await settled(desk)
        assert subscribed(dovecot) == set()
        with pytest.raises(MailError, match="always"):
            await desk.account.changes.subscribe(await desk.inbox(), False)
        assert not desk.said(ChangeRefused)


async def test_offline_it_waits_and_shows_what_is_meant(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        other.create("Lists")
    async with at_work(store, dovecot.account(ADA)) as desk:
        lists = await desk.mailbox(b"Lists")
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        await desk.account.changes.subscribe(lists.id, True)
    dovecot.start()
    async with at_work(store, dovecot.account(ADA)) as desk:
        await settled(desk)
        assert subscribed(dovecot) == {"Lists"}
        await desk.link(Link.LIVE)
        assert (await desk.mailbox(b"Lists")).mailbox.subscribed


async def test_renamed_mailboxes_stay_subscribed_and_deleted_ones_do_not(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        for name in ("Lists", "Lists/Engine", "Lists/Quiet", "Listserv"):
            other.create(name)
        for name in ("Lists", "Lists/Engine", "Listserv"):
            other.subscribe(name)
    async with at_work(store, dovecot.account(ADA)) as desk:
        lists = await desk.mailbox(b"Lists")
        await desk.account.changes.rename_mailbox(lists.id, "Old")
        await settled(desk)
        assert subscribed(dovecot) == {"Old", "Old/Engine", "Listserv"}
        await undo(desk)
        await settled(desk)
        assert subscribed(dovecot) == {"Lists", "Lists/Engine", "Listserv"}
        await desk.account.changes.delete_mailbox((await desk.mailbox(b"Listserv")).id)
        await settled(desk)
        assert subscribed(dovecot) == {"Lists", "Lists/Engine"}
        await desk.account.changes.create_mailbox("New")
        await settled(desk)
        assert subscribed(dovecot) == {"Lists", "Lists/Engine", "New"}
