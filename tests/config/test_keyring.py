"""The keyring: used when it keeps secrets, refused by name when it does not; what was typed is asked for once."""

import asyncio
import importlib
import sys
from types import ModuleType
from typing import Any

import pytest

from tui.config import keyring as ours
from tui.config.model import Secret, Security, Server
from tui.config.secrets import Secrets
from tui.mail.errors import AuthenticationFailed, ConfigError

keyring = pytest.importorskip("keyring")
SERVER = Server("imap.example.org", 993, Security.TLS, "ada", Secret(keyring=True, key="work"))


class Kept(keyring.backend.KeyringBackend):  # type: ignore[misc, name-defined]
    """A back end that keeps secrets, as long as it lives."""

    priority = 9

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password


def named(module: str, name: str) -> Any:
    return type(name, (), {"__module__": module, "get_password": lambda self, service, user: "leaked"})()


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Any:
    def choose(backend: object) -> Any:
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
        return backend

    return choose


async def test_a_password_comes_from_the_keyring(chosen: Any) -> None:
    chosen(Kept()).set_password("tidings", "work", "from the ring")
    assert await Secrets().obtain(SERVER) == "from the ring"


async def test_nothing_kept_says_how_to_keep_it(chosen: Any) -> None:
    chosen(Kept())
    with pytest.raises(ConfigError, match="keyring set tidings work"):
        await Secrets().obtain(SERVER)


@pytest.mark.parametrize(
    "backend",
    [
        named("keyrings.alt.file", "PlaintextKeyring"),
        named("keyrings.alt.file", "EncryptedKeyring"),
        named("somebody", "UncryptedFileKeyring"),
        importlib.import_module("keyring.backends.fail").Keyring(),
        importlib.import_module("keyring.backends.null").Keyring(),
    ],
)
async def test_what_keeps_no_secrets_is_refused_by_name(chosen: Any, backend: Any) -> None:
    chosen(backend)
    with pytest.raises(ConfigError):
        await Secrets().obtain(SERVER)
    with pytest.raises(ConfigError):
        ours.put("work", "secret")


def test_a_chain_with_such_a_one_is_refused() -> None:
    chain = type("Chainer", (), {"backends": [Kept(), named("keyrings.alt.file", "PlaintextKeyring")]})()
    with pytest.raises(ConfigError, match="PlaintextKeyring"):
        ours.check(chain)


async def test_a_keyring_that_fails_tells_no_secret(chosen: Any) -> None:
    class Locked(Kept):
        def get_password(self, service: str, username: str) -> str | None:
            raise RuntimeError("the password was SECRET")

    chosen(Locked())
    with pytest.raises(ConfigError) as caught:
        await Secrets().obtain(SERVER)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"tidings\[keyring\]"):
        await Secrets().obtain(SERVER)
    assert isinstance(keyring, ModuleType)


# Asked once per run

ASKED = Server("imap.example.org", 993, Security.TLS, "ada", Secret(key="work"))


class Person:
    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.at_once = 0

    async def __call__(self, whose: str) -> str | None:
        assert not self.at_once, "two questions at one time"
        self.at_once += 1
        await asyncio.sleep(0)
        self.at_once -= 1
        self.asked.append(whose)
        return self.answers.pop(0)


async def test_a_person_is_asked_once_for_all_lines() -> None:
    person = Person("typed")
    secrets = Secrets(ask=person)
    assert await asyncio.gather(*(secrets.obtain(ASKED) for _ in range(3))) == ["typed"] * 3
    assert person.asked == ["ada at imap.example.org"]
    assert "typed" not in repr(secrets).replace("typed)", "")


async def test_questions_come_one_after_the_other() -> None:
    other = Server("mail.example.com", 993, Security.TLS, "grace", Secret(key="home"))
    secrets = Secrets(ask=Person("one", "two"))
    assert list(await asyncio.gather(secrets.obtain(ASKED), secrets.obtain(other))) == ["one", "two"]


async def test_a_refused_password_is_forgotten_after_its_one_attempt() -> None:
    person = Person("wrong", "right")
    secrets = Secrets(ask=person)
    tried = []

    async def login(secret: str) -> None:
        tried.append(secret)
        if secret == "wrong":
            raise AuthenticationFailed("no")

    with pytest.raises(AuthenticationFailed):
        await secrets.use(ASKED, login)
    assert tried == ["wrong"]
    await secrets.use(ASKED, login)
    assert tried == ["wrong", "right"]


async def test_nobody_answers_and_nobody_is_there() -> None:
    with pytest.raises(AuthenticationFailed, match="No password was given"):
        await Secrets(ask=Person(None)).obtain(ASKED)
    with pytest.raises(ConfigError, match="No password is configured"):
        await Secrets().obtain(ASKED)
