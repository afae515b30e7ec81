"""The configuration as frozen dataclasses: one field, one setting, its docstring is its manual.

`tui.config.load` builds these from config.toml and refuses what does not fit, naming the place.
"""

from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path

from tui.config.notify import NotifyConfig
from tui.config.rules import Rule
from tui.mail.address import Address
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.noun import dataclass

SIEVE_PORT = 4190
"""ManageSieve (RFC 5804, 1.8)."""


class Protocol(StrEnum):
    """How mail is received."""

    IMAP = "imap"
    POP3 = "pop3"


class Security(StrEnum):
    """How a line is protected. There is no "whatever works": a demanded protection is never given up."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class OAuth:
    """``oauth = { … }``: how tokens are got (RFC 6749), with the user's own client id; read by `tui.config.oauth`.

    Attributes:
        client_id: of the user's own registration.
        client_secret: where the provider gives one; such as Google's, which is none.
        scopes: what is asked for.
        authorize_url: where the user agrees in the browser; "" where only the device code is possible.
        token_url: where codes and refresh tokens become access tokens.
        device_url: where a device code is got (RFC 8628); "" where the provider has none.
        redirect_host: this machine as the provider wants it written in the redirected address.
        keyring: tokens are kept in the system's keyring instead of a file that nobody else can read.
        ca_file: PEM file of certificates to trust instead of the system's, or None.
    """

    client_id: str
    scopes: tuple[str, ...]
    token_url: str
    authorize_url: str = ""
    device_url: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_host: str = "127.0.0.1"
    keyring: bool = False
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password or token comes from; `tui.config.secrets` obtains it. Without any the user is asked.

    Attributes:
        password: the password itself; allowed only in a file that nobody else can read.
        password_command: argv of a program whose first line of output is the password; no shell.
        token_command: the same for an OAuth access token.
        keyring: ask the system's keyring.
        oauth: sign in at a provider, and keep its tokens; None: not that way.
        key: what it is called where it is kept: the account's name, with ``:send`` behind it where submission has one
            of its own.
    """

    password: str = field(default="", repr=False)
    password_command: tuple[str, ...] = ()
    token_command: tuple[str, ...] = ()
    keyring: bool = False
    oauth: OAuth | None = None
    key: str = ""

    @property
    def is_set(self) -> bool:
        return bool(self.password or self.password_command or self.token_command or self.keyring or self.oauth)

    @property
    def gives_token(self) -> bool:
        """Whether it is an OAuth access token, not a password."""
        return bool(self.token_command or self.oauth)


