"""Keywords that are kept here: they go with their messages, all of them or none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.mail.flags import NO_FLAGS
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store import kept
from tui.store.databases import Connections
from tui.store.overlay import Name, Place
from tui.store.sqlite import open_cache, open_precious

INBOX, ARCHIVE, VALIDITY = MailboxId(1), MailboxId(2), UidValidity(7)
WORDS = frozenset({"$Snoozed"})


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Connections]:
    opened = Connections(open_cache(tmp_path / "cache.db"), open_precious(tmp_path / "precious.db"))
    kept.change(opened, Place(INBOX, None, (Uid(1), Uid(2), Uid(3))), WORDS, NO_FLAGS)
    yield opened
    opened.close()


def test_they_follow_their_messages_at_once(at: Connections) -> None:
    commits: list[int] = []

    def committed() -> bool:
        commits.append(1)
        return False

    at.precious.set_commit_hook(committed)
    went: dict[Name, Name] = {(INBOX, None, Uid(uid)): (ARCHIVE, VALIDITY, Uid(uid + 10)) for uid in (1, 2, 9)}
    kept.follow(at, went)
    assert kept.read(at) == {
        (INBOX, None, Uid(3)): WORDS,
        (ARCHIVE, VALIDITY, Uid(11)): WORDS,
        (ARCHIVE, VALIDITY, Uid(12)): WORDS,
    }
    assert len(commits) == 1, "a crash in between would have taken them"


def test_what_has_none_costs_no_writing(at: Connections) -> None:
    before = at.precious.total_changes()
    kept.follow(at, {(INBOX, None, Uid(9)): (ARCHIVE, VALIDITY, Uid(1))})
    assert at.precious.total_changes() == before
