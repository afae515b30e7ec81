"""Conversations on Dovecot: found, shown, acted on as a whole, and put right by what other programs do."""

from tests.end_to_end.work import at_work, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import Desk
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.mail.thread import tree
from tui.store.database import Store
from tui.sync.events import MessagesVanished, ThreadsChanged


def letter(name: str, subject: str, *named: str) -> bytes:
    """Return a mail that names others, the nearest last."""
    lines = [
        "From: Grace Hopper <grace@example.org>",
        "To: ada@example.org",
        f"Subject: {subject}",
        f"Message-ID: <{name}@example.org>",
    ]
    if named:
        lines.append(f"In-Reply-To: <{named[-1]}@example.org>")
        lines.append("References: " + "\r\n ".join(f"<{each}@example.org>" for each in named))
    return ("\r\n".join([*lines, "", "hello", ""])).encode()


async def counts(desk: Desk) -> dict[str, tuple[int, int]]:
    """Return (messages, unread ones) of each conversation, by its newest subject."""
    rows = await desk.store.threads.older(await desk.inbox(), None, 100)
    return {row.subject: (row.count, row.unread) for row in rows}


async def test_conversations_from_the_first_mail_to_the_last(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(
        ADA,
        letter("a", "Engine"),
        letter("b", "Re: Engine", "a"),
        letter("z", "Lunch"),
        letter("c", "Re: Engine, the card", "a", "b", "mine"),  # "mine" is not here: References lead to the others
    )
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(4)
        await desk.until(lambda: _is(desk, {"Re: Engine, the card": (3, 3), "Lunch": (1, 1)}))
        assert desk.said(ThreadsChanged)
        inbox = await desk.inbox()
        engine = next(row for row in await store.threads.older(inbox, None, 9) if row.count == 3)
        branches = tree(await store.threads.members(inbox, engine.thread))
        assert [(branch.depth, branch.member.envelope.uid) for branch in branches] == [(0, 1), (1, 2), (2, 4)]

        dovecot.deliver(ADA, letter("d", "Re: Engine, at last", "a", "b", "mine", "c"))
        await desk.until(lambda: _is(desk, {"Re: Engine, at last": (4, 4), "Lunch": (1, 1)}))
        with other_client(dovecot) as other:
            other.command("STORE", "1:2", "+FLAGS", "(\\Seen)")
            await desk.until(lambda: _is(desk, {"Re: Engine, at last": (4, 2), "Lunch": (1, 1)}))

            uids = await store.threads.uids(inbox, [engine.thread])
            assert uids == [1, 2, 4, 5]
            await desk.mailbox(b"Archive")
            act = await desk.account.changes.archive(inbox, uids)
            assert act is not None
            assert await counts(desk) == {"Lunch": (1, 1)}, "shown at once"
            await desk.until(lambda: _nothing_waits(store))
            assert other.uids() == [3]
            assert len(other.uids("Archive")) == 4
            await desk.account.changes.undo(act)
            await desk.until(lambda: _is(desk, {"Re: Engine, at last": (4, 2), "Lunch": (1, 1)}))
            await desk.until(lambda: _nothing_waits(store))
            assert len(other.uids()) == 5

            newest = max(other.uids())
            other.expunge(newest)
            await desk.until(lambda: any(Uid(newest) in event.uids for event in desk.said(MessagesVanished)))
            told = await counts(desk)
            assert sorted(count for count, _ in told.values()) == [1, 3]
        await desk.account.change_flags(inbox, [Uid(uid) for uid in await desk.uids()], add=[SEEN])
        assert all(not unread for _, unread in (await counts(desk)).values())


async def _is(desk: Desk, expected: dict[str, tuple[int, int]]) -> bool:
    return await counts(desk) == expected


async def _nothing_waits(store: Store) -> bool:
    return not await store.pending.all()
