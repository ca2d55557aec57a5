"""Who may call the API: sites on the list with a token, and not more often than is fair.

A request without an `Origin` comes from a program; it needs no token. A browser says where its page is from, and a page
of another site needs a token of its own. There are no cookies, so a foreign page gains nothing by our address alone.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Network
from bot.web.ask import Busy
from bot.web.faults import fault
from bot.web.limits import Buckets, Hashed
from bot.web.problem import problem
from bot.web.texts import accepted, refused
from bot.web.tokens import Session, Tokens

GUARDED: Final = ("/api/", "/v1/", "/mcp")
SESSIONS: Final = "/api/v1/sessions"
_QUESTIONS: Final = frozenset({"/api/v1/chat", "/api/v1/chat/stream", "/v1/chat/completions"})
_OPENAI: Final = "/v1/"
_METHODS: Final = "GET, POST, DELETE"
_ALLOWED_HEADERS: Final = "Authorization, Content-Type, Last-Event-ID, X-Conversation-Key"
_EXPOSED_HEADERS: Final = "X-Reply-Id, Retry-After, Content-Disposition"
_PREFLIGHT_SECONDS: Final = "600"
# What costs the engine nothing costs the visitor little.
_READ_COST: Final = 0.1
_SESSION_BURST: Final = 20
_SESSION_RATE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Gate:
    """The layer around the app that lets requests to the API in."""

    app: ASGIApp
    tokens: Tokens
    origins: frozenset[str]
    proxies: tuple[Network, ...]
    addresses: Buckets
    full: Callable[[], bool]
    """Whether the bot has no place for another question."""
    rescues: Callable[[], bool]
    """Whether one more question may pass then, to be looked at for an emergency alone."""
    sessions: Buckets = field(default_factory=lambda: Buckets(_SESSION_BURST, _SESSION_RATE))
    hashed: Hashed = field(default_factory=Hashed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, or answer it here."""
        scope = self._as_sent(scope)
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        listed = origin is not None and origin in self.origins
        own = origin is not None and _same_host(origin, headers.get("host", ""))
        if origin is not None and not (listed or own):
            await problem(403, "This site may not use the chat.")(scope, receive, send)
            return
        sending = _with_cors(send, origin) if origin is not None else send
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight()(scope, receive, sending)
            return
        answer = self._refusal(scope, headers, origin, foreign=listed and not own)
        await (answer or self.app)(scope, receive, sending)

    def _as_sent(self, scope: Scope) -> Scope:
        """The request as the visitor sent it: only a proxy of ours knows whether he came by TLS, and links must."""
        if scope["type"] != "http" or not self._is_proxy(str((scope.get("client") or ("",))[0])):
            return scope
        scheme = Headers(scope=scope).get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        return {**scope, "scheme": scheme} if scheme in {"http", "https"} else scope

    def _refusal(self, scope: Scope, headers: Headers, origin: str | None, *, foreign: bool) -> Response | None:
        """Why this request may not pass, if so."""
        session = self._session(headers, origin)
        # Programs made for OpenAI's API always send some key; without an origin it says nothing.
        sent = "authorization" in headers and not (scope["path"].startswith(_OPENAI) and not foreign)
        if session is None and scope["path"] != SESSIONS and (foreign or sent):
            bearer = {"www-authenticate": "Bearer"}
            return problem(401, "A valid token of this site is needed; POST /api/v1/sessions.", headers=bearer)
        cost = 1.0 if scope["method"] == "POST" else _READ_COST
        wait = self._wait(self._address(scope, headers), session, cost)
        if wait:
            detail = refused(accepted(headers)).too_often
            return problem(429, detail, headers={"retry-after": str(wait)})
        if scope["method"] == "POST" and scope["path"] in _QUESTIONS and self.full() and not self.rescues():
            # Said here, before anything is read or parsed: when it counts, this is said a hundred times a second.
            busy = fault(Busy(), accepted(headers))
            return problem(busy.status, busy.detail, headers=busy.headers)
        return None

    def _session(self, headers: Headers, origin: str | None) -> Session | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        session = self.tokens.read(token.strip()) if scheme.lower() == "bearer" else None
        return session if session is not None and origin in (None, session.origin) else None

    def _wait(self, address: str | None, session: Session | None, cost: float) -> int:
        """How many seconds to wait; 0 when the request may pass."""
        if session is not None and (wait := self.sessions.wait(session.id.encode(), cost)):
            return wait
        return 0 if address is None else self.addresses.wait(self.hashed(address), cost)

    def _address(self, scope: Scope, headers: Headers) -> str | None:
        """Where the request comes from; None for this machine itself, which is not limited.

        X-Forwarded-For is believed as far as proxies of ours have written it: from its end on.
        """
        peer = str((scope.get("client") or ("",))[0])
        hops = [peer]
        if self._is_proxy(peer):
            hops += [hop.strip() for value in reversed(headers.getlist("x-forwarded-for")) for hop in _reversed(value)]
        address = next((hop for hop in hops if not self._is_proxy(hop)), hops[-1])
        return None if address == peer and _is_loopback(peer) else address

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.proxies)


def _reversed(value: str) -> list[str]:
    return value.split(",")[::-1]


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _same_host(origin: str, host: str) -> bool:
    """Whether a page is the server's own. A proxy may speak another scheme than we hear, so that does not count."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or parts.path or parts.query or not parts.hostname:
        return False
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host.lower() in ({name, f"{name}:{default}"} if port in (None, default) else {f"{name}:{port}"})


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "access-control-allow-methods": _METHODS,
            "access-control-allow-headers": _ALLOWED_HEADERS,
            "access-control-max-age": _PREFLIGHT_SECONDS,
        },
    )


def _with_cors(send: Send, origin: str) -> Send:
    """A `send` that lets the page of that origin read the response."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = _EXPOSED_HEADERS
            headers.add_vary_header("Origin")
        await send(message)

    return sending
