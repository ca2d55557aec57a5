"""How fast an index is built: our build beside the one of LangChain's tutorial, on the same passages and weights.

Ours is timed twice: as it is, with the sentences of the passages, and with the passages alone, which is the same work
as the other does with `HuggingFaceEmbeddings` in fp32 and `Chroma.from_documents`. Loading of models is left out on
both sides. The passages are recombined from the corpus, so that no text occurs twice and none has been embedded before.
"""

import importlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from corpus.document import Slice
from index.build import Embedder, fill
from index.encode import passage_encoder
from index.passage import Passage
from index.search import PASSAGES
from index.store import ChromaStore

PROMPT = "passage: "
_SEED = 1


@dataclass(frozen=True, slots=True)
class Rates:
    """Passages a second of each build, one figure a round; `of` says which embeddings the other one used."""

    ours: tuple[float, ...]
    alone: tuple[float, ...]
    langchain: tuple[float, ...]
    of: str

    @property
    def ratio(self) -> float:
        """How many times as fast as LangChain's ours is, sentences included: the median of the rounds."""
        return _ratio(self.ours, self.langchain)

    @property
    def like_for_like(self) -> float:
        """The same where ours embeds and writes passages alone, too."""
        return _ratio(self.alone, self.langchain)


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def recombined(found: Sequence[Passage], count: int) -> tuple[Passage, ...]:
    """So many passages under the headings of those found, each sentence begun by one of theirs and ended by another."""
    chance = random.Random(_SEED)  # noqa: S311 - for texts, not for secrets
    sentences = [s.text.split() for passage in found for s in passage.sentences]

    def sentence() -> str:
        first, second = chance.sample(sentences, 2)
        return " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])

    def passage(number: int) -> Passage:
        like = found[number % len(found)]
        made = joined(like, f"{number}", [sentence() for _ in like.sentences])
        # As many headings for so many passages as in the corpus.
        title = f"{like.source.title} {number // len(found) + 1}"
        return replace(made, source=replace(made.source, title=title))

    return tuple(passage(number) for number in range(count))


def joined(like: Passage, name: str, sentences: Sequence[str]) -> Passage:
    """A passage of these sentences at the place of another, under a new id."""
    slices, start = [], 0
    for text in sentences:
        slices.append(Slice(start, start + len(text), text))
        start += len(text) + 1
    return replace(like, id=name, start=0, end=start - 1, text=" ".join(sentences), sentences=tuple(slices))


def compared(found: Sequence[Passage], rounds: int) -> Rates:
    """Build both ways by turns, each time into a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="rw-bench-") as folder:
        theirs = langchain_embeddings(Path(folder))
        encoder = passage_encoder()
        warming = [passage.embedded_text for passage in found[:8]]
        theirs.embed_documents(warming)
        encoder.encode_passages(warming)

    def ours(into: Path) -> None:
        store = ChromaStore(into, Embedder(encoder, {}, 0, None))
        fill(store, found)
        store.close()

    def alone(into: Path) -> None:
        store = ChromaStore(into, Embedder(encoder, {}, 0, None))
        store.add(PASSAGES, {p.id: p.embedded_text for p in found}, [{"source": p.source.document} for p in found])
        store.close()

    def langchain(into: Path) -> None:
        documents = [Document(p.embedded_text, metadata={"source": p.source.document}) for p in found]
        Chroma.from_documents(documents, theirs, persist_directory=str(into))

    timed = [[_rate(build, len(found)) for build in (ours, alone, langchain)] for _ in range(rounds)]
    with_sentences, passages, other = (tuple(column) for column in zip(*timed, strict=True))
    return Rates(with_sentences, passages, other, type(theirs).__name__)


def _rate(build: Callable[[Path], None], passages: int) -> float:
    with tempfile.TemporaryDirectory(prefix="rw-bench-") as folder:
        began = time.perf_counter()
        build(Path(folder))
        return passages / (time.perf_counter() - began)


def langchain_embeddings(folder: Path) -> Embeddings:
    """LangChain's embeddings with the bundled weights, which are written into the folder for it."""
    from export_model import write_model  # noqa: PLC0415 - imports torch and transformers, 9 s

    write_model(folder)
    try:
        module = importlib.import_module("langchain_huggingface")
    except ImportError:
        return HuggingFaceEmbeddingsStandIn(folder)
    options = {"prompt": PROMPT, "normalize_embeddings": True}
    embeddings: Embeddings = module.HuggingFaceEmbeddings(model_name=str(folder), encode_kwargs=options)
    return embeddings


class HuggingFaceEmbeddingsStandIn(Embeddings):
    """The calls that `HuggingFaceEmbeddings` makes, where langchain-huggingface is missing.

    It cannot be among the dependencies: 1.2.3 rules out huggingface-hub 2.
    """

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch, 9 s

        self._model = SentenceTransformer(str(folder))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of length 1 for passages."""
        lines = [text.replace("\n", " ") for text in texts]
        vectors = self._model.encode(lines, prompt=PROMPT, normalize_embeddings=True, show_progress_bar=False)
        numbers: list[list[float]] = vectors.tolist()
        return numbers

    def embed_query(self, text: str) -> list[float]:
        """Required by the interface; nothing asks for it here."""
        return self.embed_documents([text])[0]
