"""Accounts on disk: written so that they are read as they were, for the owner only, and never over a person's words."""

import stat
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.load import load
from tui.config.model import AccountConfig, OAuth, Protocol, Secret, Security, Server
from tui.config.save import place, remove, reorder, save, with_oauth
from tui.mail.address import Address
from tui.mail.errors import ConfigError
from tui.mail.ids import AccountName

HAND = """\
# my accounts
[accounts.home]
address = "ada@home.example"  # the old one
[accounts.home.receive]
host = "imap.home.example"
password_command = ["pass", "home"]
"""


def account(name: str = "work", **changes: object) -> AccountConfig:
    secret = Secret(password_command=("pass", "work"), key=name)
    receive = Server("imap.example.org", 993, Security.TLS, "ada@example.org", secret)
    send = Server("smtp.example.org", 465, Security.TLS, "ada@example.org", secret)
    made = AccountConfig(AccountName(name), Address("Ada", "ada@example.org"), Protocol.IMAP, receive, send)
    return replace(made, **changes)  # type: ignore[arg-type]


def config(folder: Path, text: str = "") -> Path:
    file = folder / "config" / "config.toml"
    if text:
        file.parent.mkdir()
        file.write_text(text)
        file.chmod(0o600)
    return file


def test_the_first_account_makes_config_toml_for_its_owner_only(tmp_path: Path) -> None:
    file = config(tmp_path)
    assert save(file, account()) == file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert load(file).accounts == (account(),)
    assert save(file, account("home")) == file
    assert save(file, replace(account(), signature="Ada")) == file
    assert [each.name for each in load(file).accounts] == ["work", "home"]
    assert load(file).accounts[0].signature == "Ada"


def test_a_sieve_server_of_its_own(tmp_path: Path) -> None:
    file = config(tmp_path)
    plain = account()
    assert (plain.sieve_server.label, plain.sieve_server.security) == ("imap.example.org:4190", Security.STARTTLS)
    assert plain.sieve_server.secret == plain.receive.secret
    sieve = replace(plain.receive, host="sieve.example.org", port=2000)
    own = replace(sieve, secret=Secret(password="analytical engine", key="home:sieve"))
    save(file, account(sieve=sieve))
    save(file, account("home", sieve=own, receive=replace(plain.receive, secret=Secret(keyring=True, key="home"))))
    assert [each.sieve_server for each in load(file).accounts] == [sieve, own]


