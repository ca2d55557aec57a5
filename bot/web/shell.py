"""Makes Gradio's own page fit to be ours: right language, our name, no address of anybody else.

Gradio's index page names third parties (preview images, at times fonts and scripts) and calls itself English.
This layer rewrites that page on its way out, lets through only the addresses that the chat needs, and
states a policy under which a browser would refuse a foreign request even if one were left.
"""

import asyncio
import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.html import brand_file
from bot.web.texts import PageTexts, asked_for
from corpus.document import Lang

FORGET_SECONDS: Final = 15.0
"""So long after a page was closed nothing is left of its conversation; a connection that broke is back before."""

# The page, its scripts, and the queue through which a question goes and its reply comes back. Gradio serves much
# more (uploads, files, a proxy, its own API); none of that is needed, so none of it is there.
_NEEDED: Final = re.compile(
    r"/|/config|/theme\.css|/assets/[\w.-]+|/static/(?:img|fonts)/[\w./-]+"
    r"|/gradio_api/(?:startup-events|app_id|queue/(?:join|data)|heartbeat/\w+|cancel)"
)
_FOREIGN_TAGS: Final = re.compile(r"<(?:link|meta)\b[^>]*(?:https?:)?//[^>]*>", re.IGNORECASE)
_FOREIGN_SCRIPTS: Final = re.compile(
    r"<script\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>.*?</script>", re.IGNORECASE | re.DOTALL
)
# The helper for pages embedded by Gradio's own script: not used, and fetched from a third party in other releases.
_RESIZER: Final = re.compile(r"<script>(?:(?!</script>).)*iframeResizer\.contentWindow.*?</script>", re.DOTALL)
_BRANDING: Final = re.compile(r"<meta\b[^>]*(?:property=\"og:|name=\"twitter:)[^>]*>|<link\b[^>]*manifest[^>]*>")
_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shell:
    """The layer around one mounted Gradio app.

    `prefix` is its mount path without the slash at the end; `closing` is set when the server is about to stop.
    """

    app: ASGIApp
    texts: PageTexts
    lang: Lang
    prefix: str
    closing: asyncio.Event
    missing: ASGIApp
    """Answers where there is nothing."""
    forget: Callable[[str], None]
    """Drops everything that Gradio holds of a session."""
    _open: dict[str, int] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a needed request through, its HTML rewritten; anything else is not there."""
        if scope["type"] != "http":
            return
        path = scope["path"].removeprefix(self.prefix) or "/"
        if not _NEEDED.fullmatch(path) or ".." in path:
            await self.missing(scope, receive, send)
            return
        if path == "/" and (other := self._elsewhere(scope)) is not None:
            await other(scope, receive, send)
        elif path == "/":
            await self.app(_plain(scope), receive, _Rewriter(send, self).send)
        elif path.startswith("/gradio_api/heartbeat/"):
            with self._remembered(path.rpartition("/")[2]):
                await self._heartbeat(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _elsewhere(self, scope: Scope) -> ASGIApp | None:
        """The page in the visitor's language, if he came to the bare address; the menu names German in full."""
        lang = asked_for(Headers(scope=scope))
        if self.prefix or scope["query_string"] or lang in {None, self.lang}:
            return None
        return RedirectResponse(f"/{lang}/", 307, {"vary": "accept-language"})

    @contextmanager
    def _remembered(self, session: str) -> Iterator[None]:
        """While the page is open. Gradio alone would keep what was said for an hour, and parts of it for days."""
        self._open[session] = self._open.get(session, 0) + 1
        try:
            yield
        finally:
            self._leave(session)
            asyncio.get_running_loop().call_later(FORGET_SECONDS, self._forget, session)

    def _leave(self, session: str) -> None:
        self._open[session] -= 1
        if not self._open[session]:
            del self._open[session]

    def _forget(self, session: str) -> None:
        if session not in self._open:
            self.forget(session)

    async def _heartbeat(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs as long as a page is open; ends when the server closes, which would have to wait for it otherwise."""
        ended = False

        async def noted(message: Message) -> None:
            nonlocal ended
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        beating = asyncio.ensure_future(self.app(scope, receive, noted))
        closing = asyncio.ensure_future(self.closing.wait())
        try:
            await asyncio.wait((beating, closing), return_when=asyncio.FIRST_COMPLETED)
            if beating.done():
                await beating
                return
            beating.cancel()
            await asyncio.wait((beating,))
            if not ended:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            beating.cancel()
            closing.cancel()

    def rewrite(self, page: str) -> str:
        """The index page without third parties and Gradio's branding, with our head."""
        for pattern in (_FOREIGN_SCRIPTS, _RESIZER, _FOREIGN_TAGS, _BRANDING):
            page = pattern.sub("", page)
        page = re.sub(r'(<html\b[^>]*?)lang="[^"]*"', rf'\1lang="{self.lang}"', page, count=1)
        page = re.sub(r"<gradio-app\b", f"{self._before()}<gradio-app", page, count=1)
        return page.replace("</head>", f"{self._head()}</head>", 1)

    def _head(self) -> str:
        title, description = html.escape(self.texts.title), html.escape(self.texts.description)
        return (
            f'<title>{title}</title><meta name="description" content="{description}">'
            f'<link rel="icon" href="{brand_file("icon.svg")}" type="image/svg+xml">'
            f'<link rel="stylesheet" href="{brand_file("chat.css")}">'
            f'<script defer src="{brand_file("chat.js")}"></script>'
        )

    def _before(self) -> str:
        return (
            f"<noscript><style>#opening{{display:none}}</style><p>{html.escape(self.texts.no_script)}</p></noscript>"
            f'<p id="opening" role="status">{html.escape(self.texts.opening)}</p>'
        )


def policy(page: str) -> str:
    """The Content-Security-Policy for one page: inline scripts by their hash, everything else from this host.

    Gradio's HTML component compiles its template in the browser, hence 'unsafe-eval'; its styles are inline.
    """
    hashes = {
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in _INLINE_SCRIPT.findall(page)
    }
    scripts = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes))
    return (
        f"default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'self'"
    )


def _plain(scope: Scope) -> Scope:
    """The request without what would let the page be compressed or taken for unchanged before we rewrite it."""
    unwanted = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k.lower() not in unwanted]}


class _Rewriter:
    """Holds back the page until it is complete, then sends it rewritten."""

    def __init__(self, send: Send, shell: Shell) -> None:
        self._send = send
        self._shell = shell
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                await self._send(message)
                return
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        page = self._shell.rewrite(self._body.decode("utf-8"))
        body = page.encode("utf-8")
        headers = MutableHeaders(raw=list(start["headers"]))
        for name in ("etag", "last-modified", "link"):
            del headers[name]
        # A HEAD request has no body, and its length is unknown before the page is made.
        if self._body:
            headers["content-length"] = str(len(body))
            headers["content-security-policy"] = policy(page)
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body if self._body else b""})
