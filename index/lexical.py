"""The lexical index: stemmed BM25, one part a language, persisted beside the vectors.

`bm25s` computes and stores the scores; terms.py, thesaurus.py and vocabulary.py say what a word is looked for as.
Nothing is rebuilt at a query.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from corpus.document import Lang
from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged
from index.terms import terms
from index.thesaurus import Wanted, marks, wanted
from index.vocabulary import Matches, Vocabulary

_ROWS = "rows.json"
_NO_WORDS = "#"
# How much another name for the same thing counts, against 1 for the word itself.
SYNONYM = 0.8
# A text that holds at least this much of a word counts among those that contain it.
_HOLDS = 0.5
# A question has a handful of words; of a text pasted into the chat the first ones say what it is about.
_MOST_WORDS = 64

Rows = npt.NDArray[np.intp]
"""Numbers of texts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the texts hold of a question's words.

    Attributes:
        held: how much of each word each text holds, in [0, 1]; shape (words, texts).
        scores: the BM25 score of each text; shape (texts,).
        weights: the weight (IDF) of each word among the texts of each language; shape (words, languages).
        languages: the number, in `weights`, of each text's language; shape (texts,).
    """

    held: Array
    scores: Array
    weights: Array
    languages: npt.NDArray[np.intp]

    def shares(self, rows: Rows, held: Array | None = None) -> Array:
        """The share of the question's weight that texts hold, in [0, 1]; shape of `rows`.

        `held`, of shape (words, rows), stands in for what the texts hold themselves.
        """
        shares: Array = (self._shares_of_words(rows) * (self.held[:, rows] if held is None else held)).sum(axis=0)
        return shares

    def missing(self, rows: Rows) -> Array:
        """The share of the question's weight that its heaviest missing word has, for each text; shape of `rows`."""
        missing: Array = (self._shares_of_words(rows) * (1 - self.held[:, rows])).max(axis=0, initial=0.0)
        return missing

    def unknown(self, rows: Rows) -> float:
        """The share of the question's weight that none of the texts holds; 1 for a question without words."""
        if not self.held.size:
            return 1.0
        best = self.held[:, rows].max(axis=1, initial=0.0)[:, None]
        return 1.0 - float((self._shares_of_words(rows[:1]) * best).sum())

    def _shares_of_words(self, rows: Rows) -> Array:
        """The weights of the words, of sum 1, as they are for the language of each text; shape (words, rows)."""
        weights = self.weights[:, self.languages[rows]]
        shares: Array = weights / np.maximum(weights.sum(axis=0), np.finfo(np.float32).tiny)
        return shares


