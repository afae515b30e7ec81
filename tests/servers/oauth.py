"""An OAuth provider on loopback: tokens, device codes, a consent page, and introspection for a mail server beside it.

::

    with Provider() as provider:
        provider.settings()                      # an `OAuth` that reaches it
        provider.issue("ada@example.org")        # tokens, as if signed in

Without asyncio: it runs in threads of its own, so that a server started by a fixture can ask it at any time.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers.certificate import certificate
from tui.config.model import OAuth
from tui.config.tokens import Tokens

CLIENT = "tidings-test"
USER = "ada@example.org"


@dataclass
class Provider:
    """The provider.

    Attributes:
        user: who signs in.
        lasts: seconds an access token lives.
        rotates: a refresh token is good for one time only.
        pending: times that a device code is not agreed to yet.
        slow: of these, the first time says slow_down.
        fails: what the token endpoint says instead of anything else: status and JSON.
        asked: forms that came, by path.
    """

    user: str = USER
    lasts: int = 3600
    rotates: bool = False
    pending: int = 1
    slow: bool = False
    denies: bool = False
    fails: tuple[int, dict[str, Any]] | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._access: dict[str, tuple[str, float]] = {}
        self._refresh: set[str] = set()
        self._codes: dict[str, dict[str, str]] = {}
        self._servers: list[ThreadingHTTPServer] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        for encrypted in (True, False):
            server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
            server.daemon_threads = True
            if encrypted:
                server.socket = certificate().context.wrap_socket(
                    server.socket, server_side=True, do_handshake_on_connect=False
                )
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            self._servers.append(server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def url(self) -> str:
        return f"https://localhost:{self._servers[0].server_address[1]}"

    @property
    def introspection_url(self) -> str:
        """For a mail server, in the clear; a token can be put behind it."""
        return f"http://127.0.0.1:{self._servers[1].server_address[1]}/introspect?token="

    def settings(self, *, device: bool = True, browser: bool = True) -> OAuth:
        """Return what a configuration says of it."""
        return OAuth(
            CLIENT,
            ("mail",),
            f"{self.url}/token",
            f"{self.url}/authorize" if browser else "",
            f"{self.url}/device" if device else "",
            ca_file=certificate().certificate,
        )

    def issue(self, user: str = USER, lasts: float = 3600) -> Tokens:
        """Return tokens as if the user had signed in."""
        with self._lock:
            told = self._new(user, lasts)
        return Tokens(told["access_token"], told["refresh_token"], time.time() + lasts)

    def revoke(self, *, refresh: bool = False) -> None:
        """Have every access token refused from now on, and refresh tokens too if wished."""
        with self._lock:
            self._access.clear()
            if refresh:
                self._refresh.clear()

    def forms(self, path: str) -> list[dict[str, str]]:
        """Return what was posted to a path."""
        return [form for where, form in self.asked if where == path]

    def _new(self, user: str, lasts: float) -> dict[str, Any]:
        access, refresh = "at-" + secrets.token_urlsafe(24), "rt-" + secrets.token_urlsafe(24)
        self._access[access] = (user, time.time() + lasts)
        self._refresh.add(refresh)
        return {"access_token": access, "refresh_token": refresh, "expires_in": int(lasts), "token_type": "Bearer"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                self._answer(_flat(self.rfile.read(size).decode()))

            def _answer(self, form: dict[str, str]) -> None:
                parts = urlsplit(self.path)
                with provider._lock:
                    provider.asked.append((parts.path, form))
                    status, told, headers = provider._told(parts.path, {**_flat(parts.query), **form})
                body = json.dumps(told).encode()
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def _told(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        match path:
            case "/introspect":
                user, until = self._access.get(form.get("token", ""), ("", 0.0))
                active = until > time.time()
                return 200, {"active": active, **({"username": user, "email": user} if active else {})}, {}
            case "/authorize":
                return self._authorize(form)
            case "/device":
                code = "dc-" + secrets.token_urlsafe(8)
                self._codes[code] = form
                told = {"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/activate"}
                return 200, {**told, "expires_in": 900, "interval": 0}, {}
            case "/token" if self.fails is not None:
                return *self.fails, {}
            case "/token":
                return *self._token(form), {}
        return 404, {"error": "not_found"}, {}

    def _authorize(self, form: dict[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        back = {"state": form["state"]}
        if self.denies:
            back["error"] = "access_denied"
        else:
            code = "ac-" + secrets.token_urlsafe(8)
            self._codes[code] = form
            back["code"] = code
        return 302, {}, {"Location": f"{form['redirect_uri']}?{urlencode(back)}"}

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("client_id") != CLIENT:
            return 401, {"error": "invalid_client"}
        match form.get("grant_type"):
            case "refresh_token":
                if form.get("refresh_token") not in self._refresh:
                    return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
                told = self._new(self.user, self.lasts)
                if self.rotates:
                    self._refresh.discard(form["refresh_token"])
                else:
                    self._refresh.discard(told.pop("refresh_token"))
                return 200, told
            case "authorization_code":
                asked = self._codes.pop(form.get("code", ""), None)
                if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
                    return 400, {"error": "invalid_grant"}
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                if asked["code_challenge"] != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
                    return 400, {"error": "invalid_grant", "error_description": "PKCE"}
                return 200, self._new(self.user, self.lasts)
            case "urn:ietf:params:oauth:grant-type:device_code" if form.get("device_code") in self._codes:
                if self.denies:
                    return 400, {"error": "access_denied"}
                if self.pending > 0:
                    self.pending -= 1
                    error = "slow_down" if self.slow else "authorization_pending"
                    self.slow = False
                    return 400, {"error": error}
                return 200, self._new(self.user, self.lasts)
        return 400, {"error": "unsupported_grant_type"}


def _flat(query: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
