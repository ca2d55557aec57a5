"""What lies around the chat page: addresses, connections, and what is left when it is closed."""

import gc
import re
import time

import httpx
import pytest
from gradio.state_holder import SessionState
from playwright.sync_api import Browser, expect

from bot.web import shell
from bot.web.texts import LANGS
from tests.bot.web.client import assert_problem
from tests.bot.web.fake import FakeService
from tests.bot.web.page_visit import WORDS, visiting

pytestmark = pytest.mark.browser


def test_after_a_page_is_closed_nothing_of_it_is_left(
    site: tuple[str, FakeService], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "FORGET_SECONDS", 0.1)
    private = "Zitronenfalter"

    def held() -> int:
        states = [found for found in gc.get_objects() if isinstance(found, SessionState)]
        return sum(private in repr((vars(state)["state_data"], vars(state)["config_values"])) for state in states)

    with visiting(browser, site, "phone") as visit:
        visit.ask(f"Mein Hund heißt {private}.")
        assert held() == 1
    deadline = time.monotonic() + 20
    while held() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert held() == 0


@pytest.mark.parametrize("lost", ["**/queue/join*", "**/queue/data*"])
def test_the_typed_text_survives_a_lost_connection(site: tuple[str, FakeService], browser: Browser, lost: str) -> None:
    context = browser.new_context(locale="de-DE")
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
    context = browser.new_context(locale="de-DE", java_script_enabled=False)
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
        "/da/gradio_api/info",
        "/en/api/v1/chat",
        "/nowhere",
    ],
)
def test_what_the_chat_does_not_need_is_not_there(site: tuple[str, FakeService], path: str) -> None:
    assert_problem(httpx.get(site[0] + path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "chat", "POST"),
        ("DELETE", "chat/stream", "POST"),
        ("POST", "config", "GET"),
        ("PUT", "feedback", "POST"),
    ],
)
def test_a_wrong_method_of_the_api_is_told_from_a_wrong_address(
    site: tuple[str, FakeService], method: str, path: str, allowed: str
) -> None:
    answer = httpx.request(method, f"{site[0]}/api/v1/{path}")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == allowed
    assert_problem(httpx.get(f"{site[0]}/api/v1/nothing"), 404)


@pytest.mark.parametrize("lang", [lang for lang in LANGS if lang != "de"])
def test_a_language_is_found_without_the_slash(site: tuple[str, FakeService], lang: str) -> None:
    response = httpx.get(f"{site[0]}/{lang}")
    assert (response.status_code, response.headers["location"]) == (308, f"/{lang}/")


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("da-DK,da;q=0.9,en;q=0.8", "/da/"),
        ("sv", "/sv/"),
        ("fr,en;q=0.5", "/en/"),
        ("de-AT,en;q=0.7", None),
        ("fr", None),
    ],
)
def test_the_bare_address_leads_to_the_visitors_language(
    site: tuple[str, FakeService], wanted: str, shown: str | None
) -> None:
    answer = httpx.get(f"{site[0]}/", headers={"accept-language": wanted})
    assert answer.headers.get("location") == shown
    assert answer.status_code == (307 if shown else 200)


def test_german_can_be_chosen_whatever_the_browser_prefers(site: tuple[str, FakeService], browser: Browser) -> None:
    context = browser.new_context(locale="sv-SE")
    page = context.new_page()
    page.goto(f"{site[0]}/")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    page.locator(".switch").click()
    page.locator('#langs a[hreflang="de"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    context.close()


def test_head_and_compressed_requests_work(site: tuple[str, FakeService]) -> None:
    assert httpx.head(site[0] + "/").status_code == 200
    assert "<title>" in httpx.get(site[0] + "/", headers={"accept-encoding": "br, gzip"}).text
