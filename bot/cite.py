"""From places in documents to citations that can be proved, and back."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from bot.errors import UnknownCitation
from bot.turn import Citation
from corpus.document import Document, Slice


def cite_place(number: int, documents: Mapping[str, Document], document: str, place: Slice) -> Citation:
    """The citation of a place of a document that is there to be quoted.

    That is a sentence of a section, the title, an entry of the references, or a line on author and reviewer; an
    advertisement is none.

    Raises:
        UnknownCitation: there is no such document, or nothing of it to be quoted stands there.
    """
    known = documents.get(document)
    if known is None:
        raise UnknownCitation(f"there is no document {document!r}")
    section = _section(known, place)
    if section is None:
        raise UnknownCitation(f"{document} has nothing to be quoted at {place.start}:{place.end}")
    return _citation(number, known, section, place)


def cite_advertisement(number: int, documents: Mapping[str, Document], document: str, place: Slice) -> Citation:
    """The citation of a piece of a product box, for a reply that calls it advertising.

    Raises:
        UnknownCitation: there is no such document, or no box that holds the place.
    """
    known = documents.get(document)
    boxes = [promotion.place for promotion in known.promotions] if known is not None else []
    if known is None or not any(box.start <= place.start and place.end <= box.end for box in boxes):
        raise UnknownCitation(f"{document} has no product box at {place.start}:{place.end}")
    return _citation(number, known, (), place)


def _citation(number: int, known: Document, section: tuple[str, ...], place: Slice) -> Citation:
    return Citation(
        n=number,
        document=known.id,
        version=known.version,
        title=known.title,
        publisher=known.publisher,
        section=section,
        quote=place.text,
        start=place.start,
        end=place.end,
        url=known.url,
        read=f"/read/{quote(known.id)}?{urlencode({'start': place.start, 'end': place.end})}",
    )


def _section(document: Document, place: Slice) -> tuple[str, ...] | None:
    """The headings above a place; empty where it stands above all headings, None where nothing is to be quoted."""
    for section in document.sections:
        if place in section.sentences:
            return section.path
    if any(place == reference.place for reference in document.references):
        return document.references_path
    return () if place in (document.title_place, *document.masthead) else None


def check(citation: Citation, documents: Mapping[str, Document]) -> None:
    """Prove a citation.

    Raises:
        UnknownCitation: no such document or version, or the text there is not the quotation.
    """
    document = documents.get(citation.document)
    if document is None:
        raise UnknownCitation(f"[{citation.n}]: there is no document {citation.document!r}")
    if document.version != citation.version:
        raise UnknownCitation(f"[{citation.n}]: {citation.document} has another version now")
    if document.text[citation.start : citation.end] != citation.quote:
        raise UnknownCitation(f"[{citation.n}]: {citation.document} {citation.start}:{citation.end} reads differently")
