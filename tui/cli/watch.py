"""``tidings watch``: one line for every mail that arrives, for eyes and for scripts; without Textual or a store."""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tui.config.load import load
from tui.config.model import AccountConfig, Config, Protocol
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.imap import fetch, mailboxes
from tui.imap.responses import Exists, Untagged
from tui.imap.session import Session
from tui.mail.address import format_addresses
from tui.mail.envelope import Envelope
from tui.mail.errors import ConfigError
from tui.mail.ids import Uid
from tui.sync.clock import ClockJumps
from tui.sync.events import Link, LinkState
from tui.sync.watch import Watch
from tui.terminal import hidden_line

INBOX = b"INBOX"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings watch``."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--account", action="append", metavar="NAME", help="only this account; may be repeated")
    parser.add_argument("--timeout", type=_seconds, metavar="S", help="end with status 1 after S seconds")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError("must be more than 0 seconds")
    return seconds


def run(arguments: argparse.Namespace) -> int:
    """Watch until interrupted (status 0) or until the time is over (status 1).

    Raises:
        ConfigError: when there is no account to watch.
    """
    paths = Paths.of_user()
    config = load(paths.config_file)
    chosen = _chosen(config, arguments.account, paths)
    secrets = Secrets(paths.tokens, hidden_line.asker())
    return asyncio.run(_watch(config, secrets, chosen, arguments.json, arguments.timeout))


