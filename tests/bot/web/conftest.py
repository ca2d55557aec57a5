"""Real servers on free loopback ports."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp

from bot.web.api import create_app
from bot.web.serve import build
from tests.bot.web.fake import FakeService


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """The app on a free port; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def api(service: FakeService) -> Iterator[str]:
    with running(create_app(service)) as address:
        yield address


@pytest.fixture(scope="session")
def site() -> Iterator[tuple[str, FakeService]]:
    """The whole app with the chat page; slow to build, so there is one for all tests."""
    service = FakeService()
    with running(build(service)) as address:
        yield address, service
