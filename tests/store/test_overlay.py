"""What lies over what the server says: the same after every change that came and went, without building it anew."""

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import AccountName, MailboxId, Uid, UidValidity
from tui.store.overlay import Change, ChangeKind, Overlay

FLAGS = st.frozensets(st.sampled_from((SEEN, FLAGGED)), max_size=2)
UIDS = st.frozensets(st.integers(1, 5), min_size=1).map(lambda uids: tuple(map(Uid, sorted(uids))))


@st.composite
def changes(draw: st.DrawFn, id: int) -> Change:
    kind = draw(st.sampled_from((ChangeKind.FLAGS, ChangeKind.FLAGS, ChangeKind.MOVE, ChangeKind.ERASE)))
    where, to = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    validity = draw(st.sampled_from((None, UidValidity(7), UidValidity(8))))
    return Change(
        *(AccountName("work"), MailboxId(where), b"INBOX", validity, kind, draw(UIDS), draw(FLAGS), draw(FLAGS)),
        id=id,
        target_mailbox=MailboxId(to) if kind is ChangeKind.MOVE else None,
    )


@given(st.data())
def test_it_is_the_same_as_one_that_is_built_anew(data: st.DataObject) -> None:
    overlay = Overlay()
    for id in range(1, data.draw(st.integers(1, 8)) + 1):
        if bool(overlay.changes) and data.draw(st.booleans()):
            overlay.drop(data.draw(st.sampled_from([each.id for each in overlay.changes])))
        else:
            overlay.add(data.draw(changes(id)))
        for mailbox in (MailboxId(1), MailboxId(2)):
            for validity in (None, UidValidity(7)):
                assert overlay.of(mailbox, validity) == Overlay(overlay.changes).of(mailbox, validity)
