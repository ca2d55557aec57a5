"""Training the judge: bot/judge.npz, from the examples of evals/training and the questions of the corpus."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from bot.judging import HARMLESS, LEVEL, NO_SIGN, REASON, SIGN
from bot.textfold import tokenize
from bot.turn import Level
from bot.windows import BETWEEN
from corpus.language import LANGUAGES
from evals.disturb import DISTURBANCES
from evals.examples import Example
from index.net import Task
from index.tune import Lesson, Progress, tune
from index.tuned import Tuned

# The level decides, the sign and the reason help to tell what the words are about.
_WEIGHTS = {LEVEL: 1.0, SIGN: 0.5, REASON: 0.7}
_UNKNOWN = -1
# Words of a message that is put beside another one; both together must be what is looked at as a whole.
_SHORT = 35


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and how many examples it was made from."""

    tuned: Tuned
    examples: int


def train(
    examples: Sequence[Example], rounds: int = 5, *, threads: int = 1, progress: Progress | None = None
) -> Trained:
    """Train on all examples given, some of them typed in another way, and some in a conversation as well."""
    everything = [*examples, *typed_otherwise(examples), *in_conversation(examples)]
    return Trained(tune(lesson(everything), rounds, threads=threads, progress=progress), len(examples))


def typed_otherwise(examples: Sequence[Example]) -> list[Example]:
    """Every third example as somebody else would have typed it: in other letters, or with slips."""
    found = []
    for example in examples:
        chance = crc32(example.text.encode())
        if example.lang is None or chance % 3:
            continue
        typed = DISTURBANCES["slips" if chance % 2 else "plain_letters"](example.text, example.lang, example.text)
        if typed != example.text:
            found.append(replace(example, text=typed))
    return found


def in_conversation(examples: Sequence[Example]) -> list[Example]:
    """Every third message about its writer before or after a harmless one, as far as both are short.

    A sign stays whatever is asked next, and two harmless messages are no more suspicious than one.
    """
    single = [e for e in examples if e.lang and e.level and BETWEEN not in e.text and len(e.text.split()) <= _SHORT]
    chatter = {lang: [e for e in single if e.lang == lang and e.reason == HARMLESS] for lang in LANGUAGES}
    found = []
    for example in single:
        chance = crc32(example.text.encode()) // 3
        if example.reason not in {None, HARMLESS} or chance % 3:
            continue
        others = chatter[example.lang or LANGUAGES[0]]
        other = others[chance % len(others)].text if others else ""
        pair = (example.text, other) if chance % 2 else (other, example.text)
        if other not in {"", example.text}:
            found.append(replace(example, text=BETWEEN.join(pair)))
    return found


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
