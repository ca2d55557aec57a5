"""A conversation in the widget, seen by a visitor of a shop on another origin."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.web import fake
from tests.bot.web.test_widget import WORDS
from tests.bot.web.widget_visit import DESKTOP, PHONE, Visit, visiting

pytestmark = pytest.mark.browser

DE = WORDS["de"]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    with visiting(browser, request.param) as visit:
        visit.open()
        yield visit
        assert visit.complaints == []
        assert {r.url for r in visit.requests if not r.url.startswith((visit.server, visit.shop))} == set()
        assert visit.context.cookies() == []


def test_before_anything_else_the_visitor_learns_what_this_is(visit: Visit) -> None:
    expect(visit.page.get_by_text(DE["notice_machine"])).to_be_in_viewport()
    expect(visit.page.get_by_text(DE["notice_data"])).to_be_in_viewport()
    described = visit.dialog.get_attribute("aria-describedby")
    expect(visit.page.locator(f"#{described}")).to_contain_text(DE["notice_machine"])


def test_keeping_and_not_keeping_are_offered_alike(visit: Visit) -> None:
    buttons = [visit.page.get_by_role("button", name=DE[key], exact=True) for key in ("keep", "leave")]
    looks = "b => { const s = getComputedStyle(b); return [s.color, s.backgroundColor, s.border, s.font].join() }"
    assert buttons[0].evaluate(looks) == buttons[1].evaluate(looks)
    sizes = [b.bounding_box() for b in buttons]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert (sizes[0]["width"], sizes[0]["height"]) == (sizes[1]["width"], sizes[1]["height"])
    expect(visit.page.locator(".consent")).to_contain_text("30 Tage")


def test_without_a_choice_the_chat_works_and_keeps_nothing(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    expect(visit.page.locator(".consent")).to_have_count(0)
    expect(visit.page.locator(".status")).to_have_text(DE["not_kept"])
    visit.ask("Und danach?")
    assert visit.fake.kept == {}
    assert visit.stored() == {}
    assert [body["earlier"] for body in visit.fake.asked] == [[], ["Welche Übungen helfen?"]]
    assert all("conversation" not in body and "lang" not in body for body in visit.fake.asked)


def test_a_reply_is_the_text_of_the_server_with_its_numbers_as_buttons(visit: Visit) -> None:
    reply = visit.ask("Welche Übungen helfen?")
    shown = "e => Array.from(e.querySelectorAll('.frame, q, .cite'), p => p.textContent).join('')"
    text = re.sub(r" \[(\d+)\]", r"\1", fake.answer().text)
    assert "".join(reply.locator(".text").evaluate(shown).split()) == "".join(text.split())
    assert reply.locator("q").all_text_contents() == [s.text for s in fake.answer().sentences]
    assert reply.locator(".text .cite").all_text_contents() == ["1", "2", "3"]
    expect(reply.locator(".frame").first).to_have_text("Dazu steht im Artikel:")
    expect(reply.locator(".publishers")).to_have_text(f"{DE['publishers']} Anodyne · Nike")


def test_a_list_is_a_list_and_words_of_ours_stay_apart_from_quotations(visit: Visit) -> None:
    reply = visit.ask("Welche Ansichten gibt es?")
    items = reply.get_by_role("listitem").filter(has=visit.page.locator("q"))
    expect(items).to_have_count(2)
    expect(items.first.locator(".frame")).to_have_text("Unser Artikel: ")
    expect(items.first.locator("q")).to_have_text(fake.answer().sentences[1].text)
    assert "–" not in "".join(items.all_text_contents())


def test_sentences_appear_one_by_one_and_none_is_drawn_again(visit: Visit) -> None:
    visit.page.evaluate(
        """() => { const log = document.querySelector('rueckenwind-chat').shadowRoot.querySelector('.log');
        window.drawn = []; const known = new Set(); new MutationObserver(() => {
        for (const q of log.querySelectorAll('q')) if (!known.has(q)) {
        known.add(q); drawn.push([q.textContent, performance.now()]); }
        }).observe(log, {childList: true, subtree: true}); }"""
    )
    visit.fake.pause = 0.15
    visit.ask("Welche Ansichten gibt es?")
    drawn = visit.page.evaluate("drawn")
    assert [text for text, _at in drawn] == [s.text for s in fake.answer().sentences]
    assert all(later - sooner > 100 for (_, sooner), (_, later) in pairwise(drawn))
    log = visit.page.get_by_role("log", name=DE["log"])
    expect(log).to_have_attribute("aria-live", "polite")


def test_a_citation_opens_the_quotation_where_it_stands(visit: Visit) -> None:
    reply = visit.ask("Welche Übungen helfen?")
    press = reply.get_by_role("button", name=re.compile("^Beleg 1: Laufen ohne Schmerzen"))
    press.click()
    card = reply.get_by_role("group", name=re.compile("Beleg 1 im Zusammenhang"))
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_have_text(fake.QUOTE)
    expect(card.locator("blockquote")).to_contain_text("sofortmaßnahmen bei akuten")
    expect(card.locator("mark")).to_be_in_viewport()
    link = card.get_by_role("link", name=DE["open_reader"])
    assert (link.get_attribute("href") or "").startswith(f"{visit.server}/read/laufen?start=")
    expect(press).to_have_attribute("aria-expanded", "true")
    visit.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(press).to_be_focused()
    expect(visit.dialog).to_be_visible()


def test_the_live_article_is_opened_at_the_passage_where_it_is_known(visit: Visit) -> None:
    reply = visit.ask("Welche Übungen helfen?")
    reply.locator(".text .cite").nth(2).click()
    link = reply.get_by_role("link", name=DE["open_article"])
    expect(link).to_have_attribute("href", "https://example.org/ruckenschmerzen?a=1&b=2#:~:text=Nike")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_an_emergency_cannot_be_overlooked_and_can_be_called_with_one_tap(visit: Visit) -> None:
    visit.send("Ich bin taub zwischen den Beinen.")
    card = visit.page.get_by_role("alert", name=DE["level_emergency"])
    expect(card.get_by_role("heading", name=DE["level_emergency"])).to_be_in_viewport()
    expect(card.locator(".level svg")).to_be_visible()
    call = card.get_by_role("link", name="112 anrufen: Notruf")
    expect(call).to_be_in_viewport()
    expect(call).to_have_attribute("href", "tel:112")
    expect(card.locator("a[href='tel:116117']")).to_be_visible()
    box = call.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_a_milder_referral_looks_and_sounds_milder(visit: Visit) -> None:
    reply = visit.ask("Seit drei Wochen Schmerzen")
    expect(reply.get_by_role("heading", name=DE["level_doctor"])).to_be_visible()
    expect(reply.get_by_role("alert")).to_have_count(0)
    expect(reply.locator(".referral q")).to_have_text(fake.QUOTE)


def test_suggestions_are_sent_by_a_tap_and_make_room_for_new_ones(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Welche Übungen stärken den Rumpf?").click()
    expect(visit.replies).to_have_count(1)
    expect(visit.page.get_by_text(DE["examples"])).to_have_count(0)
    visit.page.get_by_role("button", name="Welche Schuhe entlasten den Rücken?").click()
    expect(visit.replies).to_have_count(2)
    expect(visit.page.locator(".chips")).to_have_count(1)
    assert [b["text"] for b in visit.fake.asked][1] == "Welche Schuhe entlasten den Rücken?"
    assert visit.in_focus() != "outside"


def test_what_the_visitor_thinks_of_a_reply_reaches_the_server(visit: Visit) -> None:
    reply = visit.ask("Welche Übungen helfen?")
    reply.get_by_role("button", name=DE["helpful"], exact=True).click()
    expect(reply.get_by_text(DE["thanks"])).to_be_visible()
    expect(reply.get_by_role("button", name=DE["helpful"], exact=True)).to_have_attribute("aria-pressed", "true")
    reply.get_by_role("button", name=DE["wrong_source"]).click()
    reply.locator(".which .cite").nth(1).click()
    expect(reply.get_by_role("button", name=DE["wrong_source"])).to_have_attribute("aria-pressed", "true")
    expected = [("helpful", None), ("wrong_source", 2)]
    assert [(f["verdict"], f.get("citation")) for f in visit.fake.feedback] == expected


def test_a_person_can_be_reached_and_where_none_can_it_is_said(visit: Visit) -> None:
    visit.press(DE["person"])
    expect(visit.page.get_by_text(DE["no_person"])).to_be_in_viewport()
    assert visit.fake.handoffs == 0


def test_the_operators_contact_is_offered_and_a_kept_conversation_is_handed_on(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.fake.contact = {
            "label": "Hilfe",
            "url": "https://x.example/",
            "email": "a@x.example",
            "phone": "+49 30 1",
        }
        visit.open()
        visit.agree()
        visit.press(DE["person"])
        expect(visit.page.get_by_text("Ihr Gespräch geht an einen Menschen.")).to_be_visible()
        assert visit.fake.handoffs == 1
        addresses = visit.page.locator(".people a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert addresses == ["tel:+49301", "mailto:a@x.example", "https://x.example/"]


def test_an_empty_message_and_one_that_is_too_long_are_not_sent(visit: Visit) -> None:
    visit.send("  ")
    expect(visit.page.get_by_text(DE["empty"])).to_be_visible()
    text = "ä" * 3999 + "🏃" + "ab"
    visit.send(text)
    expect(visit.page.get_by_text("kürzen Sie Ihre Nachricht um 2")).to_be_visible()
    expect(visit.box).to_have_value(text)
    expect(visit.box).to_have_attribute("aria-invalid", "true")
    assert visit.fake.asked == []
    visit.ask(text[:-2])
    assert len(visit.fake.asked[0]["text"]) == 4000


def test_shift_enter_begins_a_line_and_a_word_being_composed_is_left_alone(visit: Visit) -> None:
    visit.box.press_sequentially("Eins")
    visit.box.press("Shift+Enter")
    visit.box.press_sequentially("zwei")
    for composing in ("isComposing: true", "keyCode: 229"):
        visit.box.evaluate(
            "(b, s) => b.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, ...s}))",
            {"isComposing": True} if "is" in composing else {"keyCode": 229},
        )
    assert visit.fake.asked == []
    visit.box.press("Enter")
    expect(visit.page.locator(".mine")).to_contain_text("Eins\nzwei")


def test_while_a_reply_is_under_way_what_is_typed_stays(visit: Visit) -> None:
    visit.fake.pause = 0.3
    visit.send("Eins?")
    expect(visit.page.get_by_text(DE["waiting"])).to_be_visible()
    visit.send("Zwei?")
    expect(visit.page.get_by_text(DE["wait"])).to_be_visible()
    expect(visit.box).to_have_value("Zwei?")
    expect(visit.replies).to_have_count(1)
    assert len(visit.fake.asked) == 1


def test_the_language_can_be_changed_and_quotations_keep_theirs(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.page.get_by_label(DE["language"]).select_option("en")
    expect(visit.page.get_by_text(WORDS["en"]["notice_machine"])).to_be_attached()
    expect(visit.box).to_have_attribute("placeholder", WORDS["en"]["placeholder"])
    reply = visit.ask("Which exercises help?")
    expect(reply).to_have_attribute("lang", "en")
    expect(reply.locator("q")).to_have_attribute("lang", "de")
    assert visit.fake.asked[-1]["lang"] == "en"


@pytest.mark.parametrize(
    ("address", "lang"),
    [("/?lang=sv", "sv"), ("/?lang=sv&settings=data-lang=da", "da"), ("/?lang=fr", "en"), ("/?lang=de-AT", "de")],
)
def test_the_language_is_the_shops_wish_or_the_pages(browser: Browser, address: str, lang: str) -> None:
    with visiting(browser) as visit:
        visit.open(address)
        expect(visit.page.get_by_text(WORDS[lang]["notice_machine"])).to_be_visible()
        expect(visit.page.locator(".frame-of-chat")).to_have_attribute("lang", lang)


def test_the_shops_country_goes_along(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open("/?settings=data-country=AT")
        visit.ask("Hallo")
        assert visit.fake.asked[0]["country"] == "AT"
