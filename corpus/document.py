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

    `document` is the id of the digest that says what the source holds; it is None where the page was not found,
    and then nothing is known of its text.
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
    """Who checked the article, and in which capacity."""

    name: str
    role: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a digest comes from: the page, how well it matches the one cited, and what to bear in mind."""

    match: Match
    cited_title: str | None
    note: str | None = None
    match_note: str | None = None
    role: str = "cited"


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
    promotions: tuple[Promotion, ...] = field(default=(), repr=False)
    byline: str | None = None
    published: str | None = None
    """ISO 8601 date, possibly only a year or a year and month."""
    reviewer: Reviewer | None = None
    url: str | None = None
    brand: str | None = None
    provenance: Provenance | None = None

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

    @property
    def lead(self) -> str:
        """The summary above the byline, or an empty string."""
        for section in self.sections:
            if section.kind == "lead":
                return self.text[section.sentences[0].start : section.sentences[-1].end]
        return ""

    @property
    def faq(self) -> tuple[FaqPair, ...]:
        """The FAQ as pairs of question and answer, in order."""
        return tuple(FaqPair(s.heading, s) for s in self.sections if s.kind == "faq" and s.heading is not None)
