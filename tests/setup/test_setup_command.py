"""``tidings setup`` on a bare terminal, with real names, real ports, a real Dovecot and Postfix."""

import stat

from tests.servers.dovecot import ADA
from tests.setup.street import IMAP, SMTP
from tests.setup.town import PASSWORD, Town, autoconfig
from tui.config.load import load
from tui.config.model import Security


async def test_an_address_and_a_password_are_enough(town: Town) -> None:
    await autoconfig(town)
    async with town.tidings("setup", ADA) as terminal:
        await terminal.sees("Password:")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("Receiving works. Sending works.", within=30)
        await terminal.sees("nowhere: you are asked")
        terminal.press("2\r")
        assert await terminal.ends() == 0
        assert PASSWORD not in terminal.output
    assert stat.S_IMODE(town.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(town.file.parent.stat().st_mode) == 0o700
    made = load(town.file).accounts[0]
    assert made.send is not None
    assert (made.receive.host, made.send.host, made.receive.secret.password) == (IMAP, SMTP, PASSWORD)


async def test_what_is_wrong_is_repaired_by_one_key(town: Town) -> None:
    await autoconfig(town, imap_port=143)
    async with town.tidings("setup", f"Ada <{ADA}>") as terminal:
        await terminal.sees("Password:")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("f  fix it: use port 993 with tls", within=30)
        terminal.press("f\r")
        await terminal.sees("Receiving works. Sending works.", within=30)
        terminal.press("1\r")
        assert await terminal.ends() == 0
    made = load(town.file).accounts[0]
    assert (made.receive.port, made.receive.security, made.address.name) == (993, Security.TLS, "Ada")
    assert not made.receive.secret.is_set


async def test_a_host_from_dns_alone_is_asked_about(town: Town) -> None:
    town.world.dns.put("_imaps._tcp.example.org", "SRV", f"0 0 993 {IMAP}.")
    town.world.dns.put("_submissions._tcp.example.org", "SRV", f"0 0 465 {SMTP}.")
    async with town.tidings("setup", ADA) as terminal:
        await terminal.sees(f"Does your mail go through {IMAP} and {SMTP}?", within=30)
        assert "Password:" not in terminal.output
        terminal.press("q\r")
        assert await terminal.ends() == 1
    assert not town.file.exists()


async def test_doctor_for_scripts_and_for_a_bug(town: Town) -> None:
    town.file.parent.mkdir(mode=0o700, parents=True)
    town.file.write_text(
        f'[accounts.work]\naddress = "{ADA}"\n[accounts.work.receive]\nhost = "{IMAP}"\nport = 143\n'
        f'password = "{PASSWORD}"\n[accounts.work.send]\nhost = "{SMTP}"\n'
    )
    town.file.chmod(0o600)
    async with town.tidings("doctor") as terminal:
        assert await terminal.ends(within=60) == 1
        assert "Receiving fails at “right service”. Sending works." in terminal.output
        assert "security = starttls" in terminal.output
    async with town.tidings("doctor", "--report") as terminal:
        assert await terminal.ends(within=60) == 1
        assert PASSWORD not in terminal.output
        assert ADA not in terminal.output
        assert "Python" in terminal.output
    town.file.chmod(0o644)
    async with town.tidings("doctor", "--json") as terminal:
        assert await terminal.ends(within=60) == 2
        assert "chmod 600" in terminal.output


async def test_ctrl_c_leaves_nothing_behind(town: Town) -> None:
    await autoconfig(town)
    async with town.tidings("setup") as terminal:
        await terminal.sees("Your address")
        terminal.press("no address\r")
        await terminal.sees("That is no mail address.")
        terminal.press("\x03")
        assert await terminal.ends() == 1
    assert not town.file.exists()


async def test_in_lines_the_first_start_asks_in_lines(town: Town) -> None:
    """Run, address, password, where it is kept: then the mail is told."""
    await autoconfig(town)
    async with town.tidings("--linear") as terminal:
        await terminal.sees("Your address")
        terminal.press(f"{ADA}\r")
        await terminal.sees("Password:")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("Where is the password kept?")
        terminal.press("2\r")
        await terminal.sees("grace@example.org")
        await terminal.sees("first")
        terminal.press("Q")
        assert await terminal.ends() == 0
