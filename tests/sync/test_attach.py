"""Files to attach."""

import os
from pathlib import Path

import pytest

from tui.sync.attach import read_attachment


def test_a_file_is_read_with_its_type(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"PDF")
    found = read_attachment(path)
    assert (found.filename, found.type, found.data) == ("plan.pdf", "application/pdf", b"PDF")
    (tmp_path / "log.txt.gz").write_bytes(b"x")
    assert read_attachment(tmp_path / "log.txt.gz").type == "application/gzip"
    (tmp_path / "unknown").write_bytes(b"x")
    assert read_attachment(tmp_path / "unknown").type == "application/octet-stream"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing", Path("/dev/null")):
        with pytest.raises(OSError, match=r"folder|regular|No such"):
            read_attachment(path)


def test_a_limit_holds(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 100)
    with pytest.raises(ValueError, match="larger"):
        read_attachment(tmp_path / "big", limit=99)
    assert len(read_attachment(tmp_path / "big", limit=100).data) == 100
