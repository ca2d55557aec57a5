"""The lexical index: stemmed BM25, one part a language, persisted beside the vectors.

`bm25s` computes and stores the scores, Snowball (PyStemmer) stems. The German stemmer also makes `ä`, `ae` and the
`a` of a keyboard without umlauts the same. Nothing is rebuilt at a query.
"""

import json
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer
from bm25s.stopwords import STOPWORDS_DANISH, STOPWORDS_EN_PLUS, STOPWORDS_GERMAN, STOPWORDS_SWEDISH

from corpus.document import Lang
from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged

_SNOWBALL = {"de": "german", "da": "danish", "sv": "swedish", "en": "english"}
# Words that say nothing of a topic. Triage never sees these lists: they contain "not" and "without".
_STOP_WORDS = {"de": STOPWORDS_GERMAN, "da": STOPWORDS_DANISH, "sv": STOPWORDS_SWEDISH, "en": STOPWORDS_EN_PLUS}
_MORE_STOP_WORDS = Path(__file__).with_name("stopwords.toml")
_WORD = re.compile(r"[^\W_]+")
_ROWS = "rows.json"

# German writes in one word what others write in two: "Rumpf" finds "Rumpfmuskulatur", "Aufwärmübung" finds "Übung".
# A word shares a beginning or an end of at least four letters, and the rest is at least three letters long.
# How much that counts was chosen on evals/cases/dev.jsonl.
_SHORTEST, _REST = 4, 3
_COMPOUND, _PART = 0.8, 0.4


@cache
def _stemmer(lang: Lang) -> Any:  # noqa: ANN401 - PyStemmer carries no types
    return Stemmer.Stemmer(_SNOWBALL.get(lang, "english"))


@cache
def _stop_words(lang: Lang) -> frozenset[str]:
    more: dict[str, list[str]] = tomllib.loads(_MORE_STOP_WORDS.read_text("utf-8"))
    return frozenset((*_STOP_WORDS.get(lang, ()), *more.get(lang, ())))


def terms(text: str, lang: Lang) -> list[str]:
    """The stems of the words of a text that say something of its topic, in order; hyphens separate words."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _stop_words(lang))
    stems: list[str] = _stemmer(lang).stemWords(list(words))
    return stems


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """For every passage: its BM25 score, and the share of the question's weight (IDF) that its words make up."""

    scores: Array
    coverage: Array


@dataclass(frozen=True, slots=True)
class _Part:
    """The passages of one language: BM25, their numbers, and its vocabulary sorted forwards and backwards."""

    bm25: bm25s.BM25
    rows: npt.NDArray[np.int64]
    forwards: Sequence[str]
    backwards: Sequence[str]

    @classmethod
    def of(cls, bm25: bm25s.BM25, rows: Sequence[int]) -> "_Part":
        words = [word for word in bm25.vocab_dict if len(word) >= _SHORTEST]
        return cls(bm25, np.asarray(rows, dtype=np.int64), sorted(words), sorted(word[::-1] for word in words))

    def postings(self, term: str) -> tuple[npt.NDArray[np.int32], Array]:
        """The numbers, within the part, of the passages that contain a term, and its BM25 score in each."""
        number = self.bm25.vocab_dict.get(term)
        stored = self.bm25.scores
        start, end = (0, 0) if number is None else (stored["indptr"][number], stored["indptr"][number + 1])
        return stored["indices"][start:end], stored["data"][start:end]

    def related(self, term: str) -> Mapping[str, float]:
        """Terms of the vocabulary that match a question's term, with how much: itself, compounds with it, its parts."""
        found = {term: 1.0} if term in self.bm25.vocab_dict else {}
        if len(term) < _SHORTEST:
            return found
        longest = len(term) - _REST
        parts = {term[:n] for n in range(_SHORTEST, longest + 1)} | {term[-n:] for n in range(_SHORTEST, longest + 1)}
        found |= {part: _PART for part in parts if part in self.bm25.vocab_dict}
        compounds = [*_beginning(self.forwards, term), *(w[::-1] for w in _beginning(self.backwards, term[::-1]))]
        found |= {word: _COMPOUND for word in compounds if len(word) >= len(term) + _REST}
        return found


