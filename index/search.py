"""From a question to hits: vectors of passages and sentences, and the words of both, ranked together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus.document import Lang
from corpus.language import detect
from index.e5s1 import Array
from index.encode import QuestionEncoder
from index.expect import asks_for_number, holds_number
from index.lexical import Asked, Rows
from index.passage import Hit, Passage, Scores, SentenceScores
from index.ranking import Ranking, passage_features, ranking, sentence_features
from index.spelling import Spelling
from index.store import VectorStore
from index.subjects import Subjects
from index.variants import Variants
from index.words import Words

PASSAGES = "passages"
SENTENCES = "sentences"
Mask = npt.NDArray[np.bool_]
ANSWERED_FROM = 5
"""An answer is made from so many passages; the sentences of these compete with one another."""

# How many of each kind are looked at before they are ranked together.
_POOL = 50
_SENTENCE_POOL = 150
_KNOWN_POOL = 20


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """Questions that are known: on other subjects, and those that a sentence answers; and how words are spelt."""

    subjects: Subjects
    variants: Variants
    spelling: Spelling


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it is searched for: its vector, and its words in the passages and in their sentences."""

    text: str
    lang: Lang
    vector: Array
    passages: Asked
    sentences: Asked
    known: Array
    """For each sentence the cosine of the nearest question that it is known to answer; shape (sentences,)."""


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Passages that may be hits, by number, and their sentences one after another.

    Attributes:
        rows: numbers of the passages, ascending; shape (passages,).
        sentences: numbers of their sentences; shape (sentences,).
        starts: where in `sentences` each passage begins; shape (passages,).
        follows: whether a sentence has another of its passage behind it; shape (sentences,).
    """

    rows: Rows
    sentences: Rows
    starts: Rows
    follows: Array

    def of(self, passage: int) -> slice:
        """Where the sentences of a passage stand."""
        end = self.starts[passage + 1] if passage + 1 < len(self.starts) else len(self.sentences)
        return slice(int(self.starts[passage]), int(end))

    def best(self, values: Array) -> Array:
        """The largest value among each passage's sentences; from shape (sentences,) to (passages,)."""
        best: Array = np.maximum.reduceat(values, self.starts)
        return best


def sentence_id(passage: str, number: int) -> str:
    """The id of a passage's sentence in the collection of sentences."""
    return f"{passage}/{number}"


