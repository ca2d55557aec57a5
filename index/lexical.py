"""The lexical index: stemmed BM25, one part a language, persisted beside the vectors.

`bm25s` computes and stores the scores; terms.py says what a word is looked for as. Nothing is rebuilt at a query.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from corpus.document import Lang
from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged
from index.terms import terms, terms_in

_ROWS = "rows.json"

# German writes in one word what others write in two: "Rumpf" finds "Rumpfmuskulatur", "Aufwärmübung" finds "Übung".
# A word shares a beginning or an end of at least four letters, and the rest is at least three letters long.
# How much that counts was set by judgement, not fitted.
_SHORTEST, _REST = 4, 3
_COMPOUND, _PART = 0.8, 0.4


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """For every passage: its BM25 score, and the share of the question's weight (IDF) that its words make up."""

    scores: Array
    coverage: Array


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of the question: its weight (IDF), and the terms that match it with how much each does.

    A word that no passage contains weighs as much as one that a single passage contains: not finding it counts.
    """

    weight: float
    related: Mapping[str, float]


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

    def asked(self, question: str, lang: Lang, into: Lang) -> tuple[_Asked, ...]:
        """The words of a question in `lang` as terms of this part, whose texts are in `into`; each word once."""
        found = []
        for wanted in dict.fromkeys(terms_in(question, lang, into)):
            related: dict[str, float] = {}
            for term in wanted:
                for match, much in self.related(term).items():
                    related[match] = max(much, related.get(match, 0.0))
            found.append(_Asked(max(self._idf(term) for term in wanted), related))
        return tuple(found)

    def _idf(self, term: str) -> float:
        """Lucene's IDF, the one that bm25s uses."""
        frequency = max(1, len(self.postings(term)[0]))
        return float(np.log(1 + (len(self.rows) - frequency + 0.5) / (frequency + 0.5)))

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

    def score(self, question: str, lang: Lang) -> LexicalScores:
        """Score every passage for a question in `lang`; shape (passages,) both."""
        scores = np.zeros(self._size, dtype=np.float32)
        coverage = np.zeros(self._size, dtype=np.float32)
        for into, part in self._parts.items():
            asked = part.asked(question, lang, into)
            coverage[part.rows] = _coverage(part, asked)
            scores[part.rows] = _bm25(part, asked)
        return LexicalScores(scores, coverage)

    def overlap(self, question: str, lang: Lang, texts: Sequence[str], into: Lang) -> tuple[float, ...]:
        """The share of the lexical weight of a question in `lang` that each text in `into` contains, in [0, 1]."""
        asked = self._parts[into].asked(question, lang, into)
        total = sum(word.weight for word in asked)
        shares = []
        for text in texts:
            words = frozenset(terms(text, into))
            found = sum(
                asked_word.weight
                * max((much for term, much in asked_word.related.items() if term in words), default=0.0)
                for asked_word in asked
            )
            shares.append(found / total if total else 0.0)
        return tuple(shares)


def _coverage(part: _Part, asked: Sequence[_Asked]) -> Array:
    """For each passage the share of the question's weight that it contains; a part of a word counts partly."""
    shares = np.zeros(len(part.rows), dtype=np.float32)
    for word in asked:
        best = np.zeros(len(part.rows), dtype=np.float32)
        for term, much in word.related.items():
            holders, _ = part.postings(term)
            best[holders] = np.maximum(best[holders], much)
        shares += word.weight * best
    total = sum(word.weight for word in asked)
    return shares / total if total else shares


def _bm25(part: _Part, asked: Sequence[_Asked]) -> Array:
    """BM25 of the question's words; of the terms that match a word the best counts, those that match in part less."""
    scores = np.zeros(len(part.rows), dtype=np.float32)
    for word in asked:
        best = np.zeros(len(part.rows), dtype=np.float32)
        for term, much in word.related.items():
            holders, values = part.postings(term)
            best[holders] = np.maximum(best[holders], much * values)
        scores += best
    return scores


def _beginning(words: Sequence[str], start: str) -> Sequence[str]:
    """Those of the sorted words that begin so."""
    first = bisect_left(words, start)
    return words[first : bisect_left(words, start + "\U0010ffff", first)]
