"""What lies around the whole app: headers on every response, a last net for crashes, a limit for bodies.

Plain ASGI, because a body has to be counted while it arrives: a Content-Length can be missing or wrong.
"""

import logging
import re
from dataclasses import dataclass
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import where
from bot.web.problem import problem

_log = logging.getLogger(__name__)

BODY_LIMIT: Final = 64 * 1024
BODY_SECONDS: Final = 30.0
# A client that is still sending gets no answer unless somebody reads on; this much is read and thrown away.
_DRAIN_BYTES: Final = 8 * 1024 * 1024

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}
# Gradio's file names carry a hash of what they hold, ours have it behind them; what they name never changes.
_UNCHANGING: Final = re.compile(r"(?:/[a-z]{2})?/assets/[^?]*(?:\?.*)?|/brand/[^?]*\?v=\w+")
# The widget's files have fixed addresses and are asked for again with their tag.
_SAYS_ITSELF: Final = "/widget"


@dataclass(frozen=True, slots=True)
class Shield:
    """The outermost layer of the app."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(scope, message)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - the last net; the server would print the visitor's words
            _log.error("a request crashed: %s", where(error))
            if not started:
                await problem(500, "Something broke on our side; it has been noted.")(scope, receive, send_with_headers)


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Hands on only requests whose body has arrived in time and is not too long."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through with its body read, or answer 408 or 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        checked = await _within_limit(scope, receive)
        await (_refusal(checked)(scope, receive, send) if isinstance(checked, int) else self.app(scope, checked, send))


def _refusal(status: int) -> ASGIApp:
    detail = f"A body may have at most {BODY_LIMIT} bytes." if status == 413 else "The body did not arrive in time."  # noqa: PLR2004
    return problem(status, detail, headers={"connection": "close"})


def _add_headers(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    address = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
    if scope["path"].startswith(_SAYS_ITSELF) and "cache-control" in headers:
        return
    kept = message["status"] < 400 and _UNCHANGING.fullmatch(address)  # noqa: PLR2004
    headers["cache-control"] = "public, max-age=31536000, immutable" if kept else "no-store"


async def _within_limit(scope: Scope, receive: Receive) -> Receive | int:
    """A `receive` that hands out the body again, or the status of the refusal (408, 413)."""
    headers = Headers(scope=scope)
    if scope["method"] in {"GET", "HEAD", "OPTIONS"} and not ({"content-length", "transfer-encoding"} & set(headers)):
        return receive
    announced = headers.get("content-length", "")
    body = bytearray()
    messages: list[Message] = []
    with anyio.move_on_after(BODY_SECONDS) as deadline:
        too_long = announced.isdecimal() and int(announced) > BODY_LIMIT
        while not too_long:
            message = await receive()
            if message["type"] != "http.request":
                messages.append(message)
                break
            body += message.get("body", b"")
            too_long = len(body) > BODY_LIMIT
            if not message.get("more_body", False):
                break
        if too_long:
            await _drain(receive)
            return 413
    if deadline.cancelled_caught:
        return 408
    messages.insert(0, {"type": "http.request", "body": bytes(body), "more_body": bool(messages)})

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


async def _drain(receive: Receive) -> None:
    thrown = 0
    with anyio.move_on_after(5):
        while thrown < _DRAIN_BYTES:
            message = await receive()
            thrown += len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                return
