"""Retrieval measured on data in SQuAD format: paragraphs indexed by the product's own code, questions asked of them.

Everything is measured twice, with the ranking the product uses and with vectors alone.
"""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.scores import Estimate, recall, reciprocal_rank, share
from evals.squad import Asked, Dataset, Progress, indexed, silent
from index.encode import PassageEncoder, QuestionEncoder
from index.passage import Hit
from index.ranking import Ranking, ranking
from index.search import ANSWERED_FROM, Searcher

_COUNT = 10
_RECALLS = (1, 3, 5, 10)
_BEST_SENTENCES = (1, 3)


def variants() -> Mapping[str, Ranking]:
    """What is measured side by side; the first is what the product does."""
    return {"fused": ranking(), "dense_only": ranking().without_words()}


@dataclass(frozen=True, slots=True)
class Variant:
    """Figures by name: recall@k, mrr@10, answer_sentence@k; and the median time of a question in milliseconds."""

    figures: Mapping[str, Estimate | None]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on a data set; `indexing` and `asking` in seconds, loading of models included."""

    dataset: Dataset
    passages: int
    sentences: int
    variants: Mapping[str, Variant]
    indexing: float
    asking: float

    def as_json(self) -> dict[str, Any]:
        """The product's figures on the outer level, their intervals and those of every variant below."""
        first = next(iter(self.variants.values()))
        return {
            "lang": self.dataset.lang,
            "questions": len(self.dataset.questions),
            "skipped": self.dataset.skipped,
            "passages": self.passages,
            "sentences": self.sentences,
            **_values(first),
            "seconds": round(self.indexing + self.asking, 2),
            "index_seconds": round(self.indexing, 2),
            "question_ms_median": round(first.milliseconds, 2),
            "variants": {
                name: {**_values(variant), "intervals": _intervals(variant)} for name, variant in self.variants.items()
            },
        }


def _values(variant: Variant) -> dict[str, float | None]:
    return {name: None if figure is None else round(figure.value, 4) for name, figure in variant.figures.items()}


def _intervals(variant: Variant) -> dict[str, list[float]]:
    found = {name: figure for name, figure in variant.figures.items() if figure is not None}
    return {name: [round(figure.low, 4), round(figure.high, 4)] for name, figure in found.items()}


def measure(
    dataset: Dataset, folder: Path, by: PassageEncoder, asking: QuestionEncoder, progress: Progress = silent
) -> Report:
    """Index the paragraphs in an empty folder and ask every question.

    Raises:
        ModelUnavailable: a model cannot be loaded.
    """
    began = time.perf_counter()
    with indexed(dataset, folder, by, asking, progress) as data:
        ready = time.perf_counter()
        found = {
            name: _variant(data.searcher(weights), dataset.questions, name, progress)
            for name, weights in variants().items()
        }
    ended = time.perf_counter()
    return Report(dataset, len(data.passages), data.sentences, found, ready - began, ended - ready)


def _variant(searcher: Searcher, questions: Sequence[Asked], name: str, tell: Progress) -> Variant:
    ranks: list[int | None] = []
    contained: dict[int, list[bool]] = {at: [] for at in _BEST_SENTENCES}
    times: list[float] = []
    for number, asked in enumerate(questions, 1):
        began = time.perf_counter()
        hits = searcher.search(asked.text, _COUNT)
        times.append((time.perf_counter() - began) * 1000)
        ranks.append(next((n for n, hit in enumerate(hits, 1) if hit.passage.source.document == asked.document), None))
        if asked.answers:  # retrieval can be measured without a gold answer, its sentence cannot
            best = best_sentences(hits)
            for at, outcomes in contained.items():
                outcomes.append(any(_answers(asked, document, text) for document, text in best[:at]))
        tell(name, number, len(questions))
    figures = {f"recall@{at}": recall(ranks, at) for at in _RECALLS}
    figures[f"mrr@{_COUNT}"] = reciprocal_rank(ranks, _COUNT)
    figures |= {f"answer_sentence@{at}": share(outcomes) for at, outcomes in contained.items()}
    return Variant(figures, statistics.median(times))


def best_sentences(hits: Sequence[Hit]) -> list[tuple[str, str]]:
    """The sentences that an answer is made from, the most relevant first, each with the id of its document."""
    ranked = [
        (scores.relevance, (hit.passage.source.document, sentence.text))
        for hit in hits[:ANSWERED_FROM]
        for sentence, scores in zip(hit.passage.sentences, hit.sentences, strict=True)
    ]
    return [sentence for _, sentence in sorted(ranked, key=lambda pair: -pair[0])]


def _answers(asked: Asked, document: str, sentence: str) -> bool:
    return document == asked.document and any(answer in sentence for answer in asked.answers)
