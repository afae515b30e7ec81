"""The script of docs/scripting.md, taken from there and run as it stands."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.end_to_end.command import ROOT, folders, write_config
from tests.end_to_end.test_verbs import WITH_FILE
from tests.end_to_end.work import mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.postfix import Postfix


async def test_the_script_waits_for_a_mail_and_takes_its_file(
    dovecot: Dovecot, postfix: Postfix, tmp_path: Path
) -> None:
    text = (ROOT / "docs" / "scripting.md").read_text()
    found = re.search(r"<!-- recipe: .*? -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None
    write_config(tmp_path, dovecot, postfix, ADA)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, words in (("tidings", f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n'), ("recipe", found[1])):
        (programs / name).write_text(words)
        (programs / name).chmod(0o755)
    environment = {**os.environ, **folders(tmp_path), "PATH": f"{programs}:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        programs / "recipe", tmp_path / "saved", stdout=PIPE, stderr=PIPE, env=environment, cwd=ROOT
    )
    assert process.stderr is not None
    try:
        assert await asyncio.wait_for(process.stderr.readline(), 30) == b"tidings: ada: watching\n"
        dovecot.deliver(ADA, mail("report without a file"))
        dovecot.deliver(ADA, WITH_FILE.replace(b"Subject: figures", b'Subject: the "report"'))
        _, errors = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, errors) == (0, b"")
    assert (tmp_path / "saved").read_bytes() == b"1,2\n"
    with other_client(dovecot) as other:
        assert other.uids() == [1]
