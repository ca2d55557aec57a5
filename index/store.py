"""Vectors in Chroma, in collections that langchain-chroma opens: the only door to both.

Chroma's distances become cosines here, and its errors ours; nothing of it leaves this module. A collection that is not
too large is read from Chroma once and then searched in memory, which is exact and takes half the time.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.config import Settings
from chromadb.errors import ChromaError
from langchain_chroma import Chroma

from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged

# Chroma's defaults but for the search, where the default loses neighbours. With these the first 150 of 50,000 sentences
# agree with exact search to 95 %; twice the neighbours a vector would give 98 %, and take half as long again to write.
_CONFIGURATION = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="cosine", ef_search=400))
# Chroma makes Python objects of the vectors that it reads: 50,000 in one go take 450 MB for a moment.
_PAGE = 5000
# Up to so many vectors a collection is searched exactly, in memory: 100,000 of 384 numbers take 154 MB. 50,000 take 2 s
# to read, once, and 5 ms a search. A larger collection is searched by Chroma's approximate index, and its vectors are
# read when they are needed.
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


@dataclass(frozen=True, slots=True)
class _Held:
    """A collection in memory: its ids, their vectors of length 1, and the number of each id."""

    ids: tuple[str, ...]
    vectors: Array
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, ids: Sequence[str], vectors: Array) -> "_Held":
        return cls(tuple(ids), vectors, {i: number for number, i in enumerate(ids)})

    def nearest(self, vector: Array, count: int) -> list[tuple[str, float]]:
        """The ids nearest to a vector with their cosines, best first, found by comparing all."""
        if not self.ids:
            return []
        # One thread: a product on several waits for all of them, on a busy machine up to 200 ms instead of 5.
        cosines = np.vecdot(self.vectors, vector)
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
        self._reading = Lock()
        with _translated(folder):
            settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder))
            self._client = chromadb.PersistentClient(str(folder), settings=settings)

    def _collection(self, name: str) -> Chroma:
        if name not in self._open:
            self._open[name] = Chroma(
                name,
                client=self._client,
                collection_configuration=_CONFIGURATION if self._embed else None,
                create_collection_if_not_exists=self._embed is not None,
            )
        return self._open[name]

    def add(self, collection: str, rows: Mapping[str, str], metadata: Sequence[Mapping[str, str | int]]) -> None:
        """See `VectorStore`.

        Raises:
            TypeError: the store was opened without an embedder, for reading.
        """
        if self._embed is None:
            raise TypeError(f"{self._folder} was opened for reading")
        ids, texts = list(rows), list(rows.values())
        self._held.pop(collection, None)
        with _translated(self._folder):
            self._collection(collection)  # made by LangChain, so that LangChain can open it
            chroma = self._client.get_collection(collection)
            size = self._client.get_max_batch_size()
            for start in range(0, len(ids), size):
                batch = slice(start, start + size)
                # LangChain's own `add_texts` asks for every row whether it is there already: a fifth of the time.
                chroma.add(
                    ids=ids[batch],
                    embeddings=self._embed(texts[batch]),
                    documents=texts[batch],
                    metadatas=[dict(m) for m in metadata[batch]],
                )

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
        with self._reading:
            if collection not in self._held:
                with _translated(self._folder):
                    size = self._client.get_collection(collection).count()
                    self._held[collection] = self._read_all(collection, size) if size <= _EXACT else None
            return self._held[collection]

    def _read_all(self, collection: str, size: int) -> _Held:
        ids: list[str] = []
        pages = []
        for start in range(0, size, _PAGE):
            rows = self._collection(collection).get(limit=_PAGE, offset=start, include=["embeddings"])
            ids += rows["ids"]
            pages.append(np.asarray(rows["embeddings"], dtype=np.float32))
        return _Held.of(ids, np.concatenate(pages) if pages else np.zeros((0, 0), dtype=np.float32))

    def _read(self, collection: str, ids: Sequence[str]) -> _Held:
        with _translated(self._folder):
            rows = self._collection(collection).get(ids=list(ids), include=["embeddings"])
        return _Held.of(rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32))

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
