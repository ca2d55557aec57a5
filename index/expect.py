"""What kind of answer a question asks for, as far as a sentence shows it: a number, a date, a length of time."""

import re
import tomllib
from functools import cache
from pathlib import Path

from corpus.document import Lang

_FILE = Path(__file__).with_name("expect.toml")
_FALLBACK: Lang = "en"


def asks_for_number(question: str, lang: Lang) -> bool:
    """Whether a question in `lang` asks how many, how long, when, or the like."""
    return bool(_pattern(lang, "asking").search(question))


def holds_number(text: str, lang: Lang) -> bool:
    """Whether a text in `lang` holds a number, in figures or in words, or a date."""
    return bool(_pattern(lang, "numbers").search(text))


@cache
def _pattern(lang: Lang, kind: str) -> re.Pattern[str]:
    tables: dict[Lang, dict[str, list[str]]] = tomllib.loads(_FILE.read_text("utf-8"))
    parts = tables.get(lang, tables[_FALLBACK])[kind]
    words = "|".join(rf"\b(?:{part})\b" for part in parts)
    return re.compile(rf"\d|{words}" if kind == "numbers" else words, re.IGNORECASE)
