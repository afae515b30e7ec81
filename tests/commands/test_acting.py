"""Acting on messages of several mailboxes: the next key waits for the rows that were taken away, and for no others."""

from types import SimpleNamespace
from typing import Any

from tui.commands.acting import Chosen, move_each
from tui.mail.act import Act, ActState, Verb
from tui.mail.ids import AccountName, MailboxId, Uid

WORK, INBOX, OTHER = AccountName("work"), MailboxId(1), MailboxId(2)
ARCHIVED = Act(1, WORK, Verb.ARCHIVED, 1, "Inbox", "Archive", 0.0, ActState.DONE)


class Mail:
    """The cursor is on the first message of the Inbox until it was looked at so often."""

    def __init__(self, stays: int) -> None:
        self.stays = stays
        self.looks = 0

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid]:
        self.looks += 1
        return WORK, INBOX, Uid(1 if self.looks <= self.stays else 2)


def desk(mail: Mail, said: list[str]) -> Any:
    async def join(ids: object) -> None:
        pass

    return SimpleNamespace(
        mail=mail,
        flash=lambda text, style="": said.append(text),
        keymap=SimpleNamespace(label=lambda id: "u"),
        store=SimpleNamespace(journal=SimpleNamespace(join=join)),
    )


async def test_no_key_waits_for_rows_that_stay() -> None:
    account: Any = None
    mail, said = Mail(3), list[str]()

    async def move(part: Chosen) -> Act | None:
        return ARCHIVED if part.mailbox == OTHER else None

    parts = [Chosen(account, INBOX, [Uid(1)]), Chosen(account, OTHER, [Uid(1)])]
    await move_each(desk(mail, said), parts[:1], move)
    assert said == ["nothing to move: it is there already"]
    await move_each(desk(mail, said), parts, move)
    assert mail.looks <= 2, "it was waited for a row that stays"


async def test_the_next_key_waits_for_the_rows_that_go() -> None:
    account: Any = None
    mail, said = Mail(3), list[str]()

    async def move(part: Chosen) -> Act | None:
        return ARCHIVED

    await move_each(desk(mail, said), [Chosen(account, INBOX, [Uid(1)])], move)
    assert mail.looks == 4
