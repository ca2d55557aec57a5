"""The chat page in a real browser, on a wide screen and on a phone."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from bot.web.texts import load_texts
from tests.bot.web.fake import QUOTE, FakeService
from tests.bot.web.test_api import assert_problem

pytestmark = pytest.mark.browser

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
        before = self.page.locator("#log .reply").count()
        self.page.locator("#question textarea").fill(text)
        self.page.locator("#question textarea").press("Enter")
        expect(self.page.locator("#log .reply")).to_have_count(before + 1)

    def picture(self, what: str, page: Page | None = None, *, settle: bool = True) -> None:
        folder = os.environ.get("RW_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (page or self.page).wait_for_timeout(800 if settle else 0)  # scrolling is smooth
            (page or self.page).screenshot(path=Path(folder) / f"{self.name}-{what}.png")


@pytest.fixture(params=SIZES)
def visit(request: pytest.FixtureRequest, site: tuple[str, FakeService], browser: Browser) -> Iterator[Visit]:
    address, service = site
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="de-DE")
    visit = Visit(address, request.param, context, context.new_page(), service)
    visit.listen()
    visit.open()
    yield visit
    context.close()
    hosts = {urlsplit(url).netloc for url in visit.requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}
    assert visit.complaints == []


def test_the_start_says_what_this_is(visit: Visit) -> None:
    expect(visit.page.locator("html")).to_have_attribute("lang", "de")
    expect(visit.page).to_have_title(WORDS.title)
    expect(visit.page.get_by_text(WORDS.notice)).to_be_in_viewport()
    expect(visit.page.locator("#question textarea")).to_be_in_viewport()
    expect(visit.page.get_by_text("Gradio")).to_have_count(0)
    expect(visit.page.locator("footer:visible")).to_have_count(0)
    visit.picture("1-start")


def test_a_citation_leads_to_the_marked_passage(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.picture("2-answer")
    expect(visit.page.locator("#question textarea")).to_have_value("")
    with visit.context.expect_page() as opened:
        visit.page.locator("#log .cite").first.click()
    reader = opened.value
    mark = reader.locator("mark#passage")
    expect(mark).to_have_text(QUOTE)
    expect(mark).to_be_in_viewport()
    visit.picture("3-reader", reader)


def test_a_warning_sign_shows_numbers_to_tap(visit: Visit) -> None:
    visit.ask("Ich bin taub zwischen den Beinen.")
    card = visit.page.get_by_role("alert").filter(has_text="Notfall")
    expect(card).to_be_visible()
    call = card.locator('a[href="tel:112"]')
    expect(call).to_be_in_viewport()
    visit.picture("4-referral")
    box = call.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_hostile_text_stays_text(visit: Visit) -> None:
    hostile = (
        '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script> **fett** ${7*7} {{7*7}} [x](javascript:1)'
    )
    visit.ask(hostile)
    expect(visit.page.locator("#log .question")).to_contain_text(hostile)
    assert visit.page.locator("#log .question :not(.sr-only)").count() == 0
    assert visit.page.evaluate("window.hurt") is None


def test_suggestions_can_be_tapped(visit: Visit) -> None:
    visit.page.locator("#chips button").first.click()
    expect(visit.page.locator("#log .question")).to_contain_text("Welche Übungen helfen bei Rückenschmerzen")
    expect(visit.page.locator("#suggestions-label")).to_have_text(WORDS.follow_ups)
    visit.page.get_by_role("button", name="Welche Schuhe entlasten den Rücken?").click()
    expect(visit.page.locator("#log .reply")).to_have_count(2)
    visit.ask("Mallorca?")
    visit.picture("5-refusal")
    expect(visit.page.get_by_role("button", name="Wann sollte ich zum Arzt?")).to_be_visible()


def test_the_bot_hears_what_was_said_before(visit: Visit) -> None:
    visit.ask("Eins.")
    visit.ask("Zwei.")
    assert list(visit.service.asked[-1].earlier) == ["Eins."]
    visit.page.locator("#restart").click()
    expect(visit.page.locator("#log .turn")).to_have_count(0)
    expect(visit.page.locator("#suggestions-label")).to_have_text(WORDS.examples)
    visit.ask("Drei.")
    assert list(visit.service.asked[-1].earlier) == []


def test_the_typed_text_survives_an_error(visit: Visit) -> None:
    box = visit.page.locator("#question textarea")
    box.fill("Absturz, bitte")
    box.press("Enter")
    expect(visit.page.get_by_text(WORDS.crashed)).to_be_visible()
    expect(box).to_have_value("Absturz, bitte")
    visit.picture("6-trouble")
    visit.ask("Eins.")
    expect(visit.page.get_by_text(WORDS.crashed)).to_have_count(0)
    assert visit.service.asked[-1].earlier == ()


def test_an_empty_message_is_explained(visit: Visit) -> None:
    visit.page.locator("#send").click()
    expect(visit.page.get_by_text("Bitte stellen Sie eine Frage.")).to_be_visible()


def test_while_waiting_the_question_and_a_sign_of_life_are_seen(visit: Visit) -> None:
    visit.service.seconds = 0.8
    try:
        box = visit.page.locator("#question textarea")
        box.fill("Langsam?")
        box.press("Enter")
        expect(visit.page.locator("#log .question")).to_contain_text("Langsam?")
        expect(visit.page.get_by_text(WORDS.waiting)).to_be_visible()
        visit.picture("7-waiting", settle=False)
        expect(visit.page.locator("#log .reply")).to_have_count(1)
        expect(visit.page.get_by_text(WORDS.waiting)).to_have_count(0)
    finally:
        visit.service.seconds = 0.0


def test_nothing_is_cut_off_and_everything_can_be_tapped(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.ask("Ich bin taub zwischen den Beinen.")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inner = """[...document.querySelectorAll("body *")].filter(e => e.tagName !== "TEXTAREA" &&
        /auto|scroll/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight).length"""
    assert visit.page.evaluate(inner) == 0
    small = """[...document.querySelectorAll("button, textarea, .sources a, .call, .switch")]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"""
    assert visit.page.evaluate(small) == []


def test_it_can_be_used_with_the_keyboard_and_a_screen_reader(visit: Visit) -> None:
    expect(visit.page.get_by_role("textbox", name=WORDS.input)).to_be_visible()
    expect(visit.page.get_by_role("log", name=WORDS.log)).to_have_attribute("aria-live", "polite")
    visit.page.locator("#question textarea").focus()
    visit.page.keyboard.press("Tab")
    focused = "document.activeElement.id + getComputedStyle(document.activeElement).outlineStyle"
    assert visit.page.evaluate(focused) == "sendsolid"


def test_a_longer_log_keeps_what_was_there(visit: Visit) -> None:
    """Otherwise a screen reader would read the whole conversation again with every reply."""
    visit.ask("Eins.")
    visit.page.evaluate("document.querySelector('#log .reply').kept = true")
    visit.ask("Zwei.")
    assert visit.page.evaluate("document.querySelector('#log .reply').kept") is True


def test_the_page_in_english(visit: Visit) -> None:
    visit.page.locator(".switch").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.get_by_text(load_texts("en").page.notice)).to_be_visible()
    visit.ask("Which exercises help?")
    assert visit.service.asked[-1].lang == "en"


@pytest.mark.parametrize("lost", ["**/queue/join*", "**/queue/data*"])
def test_the_typed_text_survives_a_lost_connection(site: tuple[str, FakeService], browser: Browser, lost: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site[0])
    box = page.locator("#question textarea")
    context.route(lost, lambda route: route.abort())
    box.fill("Eins.")
    with page.expect_navigation(timeout=20_000):  # Gradio loads the page anew
        box.press("Enter")
    context.unroute_all()
    expect(box).to_have_value("Eins.")
    assert page.evaluate("sessionStorage.length") == 0
    box.press("Enter")
    expect(page.locator("#log .reply")).to_have_count(1)
    context.close()


def test_without_scripts_there_is_a_word_of_help(site: tuple[str, FakeService], browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site[0])
    help_line = page.locator("noscript p")
    expect(help_line).to_be_visible()
    expect(help_line).to_have_text(WORDS.no_script)
    expect(page.get_by_text(WORDS.opening)).to_be_hidden()
    context.close()


def test_the_page_names_no_third_party_and_no_gradio(site: tuple[str, FakeService]) -> None:
    response = httpx.get(site[0] + "/")
    head = response.text.split("window.gradio_config")[0] + response.text.split("</script>", 1)[1]
    tags = " ".join(re.findall(r"<(?:link|meta|script|img|iframe)\b[^>]*>", head))
    assert not re.search(r"""["'=]\s*(?:https?:)?//""", tags)
    assert "og:" not in tags
    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "http" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/info",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://example.org/",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/monitoring",
        "/manifest.json",
        "/assets/../../../../etc/passwd",
        "/en/gradio_api/info",
        "/nowhere",
    ],
)
def test_what_the_chat_does_not_need_is_not_there(site: tuple[str, FakeService], path: str) -> None:
    assert_problem(httpx.get(site[0] + path), 404)


def test_the_english_page_is_found_without_the_slash(site: tuple[str, FakeService]) -> None:
    response = httpx.get(site[0] + "/en")
    assert (response.status_code, response.headers["location"]) == (308, "/en/")


def test_head_and_compressed_requests_work(site: tuple[str, FakeService]) -> None:
    assert httpx.head(site[0] + "/").status_code == 200
    assert "<title>" in httpx.get(site[0] + "/", headers={"accept-encoding": "br, gzip"}).text
