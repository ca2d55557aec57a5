"""Fitting how sure an answer is: the weights of bot/answer/evidence.toml, from the development cases alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.answer.evidence import FEATURES, features
from corpus.document import Lang
from evals.case import Case
from index.passage import Hit

Floats = npt.NDArray[np.float64]

# Ridge: with five weights and under a hundred cases, separable features would otherwise run off to infinity.
_RIDGE = 1.0
_STEPS = 50
# The question is answered where that is likelier right than wrong; it is called off topic only where it is far
# from an answer; that border was set by judgement, since being called off topic wrongly is rude.
_ANSWER, _NEAR = 0.5, 0.03


def fit(cases: Sequence[Case], search: Callable[[str, Lang], Sequence[Hit]], target: Path) -> float:
    """Fit the weights on the cases and write them; returns the share of cases on the right side of the threshold."""
    values = np.array([features(search(case.text, case.lang), case.lang) for case in cases], dtype=np.float64)
    wanted = np.array([case.kind == "answer" for case in cases], dtype=np.float64)
    means, deviations = values.mean(axis=0), values.std(axis=0)
    scaled = np.column_stack([np.ones(len(cases)), (values - means) / deviations])
    weights = _regression(scaled, wanted)
    target.write_text(_as_toml(weights, means, deviations), "utf-8")
    right = ((scaled @ weights > 0) == (wanted > 0)).mean()
    return float(right)


def _regression(values: Floats, wanted: Floats) -> Floats:
    """Ridge logistic regression by Newton's method; the first column is the bias and is not held down."""
    weights = np.zeros(values.shape[1])
    ridge = _RIDGE * np.eye(values.shape[1])
    ridge[0, 0] = 0.0
    for _step in range(_STEPS):
        guess = 1.0 / (1.0 + np.exp(-values @ weights))
        slope = values.T @ (guess - wanted) + ridge @ weights
        curve = (values * (guess * (1 - guess))[:, None]).T @ values + ridge
        weights -= np.linalg.solve(curve, slope)
    return weights


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
