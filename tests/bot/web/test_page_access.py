"""The chat page for everybody: with the keyboard, enlarged, in the dark, without motion, in four languages."""

import re

import pytest
from playwright.sync_api import Browser, expect

from bot.web.texts import load_texts
from tests.bot.web.fake import FakeService
from tests.bot.web.page_visit import WORDS, Visit, visiting

pytestmark = pytest.mark.browser

REPLY = load_texts("de").reply


def test_a_new_question_comes_to_the_top_with_all_of_its_reply_below(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.ask("Ich bin taub zwischen den Beinen.")
    top = visit.page.locator("#top").bounding_box()
    assert top is not None
    expect(visit.page.locator("#log .question").last).to_be_in_viewport()
    expect(visit.page.locator("#log .call").first).to_be_in_viewport()
    visit.page.wait_for_timeout(700)
    asked = visit.page.locator("#log .question").last.bounding_box()
    assert asked is not None
    assert asked["y"] >= top["y"] + top["height"]


def test_the_way_to_a_person_is_always_in_sight(visit: Visit) -> None:
    person = visit.page.get_by_role("button", name=WORDS.person)
    expect(person).to_be_in_viewport()
    visit.ask("Ich bin taub zwischen den Beinen.")
    expect(person).to_be_in_viewport()
    person.click()
    sheet = visit.page.get_by_role("dialog", name=WORDS.person)
    expect(sheet).to_be_focused()
    expect(sheet).to_contain_text(WORDS.no_person)
    visit.picture("8-person")
    visit.page.keyboard.press("Escape")
    expect(person).to_be_focused()


def test_nothing_is_cut_off_and_everything_can_be_tapped(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.ask("Ich bin taub zwischen den Beinen.")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inner = """[...document.querySelectorAll("body *")].filter(e => e.tagName !== "TEXTAREA" &&
        /auto|scroll/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight).length"""
    assert visit.page.evaluate(inner) == 0
    small = """[...document.querySelectorAll("button:not(.cite), textarea, .sources a, .call, .switch")]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"""
    assert visit.page.evaluate(small) == []


def test_it_can_be_used_with_the_keyboard_and_a_screen_reader(visit: Visit) -> None:
    expect(visit.page.get_by_role("textbox", name=WORDS.input)).to_be_visible()
    expect(visit.page.get_by_role("log", name=WORDS.log)).to_have_attribute("aria-live", "polite")
    visit.page.locator("#question textarea").focus()
    visit.page.keyboard.press("Tab")
    focused = "document.activeElement.id + getComputedStyle(document.activeElement).outlineStyle"
    assert visit.page.evaluate(focused) == "sendsolid"


def test_the_whole_way_with_the_keyboard_alone(visit: Visit) -> None:
    keys = visit.page.keyboard
    seen: list[str] = []
    named = "(e => e.id || e.className || e.tagName)(document.activeElement)"
    for _ in range(12):
        keys.press("Tab")
        seen.append(visit.page.evaluate(named))
    assert {"restart", "send"} <= set(seen)
    assert {"switch", "person"} <= {name.split(" ")[0] for name in seen}
    visit.page.locator("#question textarea").focus()
    keys.type("Welche Übungen helfen?")
    keys.press("Enter")
    expect(visit.page.locator("#log .feedback")).to_be_visible()
    visit.page.locator("#log .cite").first.focus()
    keys.press("Enter")
    expect(visit.page.locator(".quotation:popover-open")).to_be_focused()
    keys.press("Tab")
    expect(visit.page.get_by_role("button", name=REPLY.close).first).to_be_focused()
    keys.press("Enter")
    expect(visit.page.locator(".quotation:popover-open")).to_have_count(0)
    expect(visit.page.locator("#log .cite").first).to_be_focused()
    visit.page.locator("#chips button").first.focus()
    keys.press("Enter")
    expect(visit.page.locator("#log .feedback")).to_have_count(2)
    assert visit.page.evaluate("document.activeElement !== document.body")


ZOOMED = {"200 %": (640, 450), "400 %": (320, 256), "phone on its side": (844, 390), "small phone": (320, 568)}


@pytest.mark.parametrize("size", ZOOMED.values(), ids=ZOOMED)
def test_enlarged_nothing_is_lost_and_nothing_scrolls_sideways(
    site: tuple[str, FakeService], browser: Browser, size: tuple[int, int]
) -> None:
    with visiting(browser, site, "wide", size=size) as visit:
        visit.ask("Welche Übungen helfen?")
        visit.ask("Ich bin taub zwischen den Beinen.")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        outside = """[...document.querySelectorAll("#log *, #top button, #composer *")]
            .filter(e => e.checkVisibility() && !e.closest(".sr-only"))
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.outerHTML.slice(0, 80))"""
        assert visit.page.evaluate(outside) == []
        fixed = "['#top', '#composer'].reduce((h, s) => h + (e => getComputedStyle(e).position === 'sticky' "
        fixed += "? e.offsetHeight : 0)(document.querySelector(s)), 0)"
        assert visit.page.evaluate(fixed) <= size[1] / 2, "the head and foot that stay leave half of the screen"
        visit.page.locator("#log .cite").first.click()
        sheet = visit.page.locator(".quotation:popover-open").bounding_box()
        assert sheet is not None
        assert sheet["y"] >= 0
        assert sheet["x"] >= 0
        assert sheet["x"] + sheet["width"] <= size[0]


def test_who_wants_no_motion_gets_none(site: tuple[str, FakeService], browser: Browser) -> None:
    with visiting(browser, site, "phone", reduced_motion="reduce") as visit:
        visit.ask("Welche Übungen helfen?")
        moving = """[...document.querySelectorAll("*")].filter(e => e.checkVisibility() &&
            (getComputedStyle(e).animationName !== "none")).map(e => e.outerHTML.slice(0, 80))"""
        assert visit.page.evaluate(moving) == []


def test_in_the_dark_it_is_dark(site: tuple[str, FakeService], browser: Browser) -> None:
    with visiting(browser, site, "phone", color_scheme="dark") as visit:
        visit.ask("Ich bin taub zwischen den Beinen.")
        visit.picture("dark-referral")
        paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(int(part) for part in re.findall(r"\d+", paper)[:3]) < 64


def test_a_longer_log_keeps_what_was_there(visit: Visit) -> None:
    """Otherwise a screen reader would read the whole conversation again with every reply."""
    visit.ask("Eins.")
    visit.page.evaluate("document.querySelector('#log .reply').kept = true")
    visit.ask("Zwei.")
    assert visit.page.evaluate("document.querySelector('#log .reply').kept") is True


@pytest.mark.parametrize("lang", ["en", "da", "sv"])
def test_the_page_in_other_languages(visit: Visit, lang: str) -> None:
    words = load_texts(lang)
    visit.page.locator(".switch").click()
    visit.page.get_by_role("link", name=words.page.own_name, exact=True).click()
    expect(visit.page.locator("html")).to_have_attribute("lang", lang)
    for line in (words.page.notice, words.page.notice_data, words.page.person, words.page.small_print):
        expect(visit.page.get_by_text(line).first).to_be_visible()
    visit.ask("Which exercises help?")
    assert visit.service.asked[-1].lang == lang
    expect(visit.page.get_by_role("button", name=words.reply.not_helpful, exact=True)).to_be_visible()
    visit.picture(f"10-{lang}")
    with visit.context.expect_page() as opened:
        visit.page.locator("#log .sources a").first.click()
    expect(opened.value.locator("html")).to_have_attribute("lang", lang)
    expect(opened.value.locator("h1")).to_have_attribute("lang", "de")
    expect(opened.value.locator(".home")).to_have_attribute("href", f"/{lang}/")
