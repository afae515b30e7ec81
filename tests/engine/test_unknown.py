"""What a command says of an account whose server was never reached: the reason, never calm silence."""

from pathlib import Path

import pytest

from tests.end_to_end.command import command, paths
from tests.servers.process import free_port


def configure(folder: Path) -> int:
    port = free_port()
    file = paths(folder).config_file
    file.parent.mkdir(parents=True)
    file.touch(mode=0o600)
    file.write_text(
        '[accounts.work]\naddress = "ada@example.org"\n'
        f'[accounts.work.receive]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "tls"\n'
        'user = "ada"\npassword = "correct horse"\n'
    )
    return port


@pytest.mark.parametrize("verb", [("list",), ("mailboxes",)])
async def test_who_asks_is_told_why_the_server_cannot_be_reached(tmp_path: Path, verb: tuple[str, ...]) -> None:
    port = configure(tmp_path)
    ended = await command(tmp_path, *verb)
    assert (ended.status, ended.out) == (1, "")
    assert "Nothing is known of work yet" in ended.err
    assert f"127.0.0.1 is up, but nothing listens on port {port}" in ended.err


async def test_what_asks_no_server_says_that_nothing_is_known(tmp_path: Path) -> None:
    configure(tmp_path)
    for verb in (("search", "from:ada"), ("list", "--offline"), ("mailboxes", "--offline")):
        ended = await command(tmp_path, *verb)
        assert (ended.status, ended.out) == (1, ""), verb
        assert "Nothing is known of work yet. Its server is asked by: tidings list --account work" in ended.err


async def test_a_status_bar_gets_no_calm_zero_for_what_was_never_reached(tmp_path: Path) -> None:
    configure(tmp_path)
    await command(tmp_path, "list")
    for words in (("status",), ("status", "--account", "work"), ("status", "--format", "{unread}")):
        ended = await command(tmp_path, *words)
        assert (ended.status, ended.out) == (2, ""), words
        assert "nothing is known yet: no server was reached" in ended.err
