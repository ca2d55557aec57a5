"""Tokens for browsers on a shop's pages: signed, bound to the page's origin, short-lived. Nothing of them is kept.

The signing key lives as long as the process; after a restart browsers simply ask for a new token.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LIFETIME: Final = 900
"""Seconds."""

_LONGEST: Final = 1024
_SESSION_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Session:
    """What a token says: a random name for the browser's visit, and where it was opened."""

    id: str
    origin: str
    expires: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues tokens and reads them again."""

    now: Callable[[], float] = time.time
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def issue(self, origin: str) -> str:
        """A token for a page of that origin."""
        said = {"s": secrets.token_urlsafe(_SESSION_BYTES), "o": origin, "e": int(self.now()) + LIFETIME}
        payload = _encoded(json.dumps(said, separators=(",", ":")).encode("utf-8"))
        return f"{payload}.{self._signature(payload)}"

    def read(self, token: str) -> Session | None:
        """What a token says, or None when it is not ours or has expired."""
        payload, _, signature = token.partition(".")
        if len(token) > _LONGEST or not token.isascii():
            return None
        if not hmac.compare_digest(signature, self._signature(payload)):
            return None
        try:
            said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (binascii.Error, ValueError):
            return None  # cannot be: it is signed
        session = Session(said["s"], said["o"], said["e"])
        return session if self.now() < session.expires else None

    def _signature(self, payload: str) -> str:
        return _encoded(hmac.digest(self._key, payload.encode("utf-8"), hashlib.sha256))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
