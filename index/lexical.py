"""The lexical index: stemmed BM25, one part a language, persisted beside the vectors.

`bm25s` computes and stores the scores, Snowball (PyStemmer) stems. The German stemmer also makes `ä`, `ae` and the
`a` of a keyboard without umlauts the same. Nothing is rebuilt at a query.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer

from corpus.document import Lang
from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged

_SNOWBALL = {"de": "german", "da": "danish", "sv": "swedish", "en": "english"}
_WORD = re.compile(r"[^\W_]+")
_ROWS = "rows.json"


@cache
def _stemmer(lang: Lang) -> Any:  # noqa: ANN401 - PyStemmer carries no types
    return Stemmer.Stemmer(_SNOWBALL.get(lang, "english"))


def terms(text: str, lang: Lang) -> list[str]:
    """The stems of the words of a text, in order; hyphens separate words."""
    stems: list[str] = _stemmer(lang).stemWords(_WORD.findall(text.casefold()))
    return stems


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """For every passage: its BM25 score, and the share of the question's weight (IDF) that its words make up."""

    scores: Array
    coverage: Array


class LexicalIndex:
    """BM25 over passages that are numbered from 0, in parts by language."""

    def __init__(self, parts: Mapping[Lang, tuple[bm25s.BM25, Sequence[int]]]) -> None:
        self._parts = {lang: (bm25, np.asarray(rows, dtype=np.int64)) for lang, (bm25, rows) in parts.items()}
        self._size = sum(len(rows) for _, rows in parts.values())

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
            parts[lang] = (bm25, rows[lang])
        return cls(parts)

    def save(self, folder: Path) -> None:
        """Write one folder a language."""
        for lang, (bm25, rows) in self._parts.items():
            bm25.save(folder / lang, show_progress=False)
            (folder / lang / _ROWS).write_text(json.dumps(rows.tolist()), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open what `save` wrote.

        Raises:
            IndexDamaged: a file is missing or unreadable.
        """
        try:
            parts = {
                part.name: (
                    bm25s.BM25.load(part, show_progress=False),
                    json.loads((part / _ROWS).read_text("utf-8")),
                )
                for part in sorted(folder.iterdir())
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
        for lang, (bm25, rows) in self._parts.items():
            known, shares = _coverage(bm25, len(rows), dict.fromkeys(terms(question, lang)))
            coverage[rows] = shares
            if known:
                scores[rows] = bm25.get_scores(known)
        return LexicalScores(scores, coverage)


def _coverage(bm25: bm25s.BM25, size: int, question: Iterable[str]) -> tuple[list[str], Array]:
    """The question's terms that the part knows, and for each passage the share of the IDF of all terms.

    A term that no passage contains weighs as much as one that a single passage contains: not finding it counts.
    """
    starts, holders = bm25.scores["indptr"], bm25.scores["indices"]
    shares = np.zeros(size, dtype=np.float32)
    total, known = 0.0, []
    for term in question:
        number = bm25.vocab_dict.get(term)
        passages = holders[starts[number] : starts[number + 1]] if number is not None else holders[:0]
        weight = _idf(size, max(1, len(passages)))
        total += weight
        if len(passages):
            known.append(term)
            shares[passages] += weight
    return known, shares / total if total else shares


def _idf(size: int, frequency: int) -> float:
    """Lucene's IDF, the one that bm25s uses."""
    return float(np.log(1 + (size - frequency + 0.5) / (frequency + 0.5)))