@dataclass(frozen=True, slots=True)
class _Part:
    """The texts of one language: BM25, their numbers, and its vocabulary."""

    lang: Lang
    bm25: bm25s.BM25
    rows: npt.NDArray[np.int64]
    vocabulary: Vocabulary

    @classmethod
    def of(cls, lang: Lang, bm25: bm25s.BM25, rows: Sequence[int]) -> "_Part":
        return cls(lang, bm25, np.asarray(rows, dtype=np.int64), Vocabulary(bm25.vocab_dict, lang))

    def postings(self, term: str) -> tuple[npt.NDArray[np.int32], Array]:
        """The numbers, within the part, of the texts that contain a term, and its BM25 score in each."""
        number = self.bm25.vocab_dict.get(term)
        stored = self.bm25.scores
        start, end = (0, 0) if number is None else (stored["indptr"][number], stored["indptr"][number + 1])
        return stored["indices"][start:end], stored["data"][start:end]

    def ask(self, asked: Sequence[Wanted]) -> tuple[Array, Array, list[float]]:
        """How much of each word each text of the part holds, the texts' BM25 scores, and the words' weights."""
        held = np.zeros((len(asked), len(self.rows)), dtype=np.float32)
        scores = np.zeros(len(self.rows), dtype=np.float32)
        weights = []
        for number, word in enumerate(asked):
            found = np.zeros_like(scores)
            self._hold(word, held[number], found)
            weights.append(self._weight(word, held[number]))
            scores += found
        return held, scores, weights

    def _hold(self, word: Wanted, held: Array, score: Array) -> None:
        """Note how much of a word each text holds, and its BM25 score; of several terms the best counts."""
        # Other names count as they are: a part of one would find too much ("Grund" in "Untergrund").
        self._note(dict.fromkeys(word.same, SYNONYM), held, score)
        for term in word.own:
            matches = self.vocabulary.matches(term, foreign=word.foreign)
            self._note(matches.whole, held, score)
            self._note_halves(matches, held, score)

    def _note(self, found: Mapping[str, float], held: Array, score: Array) -> None:
        for term, much in found.items():
            texts, values = self.postings(term)
            held[texts] = np.maximum(held[texts], much)
            score[texts] = np.maximum(score[texts], much * values)

    def _note_halves(self, matches: Matches, held: Array, score: Array) -> None:
        if not (matches.first or matches.last):
            return
        halves = []
        for found in (matches.first, matches.last):
            half = (np.zeros_like(held), np.zeros_like(score))
            self._note(found, *half)
            halves.append(half)
        np.maximum(held, halves[0][0] + halves[1][0], out=held)
        np.maximum(score, halves[0][1] + halves[1][1], out=score)

    def _weight(self, word: Wanted, held: Array) -> float:
        """A word's weight: the IDF of its best known term, or that of the texts which hold it under another form.

        One that no text contains weighs as much as one that a single text contains: not finding it counts.
        """
        known = [len(self.postings(term)[0]) for term in word.own if term in self.vocabulary]
        frequency = min(known) if known else max(1, int((held >= _HOLDS).sum()))
        # Lucene's IDF, the one that bm25s uses.
        return float(np.log(1 + (len(self.rows) - frequency + 0.5) / (frequency + 0.5)))


class LexicalIndex:
    """BM25 over texts that are numbered from 0, in parts by language."""

    def __init__(self, parts: Mapping[Lang, _Part]) -> None:
        self._parts = parts
        self._size = sum(len(part.rows) for part in parts.values())

    @classmethod
    def build(cls, texts: Iterable[tuple[str, Lang]]) -> "LexicalIndex":
        """Index texts with their languages, in the order of their numbers."""
        tokens: dict[Lang, list[list[str]]] = {}
        rows: dict[Lang, list[int]] = {}
        for number, (text, lang) in enumerate(texts):
            tokens.setdefault(lang, []).append([*terms(text, lang), *marks(text, lang)])
            rows.setdefault(lang, []).append(number)
        parts = {}
        for lang, documents in tokens.items():
            bm25 = bm25s.BM25()
            # bm25s takes no texts that are without words altogether; nothing is ever looked for as a bare mark.
            bm25.index(documents if any(documents) else [[_NO_WORDS]] * len(documents), show_progress=False)
            parts[lang] = _Part.of(lang, bm25, rows[lang])
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
                    path.name,
                    bm25s.BM25.load(path, show_progress=False),
                    json.loads((path / _ROWS).read_text("utf-8")),
                )
                for path in sorted(folder.iterdir())
            }
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(
                f"the lexical index in {folder} cannot be read ({error}); run: {BUILD} --force"
            ) from error
        return cls(parts)

    def __len__(self) -> int:
        return self._size

    def ask(self, question: str, lang: Lang) -> Asked:
        """What every text holds of a question in `lang`."""
        parts = list(self._parts.items())
        asked = [wanted(question, lang, into)[:_MOST_WORDS] for into, _ in parts]
        held = np.zeros((len(asked[0]) if asked else 0, self._size), dtype=np.float32)
        scores = np.zeros(self._size, dtype=np.float32)
        weights = np.zeros((len(held), len(parts)), dtype=np.float32)
        languages = np.zeros(self._size, dtype=np.intp)
        for number, ((_, part), words) in enumerate(zip(parts, asked, strict=True)):
            held[:, part.rows], scores[part.rows], weights[:, number] = part.ask(words)
            languages[part.rows] = number
        return Asked(held, scores, weights, languages)