def test_what_a_person_wrote_is_never_rewritten(tmp_path: Path) -> None:
    file = config(tmp_path, HAND)
    assert save(file, account()) == file.parent / "accounts.d" / "work.toml"
    assert stat.S_IMODE((file.parent / "accounts.d" / "work.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE((file.parent / "accounts.d").stat().st_mode) == 0o700
    assert [each.name for each in load(file).accounts] == ["home", "work"]
    with pytest.raises(ConfigError) as caught:
        save(file, account("home"))
    assert "[accounts.home.receive]" in caught.value.example
    with pytest.raises(ConfigError):
        remove(file, "home")
    with pytest.raises(ConfigError):
        remove(file, "nobody")
    assert file.read_text() == HAND


def test_a_comment_makes_a_file_a_persons(tmp_path: Path) -> None:
    file = config(tmp_path)
    save(file, account())
    file.write_text(file.read_text() + "# mine\n")
    before = file.read_text()
    assert save(file, account("home")).parent.name == "accounts.d"
    assert file.read_text() == before


def test_no_password_is_shown_to_be_copied(tmp_path: Path) -> None:
    file = config(tmp_path, HAND)
    plain = Secret(password="analytical")
    both = account("home")
    assert both.send is not None
    servers = (both.receive, both.send, replace(both.receive, host="sieve.example.org"))
    receive, send, sieve = (replace(each, secret=plain) for each in servers)
    with pytest.raises(ConfigError) as caught:
        save(file, replace(both, receive=receive, send=send, sieve=sieve))
    assert "sieve.example.org" in caught.value.example
    assert "analytical" not in caught.value.example


def test_accounts_are_removed_where_they_are(tmp_path: Path) -> None:
    file = config(tmp_path, HAND)
    beside = save(file, account())
    assert place(file, "work") == beside
    assert remove(file, "work") == beside
    assert not beside.exists()
    ours = config(tmp_path / "other")
    (tmp_path / "other").mkdir()
    save(ours, account())
    save(ours, account("home"))
    assert remove(ours, "work") == ours
    assert [each.name for each in load(ours).accounts] == ["home"]


def test_accounts_are_put_in_order(tmp_path: Path) -> None:
    file = config(tmp_path, HAND)
    for name in ("work", "club"):
        save(file, account(name))
    reorder(file, ["work", "home", "club"])
    assert [each.name for each in load(file).accounts] == ["work", "home", "club"]
    reorder(file, ["home", "club", "work"])
    assert [each.name for each in load(file).accounts] == ["home", "club", "work"]
    assert file.read_text() == HAND
    with pytest.raises(ConfigError):
        reorder(file, ["home", "club"])


def test_the_order_in_a_file_of_ours(tmp_path: Path) -> None:
    file = config(tmp_path)
    for name in ("one", "two", "three"):
        save(file, account(name))
    reorder(file, ["three", "one", "two"])
    assert [each.name for each in load(file).accounts] == ["three", "one", "two"]


def test_an_account_is_there_once(tmp_path: Path) -> None:
    file = config(tmp_path, HAND)
    (file.parent / "accounts.d").mkdir()
    (file.parent / "accounts.d" / "again.toml").write_text(HAND)
    with pytest.raises(ConfigError, match='there is an account "home" already'):
        load(file)


def test_a_password_beside_is_guarded_too(tmp_path: Path) -> None:
    file = config(tmp_path, HAND)
    secret = Secret(password="x", key="work")
    beside = save(file, replace(account(send=None), receive=replace(account().receive, secret=secret)))
    assert load(file).accounts[1].receive.secret.password == "x"
    beside.chmod(0o644)
    with pytest.raises(ConfigError, match="others on this machine can read it"):
        load(file)


def test_an_account_that_signs_in_with_oauth(tmp_path: Path) -> None:
    file = config(tmp_path)
    made = with_oauth(account(), "microsoft", "my-client")
    assert made.send is not None
    assert made.send.secret == made.receive.secret
    save(file, made)
    oauth = load(file).accounts[0].receive.secret.oauth
    assert oauth is not None
    assert (oauth.client_id, oauth.device_url.endswith("/devicecode")) == ("my-client", True)
    with pytest.raises(ConfigError):
        with_oauth(account(), "nobody", "my-client")


LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
HOST = st.sampled_from(("imap.example.org", "127.0.0.1", "mail.müller.example"))
SECRETS = st.one_of(
    st.builds(lambda password: Secret(password=password, key="work"), LINE),
    st.builds(lambda words: Secret(password_command=tuple(words), key="work"), st.lists(LINE, min_size=1, max_size=4)),
    st.just(Secret(keyring=True, key="work")),
    st.just(Secret(key="work")),
    st.just(Secret(oauth=OAuth("id", ("a", "b"), "https://x.example/t", "https://x.example/a"), key="work")),
)
SERVERS = st.builds(
    lambda host, port, security, user, secret, pin: Server(host, port, security, user, secret, pin=pin),
    HOST,
    st.integers(1, 65535),
    st.sampled_from((Security.TLS, Security.STARTTLS)),
    LINE,
    SECRETS,
    st.sampled_from(("", "sha256:" + "0" * 64)),
)


@given(
    SERVERS, st.one_of(st.none(), SERVERS), st.sampled_from(list(Protocol)), st.integers(0, 30), st.text(max_size=40)
)
def test_what_is_written_is_read_as_it_was(
    receive: Server, send: Server | None, protocol: Protocol, days: int, name: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        if send is not None:  # a secret of its own is kept under a name of its own
            own = receive.secret if send.secret == receive.secret else replace(send.secret, key="work:send")
            send = replace(send, secret=own if own.is_set else receive.secret)
        written = account(
            protocol=protocol,
            receive=receive,
            send=send,
            leave_days=days if protocol is Protocol.POP3 else None,
            address=Address("".join(c for c in name if c.isprintable()), "ada@example.org"),
        )
        save(file, written)
        assert load(file).accounts == (written,)
