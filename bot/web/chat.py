"""`POST /api/v1/chat` and its stream."""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Header, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from bot.errors import where
from bot.turn import Citation, Question, Reply, Triage
from bot.web.faults import EXPECTED, fault
from bot.web.models import ChatRequest, examples
from bot.web.problem import Refused, as_problem, documented, problem
from bot.web.routing import JsonRoute
from bot.web.sending import EventStream
from bot.web.streams import Stream, Streams
from bot.web.talk import Answered, Talk
from bot.web.telling import Piece, Told, tell
from bot.web.texts import accepted
from bot.wire import as_bytes, as_json
from corpus.document import Lang

_log = logging.getLogger(__name__)

_TRIAGE: Final = TypeAdapter(Triage)
_CITATIONS: Final = TypeAdapter(tuple[Citation, ...])
_FIRST_SECONDS: Final = 1.0
"""So long a stream waits for its first event, so that what cannot be answered gets its own status."""

ConversationKey = Annotated[
    str | None, Header(alias="X-Conversation-Key", description="The key that came with the conversation.")
]
ChatBody = Annotated[
    ChatRequest, Body(openapi_examples={name: {"value": value} for name, value in examples()["questions"].items()})
]
_REPLY_ID: Final = {"X-Reply-Id": {"description": "The reply's name, for feedback.", "schema": {"type": "string"}}}
_EVENT: Final = {
    "type": "object",
    "description": "One event; comment lines between events only keep the connection open.",
    "properties": {
        "event": {"enum": ["triage", "sentence", "done", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string", "description": "Name of the stream, a colon, and the number of the event."},
    },
    "required": ["event", "data", "id"],
}
_STREAM: Final = {
    "description": "Server-sent events.",
    "content": {EventStream.media_type: {"schema": _EVENT, "example": examples()["stream"]}},
}
_REFUSALS: Final = (400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503)


def _sentence(piece: Piece) -> dict[str, Any]:
    citations = _CITATIONS.dump_python(piece.citations, mode="json")
    return {"index": piece.index, "text": piece.segment.text, "citations": citations}


@dataclass(frozen=True, slots=True)
class Streaming:
    """Fills streams. A task goes on when its visitor is gone: what was agreed to be kept is kept, and can be read."""

    talk: Talk
    streams: Streams
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def begin(self, question: Question, conversation: str | None, lang: Lang) -> Stream:
        """A stream whose first event is there, or is long in coming; what goes wrong is told in that language."""
        stream = self.streams.open(conversation)
        task = asyncio.create_task(self._fill(stream, question, conversation, lang))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await stream.first(_FIRST_SECONDS)
        return stream

    def stop(self) -> None:
        """End every stream."""
        for task in tuple(self._running):
            task.cancel()

    async def _fill(self, stream: Stream, question: Question, conversation: str | None, lang: Lang) -> None:
        try:
            async with aclosing(tell(self.talk, question, conversation)) as told:
                async for part in told:
                    _add(stream, part)
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            if not isinstance(error, EXPECTED):
                _log.error("a stream broke: %s", where(error))
            stream.failed = fault(error, lang)
            stream.add("error", as_problem(stream.failed.status, stream.failed.detail).model_dump())
        finally:
            self.streams.close(stream)


def _add(stream: Stream, part: Told) -> None:
    match part:
        case Triage():
            stream.add("triage", _TRIAGE.dump_json(part))
        case Piece():
            stream.add("sentence", _sentence(part))
        case Answered():
            stream.add("done", {"reply_id": part.reply_id, "reply": as_json(part.reply)})


def router(talk: Talk, streaming: Streaming) -> APIRouter:
    """`POST /api/v1/chat`, `POST /api/v1/chat/stream`, `GET /api/v1/chat/stream/{stream}`."""
    router = APIRouter(route_class=JsonRoute, tags=["chat"])

    @router.post(
        "/api/v1/chat",
        summary="Ask a question",
        response_model=Reply,
        responses={200: {"headers": _REPLY_ID}, **documented(*_REFUSALS)},
    )
    async def chat(body: ChatBody, key: ConversationKey = None) -> Response:
        """The reply to one message. Without a conversation the server keeps nothing of it."""
        question = await talk.prepare(body.question(), body.conversation, key)
        answered = await talk.answer(question, body.conversation)
        headers = {"X-Reply-Id": answered.reply_id}
        return Response(as_bytes(answered.reply), media_type="application/json", headers=headers)

    @router.post(
        "/api/v1/chat/stream",
        summary="Ask a question and read the reply as it comes",
        status_code=200,
        response_class=EventStream,
        responses={200: _STREAM, **documented(*_REFUSALS)},
    )
    async def stream(body: ChatBody, request: Request, key: ConversationKey = None) -> Response:
        """Events: `triage`, a `sentence` for each piece of the text, `done` with the whole reply; or `error`."""
        question = await talk.prepare(body.question(), body.conversation, key)
        found = await streaming.begin(question, body.conversation, body.lang or accepted(request.headers))
        if found.failed is not None and found.length == 1:
            streaming.streams.drop(found)
            return problem(found.failed.status, found.failed.detail, headers=found.failed.headers)
        return EventStream(streaming.streams.follow(found))

    @router.get(
        "/api/v1/chat/stream/{stream}",
        summary="Go on reading a reply after a dropped connection",
        status_code=200,
        response_class=EventStream,
        responses={200: _STREAM, **documented(401, 403, 404, 422, 429)},
    )
    async def resume(
        stream: str, last: Annotated[str | None, Header(alias="Last-Event-ID", description="The last id seen.")] = None
    ) -> Response:
        """What follows that event. Streams are kept for two minutes after their end."""
        found = streaming.streams.find(stream)
        first = found.number(last) if found is not None else None
        if found is None or first is None:
            raise Refused(404, "There is no such stream any more, or no such event in it.")
        return EventStream(streaming.streams.follow(found, first))

    return router
