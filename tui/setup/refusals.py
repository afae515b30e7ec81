"""What a refused login means: the server's words and what is known of the provider → a sentence and a repair."""

from tui.mail.errors import AuthenticationFailed, MailError, NotSupported, TemporarilyRefused
from tui.setup.check import Change, Check, Repair, Status
from tui.setup.dialogue import Service
from tui.setup.line import LineWalk
from tui.setup.providers import Provider
from tui.setup.ways import usual

SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("app-password", ("application-specific password", "app password", "app-specific password", "invalidsecondfactor")),
    (
        "oauth",
        ("5.7.139", "basic authentication is disabled", "basicauthblocked", "smtpclientauthentication is disabled"),
    ),
    (
        "disabled",
        (
            "imap access is disabled",
            "imap is disabled",
            "not enabled for imap",
            "imap disabled",
            "imap access disabled",
            "pop3 is disabled",
            "pop access is disabled",
            "pop3 access is disabled",
            "not enabled for pop",
            "imap/pop",
            "pop3/imap",
            "switched off",
        ),
    ),
    ("web", ("web login required", "log in via your web browser", "webloginrequired", "sign in with a browser")),
)
"""What servers say, in lower case, and what it means."""
_LIMIT = ("too many", "maximum number", "connection limit", "max_userip", "concurrent", "[limit]")


def login(walk: LineWalk, error: MailError) -> Check:
    """Return the check that says why a login failed.

    Args:
        walk: whose.
        error: as `tui.imap.login`, `tui.pop3.login` or `tui.smtp.login` raised it.
    """
    key, words, repairs = _meaning(walk, error)
    words = {"at": walk.server.label, "user": walk.server.user, "address": walk.scene.account.address.spec, **words}
    return walk.check("login", Status.FAIL, key, words, detail=error.message, repairs=repairs)


def _meaning(walk: LineWalk, error: MailError) -> tuple[str, dict[str, object], tuple[Repair, ...]]:
    said = f"{error.message} {getattr(error, 'code', '')}".lower()
    provider = walk.scene.provider
    name = provider.name if provider is not None else walk.server.host
    if isinstance(error, TemporarilyRefused):
        if any(sign in said for sign in _LIMIT):
            return "login-limit", {}, ()
        return "login-later", {"words": error.text or error.message}, ()
    sign = next((kind for kind, signs in SIGNS if any(each in said for each in signs)), "")
    match sign:
        case "app-password":
            return "login-app-password", {"provider": name, "sentence": _app_password(provider)}, ()
        case "oauth":
            return "login-oauth", {"provider": name if provider is not None else "Microsoft"}, ()
        case "disabled":
            return "login-disabled", {"service": walk.wanted, "provider": name, "sentence": _switch_on(provider)}, ()
        case "web":
            return "login-web", {"sentence": provider.advice if provider and provider.advice else _BROWSER}, ()
    if isinstance(error, AuthenticationFailed):
        return _wrong_password(walk, provider, name)
    if isinstance(error, NotSupported) and "logindisabled" in said.replace(" ", ""):
        return "logindisabled", {"usual": usual(walk.wanted)}, ()
    return "words", {"words": error.message, "cure": error.cure or "Ask whoever runs the server."}, ()


def _wrong_password(
    walk: LineWalk, provider: Provider | None, name: str
) -> tuple[str, dict[str, object], tuple[Repair, ...]]:
    server, address = walk.server, walk.scene.account.address.spec
    if server.secret.gives_token:
        return "login-token", {}, ()
    wanted = _user(walk, provider) or address
    other = walk.scene.server(walk.half.other)
    halves = [walk.half, walk.half.other] if other is not None and other.user == server.user else [walk.half]
    change = Repair(f"use {wanted} as user name", tuple(Change(half, "user", wanted) for half in halves))
    if "@" not in server.user and server.user != wanted:
        return "login-user", {"address": wanted}, (change,)
    if server.user != wanted:
        return "login-other-user", {"address": wanted}, (change,)
    if provider is not None and provider.password == "none":
        return "login-oauth", {"provider": name}, ()
    if provider is not None and provider.password == "app":
        return "login-app-password", {"provider": name, "sentence": _app_password(provider)}, ()
    if provider is not None and walk.wanted.value.lower() in provider.off and walk.wanted is not Service.SMTP:
        return (
            "login-disabled",
            {"service": walk.wanted, "provider": f"{name} by default", "sentence": _perhaps(provider)},
            (),
        )
    return "login-refused", {}, ()


_BROWSER = "Open your provider's web mail, sign in there, and try again."


def _user(walk: LineWalk, provider: Provider | None) -> str:
    """Return the login name that this provider wants."""
    offers = provider.offers_of(walk.wanted) if provider is not None else ()
    return next((offer.user_of(walk.scene.account.address.spec) for offer in offers if offer.user), "")


def _app_password(provider: Provider | None) -> str:
    if provider is not None and provider.advice:
        return provider.advice
    return "Make an app password in the security settings of your account and use that."


def _switch_on(provider: Provider | None) -> str:
    if provider is not None and provider.off_advice:
        return provider.off_advice
    return "Switch it on in the settings of web mail."


def _perhaps(provider: Provider) -> str:
    return f"{provider.off_advice} If it is on: type the password again."
