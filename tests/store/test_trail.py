"""The trail of moved messages: many that are known again are one write."""

from pathlib import Path

from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store import trail
from tui.store.overlay import Place
from tui.store.sqlite import open_precious

INBOX, ARCHIVE, VALIDITY = MailboxId(1), MailboxId(2), UidValidity(7)


def test_what_is_known_again_is_written_at_once(tmp_path: Path) -> None:
    precious = open_precious(tmp_path / "precious.db")
    uids = tuple(map(Uid, (1, 2, 3)))
    trail.begin(
        precious, Place(INBOX, VALIDITY, uids), ARCHIVE, VALIDITY, Uid(10), {uid: (f"<{uid}@x>", 9) for uid in uids}
    )
    commits: list[int] = []

    def committed() -> bool:
        commits.append(1)
        return False

    precious.set_commit_hook(committed)
    went = trail.recognize(precious, ARCHIVE, VALIDITY, [(Uid(10 + uid), f"<{uid}@x>", 9) for uid in uids])
    assert went == {(INBOX, VALIDITY, uid): (ARCHIVE, VALIDITY, Uid(10 + uid)) for uid in uids}
    assert len(commits) == 1
    precious.close()