def _chosen(config: Config, names: list[str] | None, paths: Paths) -> list[AccountConfig]:
    if not config.accounts:
        raise ConfigError("No account is configured.", cure=f"Write {paths.config_file}, or try: tidings demo")
    known = {str(account.name): account for account in config.accounts}
    for name in names or ():
        if name not in known:
            raise ConfigError(f'There is no account "{name}".', cure=f"There is: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(names or known)]


async def _watch(
    config: Config, secrets: Secrets, accounts: list[AccountConfig], as_json: bool, timeout: float | None
) -> int:
    say = _print_json if as_json else _print_line
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    herald = _Herald(len(accounts))
    tasks = [asyncio.create_task(_watch_account(config, secrets, account, say, herald)) for account in accounts]
    waiting = [asyncio.create_task(ended.wait()), asyncio.create_task(herald.hopeless.wait())]
    try:
        done, _ = await asyncio.wait([*tasks, *waiting], timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        return 0 if waiting[0] in done else 1
    finally:
        for task in (*tasks, *waiting):
            task.cancel()
        await asyncio.gather(*tasks, *waiting, return_exceptions=True)


async def _watch_account(
    config: Config, secrets: Secrets, account: AccountConfig, say: "Say", herald: "_Herald"
) -> None:
    if account.protocol is Protocol.POP3:
        await _poll_account(config, secrets, account, say, herald)
        return

    async def connect(notice: Callable[[Untagged], None]) -> Session:
        timeout = float(config.sync.timeout)
        return await secrets.use(
            account.receive,
            lambda secret: Session.open(account.receive, secret, timeout=timeout, on_untagged=notice),
        )

    watch = Watch(connect, _Printer(account, say), config.sync, lambda state: herald.tell(account.name, state))
    sleeping = asyncio.create_task(_mind_sleep(watch.awoke))
    try:
        await watch.run()
    finally:
        sleeping.cancel()


async def _poll_account(
    config: Config, secrets: Secrets, account: AccountConfig, say: "Say", herald: "_Herald"
) -> None:
    """Watch an account by POP3: it is visited, and the names that are new are told."""
    from tui.pop3.login import enter  # noqa: PLC0415 - late: start-up time
    from tui.pop3.session import Session as Pop3Session  # noqa: PLC0415 - late: start-up time
    from tui.sync.pop3_news import News  # noqa: PLC0415 - late: start-up time
    from tui.sync.pop3_poll import Poller  # noqa: PLC0415 - late: start-up time

    async def login(secret: str) -> Pop3Session:
        session = await Pop3Session.connect(account.receive, timeout=float(config.sync.timeout))
        await enter(session, secret)
        return session

    news = News(lambda envelope, name: say(account, envelope, name, None))
    every = float(account.poll or config.sync.poll)
    poller = Poller(
        lambda: secrets.use(account.receive, login), news.visit, every, lambda state: herald.tell(account.name, state)
    )
    sleeping = asyncio.create_task(_mind_sleep(poller.look_now))
    try:
        await poller.run()
    finally:
        sleeping.cancel()


async def _mind_sleep(awoke: Callable[[], None]) -> None:
    jumps = ClockJumps()
    while True:
        await jumps.next()
        awoke()


class _Herald:
    """Says on stderr, once each, that an account is watched or out of reach; knows when none can be watched.

    Args:
        accounts: how many there are.
    """

    def __init__(self, accounts: int) -> None:
        self.hopeless = asyncio.Event()
        self._accounts = accounts
        self._said: dict[str, str] = {}
        self._refused: set[str] = set()

    def tell(self, account: str, state: LinkState) -> None:
        match state.link:
            case Link.CONNECTING | Link.ASKING:
                return
            case Link.LIVE:
                sentence = "watching"
            case Link.POLLING:
                sentence = f"watching, by looking every {state.every:.0f} s: the server has no push"
            case Link.REFUSED:
                sentence = f"stopped: {state.reason}"
                self._refused.add(account)
            case _:
                sentence = f"offline: {state.reason}"
        if sentence != self._said.get(account):
            self._said[account] = sentence
            print(f"tidings: {account}: {sentence}", file=sys.stderr, flush=True)
        if len(self._refused) == self._accounts:
            self.hopeless.set()


class _Printer:
    """An observer of INBOX that prints what is new since it began; what came while the line was down included."""

    def __init__(self, account: AccountConfig, say: "Say") -> None:
        self._account = account
        self._say = say
        self._validity: int | None = None
        self._highest: int | None = None

    async def opened(self, session: Session) -> None:
        selected = await mailboxes.select(session, INBOX, read_only=True)
        if self._highest is None or selected.uidvalidity != self._validity:
            self._validity = selected.uidvalidity
            self._highest = await self._top(session, selected)
        else:
            await self._fetch(session)

    async def _top(self, session: Session, selected: mailboxes.Selected) -> int:
        if selected.uidnext is not None:
            return selected.uidnext - 1
        if not selected.exists:
            return 0
        return max([uid async for batch in fetch.flags(session, "*") for uid, _ in batch], default=Uid(0))

    async def noticed(self, session: Session, seen: list[Untagged]) -> None:
        if any(isinstance(untagged, Exists) for untagged in seen):
            await self._fetch(session)

    async def _fetch(self, session: Session) -> None:
        high = self._highest or 0
        async for batch in fetch.envelopes(session, f"{high + 1}:*"):
            for envelope in sorted(batch, key=lambda envelope: envelope.uid):
                if envelope.uid > high:
                    self._highest = max(self._highest or 0, envelope.uid)
                    self._say(self._account, envelope, envelope.uid, self._validity)


Say = Callable[[AccountConfig, Envelope, int | str, int | None], None]
"""Told an account, a row, its UID (by POP3 its UIDL), and the UIDVALIDITY where there is one."""


def _print_line(account: AccountConfig, envelope: Envelope, uid: int | str, validity: int | None) -> None:
    clock = time.strftime("%H:%M:%S")
    sender = envelope.from_[0].label if envelope.from_ else "(no sender)"
    print(f"{clock}  {account.name}  INBOX  {sender}  {envelope.subject or '(no subject)'}", flush=True)


def _print_json(account: AccountConfig, envelope: Envelope, uid: int | str, validity: int | None) -> None:
    when = datetime.fromtimestamp(envelope.received, UTC)
    row = {
        "account": account.name,
        "mailbox": "INBOX",
        "uidvalidity": validity,
        "uid": uid,
        "from": format_addresses(envelope.from_),
        "to": format_addresses(envelope.to),
        "subject": envelope.subject,
        "date": when.isoformat().replace("+00:00", "Z"),
        "message_id": envelope.message_id,
        "size": envelope.size,
    }
    print(json.dumps(row, ensure_ascii=False), flush=True)