@dataclass(frozen=True, slots=True)
class Server:
    """One of the two services of an account.

    Attributes:
        host: name or address, ASCII (IDNA) or Unicode.
        port: 1 to 65535.
        security: what the line must be.
        user: login name.
        secret: where the password comes from.
        ca_file: PEM file of certificates to trust instead of the system's, or None.
        pin: ``sha256:`` and 64 hex digits of the server's certificate (DER), or "".
        mechanism: the SASL mechanism that is insisted on, upper case; "" for the strongest that is offered.
    """

    host: str
    port: int
    security: Security
    user: str
    secret: Secret
    ca_file: Path | None = None
    pin: str = ""
    mechanism: str = ""

    @property
    def label(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """One ``[accounts.NAME]`` table.

    Attributes:
        name: the table's key.
        address: the account's address and the user's name: the default identity's From.
        protocol: how mail is received.
        receive: the IMAP or POP3 server.
        send: the submission server, or None for an account that only receives.
        signature: text below outgoing mail.
        mailboxes: role → mailbox name, where the user overrides what the server says: ``archive = "Old"``.
        sent_copy: who files the copy of a sent mail: ``append``: Tidings; ``server``: the server does it by itself;
            ``none``: nobody; ``auto``: Tidings, unless this server is known to do it.
        leave_days: POP3: days for which mail stays on the server when it is here; 0: it is deleted at once; None: it
            stays for ever. In config.toml ``receive.leave_on_server``: "for ever", "14 days", "no".
        authserv_id: by which names the receiving server signs what it found out about senders (RFC 8601), spaces
            between; "": any within the domain of that server or of the address. In config.toml
            ``receive.authserv_id``.
        poll: POP3: seconds between two visits; None: those of ``[sync]``. In config.toml ``receive.poll``.
        identities: further ones, ``[[accounts.NAME.identities]]``: address, name, signature, sent, bcc_self, markdown.
        bcc_self, markdown: as with `tui.mail.identity.Identity`, for the account's own address.
        lists: addresses of the mailing lists its owner is subscribed to, see `tui.mail.identity.Identity`.
        archive: where archived mail goes by its date, ``Archive/{year}``, also ``{month}``; the mailbox is made where
            there is none; "": all of it to the mailbox that is for it.
        sieve: the ManageSieve server, where it is not the receiving one at port 4190 with STARTTLS.
    """

    name: AccountName
    address: Address
    protocol: Protocol
    receive: Server
    send: Server | None = None
    signature: str = ""
    mailboxes: dict[str, str] = field(default_factory=dict)
    sent_copy: str = "auto"
    leave_days: int | None = None
    poll: int | None = None
    authserv_id: str = ""
    identities: tuple[Identity, ...] = ()
    bcc_self: bool = False
    markdown: bool = False
    archive: str = ""
    lists: tuple[str, ...] = ()
    sieve: Server | None = None

    @property
    def sieve_server(self) -> Server:
        """The ManageSieve server: the one that is configured, else the receiving one at its usual port."""
        if self.sieve is not None:
            return self.sieve
        security = Security.PLAIN if self.receive.security is Security.PLAIN else Security.STARTTLS
        return replace(self.receive, port=SIEVE_PORT, security=security)

    @property
    def identity(self) -> Identity:
        """The identity used unless another is chosen."""
        return Identity(self.name, self.address, self.signature, "", self.bcc_self, self.markdown, self.lists)

    @property
    def all_identities(self) -> tuple[Identity, ...]:
        """The one used unless another is chosen, and the others."""
        return (self.identity, *self.identities)


@dataclass(frozen=True, slots=True)
class ComposeConfig:
    """``[compose]``."""

    undo_send: int = 10
    """Seconds a sent mail is held so that it can be taken back; 0 sends at once."""
    server_drafts: bool = True
    """Whether drafts are also kept in the server's Drafts, where other programs find them."""
    editor: tuple[str, ...] = ()
    """The program that edits a mail's text, ``["vim", "+startinsert"]``; unset: $VISUAL, else $EDITOR."""
    language: str = ""
    """The dictionary that spelling is checked with, ``en_GB``; unset: the locale's."""
    many: int = 10
    """Recipients from which on it is asked before an answer goes to all of them."""


@dataclass(frozen=True, slots=True)
class ContactsConfig:
    """``[contacts]``: people to complete addresses with, beside those of your mail."""

    files: tuple[Path, ...] = ()
    """vCard files, or folders of them, such as vdirsyncer keeps of a CardDAV server."""
    command: tuple[str, ...] = ()
    """A program (no shell) that prints vCards, or a line each: address, tab, name; asked every six hours."""
    groups: dict[str, tuple[Address, ...]] = field(default_factory=dict)
    """``[contacts.groups]`` name → addresses: the name typed in To stands for all of them."""


@dataclass(frozen=True, slots=True)
class LookConfig:
    """``[look]``."""

    theme: str = "auto"
    """Name of a file in themes/ or in the themes folder beside config.toml; ``auto``: tidings-light where the terminal
    says that its background is light, else tidings-dark."""
    mouse: bool = True
    """Whether clicks and the wheel are heard; without, the terminal's own selection needs no Shift."""
    marks: str = "auto"
    """``unicode``, ``ascii``, or ``auto``: ascii unless the locale is UTF-8."""
    linear: bool = False
    """Whether all is told in lines, for screen readers, as with ``tidings --linear``."""
    conversations: bool = False
    """Whether mailboxes are listed by conversations, where you did not choose for the mailbox (vim preset: ``z t``)."""
    subscribed_only: bool = False
    """Whether the mailbox tree shows only what you are subscribed to; of an account where that is nothing, all."""


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """``[sync]``."""

    idle_renew: int = 540
    """Seconds after which IDLE is renewed; at most 1740 (29 minutes, RFC 2177)."""
    probe: int = 120
    """Seconds without a byte from a server in IDLE after which it is asked whether it is still there."""
    poll: int = 120
    """Seconds between looks at a server without IDLE, or by POP3."""
    timeout: int = 30
    """Seconds without a byte from the server after which a line is given up."""
    offline: int = 100
    """Newest messages of INBOX, and of each mailbox that has been opened, whose text is fetched before it is asked for:
    they can be read without the server; 0: none."""
    offline_size: int = 25
    """Megabytes fetched for that in one go, for each account; a text of more than a hundredth of it is left out."""
    offline_total: int = 500
    """Megabytes of texts that are kept on this machine, of all accounts together: above that, what was kept first goes
    first, but nothing of the newest messages that ``offline`` names."""
    ahead: int = 2048
    """Kilobytes of texts fetched while you read, for what you may open next: the messages beside it and the newest
    unread; 0: none."""
    low_bandwidth: bool = False
    """Whether the line is slow or dear: nothing is fetched before it is asked for (``offline`` and ``ahead`` rest), and
    of a message only its plain text where it has one."""
    compress: str = "auto"
    """Whether lines are compressed where the server offers it: ``auto``, unless the server is on this machine;
    ``always``; ``never``."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of config.toml."""

    accounts: tuple[AccountConfig, ...] = ()
    compose: ComposeConfig = field(default_factory=ComposeConfig)
    contacts: ContactsConfig = field(default_factory=ContactsConfig)
    look: LookConfig = field(default_factory=LookConfig)
    notify: NotifyConfig = field(default_factory=NotifyConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    opening: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """``[open]``: media type (``image/*``), ``link`` or ``other`` → the program that opens it, see
    `tui.config.opening`."""
    preset: str = "vim"
    searches: dict[str, str] = field(default_factory=dict)
    """``[searches]``: name → query, shown at the end of the mailbox tree in this order."""
    rules: tuple[Rule, ...] = ()
    """``[[rules]]``: what is done by itself with mail that arrives, in this order; see `tui.config.rules`."""
    labels: dict[str, str] = field(default_factory=dict)
    """``[labels]``: keyword → the role of its colour, such as ``warn``."""
    keys: dict[str, str] = field(default_factory=dict)
    """Command id → key, the user's own choices above the preset."""
