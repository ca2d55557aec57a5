"""Fitting how sure an answer is: the weights of bot/answer/evidence.toml, from the development cases alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.answer.evidence import FEATURES, features
from bot.turn import Question, Turn
from evals.case import Case
from evals.regression import Floats, logistic, spread

# Ridge: a dozen features that go together would otherwise run off to infinity on a few hundred cases.
_RIDGE = 1.0
# On the development cases, ten folds, refusals are right in more than nine of ten and nine of ten of what cannot be
# answered is refused between 0.4 and 0.5. A question is called off topic only where it is far from an answer; that
# border was set by judgement, since being called off topic wrongly is rude.
_ANSWER, _NEAR = 0.45, 0.03


@dataclass(frozen=True, slots=True)
class Fitted:
    """On how many cases the weights were fitted, and the share of them on the right side of the threshold."""

    cases: int
    right: float


def fit(cases: Sequence[Case], search: Callable[[Question], Turn], target: Path) -> Fitted:
    """Fit the weights on the cases that come as far as a search, and write them."""
    values, wanted = [], []
    for case in cases:
        turn = search(case.question)
        if turn.hits and turn.query is not None:
            values.append(features(turn.hits, turn.query.lang))
            wanted.append(case.kind == "answer")
    return _fit(np.array(values, dtype=np.float64), np.array(wanted, dtype=np.float64), target)


def _fit(values: Floats, wanted: Floats, target: Path) -> Fitted:
    means, deviations = values.mean(axis=0), spread(values)
    scaled = np.column_stack([np.ones(len(values)), (values - means) / deviations])
    weights = logistic(scaled, wanted, _RIDGE)
    target.write_text(_as_toml(weights, means, deviations), "utf-8")
    right = ((scaled @ weights > 0) == (wanted > 0)).mean()
    return Fitted(len(values), float(right))


def _as_toml(weights: Floats, means: Floats, deviations: Floats) -> str:
    def table(names: Sequence[str], numbers: Floats) -> str:
        return "{ " + ", ".join(f"{n} = {float(v):.5f}" for n, v in zip(names, numbers, strict=True)) + " }"

    return f"""\
# How sure it is that the passages found answer the question: a logistic regression over features of the best hits.
# Written by `python -m evals fit`, from the questions of evals/cases/dev.jsonl; not edited by hand.
weights = {table(("bias", *FEATURES), weights)}
means = {table(FEATURES, means)}
deviations = {table(FEATURES, deviations)}
# Above it the question is answered.
answer = {_ANSWER}
# Below it the question is not even near the articles.
near = {_NEAR}
"""
