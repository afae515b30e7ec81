"""Logging in: one attempt, by one mechanism, with the very bytes of the password."""

import pytest

from tests.servers.scripted_smtp import scripted_smtp
from tests.smtp.conftest import Sender
from tui.mail.errors import AuthenticationFailed, ConfigError

PASSWORDS = ['quo"te', "back\\slash", "a space", "über-größe", "x" * 128, "=?utf-8?q?no?=", "€" * 60]


@pytest.mark.parametrize("behaviour", ["normal", "auth-login-only"])
@pytest.mark.parametrize("password", PASSWORDS)
async def test_passwords_arrive_as_they_are(sender: Sender, behaviour: str, password: str) -> None:
    async with scripted_smtp(behaviour, password=password) as server:
        await sender.send(server, secret=password)
        assert server.logins == [("ada@example.org", password)]


@pytest.mark.parametrize("behaviour", ["normal", "auth-login-only"])
async def test_a_wrong_password_is_tried_once(sender: Sender, behaviour: str) -> None:
    async with scripted_smtp(behaviour) as server:
        with pytest.raises(AuthenticationFailed) as caught:
            await sender.send(server, secret="wrong")
        assert len(server.logins) == 1
        assert "wrong credentials" in str(caught.value)


@pytest.mark.parametrize("password", ["a\r\nRSET", "a\0b", "a\nb"])
async def test_a_password_cannot_be_a_command(sender: Sender, password: str) -> None:
    async with scripted_smtp() as server:
        with pytest.raises(ConfigError) as caught:
            await sender.send(server, secret=password)
        assert b"AUTH" not in server.text
        assert password not in str(caught.value)
