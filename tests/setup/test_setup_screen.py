"""The first start, as a person who is new meets it: the setup screen on a real terminal, before real servers."""

import stat

from tests.servers.certificate import certificate
from tests.servers.dovecot import ADA
from tests.setup.street import IMAP
from tests.setup.town import PASSWORD, Town, autoconfig
from tui.config.load import load
from tui.config.model import Security

CTRL_X = "\x18"


async def test_four_steps_to_the_first_mail_seven_to_the_first_answer(town: Town) -> None:
    """Run, address, password, open; answer, write, send."""
    await autoconfig(town)
    async with town.tidings(width=80, height=24) as terminal:
        await terminal.sees("who are you?")
        terminal.press(f"{ADA}\r")
        await terminal.sees("how do you sign in?")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("grace@example.org")
        terminal.press("\r")
        await terminal.sees("It compiles.")
        terminal.press("r")
        await terminal.sees("Reply")
        terminal.press("Dear Grace")
        terminal.press(CTRL_X)
        await terminal.sees("sending in")
        terminal.press("Q")
        assert await terminal.ends() == 0
        assert PASSWORD not in terminal.output
    assert stat.S_IMODE(town.file.stat().st_mode) == 0o600
    assert PASSWORD not in town.file.read_text("utf-8")
    made = load(town.file).accounts[0]
    assert (made.receive.host, made.receive.secret.is_set) == (IMAP, False)


async def test_one_key_repairs_and_the_place_of_the_password_is_chosen(town: Town) -> None:
    await autoconfig(town, imap_port=143)
    async with town.tidings(width=100, height=30) as terminal:
        await terminal.sees("who are you?")
        terminal.press(f"Ada Lovelace <{ADA}>\r")
        await terminal.sees("found by autoconfig")
        terminal.press("\t")
        await terminal.sees("in config.toml, in plain text")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("f fix it: use port 993 with tls")
        await terminal.sees("✗ right service")
        await terminal.sees("plain text")
        assert not town.file.exists()
        terminal.press("f")
        await terminal.sees("grace@example.org")
        terminal.press("Q")
        assert await terminal.ends() == 0
    made = load(town.file).accounts[0]
    assert (made.receive.port, made.receive.security, made.address.name) == (993, Security.TLS, "Ada Lovelace")
    assert made.receive.secret.password == PASSWORD


async def test_a_pin_is_made_by_a_yes_below_the_fingerprint(town: Town) -> None:
    await autoconfig(town)
    own = certificate("own.example.org")
    await town.world.open("own.example.org", 993, town.clear_port, own)
    async with town.tidings(width=100, height=30) as terminal:
        await terminal.sees("who are you?")
        terminal.press(f"{ADA}\r")
        await terminal.sees("found by autoconfig")
        terminal.press(f"{PASSWORD}no\r")
        await terminal.sees("e edit every value")
        terminal.press("e")
        await terminal.sees("every value can be changed")
        await terminal.sees(f"Host      {IMAP}")
        terminal.press("\x05\x15")
        await terminal.until(lambda: f"Host      {IMAP}" not in terminal.text, "an empty field")
        terminal.press("own.example.org\r")
        await terminal.sees("f fix it: pin this certificate")
        terminal.press("f")
        await terminal.sees("do you trust this?")
        fingerprint = own.pin
        await terminal.sees(fingerprint)
        terminal.press("n")
        await terminal.sees("f fix it: pin this certificate")
        terminal.press("f")
        await terminal.sees("do you trust this?")
        terminal.press("y")
        await terminal.sees("993 tls, pinned")
        await terminal.sees("✗ signed in")
        terminal.press("p")
        await terminal.sees("how do you sign in?")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("grace@example.org")
        terminal.press("Q")
        assert await terminal.ends() == 0
    assert load(town.file).accounts[0].receive.pin == fingerprint


async def test_a_host_from_dns_alone_gets_no_password_before_a_yes(town: Town) -> None:
    town.world.dns.put("_imaps._tcp.example.org", "SRV", f"0 0 993 {IMAP}.")
    town.world.dns.put("_submissions._tcp.example.org", "SRV", "0 0 465 smtp.example.org.")
    async with town.tidings(width=80, height=24) as terminal:
        await terminal.sees("who are you?")
        terminal.press(f"{ADA}\r")
        await terminal.sees("how do you sign in?")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("Does your mail go through")
        before = town.world.accepted.count((IMAP, 993))
        terminal.press("\x1b")
        await terminal.sees("how do you sign in?")
        assert town.world.accepted.count((IMAP, 993)) == before
        terminal.press("\x03")
        assert await terminal.ends() == 0
    assert not town.file.exists()
