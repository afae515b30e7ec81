"""``tidings sieve`` against Dovecot, with the program running and without."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.end_to_end.command import command, paths, running, write_config
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tests.servers.process import free_port

FILING = 'require "fileinto";\n# Grüße\nfileinto "Archive";\n'


@pytest.fixture(scope="module")
def sieving() -> Iterator[Dovecot]:
    with Dovecot(sieve=True) as server:
        yield server


@pytest.fixture(scope="module")
def sending(sieving: Dovecot) -> Iterator[Postfix]:
    with Postfix(sieving) as server:
        yield server


def configure(folder: Path, dovecot: Dovecot, postfix: Postfix, port: int) -> None:
    write_config(folder, dovecot, postfix, ADA, GRACE)
    file = paths(folder).config_file
    named = "".join(f'[accounts.{name}.sieve]\nport = {port}\nca_file = "{dovecot.certificate}"\n' for name in USERS)
    file.write_text(file.read_text() + named)


USERS = ("ada", "grace")


@pytest.mark.parametrize("is_running", [False, True])
async def test_scripts_are_kept_run_and_deleted(
    sieving: Dovecot, sending: Postfix, tmp_path: Path, is_running: bool
) -> None:
    configure(tmp_path, sieving, sending, sieving.sieve_port)
    async with AsyncExitStack() as stack:
        if is_running:
            await stack.enter_async_context(running(tmp_path))
        kept = await command(tmp_path, "sieve", "--put", "filing", "--json", data=FILING.encode())
        assert kept.rows == [{"account": "ada", "name": "filing", "done": "kept", "warnings": [], "complaints": []}]
        assert (await command(tmp_path, "sieve", "--activate", "filing", "--json")).rows[0]["done"] == "activated"
        listed = (await command(tmp_path, "sieve", "--json")).rows
        assert listed == [{"account": "ada", "name": "filing", "active": True}]
        assert (await command(tmp_path, "sieve")).out == "* ada  filing\n"
        shown = await command(tmp_path, "sieve", "--show", "filing")
        assert shown.out == FILING
        assert (await command(tmp_path, "sieve", "--show", "filing", "--json")).rows[0]["text"] == FILING

        wrong = await command(tmp_path, "sieve", "--put", "filing", "--json", data=b"fileinto;\r\nodd;\r\n")
        assert (wrong.status, wrong.rows[0]["done"]) == (1, None)
        assert "line 2" in str(wrong.rows[0]["complaints"])
        checked = await command(tmp_path, "sieve", "--check", data=b"odd;\n")
        assert checked.status == 1
        assert "line 1: error" in checked.err
        assert (await command(tmp_path, "sieve", "--check", data=FILING.encode())).status == 0
        assert (await command(tmp_path, "sieve", "--show", "filing")).out == FILING

        active = await command(tmp_path, "sieve", "--delete", "filing")
        assert active.status == 1
        assert "Activate another script, or none" in active.err
        assert (await command(tmp_path, "sieve", "--deactivate", "--json")).rows[0]["done"] == "deactivated"
        assert (await command(tmp_path, "sieve", "--delete", "filing", "--json")).rows[0]["done"] == "deleted"
        assert (await command(tmp_path, "sieve", "--json")).rows == []


async def test_where_there_is_none(sieving: Dovecot, sending: Postfix, tmp_path: Path) -> None:
    configure(tmp_path, sieving, sending, free_port())
    ended = await command(tmp_path, "sieve")
    assert ended.status == 1
    assert "nothing listens on port" in ended.err
    assert (await command(tmp_path, "sieve", "--active")).status == 2
