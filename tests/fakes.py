"""Stand-ins for the slow parts; tests/index/test_store.py holds the store to the same contract as Chroma."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from index.e5s1 import Array
from index.store import Embed

DIMENSIONS = 32


class HashEncoder:
    """Vectors from the words of a text: the same text gives the same vector, similar texts similar ones."""

    name = "hash"

    def __init__(self) -> None:
        self.embedded = 0

    def encode_question(self, text: str) -> Array:
        return self._vector(text)

    def encode_passages(self, texts: Sequence[str]) -> Array:
        self.embedded += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def encode_questions(self, texts: Sequence[str]) -> Array:
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Array:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for word in text.lower().split():
            vector += _direction(word)
        length = float(np.linalg.norm(vector))
        return vector / length if length else np.full(DIMENSIONS, DIMENSIONS**-0.5, dtype=np.float32)


@cache
def _direction(word: str) -> Array:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)


class ListStore:
    """A vector store in lists, with exact search."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._rows: dict[str, dict[str, tuple[str, Array]]] = {}

    def add(self, collection: str, rows: Mapping[str, str], metadata: Sequence[Mapping[str, str | int]]) -> None:
        assert len(rows) == len(metadata)
        vectors = self._embed(list(rows.values()))
        held = self._rows.setdefault(collection, {})
        held.update({i: (text, vector) for (i, text), vector in zip(rows.items(), vectors, strict=True)})

    def nearest(self, collection: str, vector: Array, count: int) -> list[tuple[str, float]]:
        scored = [(i, float(v @ vector)) for i, (_, v) in self._rows[collection].items()]
        return sorted(scored, key=lambda pair: -pair[1])[:count]

    def vectors(self, collection: str, ids: Sequence[str]) -> Array:
        held = self._rows[collection]
        return np.stack([held[i][1] for i in ids])

    def texts(self, collection: str) -> dict[str, tuple[str, Array]]:
        return dict(self._rows[collection])
