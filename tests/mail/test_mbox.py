"""mbox: what is written is read back, whatever it holds; Maildir: letters and flags."""

import io
import mailbox
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.flags import ANSWERED, FLAGGED, SEEN
from tui.mail.mbox import entries, entry, maildir_flags, maildir_letters

LINE = st.one_of(
    st.sampled_from([b"", b"From ", b"From me", b">From x", b">>From y", b"From: a@b", b"Subject: x", b"."]),
    st.binary(max_size=12).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b"")),
)
MAIL = st.lists(LINE, min_size=1, max_size=8).map(lambda lines: b"".join(line + b"\r\n" for line in lines))


@given(st.lists(st.tuples(MAIL, st.integers(0, 4_000_000_000)), max_size=5))
def test_what_is_written_is_read_back(mails: list[tuple[bytes, int]]) -> None:
    file = b"".join(entry(data, "ada@example.org", received) for data, received in mails)
    found = list(entries(io.BytesIO(file)))
    assert [(each.data, each.received) for each in found] == mails


@given(st.binary(max_size=300))
def test_anything_is_read(data: bytes) -> None:
    for filed in entries(io.BytesIO(data)):
        assert b"\n" not in filed.data.replace(b"\r\n", b"")


def test_python_reads_the_same(tmp_path: Path) -> None:
    data = b"From: a@example.org\r\nSubject: one\r\n\r\nFrom here on\r\n>From there\r\n"
    (tmp_path / "box").write_bytes(entry(data, "a@example.org", 1_795_000_000) * 2)
    box = mailbox.mbox(tmp_path / "box")
    assert [message["Subject"] for message in box] == ["one", "one"]
    assert [message.get_from() for message in box] == ["a@example.org Wed Nov 18 11:06:40 2026"] * 2
    assert b">From here on\n>>From there\n" in next(iter(box)).as_bytes()


def test_a_sender_breaks_no_line() -> None:
    assert entry(b"x\r\n", "a b\r\nFrom c@d", 0).splitlines()[0] == b"From abFromc@d Thu Jan  1 00:00:00 1970"


def test_status_fields_tell_flags() -> None:
    (filed,) = entries([b"From x\n", b"Status: RO\n", b"X-Status: AF\n", b"\n", b"hello\n"])
    assert filed.flags == {SEEN, ANSWERED, FLAGGED}
    assert filed.received is None


def test_letters_of_a_maildir() -> None:
    assert maildir_letters([SEEN, FLAGGED, "other"]) == "FS"
    assert maildir_flags("1.2.host:2,FS") == {SEEN, FLAGGED}
    assert maildir_flags("1.2.host") == frozenset()
