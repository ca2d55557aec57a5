"""The widget inside other people's pages: strict, hostile, small; and what it does to them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.web.test_widget import WORDS
from tests.bot.web.widget_fake import HOSTILE
from tests.bot.web.widget_visit import DESKTOP, PHONE, Visit, visiting

pytestmark = pytest.mark.browser

DE = WORDS["de"]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with visiting(browser) as visit:
        yield visit


def whole_journey(visit: Visit) -> None:
    """Everything that fetches, draws or stores."""
    visit.agree()
    reply = visit.ask("Welche Ansichten gibt es?")
    reply.locator(".text .cite").first.click()
    expect(reply.locator(".source mark")).to_be_visible()
    reply.get_by_role("button", name=DE["helpful"], exact=True).click()
    expect(reply.get_by_text(DE["thanks"])).to_be_visible()
    visit.ask("Ich bin taub zwischen den Beinen.")
    visit.press(DE["person"])
    expect(visit.page.get_by_text(DE["no_person"])).to_be_visible()
    visit.page.get_by_label(DE["language"]).select_option("sv")
    expect(visit.box).to_have_attribute("placeholder", WORDS["sv"]["placeholder"])
    visit.page.get_by_label(WORDS["sv"]["language"]).select_option("de")
    expect(visit.box).to_have_attribute("placeholder", DE["placeholder"])
    visit.press(DE["more"])
    with visit.page.expect_download():
        visit.press(DE["download"])
    visit.press(DE["more"])
    visit.press(DE["erase"])
    visit.press(DE["erase_yes"])
    expect(visit.page.get_by_text(DE["erased"])).to_be_visible()


def test_it_works_under_a_strict_policy(visit: Visit) -> None:
    visit.open("/strict")
    whole_journey(visit)
    assert visit.complaints == []


def test_only_the_widgets_own_server_is_asked(visit: Visit) -> None:
    visit.open()
    whole_journey(visit)
    foreign = {r.url for r in visit.requests if not r.url.startswith((visit.server, visit.shop, "blob:"))}
    assert foreign == set()
    to_shop = {r.url for r in visit.requests if r.url.startswith(visit.shop)}
    assert to_shop <= {f"{visit.shop}/", f"{visit.shop}/favicon.ico"}
    assert visit.context.cookies() == []
    assert {r.all_headers().get("cookie") for r in visit.requests} == {None}


def test_it_works_inside_a_hostile_page_and_leaves_no_trace_in_it(visit: Visit) -> None:
    visit.open("/hostile")
    button = visit.page.locator("rueckenwind-chat")
    assert button.evaluate("e => getComputedStyle(e).position") == "fixed"
    whole_journey(visit)
    visit.ask("Welche Übungen helfen?")
    assert visit.fake.asked[-1]["earlier"] == []
    assert visit.page.evaluate("Object.keys(window).length - before - 2") == 0  # `before` and `keys` themselves
    assert visit.page.evaluate("keys") == 0
    assert visit.page.evaluate("document.querySelectorAll('style, link[rel=stylesheet]').length") == 1
    assert visit.complaints == []


def test_it_looks_the_same_in_a_hostile_page(browser: Browser) -> None:
    seen = []
    for path in ("/", "/hostile"):
        with visiting(browser) as visit:
            visit.open(path)
            visit.ask("Welche Übungen helfen?")
            visit.page.wait_for_timeout(300)
            box = visit.dialog.bounding_box()
            assert box is not None
            # Without the round corners, through which the page is seen.
            clip = {"x": box["x"], "y": box["y"] + 20, "width": box["width"], "height": box["height"] - 40}
            seen.append(visit.page.screenshot(animations="disabled", clip=clip, caret="hide"))  # type: ignore[arg-type]
    assert seen[0] == seen[1]


def test_it_lies_above_everything_the_page_has(visit: Visit) -> None:
    visit.open("/hostile")
    box = visit.dialog.bounding_box()
    assert box is not None
    top = "([x, y]) => document.elementFromPoint(x, y).localName"
    assert visit.page.evaluate(top, [box["x"] + 50, box["y"] + 50]) == "rueckenwind-chat"
    assert visit.page.evaluate(top, [50, 50]) == "div"


def test_text_never_becomes_markup(visit: Visit) -> None:
    visit.open()
    visit.ask(HOSTILE)
    expect(visit.page.locator(".mine")).to_contain_text(HOSTILE)
    reply = visit.replies.last
    expect(reply.locator("q")).to_have_text(HOSTILE)
    reply.locator(".text .cite").first.click()
    expect(reply.locator(".source")).to_contain_text(HOSTILE)
    inside = "document.querySelector('rueckenwind-chat').shadowRoot"
    assert visit.page.evaluate(f"{inside}.querySelectorAll('img, script, iframe, object').length") == 0
    addresses = f"Array.from({inside}.querySelectorAll('a'), a => new URL(a.href).protocol)"
    assert set(visit.page.evaluate(addresses)) <= {"tel:", "http:", "https:"}
    assert visit.page.evaluate("window.hurt") is None


def test_the_script_may_stand_on_the_page_twice(visit: Visit) -> None:
    visit.go()
    visit.page.add_script_tag(url=f"{visit.server}/widget.js")
    expect(visit.page.locator("rueckenwind-chat")).to_have_count(1)
    assert visit.complaints == []


def test_the_whole_way_with_the_keyboard_alone(visit: Visit) -> None:
    visit.go()
    keys = visit.page.keyboard
    keys.press("Tab")
    assert visit.in_focus() == "launch"
    keys.press("Enter")
    expect(visit.dialog).to_be_visible()
    expect(visit.box).to_be_focused()
    expect(visit.page.locator(".consent")).to_be_visible()
    order = []
    for _ in range(14):
        keys.press("Shift+Tab")
        order.append(visit.in_focus())
    assert order[:2] == ["chip", "chip"]
    assert {"choice", "plain round", "langs"} <= set(order)
    visit.box.focus()
    keys.type("Welche Übungen helfen?")
    keys.press("Enter")
    expect(visit.replies).to_have_count(1)
    visit.page.locator(".text .cite").first.focus()
    keys.press("Enter")
    expect(visit.page.locator(".source")).to_be_focused()
    keys.press("Escape")
    assert visit.in_focus() == "cite"
    visit.page.get_by_role("button", name=DE["more"]).focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Tab")
    expect(visit.page.get_by_role("button", name=DE["download"])).to_be_visible()
    keys.press("Escape")
    expect(visit.page.get_by_role("button", name=DE["download"])).to_be_hidden()
    expect(visit.dialog).to_be_visible()
    keys.press("Escape")
    expect(visit.dialog).to_be_hidden()
    assert visit.in_focus() == "launch"
    keys.press("Enter")
    expect(visit.replies).to_have_count(1)


def test_everything_focused_is_seen_to_be(visit: Visit) -> None:
    visit.open()
    visit.ask("Welche Übungen helfen?")
    seen = set()
    for _ in range(30):
        visit.page.keyboard.press("Tab")
        inner = "document.querySelector('rueckenwind-chat').shadowRoot.activeElement"
        if visit.page.evaluate(f"!!{inner}"):
            width = visit.page.evaluate(f"parseFloat(getComputedStyle({inner}).outlineWidth)")
            seen.add(width >= 2)
    assert seen == {True}


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus(browser: Browser) -> None:
    with visiting(browser, PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce") as visit:
        visit.open()
        box = visit.dialog.bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert visit.in_focus() == "title"
        assert visit.dialog.evaluate("d => d.matches(':modal')")
        # A keyboard takes the lower half: the field stays in sight.
        visit.page.evaluate(
            "Object.defineProperty(visualViewport, 'height', {value: 420});"
            "visualViewport.dispatchEvent(new Event('resize'))"
        )
        field = visit.box.bounding_box()
        assert field is not None
        assert field["y"] + field["height"] < 420


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (640, 450), (320, 256)], ids=["wide", "phone", "200 %", "400 %"])
def test_nothing_is_cut_off_and_everything_can_be_hit(browser: Browser, size: tuple[int, int]) -> None:
    with visiting(browser, size) as visit:
        visit.open()
        visit.ask("Welche Ansichten gibt es?")
        visit.page.locator(".text .cite").first.click()
        visit.ask("Ich bin taub zwischen den Beinen.")
        inside = "document.querySelector('rueckenwind-chat').shadowRoot"
        wide = f"Array.from({inside}.querySelectorAll('.log, .panel'), e => e.scrollWidth - e.clientWidth)"
        assert visit.page.evaluate(wide) == [0, 0]
        least = 43.5 if size == PHONE else 23.5
        small = f"""Array.from({inside}.querySelectorAll("dialog :is(button, a, select, textarea)"))
            .filter(e => e.checkVisibility() && !e.matches(".text .cite"))
            .filter(e => e.getBoundingClientRect().height < {least} || e.getBoundingClientRect().width < {least})
            .map(e => e.outerHTML)"""
        assert visit.page.evaluate(small) == []
        cites = f"Array.from({inside}.querySelectorAll('.text .cite'), e => e.getBoundingClientRect().height)"
        assert min(visit.page.evaluate(cites)) >= 23.5


def test_a_new_question_comes_to_the_top_unless_the_visitor_reads_elsewhere(visit: Visit) -> None:
    visit.open()
    visit.ask("Welche Übungen helfen?")
    visit.ask("Welche Ansichten gibt es?")
    expect(visit.page.locator(".mine").last).to_be_in_viewport()
    expect(visit.page.locator(".chips").last).to_be_in_viewport()
    visit.fake.pause = 0.3
    visit.send("Und danach?")
    expect(visit.page.locator(".theirs").last.locator("q").first).to_be_visible()
    visit.page.locator(".log").hover()
    visit.page.mouse.wheel(0, -5000)
    expect(visit.replies).to_have_count(3)
    expect(visit.page.get_by_text(DE["notice_machine"])).to_be_in_viewport()


def test_who_wants_no_motion_gets_none(browser: Browser) -> None:
    with visiting(browser, reduced_motion="reduce") as visit:
        visit.fake.pause = 0.2
        visit.open()
        visit.send("Welche Übungen helfen?")
        assert visit.page.evaluate("document.querySelector('rueckenwind-chat').shadowRoot.getAnimations().length") == 0
