"""Password commands: argv without a shell, bounded in time, their output never told."""

import sys

import pytest

from tui.config.model import Secret, Security, Server
from tui.config.secrets import obtain
from tui.mail.errors import ConfigError


def server(*argv: str) -> Server:
    return Server("imap.example.org", 993, Security.TLS, "ada", Secret(password_command=argv))


async def test_first_line_is_the_password() -> None:
    assert await obtain(server("printf", "%s\\nsecond", 'pa"ss $HOME')) == 'pa"ss $HOME'


async def test_plain_password() -> None:
    plain = Server("h", 1, Security.TLS, "ada", Secret(password="x"))
    assert await obtain(plain) == "x"


async def test_failure_gives_status_and_cleaned_words_but_no_output() -> None:
    script = "import sys; print('SECRET'); sys.stderr.write('no key\\x1b[2J'); sys.exit(3)"
    with pytest.raises(ConfigError) as caught:
        await obtain(server(sys.executable, "-c", script))
    assert "status 3" in str(caught.value)
    assert "no key" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


async def test_nothing_printed() -> None:
    with pytest.raises(ConfigError, match="printed no password"):
        await obtain(server("true"))


async def test_not_there() -> None:
    with pytest.raises(ConfigError, match="cannot be run"):
        await obtain(server("/nowhere/at-all"))


async def test_slow_command_is_ended_with_its_children() -> None:
    with pytest.raises(ConfigError, match="no answer"):
        await obtain(server("sh", "-c", "sleep 600 & sleep 600"), timeout=0.2)
