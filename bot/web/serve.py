"""Serves the whole app on one port."""

import asyncio
import errno
import resource
import socket
import sys
from typing import Final

import uvicorn
from fastapi import FastAPI

from bot.web.api import create_app
from bot.web.patience import Patient
from bot.web.service import ChatService
from bot.web.site import Site

# Exit code for "could not start because of how it was started".
_UNUSABLE: Final = 2
# A reply under way may finish; a page left open must not hold up the end.
_GRACE_SECONDS: Final = 5
_SWITCH_SECONDS: Final = 0.0005
# Open connections cost little as long as nothing is asked; beyond this the server says 503 without reading.
_MOST_CONNECTIONS: Final = 4_000
# Connections that arrive in the same moment.
_BACKLOG: Final = 2_048


def build(service: ChatService, site: Site, closing: asyncio.Event | None = None) -> FastAPI:
    """HTTP API, reader and chat page in one app. `closing` tells open pages that the server is about to stop.

    Raises:
        BadWording: the data files with the texts are incomplete.
    """
    from bot.web.page import mount_page  # noqa: PLC0415 - imports Gradio, 3 s; the port is checked before that

    app = create_app(service, site)
    return mount_page(app, service, app.state.talk, closing or asyncio.Event())


class _Server(uvicorn.Server):
    """Tells open pages to let go before it waits for them."""

    closing: asyncio.Event

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.closing.set()
        await super().shutdown(sockets)


def serve(service: ChatService, site: Site, host: str, port: int) -> None:
    """Serve until the process is asked to stop.

    Raises:
        SystemExit: with code 2 when the port cannot be had; what to do is written to stderr.
        BadWording: the data files with the texts are incomplete.
    """
    listener = _listen(host, port)
    closing = asyncio.Event()
    _allow_connections()
    # Answering keeps the interpreter busy; the loop, which only passes things on, must not wait 5 ms for its turn.
    sys.setswitchinterval(_SWITCH_SECONDS)
    with listener:
        config = uvicorn.Config(
            build(service, site, closing),
            http=Patient,
            ws="none",
            access_log=False,
            log_config=None,  # bot/web/logs.py
            proxy_headers=False,  # bot/web/gate.py knows whom to believe
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        shown = f"[{host}]" if ":" in host else host
        sys.stderr.write(f"http://{shown}:{listener.getsockname()[1]}/\n")
        server = _Server(config)
        server.closing = closing
        server.run(sockets=[listener])


def _allow_connections() -> None:
    """Ask the system for as many open files as connections may need; many set the limit at 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + 1_024
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a port in use is noticed before anything is loaded."""
    try:
        return _bound(host, port)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such host"
    hint = f"Set another port, e.g. RW_PORT={_other(port)}, or another address with RW_HOST."
    sys.stderr.write(f"Cannot listen on {host}:{port}: {reason}. {hint}\n")
    raise SystemExit(_UNUSABLE)


def _bound(host: str, port: int) -> socket.socket:
    if port not in range(65536):  # getaddrinfo would take it modulo 65536
        raise OSError(errno.EINVAL, "a port is a number from 0 to 65535")
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)  # bound alone, a second process could still bind as well
    except OSError:
        listener.close()
        raise
    return listener


def _other(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 7861  # noqa: PLR2004 - the ports that need no privilege
