"""What a return brought."""

import asyncio
from dataclasses import dataclass

from tui.mail.ids import AccountName, MailboxId, Uid
from tui.sync.events import MailboxesChanged, MessagesArrived, Return
from tui.sync.homecoming import Homecoming

NAME, INBOX = AccountName("work"), MailboxId(1)


@dataclass
class Waiting:
    """Changes that wait."""

    count: int = 0

    async def __call__(self) -> int:
        return self.count


def home(waiting: Waiting) -> Homecoming:
    return Homecoming(waiting, lambda: 9.0)


def arrived(*uids: int, fresh: bool = True) -> MessagesArrived:
    return MessagesArrived(NAME, INBOX, tuple(map(Uid, uids)), fresh)


async def test_the_first_line_is_no_return() -> None:
    coming = home(Waiting())
    coming.away()
    coming.heard(arrived(1, 2))
    coming.up()
    assert await coming.told() is None


async def test_new_mail_is_counted_from_the_loss_on() -> None:
    coming = home(Waiting())
    coming.up()
    coming.heard(arrived(1))
    coming.away()
    coming.away()
    coming.heard(arrived(2, 3))
    coming.heard(arrived(90, 91, fresh=False))
    assert await coming.told() == Return(9.0, 2, 0)
    coming.heard(arrived(4))
    assert coming.back == Return(9.0, 2, 0)
    assert await coming.told() is None, "once"
    coming.away()
    assert coming.back is None


async def test_changes_are_waited_for() -> None:
    waiting = Waiting(3)
    coming = home(waiting)
    coming.up()
    coming.away()
    telling = asyncio.create_task(coming.told())
    for left in (2, 1, 0):
        await asyncio.sleep(0)
        assert not telling.done()
        waiting.count = left
        coming.heard(MailboxesChanged(NAME))
    assert await asyncio.wait_for(telling, 5) == Return(9.0, 0, 3)


async def test_a_line_lost_again_meanwhile_tells_nothing() -> None:
    waiting = Waiting(3)
    coming = home(waiting)
    coming.up()
    coming.away()
    coming.heard(arrived(1))
    telling = asyncio.create_task(coming.told())
    await asyncio.sleep(0)
    coming.away()
    assert await asyncio.wait_for(telling, 5) is None
    waiting.count = 0
    coming.heard(arrived(2))
    assert await coming.told() == Return(9.0, 2, 0), "both absences are one to the user"


async def test_nothing_is_no_news() -> None:
    coming = home(Waiting())
    coming.up()
    coming.away()
    assert await coming.told() is None
