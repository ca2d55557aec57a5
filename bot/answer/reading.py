"""Which sentences can stand alone, and which need the one before them."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.document import Lang, Sentence

_FILE = Path(__file__).with_name("reading.toml")
_FALLBACK: Lang = "en"


@dataclass(frozen=True, slots=True)
class Reading:
    """How sentences of one language hang together; see reading.toml."""

    _opening: re.Pattern[str]
    _inside: re.Pattern[str]
    _continuing: re.Pattern[str]
    _announcing: re.Pattern[str]
    _completing: re.Pattern[str]

    def leans(self, sentence: Sentence) -> bool:
        """Whether it refers to the sentence before it."""
        return bool(self._opening.match(sentence.text) or self._inside.search(sentence.text))

    def continues(self, sentence: Sentence) -> bool:
        """Whether it reads as a continuation; good behind another sentence, poor as a beginning."""
        return bool(self._continuing.match(sentence.text))

    def completes(self, sentence: Sentence) -> bool:
        """Whether it lists what the sentence before it announced, so that the two belong together."""
        return bool(self._completing.match(sentence.text))

    def says_nothing(self, sentence: Sentence) -> bool:
        """Whether it is a question, or only announces what follows."""
        return sentence.text.rstrip('"”“»').endswith("?") or bool(self._announcing.search(sentence.text))


@cache
def reading(lang: Lang) -> Reading:
    """The rules for a language; those of English for one without."""
    tables = tomllib.loads(_FILE.read_text("utf-8"))
    table = tables.get(lang, tables[_FALLBACK])
    return Reading(
        _beginning(table["opening"]),
        _containing(table["inside"]),
        _beginning(table["continuing"]),
        _containing(table["announcing"]),
        _beginning(table["completing"]),
    )


def _beginning(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(words)})\b", re.IGNORECASE)


def _containing(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_any(words)})\b", re.IGNORECASE)


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
