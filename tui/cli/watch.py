"""``tidings watch``: one line for every mail that arrives, for eyes and for scripts; without Textual or a store."""

import argparse
import asyncio
import signal
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tui.cli.checking import check
from tui.cli.options import print_json, seconds, seconds_or_name
from tui.cli.watching import Herald, Teller, Telling, mind_sleep
from tui.config.load import load
from tui.config.model import AccountConfig, Config, Protocol
from tui.config.notify import Action, NotifyConfig
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.engine import hook
from tui.engine.bookmark import Bookmark
from tui.engine.lookout import Lookout, Wanted
from tui.engine.notices import Notices
from tui.imap.responses import Untagged
from tui.imap.session import Session
from tui.mail.address import format_addresses
from tui.mail.envelope import Envelope
from tui.mail.errors import ConfigError
from tui.mail.mailbox import Mailbox
from tui.mail.query import Node
from tui.mail.query_syntax import parse
from tui.terminal import hidden_line
from tui.terminal.osc import announcer

BOOKMARK = "last"
"""The bookmark of ``--since`` without a name."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings watch``."""
    parser.add_argument("--account", action="append", metavar="NAME", help="only this account; may be repeated")
    parser.add_argument(
        "--mailbox",
        action="append",
        metavar="NAME",
        help="this mailbox, by its name or what it is for, not INBOX; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--until", metavar="QUERY", help="print the first mail that this finds, and end with status 0")
    parser.add_argument("--timeout", type=seconds, metavar="TIME", help="end with status 1 then: 90s, 10m, 2h")
    parser.add_argument(
        "--since",
        type=seconds_or_name,
        nargs="?",
        const=BOOKMARK,
        metavar="TIME|NAME",
        help="first what came since the last watch with a bookmark of this name; or within a time: 10m",
    )
    parser.add_argument("--notify", action="store_true", help="have the terminal tell, too, through tmux if need be")
    parser.add_argument(
        "--exec",
        nargs=argparse.REMAINDER,
        metavar="CMD",
        help="last: a program and its words, run for every mail without a shell; it gets TIDINGS_FROM, _SUBJECT, …",
    )


def run(arguments: argparse.Namespace) -> int:
    """Watch until interrupted (status 0) or until the time is over (status 1); with ``--until``, until it is found (0).

    Raises:
        ConfigError: when there is no account to watch, or something asked for cannot be.
    """
    paths = Paths.of_user()
    config = load(paths.config_file)
    check(config, paths)
    chosen = _chosen(config, arguments.account, paths)
    query = _query(arguments.until)
    if arguments.exec is not None:
        hook.check(arguments.exec)
    telling = Telling(
        print_json if arguments.json else _print_line,
        tuple(arguments.exec or ()),
        _announcing(config.notify) if arguments.notify else None,
        only_one=query is not None,
    )
    if arguments.mailbox and all(each.protocol is Protocol.POP3 for each in chosen):
        raise ConfigError("By POP3 there is one mailbox.", cure="Leave out --mailbox.")
    since = time.time() - arguments.since if isinstance(arguments.since, float) else None
    bookmark = Bookmark(paths.state, arguments.since) if isinstance(arguments.since, str) else None
    wanted = Wanted(arguments.mailbox or (), query, since, bookmark)
    try:
        secrets = Secrets(paths.tokens, hidden_line.asker())
        return asyncio.run(_watch(config, secrets, chosen, wanted, telling, arguments.timeout))
    finally:
        if bookmark is not None:
            bookmark.close()


def _chosen(config: Config, names: list[str] | None, paths: Paths) -> list[AccountConfig]:
    if not config.accounts:
        raise ConfigError("No account is configured.", cure="Run: tidings setup, or look around with: tidings demo.")
    known = {str(account.name): account for account in config.accounts}
    for name in names or ():
        if name not in known:
            raise ConfigError(f'There is no account "{name}".', cure=f"There is: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(names or known)]


def _query(text: str | None) -> Node | None:
    if text is None:
        return None
    query = parse(text, datetime.now().astimezone())
    if query.problems:
        raise ConfigError(query.problems[0].sentence)
    if query.node is None:
        raise ConfigError("--until looks for nothing.", cure='For instance: --until "from:ada subject:report"')
    return query.node


def _announcing(config: NotifyConfig) -> Callable[[Mailbox, Envelope], None]:
    """Return what has the terminal tell of a mail, as far as the rules and the hour let it."""
    terminal = announcer(config.way)

    def announce(mailbox: Mailbox, envelope: Envelope) -> None:
        match Notices(config, datetime.now().astimezone()).action(mailbox, envelope):
            case Action.NOTIFY:
                sender = format_addresses(envelope.from_) or "(no sender)"
                terminal.notify(sender, envelope.subject or "(no subject)")
            case Action.BELL:
                terminal.ring()

    return announce


async def _watch(
    config: Config,
    secrets: Secrets,
    accounts: list[AccountConfig],
    wanted: Wanted,
    telling: Telling,
    timeout: float | None,
) -> int:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(number: int) -> None:
        if not ended.done():
            ended.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    herald = Herald(account.name for account in accounts)
    teller = Teller(telling, wanted.bookmark)
    hopeless = asyncio.create_task(herald.hopeless.wait())
    telling_task = asyncio.create_task(teller.run())
    tasks = [asyncio.create_task(_watch_account(config, secrets, each, wanted, teller, herald)) for each in accounts]
    everything: list[asyncio.Future[Any]] = [*tasks, ended, hopeless, telling_task]
    try:
        done, _ = await asyncio.wait(everything, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if telling_task in done:
            return 0
        if ended in done:
            return 0 if wanted.query is None else 128 + ended.result()
        return 1
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


async def _watch_account(
    config: Config, secrets: Secrets, account: AccountConfig, wanted: Wanted, teller: Teller, herald: Herald
) -> None:
    if account.protocol is Protocol.POP3:
        from tui.cli.visiting import visit  # noqa: PLC0415 - late: start-up time

        await visit(config, secrets, account, wanted, teller, herald)
        return

    async def connect(notice: Callable[[Untagged], None]) -> Session:
        timeout = float(config.sync.timeout)
        return await secrets.use(
            account.receive,
            lambda secret: Session.open(account.receive, secret, timeout=timeout, on_untagged=notice),
        )

    lookout = Lookout(
        account.name,
        wanted,
        connect,
        config.sync,
        teller.told,
        lambda label, state: herald.tell(account.name, label, state),
        lambda sentence: herald.warn(account.name, sentence),
    )
    sleeping = asyncio.create_task(mind_sleep(lookout.awoke))
    try:
        await lookout.run()
    finally:
        sleeping.cancel()


def _print_line(row: dict[str, Any]) -> None:
    clock = time.strftime("%H:%M:%S")
    sender = row["from"] or "(no sender)"
    print(f"{clock}  {row['account']}  {row['mailbox']}  {sender}  {row['subject'] or '(no subject)'}", flush=True)
