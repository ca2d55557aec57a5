"""An article, or what is known of a source, as text with places.

Every place is a pair of offsets into `Document.text`, in Unicode code points, half open as in a Python slice.
The text is the authority: a sentence is stored together with its wording only so that the two can be
compared, which `Document` does once, when it is built.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from corpus.errors import BrokenSlice

Lang = str
"""ISO 639-1 code: de, da, sv, en."""

DocumentKind = Literal["article", "digest"]
"""`digest`: facts of a third-party page in our own words, never its text."""

SectionKind = Literal["lead", "teaser", "body", "faq", "facts"]
"""`lead` is the summary on top, `teaser` what stands before the first heading to draw the reader in."""

Role = Literal["red_flags", "about_article"]
"""What a section is for, where the bot needs to know.

`red_flags` says when to see a doctor; `about_article` only announces what the article is going to do.
"""

Match = Literal["exact", "same_publisher", "substitute", "reference", "not_found"]
"""How sure it is that the page found is the page cited; see corpus/sources.yaml."""

Interest = Literal["footwear", "heat", "supports", "therapy", "book"]
"""What the publisher of a source sells, where it bears on what the source says."""

Sense = Literal["opposed", "adds", "seeming"]
"""How two statements stand to one another: `opposed`; `adds`: the second says what the first leaves out;
`seeming`: they sound opposed and do not speak of the same thing."""

# ISO 8601 with reduced precision: many pages give only a year or a month.
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of the text and its place: `document.text[start:end] == text`."""

    start: int
    end: int
    text: str


Sentence = Slice


