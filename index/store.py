"""Vectors in Chroma, through langchain-chroma: the only door to both.

Chroma's distances become cosines here, and its errors ours; nothing of it leaves this module.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.config import Settings
from chromadb.errors import ChromaError
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged

# Chroma's defaults lose neighbours on large collections; with these at least 19 of the first 20
# agree with exact search on our sentences (tests/index/test_store.py).
_CONFIGURATION = CreateCollectionConfiguration(
    hnsw=CreateHNSWConfiguration(space="cosine", ef_construction=200, ef_search=400, max_neighbors=32)
)
# Chroma refuses larger batches than SQLite's limit on variables allows; well below every build's limit.
_BATCH = 1000
# Up to so many vectors a collection is searched exactly, in memory: 100,000 of 384 numbers take 154 MB. A larger one is
# searched by Chroma's approximate index, and its vectors are read when they are needed.
_EXACT = 100_000

logging.getLogger("chromadb.telemetry").setLevel(logging.CRITICAL)


class VectorStore(Protocol):
    """What search and build need: named collections of vectors with ids."""

    def add(self, collection: str, rows: Mapping[str, str], metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add texts by id; their vectors come from the store's embedder."""
        ...

    def nearest(self, collection: str, vector: Array, count: int) -> list[tuple[str, float]]:
        """The ids nearest to a vector of length 1 with their cosines, best first."""
        ...

    def vectors(self, collection: str, ids: Sequence[str]) -> Array:
        """The vectors of length 1 of these ids, in their order, shape (ids, dimensions)."""
        ...

    def texts(self, collection: str) -> dict[str, tuple[str, Array]]:
        """Every text of a collection by id, with its vector."""
        ...


Embed = Callable[[Sequence[str]], Array]


class _Adapter(Embeddings):
    """Our embedder as LangChain's `Embeddings`."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError(f"questions are embedded by index/search.py (asked for {len(text)} characters)")


@dataclass(frozen=True, slots=True)
class _Held:
    """A collection in memory: its ids, their vectors of length 1, and the number of each id."""

    ids: tuple[str, ...]
    vectors: Array
    numbers: Mapping[str, int]

    def nearest(self, vector: Array, count: int) -> list[tuple[str, float]]:
        """The ids nearest to a vector with their cosines, best first, found by comparing all."""
        if not self.ids:
            return []
        cosines = self.vectors @ vector
        best: list[int] = np.argpartition(-cosines, min(count, len(cosines)) - 1)[:count].tolist()
        ordered = sorted(best, key=lambda number: (-cosines[number], number))
        return [(self.ids[number], float(cosines[number])) for number in ordered]


class ChromaStore:
    """A folder of Chroma collections. One process writes it once; after that it is only read."""

    def __init__(self, folder: Path, embed: Embed | None = None) -> None:
        """Open the folder; with `embed` collections are created on demand, without it they must exist."""
        self._folder = folder
        self._embed = embed
        self._open: dict[str, Chroma] = {}
        self._held: dict[str, _Held | None] = {}
        with _translated(folder):
            settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder))
            self._client = chromadb.PersistentClient(str(folder), settings=settings)

    def _collection(self, name: str) -> Chroma:
        if name not in self._open:
            self._open[name] = Chroma(
                name,
                client=self._client,
                embedding_function=_Adapter(self._embed) if self._embed else None,
                collection_configuration=_CONFIGURATION if self._embed else None,
                create_collection_if_not_exists=self._embed is not None,
            )
        return self._open[name]

    def add(self, collection: str, rows: Mapping[str, str], metadata: Sequence[Mapping[str, str | int]]) -> None:
        """See `VectorStore`."""
        ids, texts = list(rows), list(rows.values())
        self._held.pop(collection, None)
        with _translated(self._folder):
            chroma = self._collection(collection)
            for start in range(0, len(ids), _BATCH):
                batch = slice(start, start + _BATCH)
                chroma.add_texts(texts[batch], [dict(m) for m in metadata[batch]], ids[batch])

    def nearest(self, collection: str, vector: Array, count: int) -> list[tuple[str, float]]:
        """See `VectorStore`."""
        held = self._in_memory(collection)
        if held is not None:
            return held.nearest(vector, count)
        with _translated(self._folder):
            found = self._collection(collection).similarity_search_by_vector_with_relevance_scores(
                vector.tolist(), k=count
            )
        return [(str(document.id), 1.0 - distance) for document, distance in found]

    def vectors(self, collection: str, ids: Sequence[str]) -> Array:
        """See `VectorStore`.

        Raises:
            IndexDamaged: the collection lacks an id.
        """
        held = self._in_memory(collection) or self._read(collection, ids)
        try:
            rows: Array = held.vectors[[held.numbers[i] for i in ids]]
        except KeyError as error:
            raise IndexDamaged(f"{self._folder} lacks {error} in {collection}; run: {BUILD} --force") from error
        return rows

    def _in_memory(self, collection: str) -> _Held | None:
        """A collection's vectors, read once after it was last written; None where they are too many."""
        if collection not in self._held:
            with _translated(self._folder):
                size = self._client.get_collection(collection).count()
            self._held[collection] = self._read(collection) if size <= _EXACT else None
        return self._held[collection]

    def _read(self, collection: str, ids: Sequence[str] | None = None) -> _Held:
        with _translated(self._folder):
            wanted = None if ids is None else list(ids)
            rows = self._collection(collection).get(ids=wanted, include=["embeddings"])
        vectors = np.asarray(rows["embeddings"], dtype=np.float32)
        return _Held(tuple(rows["ids"]), vectors, {i: n for n, i in enumerate(rows["ids"])})

    def texts(self, collection: str) -> dict[str, tuple[str, Array]]:
        """See `VectorStore`."""
        with _translated(self._folder):
            rows = self._collection(collection).get(include=["embeddings", "documents"])
        vectors = np.asarray(rows["embeddings"], dtype=np.float32)
        return {i: (t, v) for i, t, v in zip(rows["ids"], rows["documents"], vectors, strict=True)}

    def require(self, sizes: Mapping[str, int]) -> None:
        """Check that the collections are there and hold as many rows as they should.

        Raises:
            IndexDamaged: a collection is missing or incomplete.
        """
        for name, size in sizes.items():
            with _translated(self._folder):
                found = self._client.get_collection(name).count()
            if found != size:
                raise IndexDamaged(f"{self._folder} holds {found} {name} instead of {size}; run: {BUILD} --force")

    def close(self) -> None:
        """Let go of the folder's files."""
        self._open.clear()
        self._held.clear()
        close = getattr(self._client, "close", None)
        if close is not None:
            close()


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        raise IndexDamaged(f"the vectors in {folder} cannot be read ({error}); run: {BUILD} --force") from error
