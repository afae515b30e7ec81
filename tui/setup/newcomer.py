"""An account on its way into config.toml: found, changed, tested, repaired, kept. No screen, no terminal.

::

    setup = Newcomer(paths)
    async for event in setup.discover(Address("Ada", "ada@example.org")): ...   # of `tui.setup.discovery`
    setup.give("password")
    async for event in setup.examine(): ...                                      # of `tui.setup.check`
    if (found := setup.suggestion) is not None: setup.repair(found[1])
    setup.keep(Keep.KEYRING); await setup.save()

Nothing is written before `save`.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from tui.config import keyring, load
from tui.config.model import AccountConfig, Protocol, Secret
from tui.config.paths import Paths
from tui.config.save import as_lines, save, with_oauth
from tui.config.secrets import Secrets
from tui.mail.address import Address
from tui.mail.errors import ConfigError
from tui.mail.ids import AccountName
from tui.setup import discovery, proposal
from tui.setup.check import Change, Check, Event, Half, Repair, Status
from tui.setup.discovery import Discovery, Found, best, completed
from tui.setup.doctor import IDLE_HOLD, STEP_TIMEOUT, Doctor
from tui.setup.providers import Provider
from tui.setup.records import Records
from tui.setup.repair import apply


class Keep(StrEnum):
    """Where the password is kept, the best first."""

    COMMAND = "command"
    KEYRING = "keyring"
    ASK = "ask"
    PLAIN = "plain"


KEEP_WORDS = {
    Keep.COMMAND: "a program of yours prints it (password_command)",
    Keep.KEYRING: "in the system's keyring",
    Keep.ASK: "nowhere: you are asked at every start",
    Keep.PLAIN: "in config.toml, in plain text, readable by you alone",
}
"""The choices, for people."""


class Newcomer:
    """One account being set up, or one that is there and is changed.

    Args:
        paths: where config.toml and tokens are.
        account: one that is there; None for a new one.
        records: who is asked for DNS records.
        step_timeout, idle_hold: of the doctor, seconds.

    Attributes:
        account: as it stands now; None until there is an address.
        found: what discovery told, in the order in which it came.
        checks: what the doctor told last, by half and step.
    """

    def __init__(
        self,
        paths: Paths,
        account: AccountConfig | None = None,
        *,
        records: Records | None = None,
        step_timeout: float = STEP_TIMEOUT,
        idle_hold: float = IDLE_HOLD / 10,
    ) -> None:
        self.account = account
        self.found: list[Found] = []
        self.checks: dict[tuple[Half, str], Check] = {}
        self._file = paths.config_file
        self._tokens = paths.tokens
        self._records = records
        self._step_timeout = step_timeout
        self._idle_hold = idle_hold
        self._is_new = account is None
        self._typed = ""
        self._kept = Keep.ASK

    async def discover(self, address: Address, protocol: Protocol | None = None) -> AsyncIterator[discovery.Event]:
        """Look for servers, and propose an account when the last has answered.

        Args:
            address: of the user, with a name.
            protocol: insisted on; None: IMAP where there is a choice.
        """
        self.found.clear()
        async for event in Discovery(address.spec, records=self._records).walk():
            if isinstance(event, Found):
                self.found.append(event)
            yield event
        await self.propose(address, self.chosen, protocol)

    @property
    def chosen(self) -> Found | None:
        """The best of what was found, each half from where it is known."""
        first = best(self.found)
        return completed(first, self.found) if first is not None else None

    @property
    def provider(self) -> Provider | None:
        """Whoever runs the servers, when that is known."""
        return self.chosen.provider if self.chosen is not None else None

    async def propose(self, address: Address, found: Found | None, protocol: Protocol | None = None) -> None:
        """Make the account out of one of those found; of none, out of the usual names."""
        taken = tuple(str(each.name) for each in (await asyncio.to_thread(load.load, self._file)).accounts)
        name = self.account.name if self.account is not None else proposal.account_name(address.spec, taken)
        self.account = proposal.account(found, address, name, Secret(key=name), protocol=protocol)

    def change(self, changes: tuple[Change, ...]) -> None:
        """Change values of the account.

        Raises:
            ConfigError: one does not fit; nothing is changed.
        """
        try:
            changed = apply(self._there, Repair("", changes))
        except ValueError as error:
            raise ConfigError(f"{error}") from None
        self.account = checked(changed)

    def repair(self, repair: Repair) -> None:
        """Apply what a check suggests. Where it ``trusts``, the user has been asked in so many words."""
        self.change(repair.changes)

    def rename(self, name: str) -> None:
        """Give the account another name, as long as it is new.

        Raises:
            ConfigError: it is none, or the account is in a file already.
        """
        if not self._is_new:
            raise ConfigError("An account that is there keeps its name.", cure="Its outbox and cache are under it.")
        self.account = checked(_keyed(replace(self._there, name=AccountName(name))))

    def call(self, name: str) -> None:
        """Give the user another name, as the From of a mail tells it; "" for none.

        Raises:
            ConfigError: it does not fit.
        """
        self.take(replace(self._there, address=Address(name, self._there.address.spec)))

    def take(self, account: AccountConfig) -> None:
        """Go on with this account instead.

        Raises:
            ConfigError: a value does not fit; nothing is changed.
        """
        self.account = checked(account)

    @property
    def typed(self) -> str:
        """The password that was typed, "" where none was."""
        return self._typed

    @property
    def is_new(self) -> bool:
        """Whether the account is in no file yet."""
        return self._is_new

    def give(self, password: str) -> None:
        """Take a password that was typed; where it is kept is decided later, by `keep`."""
        self._typed = password
        self._set_secret(Secret(key=self._there.name))

    def command(self, argv: tuple[str, ...]) -> None:
        """Have the password printed by a program."""
        self._typed = ""
        self._kept = Keep.COMMAND
        self._set_secret(Secret(password_command=argv, key=self._there.name))

    def oauth(self, client_id: str, client_secret: str = "") -> None:
        """Sign in with OAuth at the provider, by a registration of the user's own. The tokens are yet to be got.

        Raises:
            ConfigError: the provider has none that is known.
        """
        name = self.provider.sign_in if self.provider is not None else ""
        if not name:
            raise ConfigError("How to sign in there is not known.", cure="Use token_command.")
        self._typed = ""
        self._kept = Keep.COMMAND
        self.account = with_oauth(self._there, name, client_id, client_secret)

    def receive_only(self) -> None:
        """Leave out sending."""
        self.account = replace(self._there, send=None)

    async def examine(self) -> AsyncIterator[Event]:
        """Have the doctor walk both halves; what he says is in ``checks``, too."""
        self.checks.clear()
        typed = self._typed

        async def give(whose: str) -> str | None:
            return typed or None

        doctor = Doctor(
            self._there,
            file=None if self._is_new else self._file,
            secrets=Secrets(self._tokens, give if typed else None),
            records=self._records,
            step_timeout=self._step_timeout,
            idle_hold=self._idle_hold,
        )
        async for event in doctor.walk():
            if isinstance(event, Check):
                self.checks[event.half, event.id] = event
            yield event

    @property
    def failures(self) -> list[Check]:
        """What failed, receiving first, in the order of the steps."""
        found = [check for check in self.checks.values() if check.status is Status.FAIL]
        return sorted(found, key=lambda check: check.half is Half.SENDING)

    @property
    def is_green(self) -> bool:
        """Whether everything was tried and nothing failed."""
        return bool(self.checks) and not self.failures

    @property
    def suggestion(self) -> tuple[Check, Repair] | None:
        """The first failure that one key can repair, and how."""
        return next(((check, check.repairs[0]) for check in self.failures if check.repairs), None)

    def keeps(self) -> tuple[Keep, ...]:
        """Return the places a typed password can be kept in, the best first. Looks for a keyring: may take 0.5 s."""
        real = (Keep.KEYRING,) if not keyring.trouble() else ()
        return (*real, Keep.ASK, Keep.PLAIN)

    def keep(self, where: Keep) -> None:
        """Decide where the typed password is kept."""
        self._kept = where
        key = self._there.name
        secrets = {
            Keep.KEYRING: Secret(keyring=True, key=key),
            Keep.ASK: Secret(key=key),
            Keep.PLAIN: Secret(password=self._typed, key=key),
        }
        if where in secrets:
            self._set_secret(secrets[where])

    async def save(self) -> Path:
        """Write the account, and keep its password where that was decided. Returns the file.

        Raises:
            ConfigError: it cannot be written; then nothing is.
        """
        account = checked(self._there)
        if self._kept is Keep.KEYRING and self._typed:
            await asyncio.to_thread(keyring.put, account.receive.secret.key, self._typed)
        return await asyncio.to_thread(save, self._file, account)

    @property
    def _there(self) -> AccountConfig:
        if self.account is None:
            raise ConfigError("There is no address yet.")
        return self.account

    def _set_secret(self, secret: Secret) -> None:
        account = self._there
        shares = account.send is not None and account.send.secret == account.receive.secret
        send = replace(account.send, secret=secret) if account.send is not None and shares else account.send
        self.account = replace(account, receive=replace(account.receive, secret=secret), send=send)


def checked(account: AccountConfig) -> AccountConfig:
    """Return the account as config.toml would be read.

    Raises:
        ConfigError: a value does not fit, said as for config.toml.
    """
    return load.read_account(as_lines(account))


def _keyed(account: AccountConfig) -> AccountConfig:
    """Return an account whose secrets are called after it."""
    receive = replace(account.receive, secret=replace(account.receive.secret, key=account.name))
    send = account.send
    if send is not None:
        shares = send.secret == account.receive.secret
        own = receive.secret if shares else replace(send.secret, key=f"{account.name}:send")
        send = replace(send, secret=own)
    return replace(account, receive=receive, send=send)
