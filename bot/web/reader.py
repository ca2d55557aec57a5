"""The reading page: a document as people read it, with the quoted passage marked where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from bot.web.html import environment
from bot.web.marked import Marker, Part
from bot.web.service import ChatService
from bot.web.texts import FALLBACK, LANGS, ReaderTexts, load_texts
from corpus.document import Document, Promotion, Section, Slice

# A place in an address is short; longer digits are no place in any text of ours.
_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it is shown; level 2 stands right below the title."""

    level: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `advertising` when it praises the brand's own products."""

    parts: tuple[Part, ...]
    role: str = ""
    advertising: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A promotion, shown where the article has it."""

    product: tuple[Part, ...]
    description: tuple[Part, ...]
    price: str


Block = Heading | Text | Box


@dataclass(frozen=True, slots=True)
class Reader:
    """Shows documents. Every language's words are read once, when the app is built."""

    service: ChatService
    templates: Environment
    texts: Mapping[str, ReaderTexts]

    def page(self, document_id: str, start: str, end: str, lang: str = "") -> str:
        """The page as HTML; our words in that language, or in the document's.

        Raises:
            KeyError: there is no such document.
        """
        documents = self.service.documents
        document = documents[document_id]
        texts = self.texts.get(lang) or self.texts.get(document.lang, self.texts[FALLBACK])
        asked = bool(start or end)
        marker = Marker(document.text, _range(document, start, end))
        # In the order of the page: the first mark is where the address leads.
        title = _whole(document.title_place, marker) or (Part(document.title),)
        masthead = tuple(parts for line in document.masthead if (parts := _whole(line, marker)))
        blocks = tuple(_blocks(document, marker, texts))
        references = tuple((reference, _whole(reference.place, marker)) for reference in document.references)
        return self.templates.get_template("reader.html").render(
            document=document,
            title=title,
            masthead=masthead,
            blocks=blocks,
            references=references,
            texts=texts,
            home="/" if texts.lang == "de" else f"/{texts.lang}/",
            foreign=document.lang if document.lang != texts.lang else None,
            unknown_place=asked and not marker.used,
            marked=marker.used,
            known=documents,
            web_address=document.url if document.url and document.url.startswith(("https://", "http://")) else None,
        )


def router(service: ChatService) -> APIRouter:
    """`GET /read/{document}?start=&end=`.

    Raises:
        BadWording: the data files with the reader's texts are incomplete.
    """
    reader = Reader(service, environment(), {lang: load_texts(lang).reader for lang in LANGS})
    router = APIRouter()

    @router.get("/read/{document}", response_class=HTMLResponse, summary="Read a document, with a passage marked")
    def read(document: str, start: str = "", end: str = "", lang: str = "") -> HTMLResponse:
        try:
            return HTMLResponse(reader.page(document, start, end, lang))
        except KeyError:
            raise HTTPException(404) from None

    return router


def _whole(place: Slice | None, marker: Marker) -> tuple[Part, ...]:
    """A place outside the sections as it stands in the text, if the passage lies in it; else the page shows its own."""
    if place is None or marker.passage is None:
        return ()
    inside = place.start <= marker.passage[0] and marker.passage[1] <= place.end
    return marker.cut(place.start, place.end) if inside else ()


def _range(document: Document, start: str, end: str) -> tuple[int, int] | None:
    """The place asked for, or None when it is none in this text."""
    if not all(s.isascii() and s.isdigit() and len(s) <= _DIGITS for s in (start, end)):
        return None
    first, last = int(start), int(end)
    return (first, last) if first < last <= len(document.text) else None


def _blocks(document: Document, marker: Marker, texts: ReaderTexts) -> Iterator[Block]:
    """Everything between title and references, in the order of the text."""
    waiting = sorted(document.promotions, key=lambda p: p.place.start)
    above: tuple[str, ...] = ()
    for section in document.sections:
        yield from _headings(section, above, marker)
        above = section.path
        for paragraph in section.paragraphs:
            while waiting and waiting[0].place.start < paragraph.start:
                yield _box(waiting.pop(0), marker, texts)
            parts = marker.cut(paragraph.start, paragraph.end)
            yield Text(parts, section.kind, paragraph.advertising)
    yield from (_box(promotion, marker, texts) for promotion in waiting)


def _headings(section: Section, above: tuple[str, ...], marker: Marker) -> Iterator[Heading]:
    """The headings that this section adds to those already shown."""
    shared = 0
    while shared < min(len(above), len(section.path)) and above[shared] == section.path[shared]:
        shared += 1
    if section.path and shared == len(section.path) and section.heading is not None:
        shared -= 1  # two sections in a row with the same heading: it stands in the text twice
    for depth, name in enumerate(section.path[shared:], start=shared):
        innermost = depth == len(section.path) - 1
        heading = section.heading if innermost else None
        # A heading inside the passage shows the spelling of the text, for the mark claims to be a quotation.
        if heading is not None and marker.touches(heading.start, heading.end):
            yield Heading(min(depth + 2, 4), marker.cut(heading.start, heading.end))
        else:
            yield Heading(min(depth + 2, 4), (Part(name),))


def _box(promotion: Promotion, marker: Marker, texts: ReaderTexts) -> Box:
    amount = f"{promotion.price:.2f}".replace(".", texts.decimal_mark)
    return Box(
        product=_field(promotion, promotion.product, marker),
        description=_field(promotion, promotion.description, marker),
        price=texts.price.format(amount=amount, currency=promotion.currency),
    )


def _field(promotion: Promotion, shown: str, marker: Marker) -> tuple[Part, ...]:
    """A field of the box, with its mark where it stands word for word in the text."""
    offset = promotion.place.text.find(shown)
    if offset < 0:
        return (Part(shown),)
    start = promotion.place.start + offset
    return marker.cut(start, start + len(shown))
