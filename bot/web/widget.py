"""The chat for shop pages: the files of the widget as they lie in `static/widget`, and a demo shop page.

The widget is plain JavaScript, served as it was written. A shop loads `/widget.js` from another origin, so these files
are open to every origin; they hold nothing but code and words.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.web.html import environment

FILES: Final = Path(__file__).parent / "static" / "widget"
LAUNCHER: Final = "launcher.js"

# The address of a file does not change with the file: browsers ask each time, and the answer is mostly "unchanged".
_HEADERS: Final = {
    "cache-control": "public, no-cache",
    "vary": "accept-encoding",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
# The system's own list differs from machine to machine, and Gradio changes it.
_KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
DEMO_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class File:
    """A file of the widget as it goes over the wire."""

    plain: bytes
    packed: bytes
    kind: str
    tag: str

    @classmethod
    def read(cls, path: Path) -> "File":
        """The file at that path, compressed once."""
        plain = path.read_bytes()
        kind = f"{_KINDS[path.suffix]}; charset=utf-8"
        return cls(plain, gzip.compress(plain, 9, mtime=0), kind, hashlib.sha256(plain).hexdigest()[:20])

    def response(self, request: Request) -> Response:
        """The file in the form that the client takes, or 304 when it has it."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{self.tag}{"-gz" if packed else ""}"'
        headers = {**_HEADERS, "etag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["content-encoding"] = "gzip"
        return Response(self.packed if packed else self.plain, headers=headers, media_type=self.kind)


def files() -> Mapping[str, File]:
    """Every file of the widget by its name."""
    return {path.name: File.read(path) for path in sorted(FILES.iterdir()) if path.is_file()}


def router() -> APIRouter:
    """`GET /widget.js`, `GET /widget/{name}` and `GET /demo`. The files are read once, here."""
    held = files()
    page = environment().get_template("demo.html")
    router = APIRouter(include_in_schema=False)

    @router.get("/widget.js")
    async def launcher(request: Request) -> Response:
        return held[LAUNCHER].response(request)

    @router.get("/widget/{name}")
    async def file(request: Request, name: str) -> Response:
        if name not in held:
            raise HTTPException(404)
        return held[name].response(request)

    @router.get("/demo")
    async def demo(request: Request) -> Response:
        html = page.render(address=str(request.base_url).rstrip("/"))
        return Response(html, headers={"content-security-policy": DEMO_POLICY}, media_type="text/html; charset=utf-8")

    return router
