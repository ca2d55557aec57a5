"""Opening the published index for reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from corpus.document import Lang
from corpus.errors import CorpusError
from corpus.load import Corpus, load_corpus
from index.build import PASSAGE_LIST, PASSAGES_FILE, SUBJECTS_FILE, VARIANTS_FILE
from index.encode import QuestionEncoder, question_encoder
from index.errors import BUILD, IndexDamaged
from index.manifest import Manifest, Recipe, read_manifest
from index.passage import Passage
from index.search import AskedBefore, Searcher
from index.snapshot import published
from index.spelling import Spelling
from index.store import ChromaStore
from index.subjects import Subjects, spoken
from index.variants import Variants
from index.words import Words


@dataclass(frozen=True, slots=True)
class Index:
    """A published index: what it says of itself, the texts it was made from, and the search over it."""

    folder: Path
    manifest: Manifest
    corpus: Corpus
    passages: tuple[Passage, ...]
    searcher: Searcher


def open_index(index_folder: Path, recipe: Recipe, encoder: QuestionEncoder | None = None) -> Index:
    """Open the published index, if it is what the settings ask for.

    Raises:
        IndexMissing: nothing has been published.
        IndexDamaged: something of it is missing or unreadable.
        IndexMismatch: it was built with another model, chunking or set of sources.
        ModelUnavailable: questions cannot be embedded.
    """
    folder = published(index_folder)
    manifest = read_manifest(folder)
    manifest.require(recipe)
    corpus = _corpus(folder, manifest)
    passages = _passages(folder)
    words = Words.load(folder / "words")
    sizes = (len(passages), len(words.passages), len(words.sentences))
    if sizes != (manifest.passages, manifest.passages, manifest.sentences):
        raise IndexDamaged(f"{folder} is incomplete: its parts hold different numbers of texts; run: {BUILD} --force")
    if not (folder / "chroma" / "chroma.sqlite3").is_file():  # Chroma would quietly make an empty one
        raise IndexDamaged(f"{folder / 'chroma'} holds no vectors; run: {BUILD} --force")
    store = ChromaStore(folder / "chroma")
    store.require({"passages": manifest.passages, "sentences": manifest.sentences})
    asked = AskedBefore(
        Subjects.load(folder / SUBJECTS_FILE),
        Variants.load(folder / VARIANTS_FILE),
        Spelling(_known_texts(corpus, passages)),
    )
    searcher = Searcher(passages, store, words, encoder or question_encoder(recipe.model), asked=asked)
    return Index(folder, manifest, corpus, passages, searcher)


def _known_texts(corpus: Corpus, passages: tuple[Passage, ...]) -> Iterator[tuple[str, Lang]]:
    """What teaches the spelling: the passages, and the questions that are known, with their languages."""
    yield from ((passage.embedded_text, passage.source.lang) for passage in passages)
    yield from ((v.question, v.lang) for document in corpus.documents.values() for v in document.variants)
    yield from spoken()


def _corpus(folder: Path, manifest: Manifest) -> Corpus:
    try:
        corpus = load_corpus(folder / "corpus", extras=manifest.extras)
    except CorpusError as error:
        raise IndexDamaged(f"the texts of the index cannot be read ({error}); run: {BUILD} --force") from error
    if corpus.digest != manifest.corpus:
        raise IndexDamaged(
            f"the texts in {folder / 'corpus'} are not understood as they were when the index was built; run: {BUILD}"
        )
    return corpus


def _passages(folder: Path) -> tuple[Passage, ...]:
    try:
        return PASSAGE_LIST.validate_json((folder / PASSAGES_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexDamaged(f"{folder / PASSAGES_FILE} is missing or unreadable; run: {BUILD} --force") from error
