"""What all tests share: a real index of the real corpus, a real browser, and no way to the network."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from corpus.document import Document
from corpus.load import HERE, Corpus, load_corpus
from index.build import build_index
from index.manifest import Recipe
from index.open import Index, open_index

ARTICLE = HERE / "articles" / "laufen-ohne-schmerzen.de.txt"

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING: Final = "NO CHROMIUM: the browser tests did not run. Install it, e.g. apt-get install chromium"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the browser tests did not run."""
    if CHROMIUM is None:
        terminalreporter.section("browser tests", red=True, bold=True)
        terminalreporter.line(MISSING, red=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; Playwright can be started only once in a process."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Connections to anything but this machine fail: the product must work without."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - the family decides the type
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the person who runs the tests must not leak into them."""
    for name in os.environ:
        if name.startswith("RW_") and name != "RW_SCREENSHOTS":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="session")
def article(corpus: Corpus) -> Document:
    return corpus.documents["laufen-ohne-schmerzen"]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a published index of the bundled corpus, made by the real model. Not to be written to."""
    folder = tmp_path_factory.mktemp("data")
    build_index(HERE, folder / "index", Recipe())
    return folder


@pytest.fixture(scope="session")
def index(data: Path) -> Index:
    return open_index(data / "index", Recipe())
