"""The text of an article's page, with all its mess, as a `Document`.

The text is cut into blocks (lines without an empty one between them), and each block is told what it is, in one pass:
title, lead, masthead, product box, heading, paragraph, reference, or noise. A block that repeats an earlier one word
for word is noise. What lines look like stands in page.toml; what the text does not say stands in the `Sidecar`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from corpus.document import (
    Document,
    Paragraph,
    Promotion,
    Reference,
    Reviewer,
    Section,
    SectionKind,
    Slice,
)
from corpus.errors import NotUnderstood
from corpus.parse.layout import Layout, layout
from corpus.parse.sidecar import Sidecar
from corpus.sentences import split

_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbouring lines, each without white space at its ends."""

    lines: tuple[Slice, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def place(self) -> tuple[int, int]:
        return self.lines[0].start, self.lines[-1].end


@dataclass(slots=True)
class _Draft:
    """What has been understood so far; the only mutable value of the parser."""

    sections: list[Section] = field(default_factory=list)
    kind: SectionKind = "lead"
    heading: Slice | None = None
    path: tuple[str, ...] = ()
    paragraphs: list[Paragraph] = field(default_factory=list)
    promotions: list[Promotion] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    in_references: bool = False
    references_path: tuple[str, ...] = ()
    byline: str | None = None
    byline_place: Slice | None = None
    published: str | None = None
    reviewer: Reviewer | None = None


def parse_page(text: str, sidecar: Sidecar) -> Document:
    """Understand the text of a page.

    Raises:
        NotUnderstood: the text has no title or no section with text.
    """
    rules = layout()
    blocks = list(_without_repeats(_blocks(text)))
    if not blocks:
        raise NotUnderstood(f"{sidecar.id}: the text is empty; an article needs a title and at least one paragraph")
    title, *rest = blocks
    draft = _Draft()
    reader = _Reader(text, sidecar, rules, draft)
    reader.read(rest)
    if not draft.sections:
        raise NotUnderstood(f"{sidecar.id}: only a title was found; paragraphs must be separated by empty lines")
    return Document(
        id=sidecar.id,
        kind="article",
        lang=sidecar.lang,
        title=title.lines[0].text,
        publisher=sidecar.publisher,
        brand=sidecar.brand,
        url=sidecar.url,
        covers=sidecar.covers,
        text=text,
        sections=tuple(draft.sections),
        references=tuple(draft.references),
        references_path=draft.references_path,
        promotions=tuple(draft.promotions),
        byline=draft.byline,
        byline_place=draft.byline_place,
        published=draft.published,
        reviewer=draft.reviewer,
    )


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[Slice] = []
    for match in _LINE.finditer(text):
        stripped = match.group().strip()
        start = match.start() + match.group().index(stripped)
        line = Slice(start, start + len(stripped), stripped)
        if lines and text.count("\n", lines[-1].end, line.start) > 1:
            yield _Block(tuple(lines))
            lines = []
        lines.append(line)
    if lines:
        yield _Block(tuple(lines))


def _without_repeats(blocks: Iterator[_Block]) -> Iterator[_Block]:
    """Drop blocks seen before: page builders print title and teaser twice. Product boxes repeat their label only."""
    seen: set[str] = set()
    rules = layout()
    for block in blocks:
        opens_box = rules.promotion_opens.match(block.lines[0].text) is not None
        closes_box = rules.promotion_closes.match(block.lines[-1].text) is not None
        if block.text not in seen or opens_box or closes_box:
            yield block
        seen.add(block.text)


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    sidecar: Sidecar
    rules: Layout
    draft: _Draft

    def read(self, blocks: Sequence[_Block]) -> None:
        """Tell each block what it is."""
        rest = list(blocks)
        while rest:
            block = rest.pop(0)
            if self.rules.promotion_opens.match(block.lines[0].text):
                box = [block]
                while rest and not self.rules.promotion_closes.match(box[-1].lines[-1].text):
                    box.append(rest.pop(0))
                self._promotion(box)
            elif any(self.rules.byline.match(line.text) for line in block.lines):
                self._masthead(block)
            elif self.draft.in_references:
                self._reference_list(block)
            elif self._is_heading(block):
                self._heading(block.lines[0])
            else:
                self._paragraph(block)
        self._close_section()

    def _is_heading(self, block: _Block) -> bool:
        line = block.lines[0].text
        if len(block.lines) > 1 or len(line) > self.rules.longest_heading or line[-1] in ".!:;,…":
            return False
        # A short question in running text begins with a capital; the page's headings do not, except in the FAQ.
        return self.draft.kind == "faq" or not line.endswith("?") or line == line.lower()

    def _heading(self, line: Slice) -> None:
        self._close_section()
        label = self.sidecar.labels.get(line.text, line.text)
        if self.rules.references.match(line.text):
            self.draft.in_references, self.draft.references_path = True, (label,)
        elif self.rules.faq.match(line.text):
            self.draft.kind, self.draft.path = "faq", (label,)
        elif self.draft.kind == "faq" and line.text.endswith("?"):
            self.draft.path = (self.draft.path[0], label)
        else:
            self.draft.kind, self.draft.path = "body", (label,)
        self.draft.heading = line

    def _paragraph(self, block: _Block) -> None:
        start, end = block.place
        brand = self.sidecar.brand
        advertising = brand is not None and brand in block.text
        sentences = split(self.text, self.sidecar.lang, start, end)
        self.draft.paragraphs.append(Paragraph(sentences, advertising))

    def _close_section(self) -> None:
        draft = self.draft
        if draft.paragraphs:
            name = draft.heading.text if draft.heading else ""
            asked = tuple((lang, q[name]) for lang, q in self.sidecar.questions.items() if name in q)
            role = self.sidecar.roles.get(name)
            draft.sections.append(Section(draft.kind, draft.path, draft.heading, tuple(draft.paragraphs), role, asked))
        draft.paragraphs, draft.heading = [], None

    def _masthead(self, block: _Block) -> None:
        """Byline, date and reviewer; the text so far was the lead, what follows is the article."""
        self._close_section()
        draft, lines = self.draft, block.lines
        draft.kind, draft.path = "teaser", ()
        for number, line in enumerate(lines):
            if match := self.rules.byline.match(line.text):
                draft.byline, draft.byline_place = match["byline"], line
                draft.published = self.rules.iso_date(match["date"])
            elif match := self.rules.reviewer.match(line.text):
                below = lines[number + 1 : number + 2]
                about = tuple(s for b in below for s in split(self.text, self.sidecar.lang, b.start, b.end))
                role, *note = [sentence.text for sentence in about] or [""]
                places = (line, *about)
                draft.reviewer = Reviewer(match["name"], role.removesuffix("."), " ".join(note), places)

    def _promotion(self, box: Sequence[_Block]) -> None:
        lines = [line for block in box for line in block.lines]
        price = next((m for line in lines if (m := self.rules.price.match(line.text))), None)
        words = [line for line in lines if not self._is_box_noise(line.text)]
        if price is None or not words:
            return  # a box without product or price says nothing that could be shown
        product, *description = [line.text for line in words]
        start, end = lines[0].start, lines[-1].end
        self.draft.promotions.append(
            Promotion(
                product=product,
                description=" ".join(description),
                price=Decimal(price["amount"].replace(",", ".")),
                currency=self.rules.currencies[price["currency"]],
                place=Slice(start, end, self.text[start:end]),
            )
        )

    def _is_box_noise(self, line: str) -> bool:
        rules = self.rules
        kinds = (rules.promotion_opens, rules.promotion_closes, rules.promotion_noise)
        return any(kind.match(line) for kind in kinds) or rules.price.match(line) is not None

    def _reference_list(self, block: _Block) -> None:
        for line in block.lines:
            match = self.rules.reference.match(line.text)
            if match is None:
                raise NotUnderstood(
                    f"{self.sidecar.id}: no reference was understood in {line.text!r}; "
                    'expected: 1. Publisher. (year). "Title." Publisher.'
                )
            start = match.start("publisher")
            place = Slice(line.start + start, line.end, line.text[start:])
            self.draft.references.append(Reference(int(match["number"]), match["publisher"], match["title"], place))
