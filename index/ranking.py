"""How scores become an order: linear models of few features, for passages and for the sentences in them.

The weights lie in ranking.toml, where `python -m evals fit order` writes them. What words say counts only as far as the
question is asked in the texts' words: the gate grows from nothing, where even the best passage holds little of the
question's lexical weight, to all of it. A question in other words, or in another language, is left to the vectors.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from index.e5s1 import Array
from index.errors import IndexDamaged

FILE = Path(__file__).with_name("ranking.toml")
PASSAGE_FEATURES = ("dense", "sentence", "pair", "coverage", "coverage_squared", "pair_coverage", "bm25")
SENTENCE_FEATURES = ("cosine", "cosine_in_words", "local", "context", "passage", "number")
_FIT = "python -m evals fit order"
_LEXICAL = ("coverage", "coverage_squared", "pair_coverage", "bm25")

Columns = Mapping[str, Array]
"""Scores by their names, each of shape (passages,) or (sentences,)."""


class Ranking(BaseModel):
    """The contents of ranking.toml: where the gate opens, and the weights of the features by name.

    `known` is what the cosine with a question counts that a passage is known to answer, as far as it is over
    `known_from`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gate_from: float
    gate_full: float
    known_from: float
    known: float
    passages: Mapping[str, float]
    sentences: Mapping[str, float]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Check that every feature has a weight, and that the gate opens somewhere."""
        if set(self.passages) != set(PASSAGE_FEATURES) or set(self.sentences) != set(SENTENCE_FEATURES):
            raise ValueError("the weights are not those of the features")
        if not self.gate_from < self.gate_full:
            raise ValueError("gate_full must be above gate_from")
        return self

    def gate(self, coverage: float) -> float:
        """How much words count, in [0, 1], when the best passage holds this share of the question's weight."""
        return float(np.clip((coverage - self.gate_from) / (self.gate_full - self.gate_from), 0.0, 1.0))

    def of_known(self, asked: Array) -> Array:
        """What it counts for a passage or a sentence to be known to answer a question this near; of the same shape."""
        counts: Array = self.known * np.maximum(asked - self.known_from, 0.0)
        return counts

    def of_passages(self, features: Array) -> Array:
        """The scores of passages; features of shape (passages, len(PASSAGE_FEATURES))."""
        scores: Array = features @ np.array([self.passages[name] for name in PASSAGE_FEATURES], dtype=np.float32)
        return scores

    def of_sentences(self, features: Array) -> Array:
        """The relevance of sentences; features of shape (sentences, len(SENTENCE_FEATURES))."""
        scores: Array = features @ np.array([self.sentences[name] for name in SENTENCE_FEATURES], dtype=np.float32)
        return scores

    def without_words(self) -> "Ranking":
        """The same weights for vectors, and none for words."""
        kept = {name: 0.0 if name in _LEXICAL else weight for name, weight in self.passages.items()}
        words = ("local", "context", "number")
        return self.model_copy(
            update={
                "passages": kept,
                "sentences": {name: 0.0 if name in words else weight for name, weight in self.sentences.items()},
            }
        )


@cache
def ranking() -> Ranking:
    """The fitted weights.

    Raises:
        IndexDamaged: the file is missing or has other fields.
    """
    try:
        return Ranking.model_validate(tomllib.loads(FILE.read_text("utf-8")))
    except ValidationError as error:
        raise IndexDamaged(f"{FILE.name}: {error.errors()[0]['msg']}; run: {_FIT}") from error
    except (OSError, ValueError) as error:  # no TOML, or no UTF-8
        raise IndexDamaged(f"{FILE.name}: {error}; run: {_FIT}") from error


def passage_features(scores: Columns, gate: float) -> Array:
    """The features of passages, shape (passages, len(PASSAGE_FEATURES)); those of words are gated."""
    words = (scores["coverage"], scores["coverage"] ** 2, scores["pair_coverage"], scores["lexical"])
    columns = (scores["dense"], scores["sentence"], scores["pair"], *(gate * column for column in words))
    return np.stack(columns, axis=-1).astype(np.float32)


def sentence_features(scores: Columns, gate: float) -> Array:
    """The features of sentences, shape (sentences, len(SENTENCE_FEATURES)); `passage` is the fitted score of theirs."""
    columns = (
        scores["cosine"],
        gate * scores["cosine"],
        gate * scores["local"],
        gate * scores["context"],
        scores["passage"],
        scores["number"],
    )
    return np.stack(columns, axis=-1).astype(np.float32)
