"""Servers, and a user's folder with a config.toml that leads to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.app.live import SECRET, WORK, Live, letter, live
from tui.config.model import AccountConfig, ComposeConfig, Config, Protocol, Secret, Security, Server
from tui.config.paths import Paths
from tui.mail.address import Address

WIDE = (
    "漢字の件名 with Latin",
    "한국어 제목",
    "emoji 👍 and 🦀 inside",
    "family 👨‍👩‍👧 and flags 🇨🇭🇯🇵",
    "combined e\u0301a\u0308 q\u0301 n\u0303 at borders",
    "ไทย ภาษา นี้",
    "नमस्ते हिन्दी வணக்கம்",
    "العربية עברית mixed",
    "ｆｕｌｌｗｉｄｔｈ　ｓｐａｃｅ",
)


def loopback(imap: int, smtp: int) -> Config:
    """Return a configuration of one account with servers at these ports."""
    receive = Server("127.0.0.1", imap, Security.PLAIN, "charles", Secret(password=SECRET))
    address = Address("Charles Babbage", "charles@mill.example")
    account = AccountConfig(WORK, address, Protocol.IMAP, receive, replace(receive, port=smtp))
    return Config(accounts=(account,), compose=ComposeConfig(undo_send=0))


def write_config(paths: Paths, config: Config) -> None:
    """Write the config.toml of a loopback configuration."""
    paths.make()
    lines = []
    for account in config.accounts:
        assert account.send is not None
        lines += [
            f"[accounts.{account.name}]",
            f'address = "{account.address.spec}"',
            f'name = "{account.address.name}"',
        ]
        for half, server in (("receive", account.receive), ("send", account.send)):
            lines += [
                f"[accounts.{account.name}.{half}]",
                *(['protocol = "imap"'] if half == "receive" else []),
                f'host = "{server.host}"',
                f"port = {server.port}",
                'security = "plain"',
                f'user = "{server.user}"',
                f'password = "{server.secret.password}"',
            ]
    lines += ["[compose]", f"undo_send = {config.compose.undo_send}"]
    lines += ["[notify]", f'way = "{config.notify.way}"']
    paths.config_file.touch(0o600)
    paths.config_file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@asynccontextmanager
async def mail(
    folder: Path, count: int = 30, *, behaviour: str = "normal", undo_send: int = 0, apart: float = 1
) -> AsyncIterator[Live]:
    """Run servers with some mail, and have a configuration for them.

    Args:
        folder: the user's.
        count: of mails, some with wide subjects.
        behaviour: of the submission server.
        undo_send: seconds a mail is held.
        apart: minutes from one mail to the next.
    """
    async with live(folder, behaviour=behaviour, undo_send=undo_send) as servers:
        for number in range(count):
            wide = WIDE[number % len(WIDE)] if number % 3 == 1 else "plain subject"
            await servers.deliver(letter(f"{number:03} {wide}"), minutes=(count - number) * apart)
        write_config(servers.paths, servers.config)
        yield servers
