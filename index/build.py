"""Building an index: corpus → passages → vectors and lexical index → a published snapshot."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from corpus.load import Corpus, load_corpus
from index.chunk import fingerprint, passages
from index.e5s1 import Array
from index.encode import PassageEncoder, passage_encoder
from index.errors import IndexMismatch, IndexProblem
from index.manifest import Manifest, Recipe, read_manifest, vocabulary
from index.passage import Passage
from index.search import PASSAGES, SENTENCES, sentence_id
from index.snapshot import building, published
from index.store import ChromaStore, VectorStore
from index.subjects import Subjects
from index.variants import Variants
from index.words import Words

PASSAGES_FILE = "passages.json"
SUBJECTS_FILE = "subjects.npy"
VARIANTS_FILE = "variants.npz"
# What the next build takes the vectors of questions from.
_QUESTIONS_FILE, _QUESTION_VECTORS_FILE = "questions.json", "questions.npy"
PASSAGE_LIST = TypeAdapter(tuple[Passage, ...])

Progress = Callable[[int, int], None]
"""Called with how many texts are embedded and how many there are."""

# So many texts between two calls of progress: a few seconds of work on two cores. The model sorts them by length and
# deals them out to its threads, the more evenly the more there are.
_STEP = 1024


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `embedded` texts went through the model, `reused` ones had vectors in the old snapshot."""

    manifest: Manifest
    embedded: int
    reused: int
    published: bool


