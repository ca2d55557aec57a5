"""Documents and places in them, as values."""

from typing import Annotated, Any, Final
from urllib.parse import quote as percent

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from bot.web.around import around
from bot.web.problem import Refused, documented
from bot.web.service import ChatService
from corpus.document import Document

_REFUSALS: Final = documented(401, 403, 404, 422, 429)
_WHOLE: Final = 8
"""Words; a longer place is named by so many at its beginning and at its end."""
_END_WORDS: Final = 4


class ParagraphView(BaseModel):
    """A paragraph and its place: offsets into the document's text, in code points."""

    start: int
    end: int
    text: str


class SectionView(BaseModel):
    """A section below its headings, outermost first."""

    kind: str
    path: list[str]
    paragraphs: list[ParagraphView]


class DocumentView(BaseModel):
    """A document that replies quote from."""

    id: str
    title: str
    publisher: str
    version: str
    lang: str
    url: str | None
    sections: list[SectionView]


class ContextView(BaseModel):
    """A place with what stands around it, advertising left out.

    `url` leads to the place on the live page, `read` to our copy.
    """

    before: str
    quote: str
    after: str
    section: list[str]
    title: str
    publisher: str
    url: str | None
    read: str


def router(service: ChatService) -> APIRouter:
    """`GET /api/v1/documents/{document}` and its places."""
    router = APIRouter(tags=["documents"])

    def known(name: str) -> Document:
        document = service.documents.get(name)
        if document is None:
            raise Refused(404, "There is no such document.")
        return document

    @router.get("/api/v1/documents/{document}", summary="A document", response_model=DocumentView, responses=_REFUSALS)
    def whole(document: str) -> Response:
        return JSONResponse(_plain(known(document)))

    @router.get(
        "/api/v1/documents/{document}/context",
        summary="A place in a document, with what stands around it",
        response_model=ContextView,
        responses=_REFUSALS,
    )
    def context(
        document: str, start: Annotated[int, Query(ge=0, le=10**9)], end: Annotated[int, Query(ge=1, le=10**9)]
    ) -> Response:
        """`start` and `end` as a citation has them."""
        found = known(document)
        if not start < end <= len(found.text):
            raise Refused(404, "There is no such place in this document.")
        return JSONResponse(_context(found, start, end))

    return router


def _plain(document: Document) -> dict[str, Any]:
    sections = [
        SectionView(
            kind=section.kind,
            path=list(section.path),
            paragraphs=[
                ParagraphView(start=p.start, end=p.end, text=document.text[p.start : p.end]) for p in section.paragraphs
            ],
        )
        for section in document.sections
    ]
    view = DocumentView(
        id=document.id,
        title=document.title,
        publisher=document.publisher,
        version=document.version,
        lang=document.lang,
        url=web_address(document),
        sections=sections,
    )
    return view.model_dump()


def _context(document: Document, start: int, end: int) -> dict[str, Any]:
    found = around(document, start, end)
    quote = document.text[start:end]
    view = ContextView(
        before=found.before,
        quote=quote,
        after=found.after,
        section=list(found.section),
        title=document.title,
        publisher=document.publisher,
        url=live(document, quote),
        read=f"/read/{document.id}?start={start}&end={end}",
    )
    return view.model_dump()


def web_address(document: Document) -> str | None:
    """The address of the live page, if it is one that a browser may follow."""
    url = document.url
    return url if url is not None and url.startswith(("https://", "http://")) else None


def live(document: Document, quote: str) -> str | None:
    """The live page at those words. Of a digest the page does not have our words, so there it is the page alone."""
    address = web_address(document)
    if address is None or document.kind == "digest":
        return address
    words = quote.split()
    parts = [quote] if len(words) <= _WHOLE else [" ".join(words[:_END_WORDS]), " ".join(words[-_END_WORDS:])]
    return f"{address.partition('#')[0]}#:~:text={','.join(_escaped(part) for part in parts)}"


def _escaped(text: str) -> str:
    # A hyphen next to a comma has a meaning in text fragments.
    return percent(text, safe="").replace("-", "%2D")
