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
    """How a passage was found. Cosines lie in [-1, 1], usually 0.7 to 0.9 for e5 models; shares in [0, 1].

    Attributes:
        dense: cosine of the passage.
        sentence: cosine of its best sentence.
        pair: cosine of its best two neighbouring sentences.
        lexical: BM25.
        coverage: share of the question's lexical weight (IDF) that the passage holds.
        pair_coverage: the same of its best two neighbouring sentences.
        missing: share of the question's lexical weight that its heaviest word has which the passage lacks.
        asked: cosine of the nearest question that one of its sentences is known to answer; 0 where none is known.
        unknown: share of the question's lexical weight that no passage holds; the same for every hit.
        words: how many words of the question say something; the same for every hit.
        elsewhere: cosine of the nearest typical question about another subject; the same for every hit.
        fitted: what these come to, weighed as in ranking.toml; compare only within one index.
    """

    dense: float
    sentence: float
    pair: float
    lexical: float
    coverage: float
    pair_coverage: float
    missing: float
    asked: float
    unknown: float
    words: int
    elsewhere: float
    fitted: float


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """How well a sentence fits the question.

    Attributes:
        cosine: of the sentence alone.
        coverage: share of the question's lexical weight that it holds, with words weighed over the whole index.
        local: the same with words weighed over the sentences it competes with.
        context: what the sentence before it adds to `local`.
        asked: cosine of the nearest question that it is known to answer; 0 where none is known.
        number: the question asks for a number and the sentence holds one.
        relevance: the fitted score by which sentences are compared, only within one question; higher is better.
    """

    cosine: float
    coverage: float
    local: float
    context: float
    asked: float
    number: bool
    relevance: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, what its score is made of, and the scores of its sentences, in order.

    `score` is the share of the chance, in [0, 1], that this passage and none of the other candidates is the one that
    was asked for; it says nothing of whether any of them is.
    """

    passage: Passage
    score: float
    scores: Scores
    sentences: tuple[SentenceScores, ...]
