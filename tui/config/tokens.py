"""OAuth tokens: kept as the secrets they are, refreshed before they expire (RFC 6749, 6)."""

import asyncio
import fcntl
import importlib
import json
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tui.config import keyring
from tui.config.https import Answer, post
from tui.config.model import OAuth, Secret
from tui.mail.errors import AuthenticationFailed, ConfigError, MailError, ProtocolViolation, TemporarilyRefused
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

EARLY = 120.0
"""Seconds before its end at which a token is no longer given to a line: it is to live while it is used."""
LOCK_TIMEOUT = 30.0
"""Seconds to wait for another program of ours that refreshes the same tokens."""
MAX_FILE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave.

    Attributes:
        access: the access token.
        refresh: what a new one is got with; "" where there is no such thing.
        expires: when the access token ends, seconds since 1970 UTC; 0: not known.
    """

    access: str
    refresh: str = ""
    expires: float = 0.0

    def __repr__(self) -> str:
        return f"Tokens(expires={self.expires:.0f})"

    def is_good(self, now: float) -> bool:
        """Whether the access token will live for some time yet, as far as is known."""
        return bool(self.access) and (not self.expires or now < self.expires - EARLY)


class TokenStore:
    """Keeps the tokens of each secret: in a file for its owner only, or in the keyring.

    Args:
        folder: where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, secret: Secret) -> Path:
        """Return where the tokens of a secret are, unless they are in the keyring."""
        return self._folder / f"{secret.key.replace('/', '_')}.json"

    async def read(self, secret: Secret) -> Tokens | None:
        """Return what is kept; None when there is nothing, or it is of another registration.

        Raises:
            ConfigError: when it cannot be read.
        """
        return await asyncio.to_thread(self._read, secret)

    async def write(self, secret: Secret, tokens: Tokens) -> None:
        """Keep tokens; they are on disk when this returns.

        Raises:
            ConfigError: when they cannot be kept.
        """
        await asyncio.to_thread(self._write, secret, tokens)

    @asynccontextmanager
    async def turn(self, secret: Secret) -> AsyncIterator[None]:
        """Be the only program that refreshes these tokens: a refresh token may be good for one time only."""
        descriptor = await asyncio.to_thread(self._lock_file, secret)
        try:
            deadline = time.monotonic() + LOCK_TIMEOUT
            while not _locked(descriptor) and time.monotonic() < deadline:  # noqa: ASYNC110 - it is another program's
                await asyncio.sleep(0.05)  # whoever has it asks the provider, which takes a second at most
            yield
        finally:
            os.close(descriptor)

    def _lock_file(self, secret: Secret) -> int:
        self._make_folder()
        try:
            return os.open(self.file(secret).with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _not_kept(error) from None

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _not_kept(error) from None

    def _read(self, secret: Secret) -> Tokens | None:
        assert secret.oauth is not None
        if secret.oauth.keyring:
            kept = keyring.get(_entry(secret))
        else:
            file = self.file(secret)
            try:
                with file.open("rb") as stream:
                    if os.fstat(stream.fileno()).st_mode & 0o077:
                        file.chmod(0o600)
                    kept = stream.read(MAX_FILE).decode("utf-8", "replace")
            except FileNotFoundError:
                return None
            except OSError as error:
                raise ConfigError(f"The tokens in {file} cannot be read: {error.strerror}.") from None
        return _parsed(kept, secret.oauth) if kept else None

    def _write(self, secret: Secret, tokens: Tokens) -> None:
        assert secret.oauth is not None
        kept = json.dumps(
            {
                "client_id": secret.oauth.client_id,
                "token_url": secret.oauth.token_url,
                "access_token": tokens.access,
                "refresh_token": tokens.refresh,
                "expires": tokens.expires,
            }
        )
        if secret.oauth.keyring:
            keyring.put(_entry(secret), kept)
            return
        self._make_folder()
        file = self.file(secret)
        new = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
        try:
            try:
                descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(kept)
                    stream.flush()
                    os.fsync(descriptor)
                new.replace(file)
            finally:
                new.unlink(missing_ok=True)
        except OSError as error:
            raise _not_kept(error) from None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _not_kept(error: OSError) -> ConfigError:
    return ConfigError(f"The tokens cannot be kept: {error.strerror}.", cure="Check the data folder.")


def _entry(secret: Secret) -> str:
    return f"{secret.key} oauth"


def _parsed(kept: str, oauth: OAuth) -> Tokens | None:
    try:
        values = json.loads(kept)
        if (values["client_id"], values["token_url"]) != (oauth.client_id, oauth.token_url):
            return None
        return Tokens(str(values["access_token"]), str(values["refresh_token"]), float(values["expires"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


async def refreshed(oauth: OAuth, tokens: Tokens, whose: str) -> Tokens:
    """Return new tokens for old ones.

    Args:
        oauth: where to ask.
        tokens: with a refresh token.
        whose: what it is for, for messages.

    Raises:
        AuthenticationFailed: the provider takes the refresh token no longer: the user has to sign in anew.
        TemporarilyRefused, ConnectionLost, ProtocolViolation, CertificateRefused, ConfigError.
    """
    client = library().WebApplicationClient(oauth.client_id)
    body = client.prepare_refresh_body(refresh_token=tokens.refresh, client_id=oauth.client_id, **secret_field(oauth))
    answer = await post(oauth.token_url, body, ca_file=oauth.ca_file)
    fresh = given(answer, oauth, whose)
    return fresh if fresh.refresh else Tokens(fresh.access, tokens.refresh, fresh.expires)


def secret_field(oauth: OAuth) -> dict[str, str]:
    """Return the client's secret as a field of a form, nothing where it has none."""
    return {"client_secret": oauth.client_secret} if oauth.client_secret else {}


def given(answer: Answer, oauth: OAuth, whose: str) -> Tokens:
    """Return the tokens that a provider's answer holds (RFC 6749, 5).

    Raises:
        AuthenticationFailed, TemporarilyRefused, ConfigError, ProtocolViolation: it holds none.
    """
    said = words(answer)
    code = said.get("error", "")
    if answer.status == 429 or answer.status >= 500 or code in ("temporarily_unavailable", "server_error"):
        raise TemporarilyRefused(f"The provider gives no token for {whose} now ({code or answer.status}).", code=code)
    if code in ("invalid_grant", "access_denied", "expired_token", "interaction_required", "consent_required"):
        raise signed_out(whose, said)
    oauthlib = library()
    try:
        told = oauthlib.WebApplicationClient(oauth.client_id).parse_request_body_response(answer.body)
        access, refresh = told["access_token"], told.get("refresh_token") or ""
        lasts = float(told.get("expires_in") or 0)
    except (oauthlib.OAuth2Error, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        access = refresh = None
    if not isinstance(access, str) or not isinstance(refresh, str):
        reason = clean_line(f"{code or answer.status} {said.get('error_description', '')}", 300).rstrip(".")
        sentence = f"The provider gave no token for {whose}: {reason}."
        if code:  # an answer that will not change by asking again
            raise ConfigError(sentence, cure="Check client_id, client_secret and scopes.")
        raise ProtocolViolation(sentence, cure="Check token_url.")
    return Tokens(access, refresh, time.time() + lasts if lasts > 0 else 0.0)


def signed_out(whose: str, said: dict[str, str] | None = None) -> MailError:
    """Return what it means that there is no refresh token that would be taken."""
    reason = clean_line((said or {}).get("error_description") or (said or {}).get("error") or "", 200).rstrip(".")
    return AuthenticationFailed(
        f"{whose} is not signed in{f' ({reason})' if reason else ''}.",
        cure=f"Run: tidings sign-in {whose.replace(':send', ' --sending')}",
    )


def words(answer: Answer) -> dict[str, str]:
    """Return the texts and numbers of an answer in JSON; nothing of one that is none."""
    try:
        values: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {str(key): str(value) for key, value in values.items() if isinstance(value, str | int | float)}


def library() -> Any:
    """Return oauthlib, loaded when it is needed: most people never do."""
    logging.getLogger("oauthlib").setLevel(logging.WARNING)  # its DEBUG may show what is secret
    return importlib.import_module("oauthlib.oauth2")
