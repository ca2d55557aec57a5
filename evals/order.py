"""Fitting the order of passages and sentences: the weights of index/ranking.toml, from evals/cases/retrieval alone.

A conditional logit: the weights under which the passage that a question was asked about, and in it the first sentence
that holds the answer, are the likeliest among what is found.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from evals.regression import Floats, choice
from evals.squad import Dataset, Indexed, Progress, indexed, silent
from index.e5s1 import Array
from index.encode import PassageEncoder, QuestionEncoder
from index.passage import Hit, Scores, SentenceScores
from index.ranking import PASSAGE_FEATURES, SENTENCE_FEATURES, Ranking, passage_features, sentence_features
from index.search import ANSWERED_FROM

# Where the gate opens. Without a gate the development questions come out best on the whole (recall@1 0.780 instead of
# 0.771, five folds by article), but those in lay wording worse than with vectors alone; a promise outweighs a point.
_GATE = (0.2, 0.5)
# What it counts to be known to answer a question this near; the data sets here know none. See `known` in ranking.toml.
_KNOWN = (0.85, 80.0)
# Recall over five folds by article is the same to within a question from 0.003 to 0.0001.
_RIDGE, _SENTENCE_RIDGE = 0.001, 0.0001
# The features' units: differences that matter then have a size of about one, and the ridge weighs on all alike.
_PASSAGE_UNITS = dict(zip(PASSAGE_FEATURES, (20.0, 20.0, 20.0, 1.0, 1.0, 1.0, 0.2), strict=True))
_SENTENCE_UNITS = dict(zip(SENTENCE_FEATURES, (20.0, 20.0, 1.0, 1.0, 1.0, 1.0), strict=True))
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class _Case:
    """A question's candidates, best first, the number of the right one, and its gold answers."""

    hits: tuple[Hit, ...]
    right: int
    answers: tuple[str, ...]


def fit_order(
    datasets: Sequence[Dataset], by: PassageEncoder, asking: QuestionEncoder, progress: Progress = silent
) -> Ranking:
    """Fit the weights on data sets; sentences are fitted with the passages' new weights.

    Raises:
        ModelUnavailable: a model cannot be loaded.
    """
    blank = Ranking(
        gate_from=_GATE[0],
        gate_full=_GATE[1],
        known_from=_KNOWN[0],
        known=_KNOWN[1],
        passages=dict.fromkeys(PASSAGE_FEATURES, 1.0),
        sentences=dict.fromkeys(SENTENCE_FEATURES, 1.0),
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rw-fit-")))
        held = [
            (dataset, stack.enter_context(indexed(dataset, folder / str(number), by, asking, progress)))
            for number, dataset in enumerate(datasets)
        ]
        cases = [case for dataset, data in held for case in _cases(dataset, data, blank, _ALL)]
        fitted = blank.model_copy(update={"passages": _of_passages(cases, blank)})
        cases = [case for dataset, data in held for case in _cases(dataset, data, fitted, ANSWERED_FROM)]
    return fitted.model_copy(update={"sentences": _of_sentences(cases, fitted)})


def as_toml(fitted: Ranking) -> str:
    """The contents of ranking.toml."""

    def table(weights: Mapping[str, float]) -> str:
        return "{ " + ", ".join(f"{name} = {weight:.4f}" for name, weight in weights.items()) + " }"

    return f"""\
# How much each score counts for the order of passages and of the sentences in them; see ranking.py.
# Written by `python -m evals fit order` from evals/cases/retrieval, for the bundled model; not edited by hand.
gate_from = {fitted.gate_from}
gate_full = {fitted.gate_full}
known_from = {fitted.known_from}
known = {fitted.known}
passages = {table(fitted.passages)}
sentences = {table(fitted.sentences)}
"""


def _cases(dataset: Dataset, data: Indexed, weights: Ranking, count: int) -> Iterator[_Case]:
    ids = {p.source.document: p.id for p in data.passages}
    searcher = data.searcher(weights)
    for asked in dataset.questions:
        hits = searcher.search(asked.text, count)
        found = [hit.passage.id for hit in hits]
        if ids[asked.document] in found:
            yield _Case(hits, found.index(ids[asked.document]), asked.answers)


def _of_passages(cases: Sequence[_Case], ranking: Ranking) -> dict[str, float]:
    offers = []
    for case in cases:
        gate = ranking.gate(max(hit.scores.coverage for hit in case.hits))
        offers.append(_in_units(passage_features(_columns([hit.scores for hit in case.hits]), gate), _PASSAGE_UNITS))
    weights = choice(offers, [case.right for case in cases], _RIDGE)
    return {name: float(w) * unit for (name, unit), w in zip(_PASSAGE_UNITS.items(), weights, strict=True)}


def _of_sentences(cases: Sequence[_Case], ranking: Ranking) -> dict[str, float]:
    offers, chosen = [], []
    for case in cases:
        gate = ranking.gate(max(hit.scores.coverage for hit in case.hits))
        before = sum(len(hit.sentences) for hit in case.hits[: case.right])
        texts = [sentence.text for sentence in case.hits[case.right].passage.sentences]
        right = next((n for n, text in enumerate(texts) if any(answer in text for answer in case.answers)), None)
        if right is None:
            continue  # the answer stands across two sentences
        rows = []
        for hit in case.hits:
            columns = _columns(hit.sentences) | {"passage": np.full(len(hit.sentences), hit.scores.fitted)}
            rows.append(sentence_features(columns, gate))
        offers.append(_in_units(np.concatenate(rows), _SENTENCE_UNITS))
        chosen.append(before + right)
    weights = choice(offers, chosen, _SENTENCE_RIDGE)
    return {name: float(w) * unit for (name, unit), w in zip(_SENTENCE_UNITS.items(), weights, strict=True)}


def _columns(scores: Sequence[Scores] | Sequence[SentenceScores]) -> dict[str, Array]:
    """Scores by name, one array each."""
    rows = [asdict(score) for score in scores]
    return {name: np.array([row[name] for row in rows], dtype=np.float32) for name in rows[0]}


def _in_units(features: Array, units: Mapping[str, float]) -> Floats:
    scaled: Floats = features.astype(np.float64) * np.array(list(units.values()))
    return scaled