class Searcher:
    """Finds passages of one published index; safe to use from several threads."""

    def __init__(  # noqa: PLR0913 - the parts of an index, each needed and of its own type
        self,
        passages: Sequence[Passage],
        store: VectorStore,
        words: Words,
        encoder: QuestionEncoder,
        *,
        weights: Ranking | None = None,
        asked: AskedBefore | None = None,
    ) -> None:
        self._numbers: Mapping[str, int] = {passage.id: row for row, passage in enumerate(passages)}
        self._passages = passages
        self._firsts = np.cumsum([0, *(len(p.sentences) for p in passages)])
        self._ids = [sentence_id(p.id, n) for p in passages for n in range(len(p.sentences))]
        self._store = store
        self._words = words
        self._encoder = encoder
        self._ranking = weights or ranking()
        self._before = asked or AskedBefore(Subjects(), Variants.none(len(self._ids)), Spelling(()))

    def search(
        self,
        question: str,
        count: int = 10,
        lang: Lang | None = None,
        *,
        without: frozenset[str] = frozenset(),
    ) -> tuple[Hit, ...]:
        """The best passages for a question, best first; `count` at most. The language is detected when not given.

        Passages whose ids are in `without` are left out as if nobody had indexed them: how the bot would do if an
        answer were missing is measured so.
        """
        lang = lang or detect(question)
        asked = self._asked(question, lang)
        kept = self._kept(without)
        candidates = self._candidates(asked, kept)
        if not len(candidates.rows) or count < 1:
            return ()
        vectors = self._store.vectors(SENTENCES, [self._ids[n] for n in candidates.sentences])
        cosines = vectors @ asked.vector
        scores = self._scores(asked, candidates, vectors, cosines)
        gate = self._ranking.gate(float(scores["coverage"].max()))
        fitted = self._ranking.of_passages(passage_features(scores, gate)) + self._ranking.of_known(scores["asked"])
        # These say something of the question, and are the same for every passage.
        scores["words"] = np.full(len(fitted), len(asked.passages.held))
        scores["unknown"] = np.full_like(fitted, asked.passages.unknown(np.flatnonzero(kept)))
        scores["elsewhere"] = np.full_like(fitted, self._before.subjects.nearest(asked.vector))
        scores["fitted"] = fitted
        chances = np.exp(fitted - fitted.max())
        chances /= chances.sum()
        order = np.argsort(-fitted, kind="stable")[:count]
        hits = [
            Hit(
                self._passages[candidates.rows[i]],
                float(chances[i]),
                Scores(**{name: column[i].item() for name, column in scores.items()}),
                (),
            )
            for i in order
        ]
        return self._with_sentences(asked, hits, [cosines[candidates.of(i)] for i in order], gate)

    def _asked(self, question: str, lang: Lang) -> _Question:
        question = self._before.spelling.correct(question, lang)
        vector = self._encoder.encode_question(question)
        return _Question(
            question,
            lang,
            vector,
            self._words.passages.ask(question, lang),
            self._words.sentences.ask(question, lang),
            self._before.variants.cosines(vector),
        )

    def _kept(self, without: frozenset[str]) -> Mask:
        kept = np.ones(len(self._passages), dtype=np.bool_)
        kept[[self._numbers[passage] for passage in without]] = False
        return kept

    def _candidates(self, asked: _Question, kept: Mask) -> _Candidates:
        """What the vectors or the words find among their best; what is not kept takes no place from the others."""
        lengths = np.diff(self._firsts)
        gone = len(kept) - int(kept.sum())
        passages = self._store.nearest(PASSAGES, asked.vector, _POOL + gone)
        numbers = {self._numbers[found] for found, _ in passages}
        sentences = self._store.nearest(SENTENCES, asked.vector, _SENTENCE_POOL + int(lengths[~kept].sum()))
        numbers |= {self._numbers[found.partition("/")[0]] for found, _ in sentences}
        known = np.where(np.repeat(kept, lengths), asked.known, 0.0)
        nearest = np.argsort(-known, kind="stable")[:_KNOWN_POOL]
        numbers |= {int(np.searchsorted(self._firsts, n, side="right")) - 1 for n in nearest if known[n] > 0}
        lexical = np.where(kept, asked.passages.scores, 0.0)
        best = np.argsort(-lexical, kind="stable")[:_POOL]
        numbers |= {int(row) for row in best if lexical[row] > 0}
        rows = np.array(sorted(number for number in numbers if kept[number]), dtype=np.intp)
        ranges = [np.arange(self._firsts[row], self._firsts[row + 1]) for row in rows]
        ends = np.cumsum(lengths[rows])
        follows = np.ones(int(lengths[rows].sum()), dtype=np.float32)
        follows[ends - 1] = 0.0
        return _Candidates(rows, np.concatenate(ranges) if ranges else rows, ends - lengths[rows], follows)

    def _scores(self, asked: _Question, found: _Candidates, vectors: Array, cosines: Array) -> dict[str, Array]:
        """The scores of the candidates by their names in `Scores`, each of shape (passages,)."""
        held = asked.sentences.held[:, found.sentences]
        pairs = np.maximum(held, _behind(held) * found.follows)
        return {
            "dense": self._store.vectors(PASSAGES, [self._passages[r].id for r in found.rows]) @ asked.vector,
            "sentence": found.best(cosines),
            "pair": found.best(_pair_cosines(found, vectors, cosines)),
            "lexical": asked.passages.scores[found.rows],
            "coverage": asked.passages.shares(found.rows),
            "pair_coverage": found.best(asked.sentences.shares(found.sentences, pairs)),
            "missing": asked.passages.missing(found.rows),
            "asked": found.best(asked.known[found.sentences]),
        }

    def _with_sentences(
        self, asked: _Question, hits: Sequence[Hit], cosines: Sequence[Array], gate: float
    ) -> tuple[Hit, ...]:
        """The hits with the scores of their sentences; words are weighed over those of the first passages."""
        numbers = [self._firsts[self._numbers[hit.passage.id]] + np.arange(len(hit.passage.sentences)) for hit in hits]
        weights = _local_weights(asked.sentences.held[:, np.concatenate(numbers[:ANSWERED_FROM])])
        wants_number = asks_for_number(asked.text, asked.lang)
        complete = []
        for hit, rows, cosine in zip(hits, numbers, cosines, strict=True):
            lang = hit.passage.source.lang
            local, context = _local(weights, asked.sentences.held[:, rows])
            scores = {
                "cosine": cosine,
                "coverage": asked.sentences.shares(rows),
                "local": local,
                "context": context,
                "asked": asked.known[rows],
                "number": np.array([wants_number and holds_number(s.text, lang) for s in hit.passage.sentences]),
                "passage": np.full(len(rows), hit.scores.fitted, dtype=np.float32),
            }
            relevance = self._ranking.of_sentences(sentence_features(scores, gate))
            scores["relevance"] = relevance + self._ranking.of_known(scores["asked"])
            del scores["passage"]
            rows_of = zip(*(column.tolist() for column in scores.values()), strict=True)
            sentences = tuple(SentenceScores(**dict(zip(scores, row, strict=True))) for row in rows_of)
            complete.append(replace(hit, sentences=sentences))
        return tuple(complete)


def _pair_cosines(found: _Candidates, vectors: Array, cosines: Array) -> Array:
    """The cosine of each sentence together with the one behind it, where there is one; else its own."""
    likeness = (vectors * np.roll(vectors, -1, axis=0)).sum(axis=1)
    lengths = np.sqrt(np.maximum(2 + 2 * likeness, np.finfo(np.float32).eps))
    pairs: Array = np.where(found.follows > 0, (cosines + _behind(cosines)) / lengths, cosines)
    return pairs


def _local_weights(held: Array) -> Array:
    """The weights of words among a few sentences that compete, of sum 1; from shape (words, sentences) to (words,).

    As in BM25, but over these alone: a word that all of them hold tells none from another.
    """
    frequency = held.sum(axis=1)
    weights: Array = np.log(1 + (held.shape[1] - frequency + 0.5) / (frequency + 0.5))
    return weights / max(float(weights.sum()), float(np.finfo(np.float32).tiny))


def _local(weights: Array, held: Array) -> tuple[Array, Array]:
    """The share of the words' weight that each sentence of a passage holds, and what the one before it adds."""
    before = np.hstack([np.zeros((len(held), 1), dtype=np.float32), held[:, :-1]])
    own: Array = weights @ held
    return own, weights @ np.maximum(held, before) - own


def _behind(values: Array) -> Array:
    """The value behind each, along the last axis; the last one gets the first."""
    return np.roll(values, -1, axis=-1)
