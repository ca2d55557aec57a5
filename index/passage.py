"""What is found: passages and the sentences in them, always with where they stand."""

from dataclasses import dataclass

from corpus.document import DocumentKind, Lang, Role, SectionKind, Sentence


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage stands: document, version, and the headings above it."""

    document: str
    version: str
    kind: DocumentKind
    lang: Lang
    title: str
    publisher: str
    section: tuple[str, ...]
    section_kind: SectionKind
    role: Role | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is retrieved: whole sentences of one section, a contiguous slice of the document.

    `id` is stable as long as the document's id, the place and the text stay the same.
    `advertising`: the passage praises the brand's own products; such passages answer product questions only.
    """

    id: str
    source: Source
    start: int
    end: int
    text: str
    sentences: tuple[Sentence, ...]
    advertising: bool = False

    @property
    def context(self) -> str:
        """The headings above the passage, outermost first; embedded with the text, never shown as a quotation."""
        return " › ".join((self.source.title, *self.source.section))

    @property
    def embedded_text(self) -> str:
        """What is embedded and indexed: the headings, then the passage."""
        return f"{self.context}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Scores:
    """How a passage was found. Cosines lie in [-1, 1], usually 0.7 to 0.9 for e5 models.

    `coverage` is the share of the question's lexical weight (IDF) that the passage contains, in [0, 1].
    """

    dense: float
    sentence: float
    lexical: float
    coverage: float


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """How well a sentence fits the question: its cosine, and the share of the question's lexical weight it contains."""

    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, its fused score in [0, 1], the parts of it, and the scores of its sentences, in order."""

    passage: Passage
    score: float
    scores: Scores
    sentences: tuple[SentenceScores, ...]
