"""Vectors in Chroma, through langchain-chroma: the only door to both.

Chroma's distances become cosines here, and its errors ours; nothing of it leaves this module.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
# 50,000 vectors of 384 numbers take 77 MB; reading them from Chroma at every question took about 5 ms of 47.
_KEPT_VECTORS = 50_000

logging.getLogger("chromadb.telemetry").setLevel(logging.CRITICAL)


class VectorStore(Protocol):
    """What search and build need: named collections of vectors with ids."""

    def add(self, collection: str, rows: Mapping[str, str], metadata: Sequence[Mapping[str, str | int]]) -> None:
        """Add texts by id; their vectors come from the store's embedder."""
        ...

    def nearest(self, collection: str, vector: Array, count: int) -> list[tuple[str, float]]:
        """The ids nearest to a vector of length 1 with their cosines, best first."""
        ...

    def vectors(self, collection: str, ids: Sequence[str]) -> dict[str, Array]:
        """Vectors of length 1 by id; ids that are not there are left out."""
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


class ChromaStore:
    """A folder of Chroma collections. One process writes it once; after that it is only read."""

    def __init__(self, folder: Path, embed: Embed | None = None) -> None:
        """Open the folder; with `embed` collections are created on demand, without it they must exist."""
        self._folder = folder
        self._embed = embed
        self._open: dict[str, Chroma] = {}
        self._kept: dict[str, dict[str, Array]] = {}
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
        with _translated(self._folder):
            chroma = self._collection(collection)
            for start in range(0, len(ids), _BATCH):
                batch = slice(start, start + _BATCH)
                chroma.add_texts(texts[batch], [dict(m) for m in metadata[batch]], ids[batch])

    def nearest(self, collection: str, vector: Array, count: int) -> list[tuple[str, float]]:
        """See `VectorStore`."""
        with _translated(self._folder):
            found = self._collection(collection).similarity_search_by_vector_with_relevance_scores(
                vector.tolist(), k=count
            )
        return [(str(document.id), 1.0 - distance) for document, distance in found]

    def vectors(self, collection: str, ids: Sequence[str]) -> dict[str, Array]:
        """See `VectorStore`. What was read once is kept: a snapshot never changes."""
        kept = self._kept.setdefault(collection, {})
        missing = [i for i in ids if i not in kept]
        if missing:
            with _translated(self._folder):
                rows = self._collection(collection).get(ids=missing, include=["embeddings"])
            if len(kept) > _KEPT_VECTORS:
                kept = self._kept[collection] = {i: kept[i] for i in ids if i in kept}
            kept.update(zip(rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32), strict=True))
        return {i: kept[i] for i in ids if i in kept}

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
        close = getattr(self._client, "close", None)
        if close is not None:
            close()


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        raise IndexDamaged(f"the vectors in {folder} cannot be read ({error}); run: {BUILD} --force") from error
