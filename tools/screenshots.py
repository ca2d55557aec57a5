"""`make screenshots`: the pictures in docs/, taken of the running program in a real Chromium."""

import io
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
ANSWER = "Welche Laufschuhe schonen den Rücken?"
REFERRAL = "Seit gestern kein Gefühl im Schritt und ich kann kein Wasser lassen"
REFUSAL = "Was hilft gegen Migräne?"
# As root Chromium has no sandbox; the rest keeps it from looking for its makers' servers.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_SETTLE_MS = 900  # scrolling is smooth
_COLOURS = 192  # more are not seen, and every file stays below 150 kB


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
                for name, size in SIZES.items():
                    _journey(browser, address, name, size)
                    _shop(browser, address, name, size)
        finally:
            program.terminate()
    return 0


def _wait(address: str) -> None:
    for _attempt in range(300):
        try:
            with urllib.request.urlopen(f"{address}readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit("The program did not get ready; try: make run")


def _journey(browser: Browser, address: str, name: str, size: tuple[int, int]) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="de-DE")
    page = context.new_page()
    page.goto(address)
    page.locator("#question textarea").wait_for()
    _picture(page, f"{name}-start")
    page.locator(".person").click()
    _picture(page, f"{name}-person")
    page.keyboard.press("Escape")
    _ask(page, ANSWER)
    _picture(page, f"{name}-answer")
    page.locator("#log .cite").first.click()
    _picture(page, f"{name}-quotation")
    with context.expect_page() as opened:
        page.locator(".quotation:popover-open").get_by_role("link").click()
    opened.value.locator("mark#passage").first.wait_for()
    _picture(opened.value, f"{name}-reader")
    opened.value.close()
    page.bring_to_front()
    page.keyboard.press("Escape")
    _ask(page, REFUSAL)
    _picture(page, f"{name}-refusal")
    _ask(page, REFERRAL)
    _picture(page, f"{name}-referral")
    page.emulate_media(color_scheme="dark")
    _picture(page, f"{name}-dark")
    context.close()


def _ask(page: Page, text: str) -> None:
    answers = page.locator("#log .turn > .answer")
    before = answers.count()
    page.locator("#question textarea").fill(text)
    page.locator("#question textarea").press("Enter")
    answers.nth(before).locator(".feedback").wait_for()


def _shop(browser: Browser, address: str, name: str, size: tuple[int, int]) -> None:
    """The widget on the demo page."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="de-DE")
    page = context.new_page()
    page.goto(f"{address}demo")
    page.locator("rueckenwind-chat .launch").click()
    page.locator(".consent").wait_for()
    _picture(page, f"widget-{name}-consent")
    _ask_widget(page, ANSWER)
    page.locator(".text .cite").first.click()
    page.locator(".source a").first.wait_for()
    _picture(page, f"widget-{name}-answer")
    _ask_widget(page, REFERRAL)
    _picture(page, f"widget-{name}-referral")
    page.locator("button.person").click()
    page.locator(".people").wait_for()
    _picture(page, f"widget-{name}-person")
    page.route("**/api/v1/chat/stream", lambda route: route.fulfill(status=503, headers={"retry-after": "2"}))
    page.locator("#question").fill(ANSWER)
    page.locator("#question").press("Enter")
    page.locator(".card.trouble").wait_for()
    _picture(page, f"widget-{name}-busy")
    context.close()


def _ask_widget(page: Page, text: str) -> None:
    replies = page.locator(".theirs:has(.after)")
    before = replies.count()
    page.locator("#question").fill(text)
    page.locator("#question").press("Enter")
    replies.nth(before).wait_for()


def _picture(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(_SETTLE_MS)
    shot = Image.open(io.BytesIO(page.screenshot()))
    target = PICTURES / f"{name}.png"
    shot.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"docs/{name}.png: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
