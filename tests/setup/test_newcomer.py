"""An account on its way into config.toml: nothing is written before the end, and nothing that could not be read."""

import stat
from pathlib import Path

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import scripted_smtp
from tests.setup.test_doctor import ADA, NOBODY, account
from tui.config import keyring
from tui.config.load import load
from tui.config.paths import Paths
from tui.config.save import save
from tui.mail.address import Address
from tui.mail.errors import ConfigError
from tui.setup.check import Change, Half
from tui.setup.newcomer import Keep, Newcomer

R, S = Half.RECEIVING, Half.SENDING


def newcomer(folder: Path, imap: int = 1143, smtp: int = 1025) -> Newcomer:
    made = Newcomer(Paths.under(folder), records=NOBODY, step_timeout=10.0, idle_hold=0.02)
    made.account = account(imap, smtp, password="")
    return made


async def examined(setup: Newcomer) -> bool:
    async for _ in setup.examine():
        pass
    return setup.is_green


async def test_typed_tested_kept(tmp_path: Path) -> None:
    file = Paths.under(tmp_path).config_file
    async with scripted_imap() as imap, scripted_smtp() as smtp:
        setup = newcomer(tmp_path, imap.port, smtp.port)
        setup.give("wrong one")
        assert not await examined(setup)
        assert [(check.half, check.id) for check in setup.failures] == [(R, "login"), (S, "login")]
        assert setup.suggestion is None
        setup.give("secret")
        assert await examined(setup)
        assert not file.exists()
        setup.keep(Keep.PLAIN)
        assert await setup.save() == file
    made = load(file).accounts[0]
    assert made.receive.secret.password == "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_asked_at_every_start_unless_it_is_said_where(tmp_path: Path) -> None:
    setup = newcomer(tmp_path)
    setup.give("secret")
    await setup.save()
    file = Paths.under(tmp_path).config_file
    assert "secret" not in file.read_text()
    assert not load(file).accounts[0].receive.secret.is_set


async def test_in_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(keyring, "put", kept.__setitem__)
    monkeypatch.setattr(keyring, "trouble", lambda: "")
    setup = newcomer(tmp_path)
    setup.give("secret")
    assert setup.keeps()[0] is Keep.KEYRING
    setup.keep(Keep.KEYRING)
    await setup.save()
    assert kept == {"work": "secret"}
    assert load(Paths.under(tmp_path).config_file).accounts[0].receive.secret.keyring


def test_without_a_keyring_it_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "trouble", lambda: "There is no keyring on this machine.")
    assert newcomer(tmp_path).keeps() == (Keep.ASK, Keep.PLAIN)


@pytest.mark.parametrize(
    "change",
    [
        Change(R, "host", "imap example"),
        Change(R, "port", 0),
        Change(R, "port", 70_000),
        Change(S, "security", "none"),
        Change(R, "pin", "sha256:1"),
        Change(R, "address", "nobody"),
        Change(R, "user", "a\nb"),
        Change(R, "colour", "green"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(tmp_path: Path, change: Change) -> None:
    setup = newcomer(tmp_path)
    before = setup.account
    with pytest.raises(ConfigError):
        setup.change((change,))
    assert setup.account == before


def test_plain_is_never_set_beyond_this_machine(tmp_path: Path) -> None:
    setup = newcomer(tmp_path)
    with pytest.raises(ConfigError, match="in the clear"):
        setup.change((Change(R, "host", "imap.example.org"),))
    setup.change((Change(R, "host", "imap.example.org"), Change(R, "security", "tls")))
    assert setup.account is not None
    assert setup.account.receive.host == "imap.example.org"


def test_a_new_name_while_it_is_new(tmp_path: Path) -> None:
    setup = newcomer(tmp_path)
    setup.give("secret")
    setup.rename("home")
    assert setup.account is not None
    assert (setup.account.name, setup.account.receive.secret.key) == ("home", "home")
    with pytest.raises(ConfigError):
        setup.rename("two words")
    with pytest.raises(ConfigError):
        Newcomer(Paths.under(tmp_path), setup.account).rename("other")


async def test_the_next_account_has_another_name(tmp_path: Path) -> None:
    save(Paths.under(tmp_path).config_file, account(1143, None, name="example"))
    setup = newcomer(tmp_path)
    setup.account = None
    await setup.propose(Address("Ada", ADA), None)
    assert setup.account is not None
    assert setup.account.name == "example2"  # type: ignore[unreachable]


async def test_receiving_alone(tmp_path: Path) -> None:
    setup = newcomer(tmp_path)
    setup.receive_only()
    await setup.save()
    assert load(Paths.under(tmp_path).config_file).accounts[0].send is None
