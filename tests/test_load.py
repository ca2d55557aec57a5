"""The load test tells what happened; how fast the machine is does not matter here."""

import asyncio
import importlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.web.api import create_app
from tests.bot.web.conftest import running, site_in
from tests.bot.web.fake import FakeService

TOOLS = Path(__file__).resolve().parent.parent / "tools"


def _load(name: str) -> ModuleType:
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(TOOLS))


visitors = _load("load_visitors")
load = _load("load")


def _visited(port: int, count: int, seconds: float, question: str) -> Any:  # noqa: ANN401 - its module has no type
    """In a thread of its own: a browser of another test may keep an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, visitors.visit(port, count, seconds, [question])).result()


def test_visitors_ask_read_to_the_end_and_ask_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "THINKING", (0.1, 0.3))
    service = FakeService()
    with running(create_app(service, site_in(tmp_path))) as address:
        port = int(address.rpartition(":")[2])
        seen = _visited(port, 10, 1.5, "Welche Übungen helfen?")
    assert not seen.errors
    assert set(seen.statuses) == {200}
    assert len(seen.first) == seen.statuses[200] == len(service.asked) >= 20
    assert any(asked.earlier for asked in service.asked), "one of them has the conversation kept"
    assert load.is_kept(seen)


def test_a_reply_that_breaks_off_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "THINKING", (0.1, 0.3))
    with running(create_app(FakeService(), site_in(tmp_path))) as address:
        port = int(address.rpartition(":")[2])
        seen = _visited(port, 3, 0.5, "absturz")
    assert set(seen.statuses) == {500}
    assert not load.is_kept(seen)


@pytest.mark.parametrize(
    ("first", "statuses", "errors", "kept"),
    [
        ([100.0], {200: 1, 503: 9}, {}, True),
        ([100.0], {200: 1, 429: 9}, {}, True),
        ([9_000.0], {200: 1}, {}, False),
        ([100.0], {200: 1, 500: 1}, {}, False),
        ([100.0], {200: 1}, {"TimeoutError": 1}, False),
        ([], {503: 5}, {}, False),
    ],
)
def test_a_round_keeps_its_promise_or_not(
    first: list[float], statuses: dict[int, int], errors: dict[str, int], *, kept: bool
) -> None:
    seen = visitors.Round(1, first=first)
    seen.statuses.update(statuses)
    seen.errors.update(errors)
    assert load.is_kept(seen) is kept


def test_the_memory_of_a_process_is_read() -> None:
    assert 10 < load.resident(os.getpid()) < 100_000
