"""The whole program with the real index: the shell, HTTP, and a real browser on a wide screen and on a phone."""

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes import ROOT, served

EXERCISES = "Welche Übungen stärken den Rumpf?"
SIGN = "Seit gestern kein Gefühl im Schritt und ich kann kein Wasser lassen"
FLIGHT = "Was kostet ein Flug nach Mallorca?"
SIZES = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[str]:
    with served(data) as (address, _):
        yield address


def chat(site: str, text: str) -> dict[str, object]:
    answer = httpx.post(f"{site}/api/v1/chat", json={"text": text}, timeout=30)
    answer.raise_for_status()
    reply: dict[str, object] = answer.json()
    return reply


def test_the_three_kinds_of_questions_get_their_replies_over_http(site: str) -> None:
    assert chat(site, EXERCISES)["kind"] == "answer"
    assert chat(site, SIGN)["triage"]["level"] == "emergency"  # type: ignore[index]
    assert chat(site, FLIGHT)["kind"] == "refusal"


def test_every_citation_leads_to_the_page_with_its_quotation_marked(site: str) -> None:
    for citation in chat(site, "Welche Laufschuhe schonen den Rücken?")["citations"]:  # type: ignore[attr-defined]
        page = httpx.get(site + citation["read"]).text
        assert f'<mark id="passage">{citation["quote"]}' in page


def started(**settings: str) -> subprocess.CompletedProcess[str]:
    """`python app.py` that is expected to end by itself."""
    command, environment = [sys.executable, "app.py"], {**os.environ, **settings}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_an_occupied_port_gives_one_line_and_no_trace(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = str(occupied.getsockname()[1])
        done = started(RW_DATA=str(data), RW_PORT=port)
    assert done.returncode == 2
    assert "RW_PORT=" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_setting_gives_one_line_and_no_trace(data: Path) -> None:
    done = started(RW_DATA=str(data), RW_PROT="1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "did you mean RW_PORT?" in done.stderr


def test_without_an_index_the_server_runs_refers_and_says_what_to_do(tmp_path: Path) -> None:
    environment = {**os.environ, "RW_DATA": str(tmp_path), "RW_PORT": "0"}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        address = next(line for line in lines if line.startswith("http://")).strip().rstrip("/")
        health = httpx.Client(transport=httpx.HTTPTransport(retries=20), timeout=30)
        assert health.get(f"{address}/healthz").status_code == 200
        ready = health.get(f"{address}/readyz")
        assert ready.status_code == 503
        assert "python -m index build" in ready.text
        assert chat(address, SIGN)["kind"] == "referral"
        assert chat(address, EXERCISES)["reason"] == "failed"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_app_decides_nothing() -> None:
    """It holds one function that puts together what other modules offer; import-linter cannot look at a module."""
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] == ["main"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.For | ast.While)]
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert modules == {
        "bot.assemble",
        "bot.errors",
        "bot.redact",
        "bot.settings",
        "bot.web",
        "bot.web.serve",
        "bot.web.site",
    }


@pytest.fixture(params=list(SIZES))
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A visitor's page; when he leaves, every request must have gone to the own host, and nothing complained."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE")
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda r: asked.append(r.url))
    context.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened = context.new_page()
    opened.goto(f"{site}/")
    expect(opened.locator("#question textarea")).to_be_visible()
    yield opened
    context.close()
    own = urlsplit(site).netloc
    assert asked
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {own}
    assert complaints == []


def send(page: Page, text: str) -> None:
    before = page.locator("#log .reply").count()
    page.locator("#question textarea").fill(text)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#log .reply")).to_have_count(before + 1, timeout=20_000)


@pytest.mark.browser
def test_a_visitor_asks_reads_the_answer_and_opens_its_place_in_the_article(page: Page) -> None:
    send(page, EXERCISES)
    reply = page.locator("#log .reply").last
    expect(reply).to_contain_text("Planks")
    with page.context.expect_page() as opened:
        reply.locator("a[href^='/read/']").first.click()
    reader = opened.value
    marked = reader.locator("mark#passage")
    expect(marked).to_be_in_viewport()
    assert marked.first.inner_text() in reply.inner_text()


@pytest.mark.browser
def test_a_visitor_with_a_warning_sign_sees_a_referral_with_numbers_to_tap(page: Page) -> None:
    send(page, SIGN)
    reply = page.locator("#log .reply").last
    expect(reply.locator("a[href='tel:112']")).to_be_visible()
    box = reply.locator("a[href='tel:112']").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    expect(reply).not_to_contain_text("Planks")


@pytest.mark.browser
def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    send(page, EXERCISES)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
