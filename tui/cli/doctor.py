"""``tidings doctor``: both halves of every account, step by step; which one is wrong, why, and what to change."""

import argparse
import asyncio
import json
import shutil

from tui.cli.checking import check as check_config
from tui.config.load import load
from tui.config.model import AccountConfig
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.mail.errors import ConfigError
from tui.setup.check import Check, Half, Status
from tui.setup.doctor import Doctor
from tui.setup.report import Page, as_json, exit_status, report, verdict
from tui.terminal import hidden_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings doctor``."""
    parser.add_argument("account", nargs="?", metavar="ACCOUNT", help="only this account")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object with all checks")
    form.add_argument("--report", action="store_true", help="with every detail, without secrets: to paste into a bug")


def run(arguments: argparse.Namespace) -> int:
    """Examine the accounts and return 0, 1 when a server or the network is at fault, 2 for the configuration.

    Raises:
        ConfigError: there is no such account, or config.toml cannot be read and nobody wants JSON.
    """
    paths = Paths.of_user()
    try:
        config = load(paths.config_file)
        check_config(config, paths)
        accounts = _chosen(config.accounts, arguments.account, paths)
    except ConfigError as error:
        if not arguments.json:
            raise
        check = Check(Half.RECEIVING, "config", Status.FAIL, error.message, error.cure)
        print(json.dumps({"checks": [as_json(arguments.account or "", check)]}, ensure_ascii=False))
        return 2
    return asyncio.run(_examine(accounts, paths, arguments))


def _chosen(accounts: tuple[AccountConfig, ...], name: str | None, paths: Paths) -> list[AccountConfig]:
    if not accounts:
        raise ConfigError("No account is configured.", cure=f"Run: tidings setup. Or write {paths.config_file}.")
    chosen = [account for account in accounts if name is None or account.name == name]
    if not chosen:
        known = ", ".join(account.name for account in accounts)
        raise ConfigError(f'There is no account "{name}".', cure=f"There is: {known}.")
    return chosen


async def _examine(accounts: list[AccountConfig], paths: Paths, arguments: argparse.Namespace) -> int:
    rows, all_checks = [], []
    secrets = Secrets(paths.tokens, hidden_line.asker())
    for account in accounts:
        if not (arguments.json or arguments.report):
            print(f"{account.name}, {account.address.spec}", flush=True)
        checks: list[Check] = []
        page = Page(account, shutil.get_terminal_size().columns)
        async for event in Doctor(account, file=paths.config_file, secrets=secrets).walk():
            if isinstance(event, Check):
                checks.append(event)
                if not (arguments.json or arguments.report) and (told := page.add(event)):
                    print(told, flush=True)
        checks.sort(key=lambda check: check.half is Half.SENDING)
        if arguments.report:
            print(report(account.name, checks), flush=True)
        elif not arguments.json:
            print(f"\n  {verdict(checks)}\n", flush=True)
        rows += [as_json(account.name, check) for check in checks]
        all_checks += checks
    if arguments.json:
        print(json.dumps({"checks": rows}, ensure_ascii=False, indent=1))
    return exit_status(all_checks)
