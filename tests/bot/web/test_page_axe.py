"""axe-core finds nothing to object to, in any state of the chat page and the reading page, light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from bot.web.ask import Asker
from bot.web.texts import load_texts
from tests.bot.web.axe import violations
from tests.bot.web.fake import FakeService, answer
from tests.bot.web.page_visit import SIZES, WORDS, Visit, visiting

pytestmark = pytest.mark.browser

REPLY = load_texts("de").reply


def begun(_visit: Visit) -> None:
    """Nothing has been asked."""


def waiting(visit: Visit) -> None:
    visit.service.seconds = 3
    visit.page.locator("#question textarea").fill("Welche Übungen helfen?")
    visit.page.locator("#question textarea").press("Enter")
    expect(visit.page.get_by_text(WORDS.waiting)).to_be_visible()


def answered(visit: Visit) -> None:
    visit.ask("Welche Übungen helfen?")


def quoted(visit: Visit) -> None:
    answered(visit)
    visit.page.locator("#log .cite").first.click()
    expect(visit.page.locator(".quotation:popover-open")).to_be_visible()


def rated(visit: Visit) -> None:
    answered(visit)
    visit.page.get_by_role("button", name=REPLY.helpful, exact=True).click()
    expect(visit.page.get_by_text(REPLY.thanks)).to_be_visible()
    visit.page.get_by_role("button", name=REPLY.wrong_source).click()
    expect(visit.page.locator(".which")).to_be_visible()


def referred(visit: Visit) -> None:
    visit.ask("Ich bin taub zwischen den Beinen.")


def referral_begun(visit: Visit) -> None:
    visit.service.seconds = 3
    visit.page.locator("#question textarea").fill("Ich bin taub zwischen den Beinen.")
    visit.page.locator("#question textarea").press("Enter")
    expect(visit.page.get_by_role("alert")).to_be_visible()


def refused(visit: Visit) -> None:
    visit.ask("Mallorca?")


def crashed(visit: Visit) -> None:
    visit.page.locator("#question textarea").fill("Absturz")
    visit.page.locator("#question textarea").press("Enter")
    expect(visit.page.get_by_text(WORDS.crashed)).to_be_visible()


def busy(visit: Visit) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Asker, "full", property(lambda _self: True))
        visit.page.locator("#question textarea").fill("Welche Übungen helfen?")
        visit.page.locator("#question textarea").press("Enter")
        expect(visit.page.get_by_text(WORDS.busy)).to_be_visible()


def person(visit: Visit) -> None:
    visit.page.get_by_role("button", name=WORDS.person).click()
    expect(visit.page.get_by_text(WORDS.no_person)).to_be_visible()


def languages(visit: Visit) -> None:
    visit.page.locator(".switch").click()
    expect(visit.page.locator("#langs")).to_be_visible()


def in_swedish(visit: Visit) -> None:
    visit.open("/sv/")
    visit.ask("Vilka övningar hjälper?")


def reading(visit: Visit) -> None:
    visit.page.goto(visit.address + answer().citations[0].read)


def reading_in_english(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}{answer().citations[0].read}&lang=en")


def reading_a_digest(visit: Visit) -> None:
    visit.page.goto(visit.address + answer().citations[2].read)


def reading_nowhere(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}/read/laufen?start=1&end=999999")


STATES = [
    begun,
    waiting,
    answered,
    quoted,
    rated,
    referred,
    referral_begun,
    refused,
    crashed,
    busy,
    person,
    languages,
    in_swedish,
    reading,
    reading_in_english,
    reading_a_digest,
    reading_nowhere,
]


@pytest.mark.parametrize("reach", STATES)
def test_axe_finds_nothing(site: tuple[str, FakeService], browser: Browser, reach: Callable[[Visit], None]) -> None:
    with visiting(browser, site, "wide", reduced_motion="reduce") as visit:
        try:
            reach(visit)
            for width, height in SIZES.values():
                visit.page.set_viewport_size({"width": width, "height": height})
                assert violations(visit.page) == []
        finally:
            visit.service.seconds = 0.0
