"""The country that a visitor says he is in, for the numbers to call. What gives it away is data, in country.toml."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.phrases import Lexicon
from bot.textfold import tokenize

FILE = Path(__file__).with_name("country.toml")


def stated(messages: Sequence[str]) -> str | None:
    """The country named last in a conversation as where the visitor is, ISO 3166-1 alpha-2; None without one."""
    found = [
        (span.first, country) for country, spans in _lexicon().find(tokenize(tuple(messages))).items() for span in spans
    ]
    return max(found)[1] if found else None


@cache
def _lexicon() -> Lexicon:
    """Raises `BadWording` when the file is missing or incomplete."""
    try:
        content: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
        begins = content.pop("begins")
        return Lexicon(
            {
                country: [*(f"{begins} _1 {place}" for place in entry["places"]), *entry["says"]]
                for country, entry in content.items()
            }
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadWording(f"{FILE.name}: {error!r} is missing or wrong") from error
