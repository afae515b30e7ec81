"""On a train: reading, answering and filing without the server, and all of it done when it is back."""

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import Link, Return


async def test_a_day_without_the_server(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}", f"Text {number}.") for number in range(1, 5)))
    async with at_work(store, dovecot.account(ADA), offline=3) as desk:
        await desk.holds(4)
        inbox = await desk.inbox()
        await desk.mailbox(b"Archive")

        async def kept() -> bool:
            return await store.bodies.kept(inbox, [Uid(uid) for uid in range(1, 5)]) == {2, 3, 4}

        await desk.until(kept)
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        assert await desk.body(4) == b"Text 4.\r\n"
        assert await desk.body(3) == b"Text 3.\r\n"
        await desk.account.change_flags(inbox, [Uid(3), Uid(4)], add=[SEEN])
        await desk.account.change_flags(inbox, [Uid(4)], add=[FLAGGED])
        await desk.account.changes.archive(inbox, [Uid(3)])
        assert await desk.uids() == [1, 2, 4]
        dovecot.start()
        dovecot.deliver(ADA, mail("meanwhile"), mail("meanwhile too"))
        back: Return = await desk.until(lambda: desk.account.link.back, timeout=30)
        assert (back.new, back.done) == (2, 3)
        with other_client(dovecot) as other:
            assert other.flags() == {1: set(), 2: set(), 4: {SEEN, FLAGGED}, 5: set(), 6: set()}
            assert other.flags("Archive") == {1: {SEEN}}
        await desk.holds(5)
