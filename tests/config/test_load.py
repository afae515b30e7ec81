"""config.toml is read as promised, and every mistake is told with its place and its cure."""

from pathlib import Path

import pytest

from tui.config.load import load
from tui.config.model import OAuth, Protocol, Secret, Security, Server
from tui.mail.errors import ConfigError

GOOD = """\
[accounts.work]
address = "ada@example.org"
name = "Ada Lovelace"
[accounts.work.receive]
protocol = "imap"
host = "imap.example.org"
security = "tls"
password_command = ["pass", "show", "mail/work"]
[accounts.work.send]
host = "smtp.example.org"
security = "starttls"

[accounts.home]
address = "Ada <ada@home.example>"
[accounts.home.receive]
host = "127.0.0.1"
port = 1143
security = "plain"
user = "ada"
password = "pa\\"ss"

[compose]
undo_send = 0
[keys]
preset = "vim"
"compose.send" = "ctrl+s"
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_promised_format(tmp_path: Path) -> None:
    config = load(write(tmp_path, GOOD))
    work, home = config.accounts
    assert (work.name, work.address.name, work.address.spec) == ("work", "Ada Lovelace", "ada@example.org")
    assert work.protocol is Protocol.IMAP
    assert (work.receive.port, work.receive.security, work.receive.user) == (993, Security.TLS, "ada@example.org")
    assert work.send is not None
    assert (work.send.port, work.send.security) == (587, Security.STARTTLS)
    assert work.send.secret == work.receive.secret
    assert work.receive.secret.password_command == ("pass", "show", "mail/work")
    assert (home.address.name, home.send, home.receive.secret.password) == ("Ada", None, 'pa"ss')
    assert config.compose.undo_send == 0
    assert config.keys == {"compose.send": "ctrl+s"}


def test_no_file_is_no_account(tmp_path: Path) -> None:
    assert load(tmp_path / "config.toml").accounts == ()


def test_password_is_in_no_repr(tmp_path: Path) -> None:
    assert 'pa"ss' not in repr(load(write(tmp_path, GOOD)))


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('security = "tls"', 'security = "ssl"', "line 7: accounts.work.receive.security", '"ssl" is not known'),
        ('host = "imap.example.org"', 'hots = "x"', "line 6: accounts.work.receive.hots", 'Did you mean "host"?'),
        ("[accounts.work.receive]", "[accounts.work.recieve]", "accounts.work.recieve", "[accounts.work.receive]?"),
        ('host = "imap.example.org"', "", "line 4: accounts.work.receive", "host is missing"),
        ("port = 1143", "port = 99999", "line 17: accounts.home.receive.port", "99999 is out of range"),
        ("port = 1143", 'port = "1143"', "line 17: accounts.home.receive.port", "a whole number"),
        ("undo_send = 0", "undo_sent = 0", "line 23: compose.undo_sent", 'Did you mean "undo_send"?'),
        ('host = "127.0.0.1"', 'host = "mail.example.org"', "accounts.home.receive.security", "in the clear"),
        ("ada@example.org", "ada at example", "line 2: accounts.work.address", "is not a mail address"),
        ('["pass", "show", "mail/work"]', '"pass show"', "line 8", 'a list of strings, such as ["pass"'),
        ('"compose.send" = "ctrl+s"', '"compose.send" = 7', "compose.send", "text in quotes"),
        ('protocol = "imap"', 'protocol = "imap4"', "line 5", 'Did you mean "imap"?'),
        ("[compose]", "[compose", "config.toml", "not valid TOML"),
        ("imap.example.org", "imap.example.org:993", "line 6", "is not a host name"),
    ],
)
def test_mistakes_name_place_and_cure(tmp_path: Path, old: str, new: str, place: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, GOOD.replace(old, new, 1)))
    assert place in str(caught.value)
    assert words in str(caught.value)


def test_password_in_an_open_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="chmod 600"):
        load(write(tmp_path, GOOD, 0o644))


def test_open_file_without_password_is_fine(tmp_path: Path) -> None:
    text = GOOD.replace('password = "pa\\"ss"', 'password_command = ["true"]')
    assert len(load(write(tmp_path, text, 0o644)).accounts) == 2


def test_binary_rubbish(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(file)


def test_what_is_told_beside_the_screen(tmp_path: Path) -> None:
    notify = load(write(tmp_path, '[notify]\narrivals = "always"\nway = "bell"\ntitle = false\n')).notify
    assert (notify.arrivals, notify.way, notify.title) == ("always", "bell", False)
    with pytest.raises(ConfigError, match="way"):
        load(write(tmp_path, '[notify]\nway = "smoke"\n'))


def account(tmp_path: Path, *lines: str) -> Server:
    head = '[accounts.work]\naddress = "ada@example.org"\n[accounts.work.receive]\nhost = "imap.example.org"\n'
    (made,) = load(write(tmp_path, head + "\n".join(lines))).accounts
    return made.receive


def test_ways_to_a_secret(tmp_path: Path) -> None:
    assert account(tmp_path, 'token_command = ["pizauth", "show", "work"]').secret.gives_token
    assert account(tmp_path, "keyring = true").secret == Secret(keyring=True, key="work")
    assert account(tmp_path).secret == Secret(key="work")  # the user is asked
    assert account(tmp_path, 'mechanism = "PLAIN"').mechanism == "PLAIN"
    for lines in (('password = "x"', "keyring = true"), ('password_command = ["a"]', 'oauth = { client_id = "x" }')):
        with pytest.raises(ConfigError):
            account(tmp_path, *lines)
    with pytest.raises(ConfigError, match="CRAM-MD5"):
        account(tmp_path, 'mechanism = "CRAM-MD5"')


def test_oauth_of_a_known_provider_and_of_any_other(tmp_path: Path) -> None:
    oauth = account(tmp_path, 'oauth = { provider = "microsoft", client_id = "1234" }').secret.oauth
    assert oauth is not None
    assert oauth.device_url.startswith("https://login.microsoftonline.com/")
    assert "offline_access" in oauth.scopes
    own = (
        '{ authorize_url = "https://a.example/x", token_url = "https://a.example/t", client_id = "1", scopes = ["m"] }'
    )
    oauth = account(tmp_path, f"oauth = {own}").secret.oauth
    assert oauth == OAuth("1", ("m",), "https://a.example/t", "https://a.example/x")


@pytest.mark.parametrize(
    ("oauth", "words"),
    [
        ('{ provider = "microsoft" }', "client_id"),
        ('{ provider = "mikrosoft", client_id = "1" }', "microsoft"),
        ('{ client_id = "1", token_url = "https://a.example" }', "where to sign in"),
        ('{ client_id = "1", token_url = "http://a.example", device_url = "https://a.example" }', "token_url"),
        ('{ provider = "google", client_id = "1", secret = "x" }', "client_secret"),
        ('{ provider = "google", client_id = "1", redirect_host = "evil.example" }', "redirect_host"),
    ],
)
def test_oauth_mistakes(tmp_path: Path, oauth: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        account(tmp_path, f"oauth = {oauth}")


def test_a_client_secret_is_a_secret(tmp_path: Path) -> None:
    text = '[accounts.w]\naddress = "a@b.example"\n[accounts.w.receive]\nhost = "h"\noauth = { provider = "google", '
    with pytest.raises(ConfigError, match="chmod 600"):
        load(write(tmp_path, text + 'client_id = "1", client_secret = "2" }', 0o644))


@pytest.mark.parametrize(
    ("written", "days"), [("", None), ('"for ever"', None), ('"no"', 0), ('"1 day"', 1), ('"14 days"', 14)]
)
def test_how_long_mail_stays_on_a_pop3_server(tmp_path: Path, written: str, days: int | None) -> None:
    lines = ['[accounts.old]\naddress = "ada@example.org"\n[accounts.old.receive]\nprotocol = "pop3"\npoll = 300']
    lines += [
        'host = "pop.example.org"\npassword_command = ["true"]',
        f"leave_on_server = {written}" if written else "",
    ]
    file = tmp_path / "config.toml"
    file.write_text("\n".join(lines))
    (account,) = load(file).accounts
    assert (account.protocol, account.receive.port) == ("pop3", 995)
    assert (account.leave_days, account.poll) == (days, 300)


def test_a_time_on_the_server_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    receive = 'host = "h.example"\npassword_command = ["true"]\nleave_on_server = "a while"'
    file.write_text(
        f'[accounts.old]\naddress = "ada@example.org"\n[accounts.old.receive]\nprotocol = "pop3"\n{receive}'
    )
    with pytest.raises(ConfigError, match=r"receive\.leave_on_server: .a while. is no time"):
        load(file)
    file.write_text(file.read_text().replace('"pop3"', '"imap"'))
    with pytest.raises(ConfigError, match="there is no such setting"):
        load(file)


def test_labels_have_a_colour(tmp_path: Path) -> None:
    assert load(write(tmp_path, GOOD + '[labels]\ntodo = "warn"\n"$label1" = "good"\n')).labels == {
        "todo": "warn",
        "$label1": "good",
    }
    with pytest.raises(ConfigError, match="todo"):
        load(write(tmp_path, GOOD + '[labels]\ntodo = "purple"\n'))


def test_a_sieve_server_is_the_receiving_one_unless_it_is_named(tmp_path: Path) -> None:
    named = GOOD + '[accounts.work.sieve]\nsecurity = "tls"\n[accounts.home.sieve]\nhost = "::1"\nport = 2000\n'
    work, home = load(write(tmp_path, named)).accounts
    assert work.sieve is not None
    assert (work.sieve.label, work.sieve.security) == (f"{work.receive.host}:4190", Security.TLS)
    assert (work.sieve.user, work.sieve.secret) == (work.receive.user, work.receive.secret)
    assert home.sieve is not None
    assert (home.sieve.host, home.sieve.port, home.sieve.security) == ("::1", 2000, Security.STARTTLS)
    assert load(write(tmp_path, GOOD)).accounts[1].sieve_server.security is Security.PLAIN


def test_lists_are_the_accounts_unless_an_identity_has_its_own(tmp_path: Path) -> None:
    told = 'name = "Ada Lovelace"\nlists = ["engines@lists.example.org", "looms@lists.example.org"]'
    more = '\n[[accounts.work.identities]]\naddress = "a@example.org"\n[[accounts.work.identities]]\n'
    more += 'address = "b@example.org"\nlists = []\n[accounts.work.receive]'
    text = GOOD.replace('name = "Ada Lovelace"', told).replace("\n[accounts.work.receive]", more)
    account = load(write(tmp_path, text)).accounts[0]
    lists = ("engines@lists.example.org", "looms@lists.example.org")
    assert [identity.lists for identity in account.all_identities] == [lists, lists, ()]
    with pytest.raises(ConfigError, match="not a mail address"):
        load(write(tmp_path, GOOD.replace('name = "Ada Lovelace"', 'lists = ["engines"]')))
