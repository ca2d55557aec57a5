"""Serves the whole app on one port."""

import asyncio
import errno
import socket
import sys
from typing import Final

import uvicorn
from fastapi import FastAPI

from bot.web.api import create_app
from bot.web.ask import Asker
from bot.web.service import ChatService

# Exit code for "could not start because of how it was started".
_UNUSABLE: Final = 2
# A reply under way may finish; a page left open must not hold up the end.
_GRACE_SECONDS: Final = 5


def build(service: ChatService, closing: asyncio.Event | None = None) -> FastAPI:
    """HTTP API, reader and chat page in one app. `closing` tells open pages that the server is about to stop.

    Raises:
        BadWording: the data files with the texts are incomplete.
    """
    from bot.web.page import mount_page  # noqa: PLC0415 - imports Gradio, 3 s; the port is checked before that

    asker = Asker(service)
    return mount_page(create_app(service, asker=asker), service, asker, closing or asyncio.Event())


class _Server(uvicorn.Server):
    """Tells open pages to let go before it waits for them."""

    closing: asyncio.Event

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.closing.set()
        await super().shutdown(sockets)


def serve(service: ChatService, host: str, port: int) -> None:
    """Serve until the process is asked to stop.

    Raises:
        SystemExit: with code 2 when the port cannot be had; what to do is written to stderr.
        BadWording: the data files with the texts are incomplete.
    """
    listener = _listen(host, port)
    closing = asyncio.Event()
    with listener:
        config = uvicorn.Config(
            build(service, closing),
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        shown = f"[{host}]" if ":" in host else host
        sys.stderr.write(f"http://{shown}:{listener.getsockname()[1]}/\n")
        server = _Server(config)
        server.closing = closing
        server.run(sockets=[listener])


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
        listener.listen(128)  # bound alone, a second process could still bind as well
    except OSError:
        listener.close()
        raise
    return listener


def _other(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 7861  # noqa: PLR2004 - the ports that need no privilege
