"""Conversations that a visitor agreed to be kept: begin, read, take along, delete, and ask for a person."""

import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from bot.desk import Conversation, Feedback, Said, Verdict
from bot.desk.handoff import handoff
from bot.turn import Citation, Reply
from bot.web.chat import ConversationKey
from bot.web.models import ConsentRequest, FeedbackRequest, Nothing, examples
from bot.web.problem import Refused, documented
from bot.web.routing import JsonRoute
from bot.web.streams import Streams
from bot.web.talk import Talk, new_reply_id
from bot.wire import as_bytes

Name = Annotated[str, Path(description="The conversation's id.")]
_PATH: Final = "/api/v1/conversations/{conversation}"
_READING: Final = documented(401, 403, 404, 422, 429, 500, 503)
_WRITING: Final = documented(400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503)


class OpenedView(BaseModel):
    """A new conversation. The key is shown once; whoever has it can read and delete the conversation."""

    id: str
    key: str
    expires: str


class FeedbackView(BaseModel):
    """What the visitor said of a reply."""

    verdict: Verdict
    citation: int | None = None


class VisitorMessage(BaseModel):
    """A message of the visitor, redacted."""

    role: Literal["visitor"]
    text: str
    at: str


class BotMessage(BaseModel):
    """A reply."""

    role: Literal["bot"]
    reply_id: str
    reply: Reply
    at: str
    feedback: FeedbackView | None = None


class ConversationView(BaseModel):
    """A conversation as it is kept."""

    id: str
    lang: str | None
    created: str
    expires: str
    wants_person: str | None
    messages: list[VisitorMessage | BotMessage]


class SourcesView(BaseModel):
    """The sources of a reply."""

    citations: list[Citation]


def router(talk: Talk, streams: Streams) -> APIRouter:
    """Everything below `/api/v1/conversations`, and the feedback that may go with it."""
    router = APIRouter(route_class=JsonRoute, tags=["conversations"])
    _beginning(router, talk)
    _reading(router, talk)
    _changing(router, talk, streams)
    _feedback(router, talk)
    return router


def _beginning(router: APIRouter, talk: Talk) -> None:
    @router.post(
        "/api/v1/conversations",
        status_code=201,
        summary="Let a conversation be kept",
        response_model=OpenedView,
        responses={201: {"content": {"application/json": {"example": examples()["opened"]}}}, **_WRITING},
    )
    async def begin(
        body: Annotated[ConsentRequest, Body(openapi_examples={"agreed": {"value": {"consent": True, "lang": "de"}}})],
    ) -> Response:
        """Nothing is kept before this. Messages are redacted before they are written, and deleted when they expire."""
        opened = await talk.at_desk(lambda desk: desk.open(body.lang))
        return JSONResponse({"id": opened.id, "key": opened.key, "expires": opened.expires.isoformat()}, 201)


def _reading(router: APIRouter, talk: Talk) -> None:
    async def read(conversation: str, key: str | None) -> Conversation:
        return await talk.at_desk(lambda desk: desk.read(conversation, key or ""))

    @router.get(_PATH, summary="Read a conversation", response_model=ConversationView, responses=_READING)
    async def whole(conversation: Name, key: ConversationKey = None) -> Response:
        return JSONResponse(_plain(await read(conversation, key)))

    @router.get(
        f"{_PATH}/export", summary="Take a conversation along", response_model=ConversationView, responses=_READING
    )
    async def export(conversation: Name, key: ConversationKey = None) -> Response:
        """Everything that is kept of it, as a file."""
        text = json.dumps(_plain(await read(conversation, key)), ensure_ascii=False, indent=1)
        headers = {"Content-Disposition": 'attachment; filename="conversation.json"'}
        return Response(text, media_type="application/json", headers=headers)

    @router.get(
        f"{_PATH}/replies/{{reply}}/sources",
        summary="The sources of one reply",
        response_model=SourcesView,
        responses=_READING,
    )
    async def sources(conversation: Name, reply: str, key: ConversationKey = None) -> Response:
        held = await read(conversation, key)
        found = next((m.reply for m in held.messages if m.reply_id == reply and m.reply is not None), None)
        if found is None:
            raise Refused(404, "There is no such reply in this conversation.")
        return JSONResponse({"citations": found["citations"]})


def _changing(router: APIRouter, talk: Talk, streams: Streams) -> None:
    @router.delete(_PATH, status_code=204, summary="Delete a conversation", responses=_READING)
    async def erase(conversation: Name, key: ConversationKey = None) -> Response:
        """It is gone at once and for good; no file holds a byte of it."""
        await talk.at_desk(lambda desk: desk.erase(conversation, key or ""))
        streams.forget(conversation)
        return Response(status_code=204)

    @router.post(
        f"{_PATH}/handoff",
        status_code=202,
        summary="Ask for a person",
        response_model=Reply,
        responses=_WRITING,
    )
    async def person(_body: Nothing, conversation: Name, key: ConversationKey = None) -> Response:
        """Notes that a person is wanted; the reply says how the shop can be reached."""
        name = new_reply_id()
        told = await talk.at_desk(
            lambda desk: desk.call_person(conversation, key or "", name, lambda lang: handoff(lang, talk.site.reach))
        )
        talk.counter.replied(told, "ok")
        return Response(as_bytes(told), 202, {"X-Reply-Id": name}, "application/json")


def _feedback(router: APIRouter, talk: Talk) -> None:
    @router.post("/api/v1/feedback", status_code=204, summary="Say what a reply is worth", responses=_WRITING)
    async def judge(
        body: Annotated[
            FeedbackRequest, Body(openapi_examples={"v": {"value": {"reply_id": "Xy3", "verdict": "helpful"}}})
        ],
        key: ConversationKey = None,
    ) -> Response:
        """Without a conversation the verdict is only counted."""
        name = body.conversation
        if name is not None:
            said = Feedback(Verdict(body.verdict), body.citation)
            if not await talk.at_desk(lambda desk: desk.judge(name, key or "", body.reply_id, said)):
                raise Refused(404, "There is no such reply in this conversation.")
        talk.counter.judged(body.verdict)
        return Response(status_code=204)


def _plain(held: Conversation) -> dict[str, Any]:
    return {
        "id": held.id,
        "lang": held.lang,
        "created": _iso(held.created),
        "expires": held.expires.isoformat(),
        "wants_person": _iso(held.wants_person) if held.wants_person is not None else None,
        "messages": [_message(said) for said in held.messages],
    }


def _message(said: Said) -> dict[str, Any]:
    if said.role == "visitor":
        return {"role": "visitor", "text": said.text, "at": _iso(said.at)}
    message = {"role": "bot", "reply_id": said.reply_id, "reply": said.reply, "at": _iso(said.at)}
    if said.feedback is not None:
        message["feedback"] = {"verdict": said.feedback.verdict.value, "citation": said.feedback.citation}
    return message


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
