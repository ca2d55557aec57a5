"""Sessions for browsers on a shop's pages, and what the chat there has to know."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from bot.desk.handoff import label
from bot.web.models import Nothing, examples
from bot.web.problem import Refused, documented
from bot.web.routing import JsonRoute
from bot.web.service import ChatService
from bot.web.site import Site
from bot.web.tokens import LIFETIME, Tokens
from bot.wording import wordings

_DEFAULT: Final = "de"
"""The language of the articles, for visitors of whom nothing is known."""


class SessionView(BaseModel):
    """A token, and for how many seconds it is good."""

    token: str
    expires_in: int


class ContactView(BaseModel):
    """How to reach a person."""

    label: str
    url: str | None
    email: str | None
    phone: str | None


class ConfigView(BaseModel):
    """What the chat on a page has to know."""

    lang: str
    langs: list[str]
    examples: list[str]
    contact: ContactView | None
    retention_days: int
    privacy_url: str | None
    documents: dict[str, str]
    """Their languages, by id."""


def router(service: ChatService, site: Site, tokens: Tokens) -> APIRouter:
    """`POST /api/v1/sessions` and `GET /api/v1/config`."""
    router = APIRouter(route_class=JsonRoute, tags=["site"])

    @router.post(
        "/api/v1/sessions",
        status_code=201,
        summary="Get a token for a page",
        response_model=SessionView,
        responses={
            201: {"content": {"application/json": {"example": examples()["session"]}}},
            **documented(400, 403, 408, 413, 415, 422, 429),
        },
    )
    async def begin(
        _body: Nothing, origin: Annotated[str | None, Header(description="Sent by the browser.")] = None
    ) -> Response:
        """The page's site must be one that may show the chat. The token is bound to it; nothing is kept."""
        if origin is None:
            raise Refused(403, "A token is for a page of a site: the request needs an Origin.")
        return JSONResponse({"token": tokens.issue(origin), "expires_in": LIFETIME}, 201)

    @router.get(
        "/api/v1/config",
        summary="What the chat on a page has to know",
        response_model=ConfigView,
        responses={
            200: {"content": {"application/json": {"example": examples()["config"]}}},
            **documented(401, 403, 422, 429),
        },
    )
    async def config(
        lang: Annotated[str, Query(pattern="^[a-z]{2}$")] = _DEFAULT,
    ) -> Response:
        """In that language, or in English where it is not spoken here."""
        known = wordings()
        spoken = lang if lang in known else "en"
        found = ConfigView(
            lang=spoken,
            langs=[_DEFAULT, *(code for code in ("da", "sv", "en") if code in known)],
            examples=list(service.examples(spoken)),
            contact=_contact(spoken, site),
            retention_days=site.desk.retention_days,
            privacy_url=site.privacy_url,
            documents={document.id: document.lang for document in service.documents.values()},
        )
        return JSONResponse(found.model_dump())

    return router


def _contact(lang: str, site: Site) -> ContactView | None:
    reach = site.reach
    if not reach.ways:
        return None
    return ContactView(label=label(lang), url=reach.url, email=reach.email, phone=reach.phone)
