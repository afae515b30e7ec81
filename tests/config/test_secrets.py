"""Password commands: argv without a shell, bounded in time, their output never told."""

import sys
from pathlib import Path

import pytest

from tui.config.model import Secret, Security, Server
from tui.config.secrets import Secrets, obtain
from tui.mail.errors import AuthenticationFailed, ConfigError


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


async def test_a_token_command_is_told_of_as_one() -> None:
    def token(*argv: str) -> Server:
        return Server("imap.example.org", 993, Security.TLS, "ada", Secret(token_command=argv))

    assert await obtain(token("printf", "%s\\n", "ya29.token")) == "ya29.token"
    with pytest.raises(ConfigError, match="token command false failed"):
        await obtain(token("false"))
    with pytest.raises(ConfigError, match="printed no token"):
        await obtain(token("printf", "\\033[2J"))


async def test_a_command_is_run_anew_for_a_token_that_was_refused(tmp_path: Path) -> None:
    count = tmp_path / "count"
    script = f'echo x >> "{count}"; wc -l < "{count}" | tr -d " "'
    place = Server("imap.example.org", 993, Security.TLS, "ada", Secret(token_command=("sh", "-c", script)))
    tried: list[str] = []

    async def login(token: str) -> str:
        tried.append(token)
        if token == "1":
            raise AuthenticationFailed("expired")
        return token

    assert await Secrets().use(place, login) == "2"
    assert tried == ["1", "2"]


async def test_the_same_token_is_not_tried_twice() -> None:
    place = Server("imap.example.org", 993, Security.TLS, "ada", Secret(token_command=("echo", "same")))
    tried: list[str] = []

    async def login(token: str) -> str:
        tried.append(token)
        raise AuthenticationFailed("expired")

    with pytest.raises(AuthenticationFailed):
        await Secrets().use(place, login)
    assert tried == ["same"]
