"""What axe-core objects to on a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page


def violations(page: Page) -> list[Any]:
    """Everything that axe objects to, of whatever impact, with where it stands; in the light scheme and the dark."""
    objections = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page).response
        assert len(found["passes"]) > 5
        nodes = ((v, n) for v in found["violations"] for n in v["nodes"])
        objections += [(scheme, v["id"], v["impact"], n["target"], n["failureSummary"]) for v, n in nodes]
    return objections