class LexicalIndex:
    """BM25 over passages that are numbered from 0, in parts by language."""

    def __init__(self, parts: Mapping[Lang, _Part]) -> None:
        self._parts = parts
        self._size = sum(len(part.rows) for part in parts.values())

    @classmethod
    def build(cls, texts: Iterable[tuple[str, Lang]]) -> "LexicalIndex":
        """Index texts with their languages, in the order of their numbers."""
        tokens: dict[Lang, list[list[str]]] = {}
        rows: dict[Lang, list[int]] = {}
        for number, (text, lang) in enumerate(texts):
            tokens.setdefault(lang, []).append(terms(text, lang))
            rows.setdefault(lang, []).append(number)
        parts = {}
        for lang, documents in tokens.items():
            bm25 = bm25s.BM25()
            bm25.index(documents, show_progress=False)
            parts[lang] = _Part.of(bm25, rows[lang])
        return cls(parts)

    def save(self, folder: Path) -> None:
        """Write one folder a language."""
        for lang, part in self._parts.items():
            part.bm25.save(folder / lang, show_progress=False)
            (folder / lang / _ROWS).write_text(json.dumps(part.rows.tolist()), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open what `save` wrote.

        Raises:
            IndexDamaged: a file is missing or unreadable.
        """
        try:
            parts = {
                path.name: _Part.of(
                    bm25s.BM25.load(path, show_progress=False), json.loads((path / _ROWS).read_text("utf-8"))
                )
                for path in sorted(folder.iterdir())
            }
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(
                f"the lexical index in {folder} cannot be read ({error}); run: {BUILD} --force"
            ) from error
        return cls(parts)

    def __len__(self) -> int:
        return self._size

    def score(self, question: str) -> LexicalScores:
        """Score every passage for a question; shape (passages,) both."""
        scores = np.zeros(self._size, dtype=np.float32)
        coverage = np.zeros(self._size, dtype=np.float32)
        for lang, part in self._parts.items():
            asked = {term: part.related(term) for term in terms(question, lang)}
            coverage[part.rows] = _coverage(part, asked)
            scores[part.rows] = _bm25(part, asked)
        return LexicalScores(scores, coverage)

    def overlap(self, question: str, texts: Sequence[str], lang: Lang) -> tuple[float, ...]:
        """The share of the question's lexical weight that each text of a language contains, in [0, 1]."""
        part = self._parts[lang]
        asked = {term: (_weight(part, term), part.related(term)) for term in terms(question, lang)}
        total = sum(weight for weight, _ in asked.values())
        shares = []
        for text in texts:
            words = frozenset(terms(text, lang))
            found = sum(
                weight * max((much for word, much in related.items() if word in words), default=0.0)
                for weight, related in asked.values()
            )
            shares.append(found / total if total else 0.0)
        return tuple(shares)


Asked = Mapping[str, Mapping[str, float]]
"""The question's terms with the terms of the vocabulary that match them, and how much each does."""


def _coverage(part: _Part, asked: Asked) -> Array:
    """For each passage the share of the IDF of the question's terms that it contains; a part of a word counts partly.

    A term that no passage contains weighs as much as one that a single passage contains: not finding it counts.
    """
    shares = np.zeros(len(part.rows), dtype=np.float32)
    total = 0.0
    for term, related in asked.items():
        weight = _weight(part, term)
        total += weight
        best = np.zeros(len(part.rows), dtype=np.float32)
        for word, much in related.items():
            holders, _ = part.postings(word)
            best[holders] = np.maximum(best[holders], much)
        shares += weight * best
    return shares / total if total else shares


def _bm25(part: _Part, asked: Asked) -> Array:
    """BM25 of the question's terms; of the words that match a term the best counts, those that match in part less."""
    scores = np.zeros(len(part.rows), dtype=np.float32)
    for related in asked.values():
        best = np.zeros(len(part.rows), dtype=np.float32)
        for word, much in related.items():
            holders, values = part.postings(word)
            best[holders] = np.maximum(best[holders], much * values)
        scores += best
    return scores


def _weight(part: _Part, term: str) -> float:
    """Lucene's IDF, the one that bm25s uses."""
    frequency = max(1, len(part.postings(term)[0]))
    return float(np.log(1 + (len(part.rows) - frequency + 0.5) / (frequency + 0.5)))


def _beginning(words: Sequence[str], start: str) -> Sequence[str]:
    """Those of the sorted words that begin so."""
    first = bisect_left(words, start)
    return words[first : bisect_left(words, start + "\U0010ffff", first)]
