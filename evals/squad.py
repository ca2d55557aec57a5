"""Retrieval measured on data in SQuAD format: paragraphs indexed by the product's own code, questions asked of them.

A question's gold passage is the paragraph it was asked about; paragraphs of the same wording are one. Everything is
measured twice, with the fusion the product uses and with vectors alone.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from corpus.document import Document, Lang, Paragraph, Section
from corpus.language import detect
from corpus.sentences import split
from evals.errors import NotSquad
from evals.scores import Estimate, recall, reciprocal_rank, share
from index.build import Embedder, fill
from index.chunk import Chunking, passages
from index.encode import PassageEncoder, QuestionEncoder
from index.lexical import LexicalIndex
from index.passage import Hit
from index.search import Searcher, Weights
from index.store import ChromaStore

VARIANTS: Mapping[str, Weights] = {"fused": Weights(), "dense_only": Weights(lexical=0.0)}
"""What is measured side by side; the first is what the product does."""

# One passage a paragraph, however long: the data set says what belongs together.
_WHOLE = Chunking(target=sys.maxsize, longest=sys.maxsize)
_COUNT = 10
_RECALLS = (1, 3, 5, 10)
_BEST_SENTENCES = (1, 3)
# The language of a file shows in its first pages.
_SAMPLE = 20_000
# What the product takes its answers from, and how it weighs sentences; see bot/answer/extractive.py, with which
# tests/evals/test_squad.py compares these figures.
ANSWERED_FROM = 5
COSINE, PASSAGE, COVERAGE = 0.4, 0.3, 0.5

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


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
    """A question, the id of the document that is its paragraph, and its gold answers."""

    text: str
    document: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file's paragraphs as documents, its questions, and how many more are marked as having no answer."""

    lang: Lang
    documents: tuple[Document, ...]
    questions: tuple[Asked, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class Variant:
    """Figures by name: recall@k, mrr@10, answer_sentence@k; and the median time of a question in milliseconds."""

    figures: Mapping[str, Estimate | None]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on a data set; `indexing` and `asking` in seconds, loading of models included."""

    dataset: Dataset
    passages: int
    sentences: int
    variants: Mapping[str, Variant]
    indexing: float
    asking: float

    def as_json(self) -> dict[str, Any]:
        """The product's figures on the outer level, their intervals and those of every variant below."""
        first = self.variants[next(iter(VARIANTS))]
        return {
            "lang": self.dataset.lang,
            "questions": len(self.dataset.questions),
            "skipped": self.dataset.skipped,
            "passages": self.passages,
            "sentences": self.sentences,
            **_values(first),
            "seconds": round(self.indexing + self.asking, 2),
            "index_seconds": round(self.indexing, 2),
            "question_ms_median": round(first.milliseconds, 2),
            "variants": {
                name: {**_values(variant), "intervals": _intervals(variant)} for name, variant in self.variants.items()
            },
        }


def _values(variant: Variant) -> dict[str, float | None]:
    return {name: None if figure is None else round(figure.value, 4) for name, figure in variant.figures.items()}


def _intervals(variant: Variant) -> dict[str, list[float]]:
    found = {name: figure for name, figure in variant.figures.items() if figure is not None}
    return {name: [round(figure.low, 4), round(figure.high, 4)] for name, figure in found.items()}


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
    for article in file.data:
        for paragraph in article.paragraphs:
            name = f"paragraph-{len(documents) + 1}"
            document = documents.setdefault(paragraph.context, _document(name, article.title, paragraph.context, lang))
            real = [question for question in paragraph.qas if not question.is_impossible]
            skipped += len(paragraph.qas) - len(real)
            asked += [Asked(q.question, document.id, _wordings(q)) for q in real]
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


def measure(
    dataset: Dataset, folder: Path, by: PassageEncoder, asking: QuestionEncoder, progress: Progress | None = None
) -> Report:
    """Index the paragraphs in an empty folder and ask every question.

    Raises:
        ModelUnavailable: a model cannot be loaded.
    """
    tell = progress or (lambda _what, _done, _total: None)
    began = time.perf_counter()
    found = passages(dataset.documents, _WHOLE)
    lexical = LexicalIndex.build((p.embedded_text, p.source.lang) for p in found)
    sentences = sum(len(p.sentences) for p in found)
    embedder = Embedder(by, {}, len(found) + sentences, lambda done, total: tell("embedding", done, total))
    store = ChromaStore(folder, embedder)
    try:
        fill(store, found)
        indexed = time.perf_counter()
        variants = {
            name: _variant(Searcher(found, store, lexical, asking, weights), weights, dataset.questions, name, tell)
            for name, weights in VARIANTS.items()
        }
    finally:
        store.close()
    ended = time.perf_counter()
    return Report(dataset, len(found), sentences, variants, indexed - began, ended - indexed)


def _variant(searcher: Searcher, weights: Weights, questions: Sequence[Asked], name: str, tell: Progress) -> Variant:
    ranks: list[int | None] = []
    contained: dict[int, list[bool]] = {at: [] for at in _BEST_SENTENCES}
    times: list[float] = []
    for number, asked in enumerate(questions, 1):
        began = time.perf_counter()
        hits = searcher.search(asked.text, _COUNT)
        times.append((time.perf_counter() - began) * 1000)
        ranks.append(next((n for n, hit in enumerate(hits, 1) if hit.passage.source.document == asked.document), None))
        if asked.answers:  # retrieval can be measured without a gold answer, its sentence cannot
            best = best_sentences(hits, lexical=weights.lexical > 0)
            for at, outcomes in contained.items():
                outcomes.append(any(_answers(asked, document, text) for document, text in best[:at]))
        tell(name, number, len(questions))
    figures = {f"recall@{at}": recall(ranks, at) for at in _RECALLS}
    figures[f"mrr@{_COUNT}"] = reciprocal_rank(ranks, _COUNT)
    figures |= {f"answer_sentence@{at}": share(outcomes) for at, outcomes in contained.items()}
    return Variant(figures, statistics.median(times))


def best_sentences(hits: Sequence[Hit], *, lexical: bool = True) -> list[tuple[str, str]]:
    """The sentences of the first five hits, best first, each with the id of its document.

    They are ranked as bot/answer/extractive.py ranks them before it looks at how they read: 0.4 times the sentence's
    cosine and 0.3 times the passage's fused score, both scaled to [0, 1] over these hits, plus 0.5 times the share of
    the question's lexical weight that the sentence contains; without `lexical` that share counts nothing.
    """
    pool = hits[:ANSWERED_FROM]
    cosines = [sentence.cosine for hit in pool for sentence in hit.sentences]
    fused = [hit.score for hit in pool]
    coverage = COVERAGE if lexical else 0.0
    ranked = [
        (
            COSINE * _scaled(scores.cosine, cosines) + PASSAGE * _scaled(hit.score, fused) + coverage * scores.coverage,
            (hit.passage.source.document, sentence.text),
        )
        for hit in pool
        for sentence, scores in zip(hit.passage.sentences, hit.sentences, strict=True)
    ]
    return [sentence for _, sentence in sorted(ranked, key=lambda pair: -pair[0])]


def _scaled(value: float, values: Sequence[float]) -> float:
    low, high = min(values), max(values)
    return (value - low) / (high - low) if high > low else 1.0


def _answers(asked: Asked, document: str, sentence: str) -> bool:
    return document == asked.document and any(answer in sentence for answer in asked.answers)
