"""Training the judge: bot/judge.npz, from the examples of evals/training and the questions of the corpus."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.judging import HARMLESS, LEVEL, NO_SIGN, REASON, SIGN
from bot.textfold import tokenize
from bot.turn import Level
from evals.examples import Example
from index.net import Task
from index.tune import Lesson, Progress, tune
from index.tuned import Tuned

# The level decides, the sign and the reason help to tell what the words are about.
_WEIGHTS = {LEVEL: 1.0, SIGN: 0.5, REASON: 0.7}
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and how many examples it was made from."""

    tuned: Tuned
    examples: int


def train(examples: Sequence[Example], rounds: int = 5, progress: Progress | None = None) -> Trained:
    """Train on all examples given."""
    return Trained(tune(lesson(examples), rounds, progress=progress), len(examples))


def lesson(examples: Sequence[Example]) -> Lesson:
    """The examples as numbers: a task for each head, and which of them must be looked at."""
    levels = tuple(level.value for level in Level)
    signs = (NO_SIGN, *sorted({e.sign for e in examples if e.sign is not None and e.sign != NO_SIGN}))
    reasons = (HARMLESS, *sorted({e.reason for e in examples if e.reason is not None and e.reason != HARMLESS}))
    tasks = {
        LEVEL: _task(LEVEL, levels, [None if e.level is None else e.level.value for e in examples]),
        SIGN: _task(SIGN, signs, [e.sign for e in examples]),
        REASON: _task(REASON, reasons, [e.reason for e in examples]),
    }
    return Lesson(
        texts=[e.text for e in examples],
        words=[[token.text for token in tokenize((e.text,))] for e in examples],
        tasks=tasks,
        suspicious=[_suspicious(e) for e in examples],
    )


def _task(head: str, labels: Sequence[str], wanted: Sequence[str | None]) -> Task:
    numbers = {label: number for number, label in enumerate(labels)}
    rows = [_UNKNOWN if label is None else numbers[label] for label in wanted]
    return Task(tuple(labels), np.array(rows, dtype=np.int64), _WEIGHTS[head])


def _suspicious(example: Example) -> float:
    """Whether an example must be looked at closely: it has a sign, or must be refused."""
    if example.level not in {None, Level.NONE} or example.reason not in {None, HARMLESS}:
        return 1.0
    return float(_UNKNOWN) if example.level is None else 0.0
