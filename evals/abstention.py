"""Abstention measured on data in SQuAD format: questions whose answer is there, and the same after it was taken out.

Each question is asked three times: of all paragraphs, without its own (*near*: the rest of the article stays), and
without its whole article (*far*). How sure the bot is comes from the product's features; their weights are fitted on
four fifths of the articles and measured on the fifth, so that no question is measured with weights that have seen
its article. The threshold is set where the promised share of the answerable questions of those four fifths is refused.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answer.evidence import features
from corpus.language import detect
from evals.errors import NotSquad
from evals.regression import Floats, logistic, spread
from evals.scores import Estimate, share
from evals.squad import Dataset, Indexed, Progress, indexed, silent
from index.encode import PassageEncoder, QuestionEncoder

KINDS = ("near", "far")
PROMISED = 0.05
"""The share of answerable questions that may be refused."""

_FOLDS = 5
_SEED = 20260101
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

# As in evals/fit.py, where it keeps weights of separable features finite.
_RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Abstention:
    """What was measured.

    Attributes:
        questions: how many there are.
        declined: by kind, the share declined at the threshold that answers 95 % of the answerable, set over all.
        area: by kind, the area under the curve of answerable against declined.
        refused: answerable questions refused at the thresholds set on other articles; the promise is `PROMISED`.
        declined_unseen: by kind, the share declined at those same thresholds.
    """

    questions: int
    declined: Mapping[str, Estimate | None]
    area: Mapping[str, float]
    refused: Estimate | None
    declined_unseen: Mapping[str, Estimate | None]

    def as_json(self) -> dict[str, Any]:
        """Everything, rounded."""
        return {
            "questions": self.questions,
            "answered": 1 - PROMISED,
            "declined": {kind: _rounded(e) for kind, e in self.declined.items()},
            "auroc": {kind: round(value, 4) for kind, value in self.area.items()},
            "unseen_articles": {
                "promised_refused": PROMISED,
                "refused": _rounded(self.refused),
                "declined": {kind: _rounded(e) for kind, e in self.declined_unseen.items()},
            },
        }


def _rounded(estimate: Estimate | None) -> dict[str, float] | None:
    return None if estimate is None else {name: round(value, 4) for name, value in asdict(estimate).items()}


def measure(
    dataset: Dataset, folder: Path, by: PassageEncoder, asking: QuestionEncoder, progress: Progress = silent
) -> Abstention:
    """Index the paragraphs in an empty folder and ask every question three times.

    Raises:
        NotSquad: without one of the articles nothing would be left.
        ModelUnavailable: a model cannot be loaded.
    """
    _require_articles(dataset)
    with indexed(dataset, folder, by, asking, progress) as data:
        values = _values(dataset, data, progress)
    articles = np.array([asked.article for asked in dataset.questions])
    scores = {kind: np.zeros(len(articles)) for kind in ("full", *KINDS)}
    refused = np.zeros(len(articles), dtype=bool)
    unseen = {kind: np.zeros(len(articles), dtype=bool) for kind in KINDS}
    for held in _held_out(articles):
        seen, kept = ({kind: v[of] for kind, v in values.items()} for of in (~held, held))
        threshold, measured = _scored(seen, kept)
        for kind, found in measured.items():
            scores[kind][held] = found
        refused[held] = measured["full"] < threshold
        for kind in KINDS:
            unseen[kind][held] = measured[kind] < threshold
    overall = float(np.quantile(scores["full"], PROMISED))
    return Abstention(
        questions=len(articles),
        declined={kind: share((scores[kind] < overall).tolist()) for kind in KINDS},
        area={kind: _area(scores["full"], scores[kind]) for kind in KINDS},
        refused=share(refused.tolist()),
        declined_unseen={kind: share(unseen[kind].tolist()) for kind in KINDS},
    )


def _require_articles(dataset: Dataset) -> None:
    """Check that something is left to search, and to fit on, without any one of the articles."""
    asked: dict[int, set[str]] = {}
    for question in dataset.questions:
        asked.setdefault(question.article, set()).add(question.document)
    if len(asked) == 1 or any(len(documents) == len(dataset.documents) for documents in asked.values()):
        raise NotSquad("abstention is measured by taking articles out; the file must hold at least two")


def _values(dataset: Dataset, data: Indexed, tell: Progress) -> dict[str, Floats]:
    """The features of every question, asked of everything and without what answers it; shape (questions, features)."""
    searcher = data.searcher()
    passages = {p.source.document: p.id for p in data.passages}
    by_article: dict[int, set[str]] = {}
    for asked in dataset.questions:
        by_article.setdefault(asked.article, set()).add(passages[asked.document])
    rows: dict[str, list[tuple[float, ...]]] = {"full": [], "near": [], "far": []}
    for number, asked in enumerate(dataset.questions, 1):
        lang = detect(asked.text)
        without = {
            "full": frozenset[str](),
            "near": frozenset((passages[asked.document],)),
            "far": frozenset(by_article[asked.article]),
        }
        for kind, missing in without.items():
            rows[kind].append(features(searcher.search(asked.text, lang=lang, without=missing), lang))
        tell("asking", number, len(dataset.questions))
    return {kind: np.array(found, dtype=np.float64) for kind, found in rows.items()}


def _held_out(articles: Numbers) -> list[Mask]:
    """For each fold, which questions are measured in it."""
    names = np.random.default_rng(_SEED).permutation(np.unique(articles))
    return [np.isin(articles, names[fold::_FOLDS]) for fold in range(min(_FOLDS, len(names)))]


def _scored(fitted_on: Mapping[str, Floats], measured: Mapping[str, Floats]) -> tuple[float, dict[str, Floats]]:
    """The threshold and the scores of the measured questions, from a fit on others."""
    values = np.concatenate([fitted_on[kind] for kind in ("full", *KINDS)])
    wanted = np.repeat([1.0, 0.0, 0.0], len(fitted_on["full"]))
    means, deviations = values.mean(axis=0), spread(values)

    def columns(rows: Floats) -> Floats:
        return np.column_stack([np.ones(len(rows)), (rows - means) / deviations])

    weights = logistic(columns(values), wanted, _RIDGE)
    threshold = float(np.quantile(columns(fitted_on["full"]) @ weights, PROMISED))
    return threshold, {kind: columns(rows) @ weights for kind, rows in measured.items()}


def _area(answerable: Floats, others: Floats) -> float:
    """How often an answerable question scores higher than one that is not."""
    return float((answerable[:, None] > others[None, :]).mean())
