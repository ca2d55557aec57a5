"""Data in SQuAD format as documents and questions, and the product's own search over them.

A question's gold passage is the paragraph it was asked about; paragraphs of the same wording are one.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from corpus.document import Document, Lang, Paragraph, Section
from corpus.language import detect
from corpus.sentences import split
from evals.errors import NotSquad
from index.build import Embedder, fill
from index.chunk import Chunking, passages
from index.e5s1 import Array
from index.encode import PassageEncoder, QuestionEncoder
from index.passage import Passage
from index.ranking import Ranking
from index.search import Searcher
from index.store import ChromaStore, VectorStore
from index.words import Words

# One passage a paragraph, however long: the data set says what belongs together.
_WHOLE = Chunking(target=sys.maxsize, longest=sys.maxsize)
# The language of a file shows in its first pages.
_SAMPLE = 20_000

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody is told of."""


# NUL is valid in JSON, and what no store takes.
_Text = Annotated[str, AfterValidator(lambda text: text.replace("\x00", " "))]
_Wording = Annotated[_Text, Field(pattern=r"\S")]


class _Answer(BaseModel):
    text: _Text


class _Asked(BaseModel):
    question: _Wording
    answers: tuple[_Answer, ...] = ()
    is_impossible: bool = False


class _Paragraph(BaseModel):
    context: _Wording
    qas: tuple[_Asked, ...]


class _Article(BaseModel):
    title: _Text = ""
    paragraphs: tuple[_Paragraph, ...]


class _File(BaseModel):
    """The keys of SQuAD 1.1 and 2.0 that matter here; others are passed over."""

    data: tuple[_Article, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the id of the document that is its paragraph, its gold answers, and the number of its article."""

    text: str
    document: str
    answers: tuple[str, ...]
    article: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file's paragraphs as documents, its questions, and how many more are marked as having no answer."""

    lang: Lang
    documents: tuple[Document, ...]
    questions: tuple[Asked, ...]
    skipped: int


def read_squad(path: Path) -> Dataset:
    """The paragraphs and questions of a file.

    Raises:
        NotSquad: it is missing, not JSON, of another shape, or asks nothing that has an answer.
    """
    try:
        file = _File.model_validate_json(path.read_bytes())
    except OSError as error:
        raise NotSquad(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        raise NotSquad(f"{path}: not in SQuAD format: {_first(error)}") from error
    lang = detect("\n".join(p.context for a in file.data for p in a.paragraphs)[:_SAMPLE])
    documents: dict[str, Document] = {}
    asked: list[Asked] = []
    skipped = 0
    for number, article in enumerate(file.data):
        for paragraph in article.paragraphs:
            name = f"paragraph-{len(documents) + 1}"
            document = documents.setdefault(paragraph.context, _document(name, article.title, paragraph.context, lang))
            real = [question for question in paragraph.qas if not question.is_impossible]
            skipped += len(paragraph.qas) - len(real)
            asked += [Asked(q.question, document.id, _wordings(q), number) for q in real]
    if not asked:
        raise NotSquad(f"{path}: holds no question that has an answer")
    return Dataset(lang, tuple(documents.values()), tuple(asked), skipped)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


def _wordings(question: _Asked) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.text.strip() for a in question.answers if a.text.strip()))


def _document(name: str, title: str, text: str, lang: Lang) -> Document:
    section = Section(kind="body", path=(), heading=None, paragraphs=(Paragraph(split(text, lang)),))
    return Document(
        id=name,
        kind="article",
        lang=lang,
        title=title.replace("_", " "),  # the titles are names of Wikipedia pages
        publisher="",
        text=text,
        sections=(section,),
    )


@dataclass(frozen=True, slots=True)
class Indexed:
    """A data set's paragraphs, indexed: passage by document, and what a search over them needs."""

    passages: tuple[Passage, ...]
    store: VectorStore
    words: Words
    encoder: QuestionEncoder

    def searcher(self, weights: Ranking | None = None) -> Searcher:
        """The product's search, or the same with other weights."""
        return Searcher(self.passages, self.store, self.words, self.encoder, weights=weights)

    @property
    def sentences(self) -> int:
        """How many sentences the passages have."""
        return sum(len(p.sentences) for p in self.passages)


@contextmanager
def indexed(
    dataset: Dataset, folder: Path, by: PassageEncoder, asking: QuestionEncoder, tell: Progress = silent
) -> Iterator[Indexed]:
    """Index the paragraphs in an empty folder, one passage each; a question is embedded once, however often asked.

    Raises:
        ModelUnavailable: a model cannot be loaded.
    """
    found = passages(dataset.documents, _WHOLE)
    total = sum(1 + len(p.sentences) for p in found)
    store = ChromaStore(folder, Embedder(by, {}, total, lambda done, total: tell("embedding", done, total)))
    try:
        fill(store, found)
        yield Indexed(found, store, Words.build(found), Remembering(asking))
    finally:
        store.close()


class Remembering:
    """An encoder that embeds each question once."""

    def __init__(self, encoder: QuestionEncoder) -> None:
        self.name = encoder.name
        self._encode = cache(encoder.encode_question)

    def encode_question(self, text: str) -> Array:
        """See `QuestionEncoder`."""
        return self._encode(text)