def build_index(
    corpus_folder: Path,
    index_folder: Path,
    recipe: Recipe,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Build and publish an index of the corpus; does nothing when the published one holds the same.

    Args:
        corpus_folder: holds articles/ and sources.yaml.
        index_folder: where snapshots are published.
        recipe: how the index is made.
        force: embed everything again, whatever is known already.
        progress: told after each batch.

    Raises:
        CorpusError: the corpus cannot be read; the published index stays.
        IndexProblem: the model is not available, or another build is running.
    """
    corpus = load_corpus(corpus_folder, extras=recipe.extras)
    found = passages(corpus.documents.values(), recipe.chunking)
    encoder = passage_encoder(recipe.model)
    known, old = _old_vectors(index_folder, encoder.name)
    if not force and old is not None and _holds(old, corpus, recipe):
        return BuildReport(old, 0, _count_texts(found), published=False)
    embedder = Embedder(encoder, {} if force else known, _count_texts(found), progress)
    with building(index_folder) as folder:
        _copy_corpus(corpus_folder, folder / "corpus")
        (folder / PASSAGES_FILE).write_bytes(PASSAGE_LIST.dump_json(found))
        Words.build(found).save(folder / "words")
        covered = frozenset(name for document in corpus.documents.values() for name in document.covers)
        questions = _Questions(encoder, {} if force else _old_questions(index_folder, encoder.name))
        Subjects.build(questions, covered).save(folder / SUBJECTS_FILE)
        Variants.build(corpus.documents, found, questions).save(folder / VARIANTS_FILE)
        questions.save(folder)
        store = ChromaStore(folder / "chroma", embedder)
        fill(store, found)
        store.close()
        manifest = _manifest(corpus, found, recipe, embedder)
        manifest.write(folder)
    return BuildReport(manifest, embedder.embedded, embedder.reused, published=True)


def _manifest(corpus: Corpus, found: Sequence[Passage], recipe: Recipe, embedder: "Embedder") -> Manifest:
    return Manifest(
        model=embedder.model,
        dimensions=embedder.dimensions,
        corpus=corpus.digest,
        extras=recipe.extras,
        chunking=fingerprint(recipe.chunking),
        documents=len(corpus.documents),
        passages=len(found),
        sentences=sum(len(p.sentences) for p in found),
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        vocabulary=vocabulary(),
    )


def _holds(old: Manifest, corpus: Corpus, recipe: Recipe) -> bool:
    """Whether the published index is of this corpus and was made in this way."""
    try:
        old.require(recipe)
    except IndexMismatch:
        return False
    return old.corpus == corpus.digest


def fill(store: VectorStore, found: Sequence[Passage]) -> None:
    """Add passages and their sentences to an empty store, in the collections that a `Searcher` reads."""
    store.add(PASSAGES, {p.id: p.embedded_text for p in found}, [_metadata(p) for p in found])
    rows = {sentence_id(p.id, n): s.text for p in found for n, s in enumerate(p.sentences)}
    places: list[dict[str, str | int]] = [
        {"document": p.source.document, "version": p.source.version, "start": s.start, "end": s.end}
        for p in found
        for s in p.sentences
    ]
    store.add(SENTENCES, rows, places)


def _metadata(passage: Passage) -> dict[str, str | int]:
    """Where a passage stands, for those who read the collection with their own LangChain code."""
    source = passage.source
    return {
        "document": source.document,
        "version": source.version,
        "start": passage.start,
        "end": passage.end,
        "section": " › ".join(source.section),
    }


def _copy_corpus(source: Path, target: Path) -> None:
    (target / "articles").mkdir(parents=True)
    for path in (source / "articles").iterdir():
        if path.suffix in (".txt", ".toml"):
            shutil.copyfile(path, target / "articles" / path.name)
    shutil.copyfile(source / "sources.yaml", target / "sources.yaml")
    if (source / "questions").is_dir():
        shutil.copytree(source / "questions", target / "questions")


def _count_texts(found: Sequence[Passage]) -> int:
    return sum(1 + len(p.sentences) for p in found)


def _old_vectors(index_folder: Path, model: str) -> tuple[dict[str, Array], Manifest | None]:
    """Vectors by text of the published snapshot, if it is sound and of the same model."""
    try:
        folder = published(index_folder)
        manifest = read_manifest(folder)
        if manifest.model != model:
            return {}, manifest
        store = ChromaStore(folder / "chroma")
        rows = [*store.texts(PASSAGES).values(), *store.texts(SENTENCES).values()]
        store.close()
    except IndexProblem:
        return {}, None  # nothing to reuse: the new snapshot replaces what is missing or damaged
    return dict(rows), manifest


def _old_questions(index_folder: Path, model: str) -> dict[str, Array]:
    """Vectors by text of the questions of the published snapshot, if it is sound and of the same model."""
    try:
        folder = published(index_folder)
        if read_manifest(folder).model != model:
            return {}
        texts = TypeAdapter(list[str]).validate_json((folder / _QUESTIONS_FILE).read_bytes())
        return dict(zip(texts, np.load(folder / _QUESTION_VECTORS_FILE, allow_pickle=False), strict=True))
    except (IndexProblem, OSError, ValueError):
        return {}  # nothing to reuse, as above


class _Questions:
    """Embeds questions, taking the vectors of those that are known already, and remembers all for the next build."""

    def __init__(self, encoder: PassageEncoder, known: Mapping[str, Array]) -> None:
        self._encoder = encoder
        self._known = known
        self._now: dict[str, Array] = {}

    def __call__(self, texts: Sequence[str]) -> Array:
        """Vectors of the questions, in order, shape (texts, dimensions)."""
        self._now |= {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in self._now]
        if new:
            self._now |= dict(zip(new, self._encoder.encode_questions(new), strict=True))
        return np.stack([self._now[text] for text in texts])

    def save(self, folder: Path) -> None:
        """Write texts and vectors for the next build."""
        (folder / _QUESTIONS_FILE).write_bytes(TypeAdapter(list[str]).dump_json(list(self._now)))
        np.save(folder / _QUESTION_VECTORS_FILE, np.stack(list(self._now.values())), allow_pickle=False)


class Embedder:
    """Embeds texts for a store, taking the vectors of those that are known already; counts both kinds."""

    def __init__(
        self, encoder: PassageEncoder, known: Mapping[str, Array], total: int, progress: Progress | None
    ) -> None:
        self._encoder = encoder
        self._known = dict(known)
        self._total = total
        self._progress = progress
        self.model = encoder.name
        self.embedded = 0
        self.reused = 0
        self.dimensions = 0

    def __call__(self, texts: Sequence[str]) -> Array:
        """Vectors of the texts, in order, shape (texts, dimensions)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self.reused += len(texts) - len(new)
        for start in range(0, len(new), _STEP):
            batch = new[start : start + _STEP]
            self._known.update(zip(batch, self._encoder.encode_passages(batch), strict=True))
            self.embedded += len(batch)
            if self._progress is not None:
                self._progress(self.embedded + self.reused, self._total)
        vectors = np.stack([self._known[text] for text in texts])
        self.dimensions = vectors.shape[1]
        return vectors
