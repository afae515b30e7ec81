"""Signing in at a provider: by a device code (RFC 8628), or in the browser with a redirect to this machine (RFC 8252).

Both work over a bare SSH line. For a device code the browser may be anywhere; a redirected address that cannot be
opened, since the browser is on another machine, can be pasted.
"""

import asyncio
import base64
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tui.config.https import post
from tui.config.model import OAuth
from tui.config.tokens import Tokens, given, library, secret_field, words
from tui.mail.errors import AuthenticationFailed, ConfigError, ProtocolViolation, TimedOut
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

log = logging.getLogger(__name__)

PATIENCE = 600.0
"""Seconds a person has to agree in the browser."""
LEAST_INTERVAL = 0.2
"""Seconds between two questions whether somebody agreed, whatever the provider says."""
MOST_REQUESTS = 50
"""Visits to the redirected address that are answered; a browser makes two or three."""

PAGE = (
    "<!doctype html><meta charset=utf-8><title>Tidings</title><body style='font:16px sans-serif;margin:4em'>"
    "<p>{}</p><p>You can close this window and go back to the terminal: it says how it went on.</p>"
)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the user is told.

    Attributes:
        address: where to go, on any machine.
        code: what to type there.
        lasts: seconds until it is worth nothing.
    """

    address: str
    code: str
    lasts: float


async def by_device_code(oauth: OAuth, whose: str, tell: Callable[[DeviceCode], None]) -> Tokens:
    """Sign in by a code that the user types on any machine.

    Args:
        oauth: with a ``device_url``.
        whose: the account, for messages.
        tell: called once with what the user has to do.

    Raises:
        AuthenticationFailed: the user refused, or the code is over.
        MailError: why else there are no tokens.
    """
    client = library().DeviceClient(oauth.client_id)
    form = library_form(client_id=oauth.client_id, scope=" ".join(oauth.scopes), **secret_field(oauth))
    answer = await post(oauth.device_url, form, ca_file=oauth.ca_file)
    said = words(answer)
    device, code = said.get("device_code", ""), clean_line(said.get("user_code", ""), 40)
    address = clean_line(said.get("verification_uri") or said.get("verification_url") or "", 500)
    if answer.status != 200 or not (device and code and address):
        given(answer, oauth, whose)  # says why, if it is said
        raise ProtocolViolation(f"The provider gave no device code for {whose}.", cure="Check device_url.")
    lasts, interval = _seconds(said.get("expires_in"), PATIENCE), _seconds(said.get("interval"), 5.0)
    tell(DeviceCode(address, code, lasts))
    body = client.prepare_request_body(device_code=device, include_client_id=True, **secret_field(oauth))
    try:
        async with asyncio.timeout(min(lasts, PATIENCE)):
            while True:
                await asyncio.sleep(max(interval, LEAST_INTERVAL))
                try:
                    answer = await post(oauth.token_url, body, ca_file=oauth.ca_file)
                except TimedOut:
                    interval *= 2  # RFC 8628, 3.5
                    continue
                match words(answer).get("error"):
                    case "authorization_pending":
                        continue
                    case "slow_down":
                        interval += 5 if interval else LEAST_INTERVAL
                        continue
                return given(answer, oauth, whose)
    except TimeoutError:
        raise AuthenticationFailed(f"Nobody agreed in time for {whose}.", cure="Sign in again.") from None


def library_form(**fields: str) -> str:
    """Return fields URL-encoded, by the library."""
    from oauthlib.common import urlencode  # noqa: PLC0415 - late: start-up time

    return str(urlencode(sorted(fields.items())))


def _seconds(written: str | None, otherwise: float) -> float:
    try:
        return max(0.0, min(float(written or ""), 3600.0))
    except ValueError:
        return otherwise


class BrowserSignIn:
    """Signing in where the user's browser is: on this machine, or on another from which an address is pasted.

    ::

        async with BrowserSignIn(oauth, "work") as sign_in:
            ... show sign_in.address
            tokens = await sign_in.tokens(paste)

    Args:
        oauth: with an ``authorize_url``.
        whose: the account, for messages.

    Attributes:
        address: where the user goes.
    """

    def __init__(self, oauth: OAuth, whose: str) -> None:
        self.address = ""
        self._oauth = oauth
        self._whose = whose
        self._client = library().WebApplicationClient(oauth.client_id)
        self._state = secrets.token_urlsafe(24)
        self._verifier = secrets.token_urlsafe(48)
        self._redirect = ""
        self._server: asyncio.Server | None = None
        self._came: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answered = 0

    async def __aenter__(self) -> "BrowserSignIn":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=64 * 1024)
        port = self._server.sockets[0].getsockname()[1]
        self._redirect = f"http://{self._oauth.redirect_host}:{port}/"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        # What makes Google give a refresh token, and at every sign-in; nobody else minds.
        extra: dict[str, Any] = {"access_type": "offline", "prompt": "consent"}
        self.address = self._client.prepare_request_uri(
            self._oauth.authorize_url,
            redirect_uri=self._redirect,
            scope=list(self._oauth.scopes),
            state=self._state,
            code_challenge=challenge,
            code_challenge_method="S256",
            **extra,
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._server is not None:
            self._server.close()
        self._came.cancel()

    async def tokens(self, paste: Callable[[], Awaitable[str | None]] | None = None) -> Tokens:
        """Wait for the redirect, or for what is pasted, and return the tokens.

        Args:
            paste: asks the user for the redirected address; None where nobody can be asked.

        Raises:
            AuthenticationFailed: the user refused, or nobody came.
            MailError: why else there are no tokens.
        """
        address = await self._redirected(paste)
        code = self._code(address)
        body = self._client.prepare_request_body(
            code=code,
            redirect_uri=self._redirect,
            code_verifier=self._verifier,
            include_client_id=True,
            **secret_field(self._oauth),
        )
        return given(await post(self._oauth.token_url, body, ca_file=self._oauth.ca_file), self._oauth, self._whose)

    async def _redirected(self, paste: Callable[[], Awaitable[str | None]] | None) -> str:
        pasting = asyncio.ensure_future(paste()) if paste is not None else None
        waiting = {self._came} | ({pasting} if pasting is not None else set())
        try:
            done, _ = await asyncio.wait(waiting, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if self._came in done:
                return self._came.result()
            if pasting is not None and pasting in done:
                pasted = pasting.result()
                if pasted:
                    return pasted.strip()
                raise AuthenticationFailed(f"The sign-in for {self._whose} was left.")
            raise AuthenticationFailed(f"Nobody agreed in time for {self._whose}.", cure="Sign in again.")
        finally:
            if pasting is not None and not pasting.done():
                pasting.cancel()
                await asyncio.gather(pasting, return_exceptions=True)

    def _code(self, address: str) -> str:
        """Return the code in a redirected address, once its state is seen to be ours."""
        oauthlib = library()
        # The library wants https, against codes that travel in the clear: this address leads to this machine only.
        secure = "https" + address.partition("://")[1] + address.partition("://")[2]
        try:
            found = self._client.parse_request_uri_response(secure, state=self._state)
            return str(found["code"])
        except oauthlib.MismatchingStateError:
            raise ProtocolViolation(
                "This address belongs to another sign-in.", cure="Paste the address of the page shown last."
            ) from None
        except (oauthlib.OAuth2Error, KeyError, ValueError) as error:
            reason = clean_line(str(getattr(error, "error", "") or ""), 60)
            if reason in ("access_denied", "consent_required", "interaction_required"):
                raise AuthenticationFailed(f"The provider was told not to let {self._whose} in ({reason}).") from None
            raise ConfigError(
                f"The address holds no code{f' ({reason})' if reason else ''}.",
                cure="Copy all of it from the browser's address line: it begins with http:// and holds code=.",
            ) from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a browser; what else comes to this port learns nothing."""
        self._answered += 1
        try:
            async with asyncio.timeout(10):
                line = (await reader.readline()).decode("ascii", "replace").split(" ")
                for _ in range(200):
                    if not (await reader.readline()).strip():
                        break
                target = line[1] if len(line) == 3 and line[0] == "GET" else ""
                ours = self._answered <= MOST_REQUESTS and self._is_ours(target)
                status = "200 OK" if ours else "404 Not Found"
                page = PAGE.format("You have agreed." if "code=" in target else "You have not agreed.") if ours else ""
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
                    f"Cache-Control: no-store\r\nContent-Length: {len(page.encode())}\r\n\r\n{page}".encode()
                )
                await writer.drain()
                if ours and not self._came.done():
                    self._came.set_result(self._redirect.rstrip("/") + target)
        except (OSError, ValueError, TimeoutError) as error:
            log.info("a visitor of the redirected address: %s", type(error).__name__)
        finally:
            writer.close()

    def _is_ours(self, target: str) -> bool:
        try:
            states = parse_qs(urlsplit(target).query).get("state", [])
        except ValueError:
            return False
        return len(states) == 1 and secrets.compare_digest(states[0].encode(), self._state.encode())
