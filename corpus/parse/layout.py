"""The layout rules of page.toml, compiled."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_RULES = Path(__file__).with_name("page.toml")


@dataclass(frozen=True, slots=True)
class Lines:
    """Alternative patterns for one kind of line."""

    patterns: tuple[re.Pattern[str], ...]

    def match(self, line: str) -> re.Match[str] | None:
        """The match of the first pattern that fits the whole line, or None."""
        return next((m for p in self.patterns if (m := p.match(line))), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of an article's page are told apart; the names are those of page.toml."""

    byline: Lines
    reviewer: Lines
    date: re.Pattern[str]
    months: Mapping[str, int]
    promotion_opens: Lines
    promotion_closes: Lines
    promotion_noise: Lines
    price: re.Pattern[str]
    currencies: Mapping[str, str]
    longest_heading: int
    faq: Lines
    references: Lines
    reference: re.Pattern[str]

    def iso_date(self, written: str) -> str | None:
        """`16. Dezember 2025` as `2025-12-16`; None when the layout knows no such date."""
        match = self.date.match(written.strip())
        month = self.months.get(match["month"].casefold()) if match else None
        if match is None or month is None:
            return None
        return f"{match['year']}-{month:02d}-{int(match['day']):02d}"


@cache
def layout() -> Layout:
    """The rules of page.toml, read once."""
    rules: dict[str, Any] = tomllib.loads(_RULES.read_text("utf-8"))
    masthead, promotion, headings = rules["masthead"], rules["promotion"], rules["headings"]
    return Layout(
        byline=_lines(masthead["byline"]),
        reviewer=_lines(masthead["reviewer"]),
        date=re.compile(masthead["date"]),
        months=masthead["months"],
        promotion_opens=_lines(promotion["opens"]),
        promotion_closes=_lines(promotion["closes"]),
        promotion_noise=_lines(promotion["noise"]),
        price=re.compile(promotion["price"]),
        currencies=promotion["currencies"],
        longest_heading=headings["longest"],
        faq=_lines(headings["faq"], re.IGNORECASE),
        references=_lines(headings["references"], re.IGNORECASE),
        reference=re.compile(rules["references"]["entry"]),
    )


def _lines(patterns: list[str], flags: int = 0) -> Lines:
    return Lines(tuple(re.compile(pattern, flags) for pattern in patterns))
