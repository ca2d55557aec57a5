"""How scores become an order: linear models of few features, for passages and for the sentences in them.

The weights lie in ranking.toml, where `python -m evals fit` writes them. What words say counts only as far as the
question is asked in the texts' words: the gate grows from nothing, where even the best passage holds little of the
question's lexical weight, to all of it. A question in other words, or in another language, is left to the vectors.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from index.e5s1 import Array
from index.errors import IndexDamaged

FILE = Path(__file__).with_name("ranking.toml")
PASSAGE_FEATURES = ("dense", "sentence", "pair", "coverage", "coverage_squared", "pair_coverage", "bm25")
SENTENCE_FEATURES = ("cosine", "cosine_in_words", "local", "context", "passage", "number")
_LEXICAL = ("coverage", "coverage_squared", "pair_coverage", "bm25")

Columns = Mapping[str, Array]
"""Scores by their names, each of shape (passages,) or (sentences,)."""


class Ranking(BaseModel):
    """The contents of ranking.toml: where the gate opens, and the weights of the features by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gate_from: float
    gate_full: float
    passages: Mapping[str, float]
    sentences: Mapping[str, float]

    def gate(self, coverage: float) -> float:
        """How much words count, in [0, 1], when the best passage holds this share of the question's weight."""
        return float(np.clip((coverage - self.gate_from) / (self.gate_full - self.gate_from), 0.0, 1.0))

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
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise IndexDamaged(f"{FILE.name}: {error}; run: python -m evals fit") from error


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
