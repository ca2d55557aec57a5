"""A visitor of the chat page in a real browser, and everything the browser did meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from bot.web.texts import load_texts
from tests.bot.web.fake import FakeService

SIZES = {"wide": (1280, 900), "phone": (390, 844)}
WORDS = load_texts("de").page


@dataclass
class Visit:
    """One visitor's browser, and everything it asked for or complained about."""

    address: str
    name: str
    context: BrowserContext
    page: Page
    service: FakeService
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("console", self._note)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.address + path)
        expect(self.page.locator("#question textarea")).to_be_visible()

    def ask(self, text: str) -> None:
        """Ask, and wait for the whole reply: what can be judged comes last."""
        answers = self.page.locator("#log .turn > .answer")
        before = answers.count()
        self.page.locator("#question textarea").fill(text)
        self.page.locator("#question textarea").press("Enter")
        expect(answers).to_have_count(before + 1)
        expect(answers.last.locator(".feedback")).to_be_visible()

    def picture(self, what: str, page: Page | None = None, *, settle: bool = True) -> None:
        folder = os.environ.get("RW_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (page or self.page).wait_for_timeout(800 if settle else 0)  # scrolling is smooth
            (page or self.page).screenshot(path=Path(folder) / f"{self.name}-{what}.png")


@contextmanager
def visiting(
    browser: Browser,
    site: tuple[str, FakeService],
    name: str,
    *,
    size: tuple[int, int] | None = None,
    **options: Any,  # noqa: ANN401 - those of the browser's context
) -> Iterator[Visit]:
    """A visitor who has opened the page. Afterwards: no other host was asked, and the browser had nothing to say."""
    address, service = site
    width, height = size or SIZES[name]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE", **options)
    visit = Visit(address, name, context, context.new_page(), service)
    visit.listen()
    visit.open()
    yield visit
    context.close()
    hosts = {urlsplit(url).netloc for url in visit.requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}
    assert visit.complaints == []
