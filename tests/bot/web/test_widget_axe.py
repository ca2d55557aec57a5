"""axe-core finds nothing to object to, in any state of the widget, on a wide screen and a phone, light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.web.axe import violations
from tests.bot.web.test_widget import WORDS
from tests.bot.web.widget_visit import DESKTOP, PHONE, Visit, visiting

pytestmark = pytest.mark.browser

DE = WORDS["de"]
CONTACT = {"label": "Hilfe", "url": "https://x.example/", "email": "a@x.example", "phone": "+49 30 1"}


def closed(_visit: Visit) -> None:
    """Nothing has been pressed."""


def begun(visit: Visit) -> None:
    visit.launch.click()
    expect(visit.page.locator(".consent")).to_be_visible()


def chosen(visit: Visit) -> None:
    begun(visit)
    visit.press(DE["leave"])


def kept(visit: Visit) -> None:
    begun(visit)
    visit.agree()


def waiting(visit: Visit) -> None:
    visit.fake.pause = 5
    chosen(visit)
    visit.send("Welche Übungen helfen?")
    expect(visit.page.get_by_text(DE["waiting"])).to_be_visible()


def answered(visit: Visit) -> None:
    chosen(visit)
    visit.ask("Welche Ansichten gibt es?")


def rated(visit: Visit) -> None:
    answered(visit)
    visit.press(DE["helpful"])
    visit.press(DE["wrong_source"])


def opened(visit: Visit) -> None:
    answered(visit)
    visit.page.locator(".text .cite").first.click()
    expect(visit.page.locator(".source a")).to_be_visible()


def referred(visit: Visit) -> None:
    chosen(visit)
    visit.ask("Ich bin taub zwischen den Beinen.")


def referred_mildly(visit: Visit) -> None:
    chosen(visit)
    visit.ask("Seit drei Wochen Schmerzen")


def refused(visit: Visit) -> None:
    chosen(visit)
    visit.ask("Mallorca?")


def in_english(visit: Visit) -> None:
    chosen(visit)
    visit.page.get_by_label(DE["language"]).select_option("en")
    visit.ask("Which exercises help?")


def offline(visit: Visit) -> None:
    chosen(visit)
    visit.context.set_offline(True)
    visit.send("Welche Übungen helfen?")
    expect(visit.page.get_by_text(DE["offline"])).to_be_visible()
    visit.context.set_offline(False)


def too_long(visit: Visit) -> None:
    chosen(visit)
    visit.send("a" * 4001)


def person(visit: Visit) -> None:
    visit.fake.contact = CONTACT
    kept(visit)
    visit.press(DE["person"])
    expect(visit.page.locator(".people a").first).to_be_visible()


def menu(visit: Visit) -> None:
    visit.fake.privacy_url = "https://x.example/privacy"
    chosen(visit)
    visit.press(DE["more"])


def erasing(visit: Visit) -> None:
    menu(visit)
    visit.press(DE["erase"])


STATES = [
    closed,
    begun,
    kept,
    waiting,
    answered,
    rated,
    opened,
    referred,
    referred_mildly,
    refused,
    in_english,
    offline,
    too_long,
    person,
    menu,
    erasing,
]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("reach", STATES)
def test_axe_finds_nothing(browser: Browser, reach: Callable[[Visit], None], size: tuple[int, int]) -> None:
    with visiting(browser, size, reduced_motion="reduce") as visit:
        visit.go()
        reach(visit)
        assert violations(visit.page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_demo_page(browser: Browser, size: tuple[int, int]) -> None:
    with visiting(browser, size, reduced_motion="reduce") as visit:
        visit.page.route("**/brand/**", lambda route: route.fulfill(body="", content_type="image/svg+xml"))
        visit.page.goto(f"{visit.server}/demo")
        expect(visit.launch).to_be_visible()
        assert violations(visit.page) == []
