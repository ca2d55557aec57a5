"""From a question to hits: passage vectors, best-sentence vectors and BM25, fused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Lang
from corpus.language import detect
from index.e5s1 import Array
from index.encode import QuestionEncoder
from index.lexical import LexicalIndex
from index.passage import Hit, Passage, Scores, SentenceScores
from index.store import VectorStore

PASSAGES = "passages"
SENTENCES = "sentences"

# How many of each kind are looked at before fusion; the answer is made from the first few.
_POOL = 50
_SENTENCE_POOL = 150


@dataclass(frozen=True, slots=True)
class Weights:
    """How the three scores are fused.

    The dense score is `passage` times the passage's cosine plus `sentence` times its best sentence's. The lexical
    score counts up to `lexical`, growing from nothing where the best passage covers `gate_from` of the question's
    lexical weight to all of it at `gate_full`: a question in other words than the text's, or in another language,
    is left to the vectors. The figures were taken as leads from earlier measurements and not fitted.
    """

    passage: float = 0.6
    sentence: float = 0.4
    lexical: float = 0.3
    gate_from: float = 0.3
    gate_full: float = 0.8


def sentence_id(passage: str, number: int) -> str:
    """The id of a passage's sentence in the collection of sentences."""
    return f"{passage}/{number}"


class Searcher:
    """Finds passages of one published index; safe to use from several threads."""

    def __init__(
        self,
        passages: Sequence[Passage],
        store: VectorStore,
        lexical: LexicalIndex,
        encoder: QuestionEncoder,
        weights: Weights | None = None,
    ) -> None:
        self._rows: Mapping[str, int] = {passage.id: row for row, passage in enumerate(passages)}
        self._passages = passages
        self._store = store
        self._lexical = lexical
        self._encoder = encoder
        self._weights = weights or Weights()

    def search(self, question: str, count: int = 10, lang: Lang | None = None) -> tuple[Hit, ...]:
        """The best passages for a question, best first; `count` at most. The language is detected when not given."""
        lang = lang or detect(question)
        vector = self._encoder.encode_question(question)
        lexical = self._lexical.score(question, lang)
        rows = self._candidates(vector, lexical.scores)
        if not rows:
            return ()
        dense = self._cosines(PASSAGES, [self._passages[r].id for r in rows], vector)
        sentences = self._sentence_cosines(rows, vector)
        best = np.array([max(s) for s in sentences], dtype=np.float32)
        fused = self._fused(dense, best, lexical.scores[rows], float(lexical.coverage.max()))
        order = sorted(range(len(rows)), key=lambda i: (-fused[i], rows[i]))[:count]
        return tuple(
            Hit(
                passage=self._passages[rows[i]],
                score=float(fused[i]),
                scores=Scores(
                    dense=float(dense[i]),
                    sentence=float(best[i]),
                    lexical=float(lexical.scores[rows[i]]),
                    coverage=float(lexical.coverage[rows[i]]),
                ),
                sentences=self._sentence_scores(question, lang, self._passages[rows[i]], sentences[i]),
            )
            for i in order
        )

    def _sentence_scores(
        self, question: str, lang: Lang, passage: Passage, cosines: Sequence[float]
    ) -> tuple[SentenceScores, ...]:
        shares = self._lexical.overlap(question, lang, [s.text for s in passage.sentences], passage.source.lang)
        return tuple(SentenceScores(cosine, share) for cosine, share in zip(cosines, shares, strict=True))

    def _candidates(self, vector: Array, lexical: Array) -> list[int]:
        """The numbers of the passages that any of the three finds among its best, in ascending order."""
        rows = {self._rows[found] for found, _ in self._store.nearest(PASSAGES, vector, _POOL)}
        sentences = self._store.nearest(SENTENCES, vector, _SENTENCE_POOL)
        rows |= {self._rows[found.partition("/")[0]] for found, _ in sentences}
        best = np.argsort(-lexical, kind="stable")[:_POOL]
        rows |= {int(row) for row in best if lexical[row] > 0}
        return sorted(rows)

    def _cosines(self, collection: str, ids: Sequence[str], vector: Array) -> Array:
        vectors = self._store.vectors(collection, ids)
        cosines: Array = np.stack([vectors[i] for i in ids]) @ vector
        return cosines

    def _sentence_cosines(self, rows: Sequence[int], vector: Array) -> list[tuple[float, ...]]:
        """The cosines of each passage's sentences; one look-up for all."""
        passages = [self._passages[row] for row in rows]
        ids = [sentence_id(p.id, number) for p in passages for number in range(len(p.sentences))]
        cosines = iter(self._cosines(SENTENCES, ids, vector).tolist())
        return [tuple(next(cosines) for _ in p.sentences) for p in passages]

    def _fused(self, dense: Array, best: Array, lexical: Array, coverage: float) -> Array:
        weights = self._weights
        gate = np.clip((coverage - weights.gate_from) / (weights.gate_full - weights.gate_from), 0.0, 1.0)
        share = weights.lexical * float(gate)
        vectors = weights.passage * _scaled(dense) + weights.sentence * _scaled(best)
        fused: Array = (1 - share) * vectors + share * _scaled(lexical)
        return fused


def _scaled(scores: Array) -> Array:
    """Scores on a common scale, from 0 for the worst candidate to 1 for the best."""
    low, high = float(scores.min()), float(scores.max())
    scaled: Array = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return scaled
