"""Tuning, on a handful of examples."""

import numpy as np
import pytest

from index.net import Task
from index.tune import Lesson, tune
from index.tuned import Judge

HARMLESS = ["Welche Schuhe sind gut?", "Wie oft soll ich laufen?", "Was kostet der Gürtel?", "Hilft Dehnen?"]
ALARMING = ["Ich kann kein Wasser lassen", "Meine Beine sind gelähmt", "Mir ist der Schritt taub", "Urin geht mir ab"]


@pytest.fixture(scope="module")
def judge() -> Judge:
    texts = [*HARMLESS, *ALARMING] * 8
    wanted = ([0] * len(HARMLESS) + [1] * len(ALARMING)) * 8
    unknown = [-1] * len(texts)
    lesson = Lesson(
        texts=texts,
        words=[text.lower().split() for text in texts],
        tasks={
            "alarm": Task(("no", "yes"), np.array(wanted, dtype=np.int64)),
            "never told": Task(("a", "b"), np.array(unknown, dtype=np.int64)),
        },
        suspicious=[float(value) for value in wanted],
    )
    return Judge(tune(lesson, rounds=6))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_was_harmless_stays_harmless_in_the_engine(judge: Judge, text: str) -> None:
    assert judge.judge(text)["alarm"]["no"] > 0.5


@pytest.mark.parametrize("text", ALARMING)
def test_what_was_alarming_stays_alarming_in_the_engine(judge: Judge, text: str) -> None:
    assert judge.judge(text)["alarm"]["yes"] > 0.5


def test_the_pieces_of_alarming_words_are_the_more_suspicious(judge: Judge) -> None:
    assert judge.suspicion(["wasser", "lassen"]) > judge.suspicion(["schuhe", "gut"])
