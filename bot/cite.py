"""From places in documents to citations that can be proved, and back."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from bot.errors import UnknownCitation
from bot.turn import Citation
from corpus.document import Document, Section, Sentence


def cite(number: int, document: Document, section: Section, sentence: Sentence) -> Citation:
    """The citation of a sentence of a document's section."""
    return Citation(
        n=number,
        document=document.id,
        version=document.version,
        title=document.title,
        publisher=document.publisher,
        section=section.path,
        quote=sentence.text,
        start=sentence.start,
        end=sentence.end,
        url=document.url,
        read=f"/read/{quote(document.id)}?{urlencode({'start': sentence.start, 'end': sentence.end})}",
    )


def cite_place(number: int, documents: Mapping[str, Document], document: str, sentence: Sentence) -> Citation:
    """The citation of a sentence by its document's id.

    Raises:
        UnknownCitation: there is no such document, or no section of it holds the sentence.
    """
    known = documents.get(document)
    if known is None:
        raise UnknownCitation(f"there is no document {document!r}")
    for section in known.sections:
        if sentence in section.sentences:
            return cite(number, known, section, sentence)
    raise UnknownCitation(f"{document} has no sentence at {sentence.start}:{sentence.end}")


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
