"""`make screenshots`: the pictures in docs/, taken of the running program in a real Chromium."""

import io
import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
LOCALES = {"de": "de-DE", "da": "da-DK", "sv": "sv-SE", "en": "en-GB"}
ANSWER = {
    "de": "Welche Laufschuhe schonen den Rücken?",
    "da": "Hvilke løbesko skåner ryggen?",
    "sv": "Vilka löparskor skonar ryggen?",
    "en": "Which running shoes are easy on the back?",
}
REFERRAL = {
    "de": "Seit gestern kein Gefühl im Schritt und ich kann kein Wasser lassen",
    "da": "Siden i går ingen følelse i skridtet, og jeg kan ikke tisse",
    "sv": "Sedan igår ingen känsel i skrevet och jag kan inte kissa",
    "en": "Since yesterday no feeling in my groin and I can't pee",
}
REFUSAL = {
    "de": "Was hilft gegen Migräne?",
    "da": "Hvad hjælper mod migræne?",
    "sv": "Vad hjälper mot migrän?",
    "en": "What helps against migraine?",
}
# As root Chromium has no sandbox; the rest keeps it from looking for its makers' servers.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_GUTTER = 12
_SETTLE_MS = 900  # scrolling is smooth
_COLOURS = 192  # more are not seen, and every file stays below 150 kB

Pictures = dict[str, Image.Image]
"""By the step of the visitor's journey."""


def main() -> int:
    """Start the program, take the pictures, stop it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium was found; on Debian: apt-get install chromium")
        return 1
    environment = {**os.environ, "RW_PORT": "0"}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as program:
        try:
            address = program.stderr.readline().strip() if program.stderr else ""
            _wait(address)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                for lang, (name, size) in itertools.product(LOCALES, SIZES.items()):
                    _save(_journey(browser, address, lang, size), name, lang)
                    _save(_shop(browser, address, lang, size), f"widget-{name}", lang)
        finally:
            program.terminate()
    return 0


def _save(pictures: Pictures, name: str, lang: str) -> None:
    """The German ones each in its file, as the documents show them; those of the other languages side by side."""
    if lang == "de":
        for step, picture in pictures.items():
            _write(picture, f"{name}-{step}")
        return
    half = [picture.resize((picture.width // 2, picture.height // 2)) for picture in pictures.values()]
    strip = Image.new("RGB", (sum(picture.width + _GUTTER for picture in half), half[0].height), "white")
    for number, picture in enumerate(half):
        strip.paste(picture, (number * (picture.width + _GUTTER), 0))
    _write(strip, f"{name}.{lang}")


def _wait(address: str) -> None:
    for _attempt in range(300):
        try:
            with urllib.request.urlopen(f"{address}readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit("The program did not get ready; try: make run")


def _journey(browser: Browser, address: str, lang: str, size: tuple[int, int]) -> Pictures:
    """The chat page."""
    found: Pictures = {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[lang])
    page = context.new_page()
    page.goto(address)
    page.locator("#question textarea").wait_for()
    found["start"] = _picture(page)
    page.locator(".person").click()
    found["person"] = _picture(page)
    page.keyboard.press("Escape")
    _ask(page, ANSWER[lang])
    found["answer"] = _picture(page)
    page.locator("#log .cite").first.click()
    found["quotation"] = _picture(page)
    with context.expect_page() as opened:
        page.locator(".quotation:popover-open").get_by_role("link").click()
    opened.value.locator("mark#passage").first.wait_for()
    found["reader"] = _picture(opened.value)
    opened.value.close()
    page.bring_to_front()
    page.keyboard.press("Escape")
    _ask(page, REFUSAL[lang])
    found["refusal"] = _picture(page)
    _ask(page, REFERRAL[lang])
    found["referral"] = _picture(page)
    page.emulate_media(color_scheme="dark")
    found["dark"] = _picture(page)
    context.close()
    return found


def _ask(page: Page, text: str) -> None:
    answers = page.locator("#log .turn > .answer")
    before = answers.count()
    page.locator("#question textarea").fill(text)
    page.locator("#question textarea").press("Enter")
    answers.nth(before).locator(".feedback").wait_for()


def _shop(browser: Browser, address: str, lang: str, size: tuple[int, int]) -> Pictures:
    """The widget on the demo page, which names its language as a shop's page does."""
    found: Pictures = {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=LOCALES[lang])
    page = context.new_page()
    page.route("**/demo", lambda route: _translated(route, lang))
    page.goto(f"{address}demo")
    page.locator("rueckenwind-chat .launch").click()
    page.locator(".consent").wait_for()
    found["consent"] = _picture(page)
    _ask_widget(page, ANSWER[lang])
    page.locator(".text .cite").first.click()
    page.locator(".source a").first.wait_for()
    found["answer"] = _picture(page)
    _ask_widget(page, REFERRAL[lang])
    found["referral"] = _picture(page)
    page.locator("button.person").click()
    page.locator(".people").wait_for()
    found["person"] = _picture(page)
    page.route("**/api/v1/chat/stream", lambda route: route.fulfill(status=503, headers={"retry-after": "2"}))
    page.locator("#question").fill(ANSWER[lang])
    page.locator("#question").press("Enter")
    page.locator(".card.trouble").wait_for()
    found["busy"] = _picture(page)
    context.close()
    return found


def _ask_widget(page: Page, text: str) -> None:
    replies = page.locator(".theirs:has(.after)")
    before = replies.count()
    page.locator("#question").fill(text)
    page.locator("#question").press("Enter")
    replies.nth(before).wait_for()


def _translated(route: Route, lang: str) -> None:
    """The page as a shop in that language would write it."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace('lang="de"', f'lang="{lang}"'))


def _picture(page: Page) -> Image.Image:
    page.mouse.move(0, 0)
    page.wait_for_timeout(_SETTLE_MS)
    return Image.open(io.BytesIO(page.screenshot()))


def _write(picture: Image.Image, name: str) -> None:
    target = PICTURES / f"{name}.png"
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"docs/{name}.png: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
