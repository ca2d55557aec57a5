"""The files of the widget as a shop gets them, and the words in them."""

import gzip
import json
import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.web.widget import FILES
from tests.bot.web.widget_visit import DESKTOP, PHONE, visiting

LANGS = ("de", "da", "sv", "en")
WORDS = {lang: json.loads((FILES / f"words.{lang}.json").read_text("utf-8")) for lang in LANGS}
CODE = {path.name: path.read_text("utf-8") for path in FILES.glob("*.js")}


def packed(name: str) -> int:
    return len(gzip.compress((FILES / name).read_bytes(), 9))


def test_the_launcher_is_small() -> None:
    assert packed("launcher.js") + packed("launcher.json") <= 5_000


@pytest.mark.browser
def test_what_the_first_click_loads_is_small(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.go()
        before = {request.url for request in visit.requests}
        assert {url.removeprefix(visit.server) for url in before if url.startswith(visit.server)} == {
            "/widget.js",
            "/widget/launcher.json",
        }
        visit.launch.click()
        expect(visit.dialog).to_be_visible()
        loaded = {request.url.rsplit("/", 1)[1] for request in visit.requests if "/widget/" in request.url}
    assert {"chat.js", "chat.css", "words.de.json"} < loaded
    assert set(CODE) - {"launcher.js"} <= loaded
    # Even with the words of all four languages, of which a visitor loads one.
    assert sum(packed(name) for name in loaded | {f"words.{lang}.json" for lang in LANGS}) <= 35_000


def test_every_module_fits_on_a_few_screens() -> None:
    assert {name: n for name, text in CODE.items() if (n := text.count("\n")) > 300} == {}


def test_no_code_of_the_widget_makes_markup_of_text_or_calls_methods_of_lists() -> None:
    """Shop pages redefine Array.prototype; and text that becomes markup can be made to run."""
    markup = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|\.style="
    )
    lists = re.compile(
        r"\.(?:push|pop|shift|unshift|map|forEach|filter|reduce|some|every|find|findIndex|join|concat|flat|flatMap"
        r"|splice|sort|reverse|entries|fill|at)\("
    )
    found = {name: [*markup.findall(text), *lists.findall(text)] for name, text in CODE.items()}
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_no_words_of_a_visitor_stand_in_the_code() -> None:
    code = "\n".join(re.sub(r"(?s:/\*.*?\*/)|//.*", "", text) for text in CODE.values())
    assert re.findall(r"[A-Za-zÄÖÜäöüåÅæÆøØß]*[äöüåæøß][a-zäöüåæøß]*", code) == ["Rückenwind"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_language_has_every_word(lang: str) -> None:
    assert set(WORDS[lang]) == set(WORDS["de"])
    for key, text in WORDS[lang].items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", WORDS["de"][key])), key
    launcher = json.loads((FILES / "launcher.json").read_text("utf-8"))
    assert set(launcher[lang]) == {"name", "failed"}


def test_every_word_is_used() -> None:
    quoted = set(re.findall(r'"([a-z_]+)"', "\n".join(CODE.values())))
    quoted |= {f"level_{level}" for level in ("doctor", "urgent", "emergency")}
    assert set(WORDS["de"]) - quoted == set()


def test_the_files_are_open_to_every_origin_compressed_and_asked_for_again(browser: Browser) -> None:
    with visiting(browser) as visit:
        first = httpx.get(f"{visit.server}/widget.js")
        assert first.headers["content-type"] == "text/javascript; charset=utf-8"
        assert first.headers["access-control-allow-origin"] == "*"
        assert first.headers["content-encoding"] == "gzip"
        assert first.text == CODE["launcher.js"]
        again = httpx.get(f"{visit.server}/widget.js", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        plain = httpx.get(f"{visit.server}/widget/words.sv.json", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.json() == WORDS["sv"]
        for path in ("/widget/nothing.js", "/widget/..%2fchat.js", "/widget/"):
            assert httpx.get(visit.server + path).status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_demo_page_carries_the_widget_and_the_lines_to_copy(browser: Browser, size: tuple[int, int]) -> None:
    with visiting(browser, size) as visit:
        visit.page.route("**/brand/**", lambda route: route.fulfill(body="", content_type="image/svg+xml"))
        visit.page.goto(f"{visit.server}/demo")
        lines = visit.page.locator("pre").inner_text()
        assert lines.startswith(f'<script src="{visit.server}/widget.js" defer')
        assert lines.count("\n") == 2
        visit.launch.click()
        expect(visit.page.get_by_role("heading", name="Rückenwind")).to_be_visible()
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert {request.url.startswith(visit.server) for request in visit.requests} == {True}
        assert visit.complaints == []