@dataclass(frozen=True, slots=True)
class Variant:
    """A question that visitors ask, in one language, and the sentence that answers it."""

    sentence: Sentence
    lang: Lang
    question: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together, in order. `advertising`: the paragraph praises the brand's own products."""

    sentences: tuple[Sentence, ...]
    advertising: bool = False

    @property
    def start(self) -> int:
        """Offset of the first character."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.sentences[-1].end


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document under its headings.

    `path` holds the headings from the outside in, in display spelling (without the document's title);
    it is empty for the text before the first heading. `heading` is the innermost one as it stands in the text.
    `questions` holds, by language, how a visitor would ask for the section.
    """

    kind: SectionKind
    path: tuple[str, ...]
    heading: Slice | None
    paragraphs: tuple[Paragraph, ...]
    role: Role | None = None
    questions: tuple[tuple[Lang, str], ...] = ()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences of the section, in order."""
        return tuple(s for p in self.paragraphs for s in p.sentences)


@dataclass(frozen=True, slots=True)
class FaqPair:
    """A question of the article's FAQ and the section that answers it."""

    question: Slice
    answer: Section


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the article's list of sources.

    `place` is the entry without its number. `document` is the id of the digest that says what the source holds; it is
    None where the page was not found, and then nothing is known of its text.
    """

    number: int
    publisher: str
    title: str
    place: Slice
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A product box inside the article. It is advertising and belongs to no section."""

    product: str
    description: str
    price: Decimal
    currency: str
    place: Slice


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who checked the article, and in which capacity; `places`: where the text says so, in order."""

    name: str
    role: str
    note: str = ""
    places: tuple[Slice, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a digest comes from: the page, how well it matches the one cited, and what to bear in mind.

    `interest` is what its publisher sells, `interested` the sentences that this bears on. `names` are what its facts
    call it: one that has none of them does not say whose it is.
    """

    match: Match
    cited_title: str | None
    note: str | None = None
    match_note: str | None = None
    role: str = "cited"
    interest: Interest | None = None
    interested: tuple[Slice, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that stands for what a document says on a point, and others in it that say the same."""

    document: str
    sentence: Sentence
    also: tuple[Sentence, ...] = ()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences that make the statement, the one to be shown first."""
        return (self.sentence, *self.also)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements of two documents that do not agree, the article's first. `topic` is one of topics.toml."""

    topic: str
    first: Statement
    second: Statement
    sense: Sense = "opposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article or digest. Raises `BrokenSlice` when a place does not show what it claims."""

    id: str
    kind: DocumentKind
    lang: Lang
    title: str
    publisher: str
    text: str = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    version: str = field(init=False)
    """`sha256:` and the hex digest of `text` in UTF-8."""
    references: tuple[Reference, ...] = field(default=(), repr=False)
    references_path: tuple[str, ...] = ()
    """The heading above the references, as in `Section.path`."""
    promotions: tuple[Promotion, ...] = field(default=(), repr=False)
    byline: str | None = None
    byline_place: Slice | None = None
    """The line that says who wrote it, when, and how long it takes to read."""
    published: str | None = None
    """ISO 8601 date, possibly only a year or a year and month."""
    reviewer: Reviewer | None = None
    url: str | None = None
    brand: str | None = None
    variants: tuple[Variant, ...] = field(default=(), repr=False)
    covers: tuple[str, ...] = ()
    """Subjects by their names in index/subjects.toml that the document or its sources treat."""
    provenance: Provenance | None = None
    disagreements: tuple[Disagreement, ...] = field(default=(), repr=False)
    """Where this document and another one of the corpus do not agree; each stands in one of the two."""

    def __post_init__(self) -> None:
        """Check every place against the text, and the places against one another."""
        if self.published is not None and not _PARTIAL_DATE.fullmatch(self.published):
            message = f"{self.id}: published {self.published!r} is no ISO date (2025, 2025-12 or 2025-12-16)"
            raise ValueError(message)
        for place in self._places():
            if not (0 <= place.start < place.end <= len(self.text)):
                raise BrokenSlice(f"{self.id}: {place.start}:{place.end} lies outside the text")
            if self.text[place.start : place.end] != place.text:
                raise BrokenSlice(f"{self.id}: {place.start}:{place.end} is not {place.text!r}")
        for section in self.sections:
            ends = 0
            for sentence in section.sentences:
                if sentence.start < ends:
                    raise BrokenSlice(f"{self.id}: sentences overlap at {sentence.start}")
                ends = sentence.end
        digest = hashlib.sha256(self.text.encode("utf-8")).hexdigest()
        object.__setattr__(self, "version", f"sha256:{digest}")

    def _places(self) -> Iterator[Slice]:
        for section in self.sections:
            if section.heading is not None:
                yield section.heading
            yield from section.sentences
        for reference in self.references:
            yield reference.place
        for promotion in self.promotions:
            yield promotion.place
        yield from self.masthead
        if self.provenance is not None:
            yield from self.provenance.interested
        for disagreement in self.disagreements:
            for side in (disagreement.first, disagreement.second):
                yield from side.sentences if side.document == self.id else ()

    @property
    def masthead(self) -> tuple[Slice, ...]:
        """What the text says of itself below the lead: the byline, then on the reviewer."""
        byline = (self.byline_place,) if self.byline_place is not None else ()
        return (*byline, *(self.reviewer.places if self.reviewer is not None else ()))

    @property
    def title_place(self) -> Slice | None:
        """Where the title stands in the text; None where it does not."""
        start = self.text.find(self.title) if self.title else -1
        return Slice(start, start + len(self.title), self.title) if start >= 0 else None

    @property
    def summary(self) -> tuple[Sentence, ...]:
        """The sentences of the lead, none where there is no lead."""
        return next((section.sentences for section in self.sections if section.kind == "lead"), ())

    @property
    def lead(self) -> str:
        """The summary above the byline, or an empty string."""
        return self.text[self.summary[0].start : self.summary[-1].end] if self.summary else ""

    @property
    def faq(self) -> tuple[FaqPair, ...]:
        """The FAQ as pairs of question and answer, in order."""
        return tuple(FaqPair(s.heading, s) for s in self.sections if s.kind == "faq" and s.heading is not None)
