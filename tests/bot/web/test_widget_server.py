"""The widget with the real server behind it: the two keep to the same contract."""

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.web import fake
from tests.bot.web.test_widget import WORDS

pytestmark = pytest.mark.browser

DE = WORDS["de"]


def test_a_visit_from_the_first_click_to_the_deletion(site: tuple[str, fake.FakeService], browser: Browser) -> None:
    address, _service = site
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))

    def begin() -> None:
        page.goto(f"{address}/demo")
        page.get_by_role("button", name="Fragen zum Rücken?").click()

    def ask(text: str) -> None:
        before = page.locator(".theirs:has(.after)").count()
        page.get_by_role("textbox", name=DE["question"]).fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".theirs:has(.after)")).to_have_count(before + 1)

    begin()
    page.get_by_role("button", name=DE["keep"], exact=True).click()
    expect(page.locator(".status")).to_be_visible()
    ask("Welche Übungen helfen?")
    assert page.locator("q").all_text_contents() == [s.text for s in fake.answer().sentences]
    expect(page.locator("q").first).to_have_attribute("lang", "de")
    page.locator(".text .cite").first.click()
    expect(page.locator(".source mark")).to_have_text(fake.QUOTE)
    expect(page.locator(".source").get_by_role("link")).to_be_visible()
    page.get_by_role("button", name=DE["helpful"], exact=True).click()
    expect(page.get_by_text(DE["thanks"])).to_be_visible()
    ask("Ich bin taub zwischen den Beinen.")
    expect(page.get_by_role("alert", name=DE["level_emergency"])).to_be_visible()
    page.get_by_role("button", name=DE["person"]).click()
    expect(page.get_by_text(DE["no_person"])).to_be_visible()

    begin()
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.get_by_role("button", name=DE["helpful"], exact=True).first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=DE["more"]).click()
    with page.expect_download():
        page.get_by_role("button", name=DE["download"]).click()
    page.get_by_role("button", name=DE["more"]).click()
    page.get_by_role("button", name=DE["erase"], exact=True).click()
    page.get_by_role("button", name=DE["erase_yes"], exact=True).click()
    expect(page.get_by_text(DE["erased"])).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert complaints == []
    context.close()
