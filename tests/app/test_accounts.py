"""Accounts on the screen: listed with both halves, added, tested, changed, ordered and removed meanwhile."""

import stat
from dataclasses import replace
from pathlib import Path

from tests.app.live import HOME, WORK, Live, Session, letter, live
from tests.pty.mail import write_config
from tui.config.load import load
from tui.config.model import Config, Secret
from tui.config.save import save
from tui.mail.ids import AccountName
from tui.screens.accounts import AccountsScreen
from tui.screens.mail import MailScreen
from tui.screens.setup import SetupScreen
from tui.setup.check import Change, Half


def written(servers: Live) -> None:
    """Have Tidings write the accounts, as setup does."""
    for account in servers.config.accounts:
        save(servers.paths.config_file, account)


async def accounts_of(person: Session) -> AccountsScreen:
    await person.sees("live")
    person.app.run_command("app.accounts")
    await person.until(lambda: isinstance(person.app.screen, AccountsScreen))
    await person.sees("Accounts", "receiving", "sending")
    assert isinstance(person.app.screen, AccountsScreen)
    return person.app.screen


async def test_the_order_is_changed_here_and_in_the_file(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=(WORK, HOME)) as servers:
        written(servers)
        async with servers.app() as person:
            await accounts_of(person)
            await person.press("J")
            await person.until(lambda: list(person.app.accounts) == [HOME, WORK])
            assert [each.name for each in load(servers.paths.config_file).accounts] == [HOME, WORK]
            assert [each.name for each in person.app.config.accounts] == [HOME, WORK]
            await person.press("q")
            await person.until(lambda: person.screen.index("● home") < person.screen.index("● work"))


async def test_removing_says_what_goes_and_what_stays(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=(WORK, HOME)) as servers:
        written(servers)
        await servers.deliver(letter("of work"))
        await servers.deliver(letter("of home"), account=HOME)
        async with servers.app() as person:
            await person.sees("of work")
            await accounts_of(person)
            await person.press("x")
            await person.sees("Remove work", "Deleted", "Kept", "all mail on the server", "drafts")
            await person.press("n")
            await person.until(lambda: isinstance(person.app.screen, AccountsScreen))
            assert len(load(servers.paths.config_file).accounts) == 2
            await person.press("x")
            await person.sees("Remove work")
            await person.press("y")
            await person.until(lambda: list(person.app.accounts) == [HOME])
            assert [each.name for each in load(servers.paths.config_file).accounts] == [HOME]
            await person.until(lambda: isinstance(person.app.screen, AccountsScreen))
            await person.press("q")
            await person.sees("of home")
            states = await person.app.store.mailboxes.all()
            assert {state.mailbox.account for state in states} == {HOME}
        assert await servers.count("INBOX") == 1


async def test_what_a_person_wrote_is_not_removed_but_explained(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        write_config(servers.paths, servers.config)
        before = servers.paths.config_file.read_text("utf-8")
        async with servers.app() as person:
            await accounts_of(person)
            await person.press("x")
            await person.sees("Remove work")
            await person.press("y")
            await person.sees("was written by hand", "Take [accounts.work] out of it yourself")
            assert list(person.app.accounts) == [WORK]
        assert servers.paths.config_file.read_text("utf-8") == before


async def test_a_tested_account_is_well_and_a_changed_one_begins_anew(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        written(servers)
        async with servers.app() as person:
            await accounts_of(person)
            await person.sees("not tested")
            before = person.app.accounts[WORK].config
            await person.press("enter")
            await person.sees("Receiving works. Sending works.", "✓ signed in", "16 checks")
            await person.press("e")
            await person.sees("every value can be changed", "Your name")
            screen = person.app.screen
            assert isinstance(screen, SetupScreen)
            await person.press("tab", "tab", "tab", "tab", "end")
            await person.type(" F.R.S.")
            await person.press("enter")
            await person.until(lambda: isinstance(person.app.screen, AccountsScreen))
            await person.sees("works")
            now = person.app.accounts[WORK].config
            assert (now.address.name, now.receive.port) == (f"{before.address.name} F.R.S.", before.receive.port)
            await person.sees("live")
        assert load(servers.paths.config_file).accounts[0].address.name.endswith("F.R.S.")


async def test_a_refused_account_is_tested_from_what_to_do_and_gets_another_password(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        work = servers.config.accounts[0]
        assert work.send is not None
        wrong = Secret(password="wrong")
        ill = replace(work, receive=replace(work.receive, secret=wrong), send=replace(work.send, secret=wrong))
        servers.config = replace(servers.config, accounts=(ill,))
        written(servers)
        await servers.deliver(letter("behind the door"))
        async with servers.app() as person:
            await person.sees("sign-in refused")
            await person.press("g", "!")
            await person.sees("What to do", "d test every step")
            await person.press("d")
            await person.sees("Receiving fails at “signed in”", "p another password", "Tab the other half")
            await person.press("p")
            await person.sees("how do you sign in?", "in config.toml, in plain text")
            await person.type("secret")
            await person.press("enter")
            await person.until(lambda: isinstance(person.app.screen, MailScreen))
            await person.sees("behind the door")
        made = load(servers.paths.config_file).accounts[0]
        assert made.receive.secret.password == "secret"
        assert stat.S_IMODE(servers.paths.config_file.stat().st_mode) == 0o600


async def test_without_an_account_the_screen_begins_with_setup_and_what_is_added_lives_at_once(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        work = servers.config.accounts[0]
        servers.config = Config()
        await servers.deliver(letter("first of all"))
        async with servers.app() as person:
            await person.sees("who are you?", "Your address is enough to begin")
            await person.press("enter")
            await person.sees("your address, such as")
            screen = person.app.screen
            assert isinstance(screen, SetupScreen)
            screen.setup.account = replace(work, name=AccountName("mill"), receive=replace(work.receive, user="work"))
            screen.setup.change((Change(Half.RECEIVING, "user", "work"),))
            await screen._walk()
            await person.until(lambda: isinstance(person.app.screen, MailScreen))
            await person.sees("first of all", "live")
            assert list(person.app.accounts) == ["mill"]
        assert [each.name for each in load(servers.paths.config_file).accounts] == ["mill"]


async def test_leaving_the_first_setup_leaves_the_program(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        servers.config = Config()
        async with servers.app() as person:
            await person.sees("who are you?")
            await person.press("escape")
            await person.until(lambda: person.app.return_value == 0)
        assert not servers.paths.config_file.exists()
