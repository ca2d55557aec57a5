"""Parts of a message that are text in another code: Base64, Base32, hexadecimal, binary or decimal numbers."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

_MOST = 8
"""Parts of one message that are decoded."""

# Every pattern is a plain repetition of a class, or of units that cannot begin inside one another: linear.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}(?:\r?\n[A-Za-z0-9+/_-]{8,}){0,40}={0,2}")
_BASE32 = re.compile(r"[A-Z2-7]{16,}={0,6}")
_HEX = re.compile(r"(?:0x|\\x)?[0-9A-Fa-f]{2}(?:[ :,;-]{0,2}(?:0x|\\x)?[0-9A-Fa-f]{2}){7,}")
_BINARY = re.compile(r"[01]{8}(?:[ ,]?[01]{8}){5,}")
_DECIMAL = re.compile(r"\b[0-9]{2,3}(?:[ ,;]{1,2}[0-9]{2,3}){9,}\b")
_HEX_MARKS = re.compile(r"0x|\\x|[ :,;-]")


def payloads(text: str) -> Iterator[str]:
    """What the coded parts of a text say; much of it is noise, which the caller must tell from language."""
    for pattern, decode in _CODES:
        for count, match in enumerate(pattern.finditer(text)):
            if count == _MOST:
                break
            try:
                yield decode(match[0]).decode("utf-8")
            except (ValueError, binascii.Error):
                continue  # not in this code after all


def _base64(part: str) -> bytes:
    compact = "".join(part.split()).rstrip("=").translate(str.maketrans("-_", "+/"))
    usable = compact[: len(compact) - (len(compact) % 4 == 1)]
    return base64.b64decode(usable + "=" * (-len(usable) % 4), validate=True)


def _base32(part: str) -> bytes:
    compact = part.rstrip("=")
    return base64.b32decode(compact + "=" * (-len(compact) % 8))


def _hex(part: str) -> bytes:
    compact = _HEX_MARKS.sub("", part)
    return bytes.fromhex(compact[: len(compact) // 2 * 2])


def _binary(part: str) -> bytes:
    digits = re.sub(r"[ ,]", "", part)
    return bytes(int(digits[i : i + 8], 2) for i in range(0, len(digits) // 8 * 8, 8))


def _decimal(part: str) -> bytes:
    return bytes(int(number) for number in re.findall(r"\d+", part))


_CODES: tuple[tuple[re.Pattern[str], Callable[[str], bytes]], ...] = (
    (_BASE64, _base64),
    (_BASE32, _base32),
    (_HEX, _hex),
    (_BINARY, _binary),
    (_DECIMAL, _decimal),
)
