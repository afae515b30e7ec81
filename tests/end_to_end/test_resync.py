"""Dovecot tells what was missed, and pushes news of mailboxes that are not watched."""

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import Desk
from tui.mail.flags import FLAGGED
from tui.store.database import Store
from tui.sync.events import Link


async def like(desk: Desk, wire: bytes, wanted: dict[int, set[str]]) -> None:
    async def alike() -> bool:
        return {row.uid: set(row.flags) for row in await desk.rows(wire)} == wanted

    await desk.until(alike)


async def test_a_return_costs_one_select(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(1, 10)))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(9)

        async def known() -> bool:
            return (await desk.mailbox()).highestmodseq > 0

        await desk.until(known)
    with other_client(dovecot) as other:
        other.command("STORE", "2,9", "+FLAGS", "(\\Flagged)")
        other.expunge(1, 5, 6)
    dovecot.deliver(ADA, mail("later"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.link(Link.LIVE)
        await like(desk, b"INBOX", {2: {FLAGGED}, 3: set(), 4: set(), 7: set(), 8: set(), 9: {FLAGGED}, 10: set()})
        state = await desk.mailbox()
        assert (state.total, state.unread, state.complete) == (7, 7, True)


async def test_news_of_a_mailbox_that_is_held_are_pushed(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        other.append("Archive", mail("old one"), mail("old two"))
        async with at_work(store, dovecot.account(ADA), poll=3600) as desk:
            archive = await desk.mailbox(b"Archive")
            await desk.link(Link.LIVE)
            desk.account.open_mailbox(archive.id)
            await desk.holds(2, b"Archive")
            desk.account.open_mailbox(await desk.inbox())
            other.append("Archive", mail("filed elsewhere"))
            await like(desk, b"Archive", {1: set(), 2: set(), 3: set()})
            other.command("STORE", "1", "+FLAGS", "(\\Flagged)", mailbox="Archive")
            await like(desk, b"Archive", {1: {FLAGGED}, 2: set(), 3: set()})
            other.expunge(2, mailbox="Archive")
            await like(desk, b"Archive", {1: {FLAGGED}, 3: set()})
            other.create("Elsewhere")
            await desk.mailbox(b"Elsewhere")
            other.append("Elsewhere", mail("first"))

            async def counted() -> bool:
                return (await desk.mailbox(b"Elsewhere")).total == 1

            await desk.until(counted)
