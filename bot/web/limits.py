"""Token buckets: how much one session or one address may ask. Addresses are known here by a keyed hash only."""

import hashlib
import ipaddress
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MOST_KEPT: Final = 10_000
"""Buckets of each kind; the one not used for longest goes first. About 2 MB."""

_IPV6_NET: Final = 64
"""Bits; one subscriber has at least so many addresses to himself."""


@dataclass(slots=True)
class Buckets:
    """One bucket a key, each holding `size` and refilled with `rate` a second."""

    size: float
    rate: float
    now: Callable[[], float] = time.monotonic
    most: int = MOST_KEPT
    _held: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, key: bytes, cost: float = 1.0) -> int:
        """Take from a bucket: 0 when it held enough, else in how many seconds it will; then nothing is taken."""
        now = self.now()
        level, since = self._held.pop(key, (self.size, now))
        level = min(self.size, level + (now - since) * self.rate)
        enough = level >= cost
        self._held[key] = (level - cost if enough else level, now)
        if len(self._held) > self.most:
            self._held.popitem(last=False)
        return 0 if enough else max(1, math.ceil((cost - level) / self.rate))

    def __len__(self) -> int:
        return len(self._held)


@dataclass(frozen=True, slots=True)
class Hashed:
    """Names addresses so that they can be told apart and not read; the key dies with the process."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def __call__(self, address: str) -> bytes:
        """The hash of an address, or of its network where subscribers have whole networks."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            known = address
        else:
            mapped = getattr(parsed, "ipv4_mapped", None) or parsed
            known = str(ipaddress.ip_network((mapped, _IPV6_NET if mapped.version == 6 else 32), strict=False))  # noqa: PLR2004 - IPv6
        return hashlib.blake2b(known.encode("utf-8", "replace"), key=self._key, digest_size=16).digest()
