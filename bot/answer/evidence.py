"""How sure it is that the passages found answer the question.

Cosines of e5 models are squeezed (a flight to Mallorca has 0.77 here, a good question 0.85), so no threshold on one
of them will do. A dozen features go into a logistic regression whose weights lie in evidence.toml.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import BadWording
from corpus.document import Lang
from index.passage import Hit

FILE = Path(__file__).with_name("evidence.toml")
FEATURES = (
    "dense",
    "sentence",
    "pair",
    "coverage",
    "lexical",
    "score",
    "gap",
    "top_dense",
    "top_sentence",
    "top_coverage",
    "top_missing",
    "unknown",
    "elsewhere",
    "asked",
    "words",
    "single",
    "foreign",
)
"""Of the hits, the best cosine of a passage, a sentence, a pair of sentences, the best coverage and BM25 score; of the
first hit its score, what it has over the second, its cosines, its coverage, its heaviest missing word; the share of the
question that no passage knows; the cosines of the nearest question about another subject and of the nearest that is
known to be answered; how many words the question has, and whether it is a single one; and whether it is in another
language than the texts."""

# What is typed into a search box has one to three words, a question in a sentence four to eight.
_MOST_WORDS = 6


class Calibration(BaseModel):
    """The contents of evidence.toml; features are scaled by mean and deviation before they are weighed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Mapping[str, float]
    means: Mapping[str, float]
    deviations: Mapping[str, float]
    answer: float
    near: float


@cache
def calibration() -> Calibration:
    """The fitted weights.

    Raises:
        BadWording: the file is missing or has other fields.
    """
    try:
        return Calibration.model_validate(tomllib.loads(FILE.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadWording(f"{FILE.name}: {error}; run: python -m evals fit") from error


def features(hits: Sequence[Hit], lang: Lang) -> tuple[float, ...]:
    """The features of the hits for a question in `lang`, in the order of `FEATURES`; there must be hits."""
    scores = [hit.scores for hit in hits]
    top = scores[0]
    return (
        max(s.dense for s in scores),
        max(s.sentence for s in scores),
        max(s.pair for s in scores),
        max(s.coverage for s in scores),
        max(s.lexical for s in scores),
        top.fitted,
        top.fitted - scores[1].fitted if len(hits) > 1 else 0.0,
        top.dense,
        top.sentence,
        top.coverage,
        top.missing,
        top.unknown,
        top.elsewhere,
        max(s.asked for s in scores),
        float(min(top.words, _MOST_WORDS)),
        float(top.words <= 1),
        float(all(hit.passage.source.lang != lang for hit in hits)),
    )


def probability(hits: Sequence[Hit], lang: Lang) -> float:
    """The probability, in [0, 1], that the hits hold the answer; 0 without hits."""
    if not hits:
        return 0.0
    fitted = calibration()
    total = fitted.weights["bias"]
    for name, value in zip(FEATURES, features(hits, lang), strict=True):
        total += fitted.weights[name] * (value - fitted.means[name]) / fitted.deviations[name]
    return 1.0 / (1.0 + math.exp(-total))
