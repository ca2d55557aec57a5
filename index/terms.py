"""From words to the terms of the lexical index: stop words, stems, and what readers of other languages call things.

Snowball (PyStemmer) stems. Its German stemmer also makes `ä`, `ae` and the `a` of a keyboard without umlauts the same.
"""

import re
import tomllib
from collections.abc import Mapping
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
_LEXICON = Path(__file__).with_name("lexicon.toml")
_LEXICON_INTO: Lang = "de"
_WORD = re.compile(r"[^\W_]+")


@cache
def _stemmer(lang: Lang) -> Any:  # noqa: ANN401 - PyStemmer carries no types
    return Stemmer.Stemmer(_SNOWBALL.get(lang, "english"))


@cache
def _stop_words(lang: Lang) -> frozenset[str]:
    more: dict[str, list[str]] = tomllib.loads(_MORE_STOP_WORDS.read_text("utf-8"))
    return frozenset((*_STOP_WORDS.get(lang, ()), *more.get(lang, ())))


def _words(text: str, lang: Lang) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _stop_words(lang)]


def terms(text: str, lang: Lang) -> list[str]:
    """The stems of the words of a text that say something of its topic, in order; hyphens separate words."""
    stems: list[str] = _stemmer(lang).stemWords(_words(text, lang))
    return stems


def terms_in(text: str, lang: Lang, into: Lang) -> list[tuple[str, ...]]:
    """For every word of a text in `lang` the terms to look for among texts in `into`, the best first.

    A word that the lexicon does not know is looked for as it is: names and many technical words stay the same.
    """
    if lang == into:
        return [(term,) for term in terms(text, lang)]
    known = _lexicon(lang) if into == _LEXICON_INTO else {}
    stem = _stemmer(lang).stemWord
    return [known.get(stem(word)) or (_stemmer(into).stemWord(word),) for word in _words(text, lang)]


@cache
def _lexicon(lang: Lang) -> Mapping[str, tuple[str, ...]]:
    tables: dict[Lang, dict[str, list[str]]] = tomllib.loads(_LEXICON.read_text("utf-8"))
    stem, into = _stemmer(lang).stemWord, _stemmer(_LEXICON_INTO).stemWord
    found: dict[str, tuple[str, ...]] = {}
    for word, meanings in tables.get(lang, {}).items():
        new = tuple(dict.fromkeys(into(meaning) for meaning in meanings))
        found[stem(word)] = tuple(dict.fromkeys((*found.get(stem(word), ()), *new)))
    return found
