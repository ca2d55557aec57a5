"""From a file or an address to text."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx

from corpus.errors import SourceUnreadable

# The article has 11 kB; what is hundreds of times as long is no article.
MAX_BYTES = 5_000_000
_TIMEOUT_S = 20.0


def fetch(location: str | Path) -> str:
    """The text at a path or an http(s) address, as it is, without changing line ends.

    Raises:
        SourceUnreadable: not there, not readable, too large, binary, not UTF-8, or no plain text.
    """
    if isinstance(location, str) and urlsplit(location).scheme in ("http", "https"):
        return _decode(_download(location), location)
    path = Path(location)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceUnreadable(f"{path} is larger than {MAX_BYTES:,} bytes; split it into articles")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceUnreadable(f"{path} does not exist; give the path of a text file or an http(s) address") from error
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}") from error
    return _decode(content, str(path))


def _download(address: str) -> bytes:
    content = b""
    try:
        with httpx.stream("GET", address, follow_redirects=True, timeout=_TIMEOUT_S) as response:
            response.raise_for_status()
            kind = response.headers.get("content-type", "").split(";")[0].strip()
            if not (kind in ("text/plain", "text/markdown") or address.endswith((".yaml", ".yml"))):
                raise SourceUnreadable(
                    f"{address} is {kind or 'of unknown type'}, not plain text; save the page's text as a .txt file"
                )
            for piece in response.iter_bytes():
                content += piece
                if len(content) > MAX_BYTES:
                    raise SourceUnreadable(f"{address} is larger than {MAX_BYTES:,} bytes")
    except httpx.HTTPStatusError as error:
        raise SourceUnreadable(f"{address} cannot be fetched: status {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceUnreadable(f"{address} cannot be fetched: {error}") from error
    return content


def _decode(content: bytes, name: str) -> str:
    if b"\x00" in content:
        raise SourceUnreadable(f"{name} is a binary file; save the article as UTF-8 text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceUnreadable(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8 text") from error
    return text
