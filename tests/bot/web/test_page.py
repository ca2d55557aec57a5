"""The chat page in a real browser, on a wide screen and on a phone."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from bot.turn import Level
from bot.web.ask import Asker
from bot.web.texts import load_texts
from tests.bot.web.fake import QUOTE
from tests.bot.web.page_visit import WORDS, Visit

pytestmark = pytest.mark.browser

REPLY = load_texts("de").reply


def test_the_start_says_what_this_is(visit: Visit) -> None:
    expect(visit.page.locator("html")).to_have_attribute("lang", "de")
    expect(visit.page).to_have_title(WORDS.title)
    expect(visit.page.get_by_text(WORDS.notice)).to_be_in_viewport()
    expect(visit.page.locator("#question textarea")).to_be_in_viewport()
    expect(visit.page.get_by_text("Gradio")).to_have_count(0)
    expect(visit.page.locator("footer:visible")).to_have_count(0)
    visit.picture("1-start")


def test_before_the_first_question_it_says_what_it_is_and_what_happens_with_the_words(visit: Visit) -> None:
    notice = visit.page.get_by_role("note")
    expect(notice).to_contain_text(WORDS.notice)
    expect(notice).to_contain_text(WORDS.notice_data)
    expect(notice.locator('a[href="tel:112"]')).to_be_visible()


def test_a_citation_opens_the_quotation_in_its_surroundings_and_leads_on_to_the_text(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.picture("2-answer")
    expect(visit.page.locator("#question textarea")).to_have_value("")
    number = visit.page.locator("#log .cite").first
    number.click()
    sheet = visit.page.locator(".quotation:popover-open")
    expect(sheet).to_be_focused()
    expect(sheet.locator("mark")).to_have_text(QUOTE)
    expect(sheet.locator("blockquote")).to_contain_text("Wärme entspannt.")
    expect(sheet.locator("mark")).to_be_in_viewport()
    visit.picture("3-quotation")
    with visit.context.expect_page() as opened:
        sheet.get_by_role("link").click()
    mark = opened.value.locator("mark#passage")
    expect(mark).to_have_text(QUOTE)
    expect(mark).to_be_in_viewport()
    visit.picture("4-reader", opened.value)
    opened.value.close()
    visit.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(number).to_be_focused()


def test_the_reply_appears_sentence_by_sentence_and_what_stands_is_not_drawn_again(visit: Visit) -> None:
    visit.page.evaluate(
        """() => {
            window.seen = new Set();
            window.first = null;
            new MutationObserver(() => {
                const quoted = document.querySelectorAll("#log .quoted");
                window.seen.add(quoted.length);
                window.first ??= quoted[0];
            }).observe(document.querySelector("#log"), { childList: true, subtree: true });
        }"""
    )
    visit.ask("Welche Übungen helfen?")
    seen = visit.page.evaluate("[...window.seen]")
    assert len([count for count in seen if 0 < count < 3]) >= 1, f"more than one step: {seen}"
    assert visit.page.evaluate("window.first === document.querySelector('#log .quoted')")


def test_an_opinion_is_counted_and_stays_pressed(visit: Visit) -> None:
    def counted(verdict: str) -> float:
        found = re.search(
            rf'rw_verdicts_total{{verdict="{verdict}"}} (\S+)', httpx.get(f"{visit.address}/metrics").text
        )
        return float(found[1]) if found else 0.0

    before = {verdict: counted(verdict) for verdict in ("helpful", "wrong_source")}
    visit.ask("Welche Übungen helfen?")
    helpful = visit.page.get_by_role("button", name=REPLY.helpful, exact=True)
    helpful.click()
    expect(visit.page.get_by_text(REPLY.thanks)).to_be_visible()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    assert counted("helpful") == before["helpful"] + 1
    visit.ask("Mallorca?")
    expect(helpful.first).to_have_attribute("aria-pressed", "true")
    wrong = visit.page.get_by_role("button", name=REPLY.wrong_source, exact=True)
    wrong.click()
    visit.page.get_by_role("group", name=REPLY.which_source).get_by_role("button").nth(1).click()
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_be_focused()
    expect(helpful.first).to_have_attribute("aria-pressed", "false")
    assert counted("wrong_source") == before["wrong_source"] + 1


def test_an_opinion_that_did_not_arrive_is_not_shown_as_given(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")
    visit.context.route("**/feedback", lambda route: route.abort())
    visit.page.get_by_role("button", name=REPLY.helpful, exact=True).click()
    expect(visit.page.get_by_text(REPLY.feedback_failed)).to_be_visible()
    expect(visit.page.locator("[aria-pressed=true]")).to_have_count(0)
    visit.complaints.clear()  # the browser's own word on the request that was cut off


def test_when_the_server_is_full_it_says_so_and_whom_to_call(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    box = visit.page.locator("#question textarea")
    with monkeypatch.context() as patch:
        patch.setattr(Asker, "full", property(lambda _self: True))
        box.fill("Welche Übungen helfen?")
        box.press("Enter")
        trouble = visit.page.get_by_role("alert").filter(has_text=WORDS.busy)
        expect(trouble).to_be_visible()
        expect(trouble.locator('a[href="tel:112"]')).to_be_visible()
        expect(box).to_have_value("Welche Übungen helfen?")
        visit.picture("9-busy")
        visit.ask("Ich kann kein Wasser lassen und bin taub zwischen den Beinen.")
        expect(visit.page.get_by_role("alert").filter(has_text=REPLY.levels[Level.EMERGENCY])).to_be_visible()
    visit.ask("Welche Übungen helfen?")


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
