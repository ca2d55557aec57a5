"""Real servers on free loopback ports."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser
from starlette.types import ASGIApp

from bot.web.api import create_app
from bot.web.patience import Patient
from bot.web.serve import build
from bot.web.site import Site, desk_in
from tests.bot.web.fake import FakeService
from tests.bot.web.page_visit import SIZES, Visit, visiting


@pytest.fixture(autouse=True, scope="session")
def _no_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing here speaks TLS; to read all certificates of the world for each request takes longer than the request."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield


@contextmanager
def running(app: ASGIApp, *, header_seconds: float = 15.0) -> Iterator[str]:
    """The app on a free port; gives its address."""

    class Hasty(Patient):
        pass

    Hasty.header_seconds = header_seconds
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            http=Hasty,
            ws="none",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
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


def redact(text: str, lang: str) -> str:
    """Stands in for bot/redact.py: the name Meier is removed."""
    assert lang
    return re.sub("(?i)meier", "[Name]", text)


def site_in(folder: Path) -> Site:
    """A shop that keeps its conversations in that folder."""
    return Site(desk=desk_in(folder, redact, 30))


@pytest.fixture
def shop(tmp_path: Path) -> Site:
    return site_in(tmp_path)


@pytest.fixture
def api(service: FakeService, shop: Site) -> Iterator[str]:
    with running(create_app(service, shop)) as address:
        yield address


@pytest.fixture(scope="session")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API for tests that neither look at what it did before nor leave anything behind."""
    with running(create_app(FakeService(), site_in(tmp_path_factory.mktemp("steady")))) as address:
        yield address


@pytest.fixture
def opened(service: FakeService) -> Iterator[Callable[[Site], str]]:
    """Serves other shops than `shop`, until the test ends."""
    with ExitStack() as stack:
        yield lambda site: stack.enter_context(running(create_app(service, site)))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, FakeService]]:
    """The whole app with the chat page; slow to build, so there is one for all tests."""
    service = FakeService()
    with running(build(service, site_in(tmp_path_factory.mktemp("site")))) as address:
        yield address, service


@pytest.fixture(params=SIZES)
def visit(request: pytest.FixtureRequest, site: tuple[str, FakeService], browser: Browser) -> Iterator[Visit]:
    with visiting(browser, site, request.param) as visit:
        yield visit
