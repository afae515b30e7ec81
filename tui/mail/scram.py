"""SCRAM-SHA-256 (RFC 5802, 7677): the server never sees the password, and has to prove that it knows it."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata

from tui.mail.errors import AuthenticationFailed, ProtocolViolation
from tui.mail.sasl import Exchange, Login, bounded

LEAST_ITERATIONS = 4096
"""RFC 7677, 4: fewer would hand the password to whoever listens to a server that is none."""
MOST_ITERATIONS = 2_000_000
"""More is an attack on this machine: this many take a second or two."""
MAX_SALT = 1024

_FIRST = re.compile(r"r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9]\d{0,9})(?:,.*)?\Z")
_FINAL = re.compile(r"v=([A-Za-z0-9+/=]+)(?:,.*)?\Z")

_PROHIBITED = (
    *(stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4),
    *(stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8),
    stringprep.in_table_c9,
)


class Scram(Exchange):
    """One attempt.

    Args:
        login: who wants in.
        nonce: ours; random unless a test says it.
    """

    name = "SCRAM-SHA-256"

    def __init__(self, login: Login, nonce: str = "") -> None:
        super().__init__(login)
        self._nonce = nonce or secrets.token_urlsafe(24)
        user = prepared(login.user).replace("=", "=3D").replace(",", "=2C")
        self._bare = f"n={user},r={self._nonce}"
        self.first = f"n,,{self._bare}".encode()
        self._expected = b""
        self._proved = False

    async def answer(self, challenge: bytes) -> bytes | None:
        said = bounded(challenge).decode("utf-8", "replace")
        if not self._expected:
            return await self._prove(said)
        if self._proved:
            return None
        self._verify(said)
        return b""

    def check(self) -> None:
        if not self._proved:
            raise self._impostor()

    async def _prove(self, said: str) -> bytes | None:
        found = _FIRST.match(said)
        if found is None:
            if said.startswith("e="):
                self.refused = "".join(character for character in said[2:60] if character.isprintable())
                return None
            raise ProtocolViolation(f"{self._login.label} does not speak SCRAM as it should.")
        nonce, iterations = found[1], int(found[3])
        salt = self._decoded(found[2])
        if not nonce.startswith(self._nonce) or len(nonce) <= len(self._nonce) or len(salt) > MAX_SALT:
            raise ProtocolViolation(f"{self._login.label} does not speak SCRAM as it should.")
        if not LEAST_ITERATIONS <= iterations <= MOST_ITERATIONS:
            raise ProtocolViolation(
                f"{self._login.label} wants {iterations} rounds of SCRAM-SHA-256.",
                cure=f"Allowed are {LEAST_ITERATIONS} to {MOST_ITERATIONS}. Nothing secret was sent.",
            )
        # Many rounds take long, and the interpreter is free meanwhile.
        password = prepared(self._login.secret).encode()
        salted = await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", password, salt, iterations)
        last = f"c=biws,r={nonce}"
        signed = f"{self._bare},{said},{last}".encode()
        client_key = _hmac(salted, b"Client Key")
        signature = _hmac(hashlib.sha256(client_key).digest(), signed)
        proof = bytes(left ^ right for left, right in zip(client_key, signature, strict=True))
        self._expected = _hmac(_hmac(salted, b"Server Key"), signed)
        return f"{last},p={base64.b64encode(proof).decode()}".encode()

    def _verify(self, said: str) -> None:
        found = _FINAL.match(said)
        if found is None:
            if said.startswith("e="):
                self.refused = "".join(character for character in said[2:60] if character.isprintable())
                return  # a refusal follows
            raise ProtocolViolation(f"{self._login.label} does not speak SCRAM as it should.")
        if not hmac.compare_digest(self._decoded(found[1]), self._expected):
            raise self._impostor()
        self._proved = True

    def _decoded(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ProtocolViolation(f"{self._login.label} does not speak SCRAM as it should.") from None

    def _impostor(self) -> AuthenticationFailed:
        return AuthenticationFailed(
            f"{self._login.label} could not prove that it knows the password of {self._login.user}.",
            cure="The password was not shown to it. Somebody may be pretending to be that server.",
        )


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def prepared(text: str) -> str:
    """Return a name or password in the form that servers compare: SASLprep (RFC 4013), or as it is where that fails."""
    if text.isascii():
        return text
    mapped = "".join(
        " " if stringprep.in_table_c12(character) else character
        for character in text
        if not stringprep.in_table_b1(character)
    )
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    if any(forbidden(character) for character in normal for forbidden in _PROHIBITED):
        return text
    right_to_left = [stringprep.in_table_d1(character) for character in normal]
    if any(right_to_left) and (
        any(stringprep.in_table_d2(character) for character in normal) or not (right_to_left[0] and right_to_left[-1])
    ):
        return text
    return normal or text
