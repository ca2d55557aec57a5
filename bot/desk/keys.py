"""Names and keys of conversations: neither can be guessed, and of the key only a hash is kept."""

import hashlib
import hmac
import secrets
from typing import Final

_ID_BYTES: Final = 12
_KEY_BYTES: Final = 24
"""192 bits: a random key of that length needs no slow hash."""


def new_id() -> str:
    """A name that is no secret but cannot be guessed either."""
    return secrets.token_urlsafe(_ID_BYTES)


def new_key() -> str:
    """A key that opens one conversation."""
    return secrets.token_urlsafe(_KEY_BYTES)


def hashed(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def opens(key: str, kept: bytes) -> bool:
    """Whether this is the key; takes as long for a wrong one."""
    return hmac.compare_digest(hashed(key), kept)
