"""From words to the terms of the lexical index: words, stop words, stems.

Snowball (PyStemmer) stems. Its German stemmer also makes `ä`, `ae` and the `a` of a keyboard without umlauts the same.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import Stemmer
from bm25s.stopwords import STOPWORDS_DANISH, STOPWORDS_EN_PLUS, STOPWORDS_GERMAN, STOPWORDS_SWEDISH

from corpus.document import Lang

_SNOWBALL = {"de": "german", "da": "danish", "sv": "swedish", "en": "english"}
# Words that say nothing of a topic. Triage never sees these lists: they contain "not" and "without".
_STOP_WORDS = {"de": STOPWORDS_GERMAN, "da": STOPWORDS_DANISH, "sv": STOPWORDS_SWEDISH, "en": STOPWORDS_EN_PLUS}
_MORE_STOP_WORDS = Path(__file__).with_name("stopwords.toml")
_WORD = re.compile(r"[^\W_]+")


@cache
def _stemmer(lang: Lang) -> Any:  # noqa: ANN401 - PyStemmer carries no types
    return Stemmer.Stemmer(_SNOWBALL.get(lang, "english"))


@cache
def _stop_words(lang: Lang) -> frozenset[str]:
    more: dict[str, Any] = tomllib.loads(_MORE_STOP_WORDS.read_text("utf-8"))
    return frozenset((*_STOP_WORDS.get(lang, ()), *more.get(lang, ()))) - frozenset(more.get("keep", {}).get(lang, ()))


def words(text: str) -> list[str]:
    """The words of a text in small letters, in order; hyphens separate words."""
    return _WORD.findall(text.lower())


def informs(word: str, lang: Lang) -> bool:
    """Whether a word in small letters says something of a topic, so that it is looked for."""
    return word not in _stop_words(lang)


def stem(word: str, lang: Lang) -> str:
    """The stem of a word in small letters; English rules for a language without a stemmer of its own."""
    found: str = _stemmer(lang).stemWord(word)
    return found


def terms(text: str, lang: Lang) -> list[str]:
    """The stems of the words of a text that say something of its topic, in order."""
    return [stem(word, lang) for word in words(text) if informs(word, lang)]
