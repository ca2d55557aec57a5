"""A visitor of a shop page with the widget in a real browser, and everything the browser did meanwhile."""

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.bot.web.conftest import running
from tests.bot.web.widget_fake import WidgetFake
from tests.bot.web.widget_shop import shop

DESKTOP = (1280, 900)
PHONE = (390, 844)


@dataclass
class Visit:
    """One visitor. `server` is the widget's server, `shop` the shop's, on another origin."""

    fake: WidgetFake
    server: str
    shop: str
    context: BrowserContext
    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - no method of a list can be listened with
        self.context.on("console", self._note)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    @property
    def launch(self) -> Locator:
        return self.page.locator("rueckenwind-chat .launch")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def box(self) -> Locator:
        return self.page.locator("#question")

    @property
    def replies(self) -> Locator:
        return self.page.locator(".theirs:has(.after)")

    def go(self, path: str = "/") -> None:
        self.page.goto(self.shop + path)
        expect(self.launch).to_be_visible()

    def open(self, path: str = "/") -> None:
        self.go(path)
        self.launch.click()
        expect(self.page.locator(".start > *").first).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def agree(self) -> None:
        self.press("Aufbewahren")
        expect(self.page.locator(".status")).to_contain_text("23. Dezember 2026")

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str) -> Locator:
        before = self.replies.count()
        self.send(text)
        expect(self.replies).to_have_count(before + 1)
        return self.replies.last

    def stored(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate("({...localStorage})")
        return found

    def in_focus(self) -> str:
        """Class, id or tag of what has the focus inside the widget."""
        inner = "document.querySelector('rueckenwind-chat').shadowRoot.activeElement"
        found: str = self.page.evaluate(f"{inner} ? {inner}.id || {inner}.className || {inner}.tagName : 'outside'")
        return found


@cache
def _street() -> tuple[WidgetFake, str, str]:
    """The widget's server and a shop beside it, for all tests: to start and stop them takes longer than most tests."""
    fake = WidgetFake()
    servers = ExitStack()
    atexit.register(servers.close)
    server = servers.enter_context(running(fake.app()))
    return fake, server, servers.enter_context(running(shop(server)))


@contextmanager
def visiting(browser: Browser, size: tuple[int, int] = DESKTOP, **options: Any) -> Iterator[Visit]:  # noqa: ANN401
    """A visitor before he goes anywhere, of a server that knows nobody; `options` are the browser context's."""
    fake, server, shop_address = _street()
    fake.forget()
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE", **options)
    visit = Visit(fake, server, shop_address, context, context.new_page())
    visit.listen()
    yield visit
    context.close()
