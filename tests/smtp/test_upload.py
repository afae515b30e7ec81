"""A message as DATA wants it: however it is cut, the server gets back what was meant."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.smtp import upload
from tui.smtp.upload import wire_chunks

PIECES = st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"x", b"..", b"text", b"\r\n.\r\n"]), max_size=60)


@given(PIECES, st.integers(1, 9))
def test_dots_and_line_ends_survive_every_cut(pieces: list[bytes], size: int) -> None:
    data = b"".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upload, "CHUNK", size)
        wire = b"".join(wire_chunks(data))
    meant = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
    if not meant.endswith(b"\r\n"):
        meant += b"\r\n"
    assert wire.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert re.sub(rb"(?m)^\.", b"", wire) == meant
    assert wire.count(b"\r") == wire.count(b"\n") == wire.count(b"\r\n")
