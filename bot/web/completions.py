"""The chat as programs made for OpenAI's API know it: `POST /v1/chat/completions`, `GET /v1/models`.

There is no model behind it. What such programs say about one (temperature, tools, system messages) is taken and changes
nothing; above all no message can tell the bot what to do. Where a sentence stands is told in `message.annotations`.
"""

import json
import re
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Request
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Asgi

from bot.turn import Question, Reply
from bot.web.models import CountryCode, LangCode, Message, examples
from bot.web.problem import MEDIA_TYPE, Refused
from bot.web.render import Cited, segments
from bot.web.routing import JsonRoute
from bot.web.sending import EventStream
from bot.web.talk import EARLIER, Talk
from bot.wire import as_json

MODEL: Final = "rueckenwind"
PREFIX: Final = "/v1/"
_DONE: Final = format_sse_event(data_str="[DONE]")
_NO_USAGE: Final = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(frozen=True, strict=True)

    type: str
    text: Message | None = None


class ChatMessage(BaseModel):
    """A message of the conversation so far. Only those of the user are read."""

    model_config = ConfigDict(frozen=True, strict=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Message | list[Part] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream should end with."""

    model_config = ConfigDict(frozen=True, strict=True)

    include_usage: bool = False


class Completion(BaseModel):
    """A request in OpenAI's form; fields that are not named here are taken and have no effect."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=200)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=1, description="There is one reply, not several.")
    lang: LangCode | None = Field(default=None, description="Ours: the language the visitor chose.")
    country: CountryCode | None = Field(default=None, description="Ours: for the numbers to call.")

    def question(self) -> Question:
        """The user's last message, with those before it."""
        said = [message.text for message in self.messages if message.role == "user"]
        if not said or self.messages[-1].role != "user":
            raise Refused(422, "The last message must be the user's.")
        return Question(text=said[-1], earlier=tuple(said[:-1][-EARLIER:]), lang=self.lang, country=self.country)


def router(talk: Talk) -> APIRouter:
    """Everything below `/v1/`."""
    router = APIRouter(route_class=JsonRoute, tags=["openai"])
    stream = {"schema": {"type": "object", "properties": {"data": {"type": "string"}}}}
    refusals = _documented(400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503)
    refusals[200] = {"content": {EventStream.media_type: stream}}

    @router.post(
        "/v1/chat/completions", summary="Ask a question, in OpenAI's form", status_code=200, responses=refusals
    )
    async def complete(
        request: Request,
        body: Annotated[Completion, Body(openapi_examples={"question": {"value": examples()["completion"]}})],
    ) -> Response:
        """`message.annotations` says where each sentence stands; `reply` is what `POST /api/v1/chat` gives."""
        _known(body.model)
        question = await talk.prepare(body.question(), None, None)
        answered = await talk.answer(question, None)
        made = Made(
            answered.reply, f"chatcmpl-{answered.reply_id}", int(time.time()), str(request.base_url).rstrip("/")
        )
        if not body.stream:
            return JSONResponse(made.whole())
        usage = body.stream_options is not None and body.stream_options.include_usage
        return EventStream(made.chunks(usage=usage))

    @router.get("/v1/models", summary="The one model", responses=_documented(401, 403, 429))
    async def models() -> JSONResponse:
        return JSONResponse({"object": "list", "data": [_MODEL]})

    @router.get("/v1/models/{model}", summary="The one model", responses=_documented(401, 403, 404, 422, 429))
    async def one(model: str) -> JSONResponse:
        _known(model)
        return JSONResponse(_MODEL)

    return router


_MODEL: Final = {"id": MODEL, "object": "model", "created": 1_700_000_000, "owned_by": MODEL}


def _known(model: str) -> None:
    if model != MODEL:
        raise Refused(404, f"There is one model here: {MODEL}.")


@dataclass(frozen=True, slots=True)
class Made:
    """A reply in OpenAI's form. `base` is this server's address, for sources that have none of their own."""

    reply: Reply
    id: str
    created: int
    base: str

    def whole(self) -> dict[str, Any]:
        """The answer to a request that is no stream."""
        message = {
            "role": "assistant",
            "content": self.reply.text,
            "refusal": None,
            "annotations": list(self._annotations()),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": _NO_USAGE, "reply": as_json(self.reply)}

    async def chunks(self, *, usage: bool) -> AsyncGenerator[bytes, None]:
        """The same as a stream: the text piece by piece, then the annotations."""
        yield self._chunk({"role": "assistant", "content": "", "refusal": None})
        for segment in segments(self.reply):
            yield self._chunk({"content": segment.text})
        yield self._chunk({"annotations": list(self._annotations())}, "stop", reply=as_json(self.reply))
        if usage:
            yield _event({**self._head("chat.completion.chunk"), "choices": [], "usage": _NO_USAGE})
        yield _DONE

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}

    def _annotations(self) -> Iterator[dict[str, Any]]:
        """One for each citation of each sentence; `start_index` and `end_index` are places in the message."""
        cited = {citation.n: citation for citation in self.reply.citations}
        place = 0
        for segment in segments(self.reply):
            numbers = segment.citations if isinstance(segment, Cited) else ()
            for citation in (cited[n] for n in numbers if n in cited):
                yield {
                    "type": "url_citation",
                    "url_citation": {
                        "url": citation.url or f"{self.base}{citation.read}",
                        "title": citation.title,
                        "start_index": place,
                        "end_index": place + len(segment.text),
                        "document": citation.document,
                        "version": citation.version,
                        "quote": citation.quote,
                        "start": citation.start,
                        "end": citation.end,
                        "read": f"{self.base}{citation.read}",
                    },
                }
            place += len(segment.text)


def _event(data: dict[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False))


_TYPES: Final = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_SERVER_ERROR: Final = 500
_PROBLEM: Final = (b"content-type", MEDIA_TYPE.encode())


def _error(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem as OpenAI's programs read errors."""
    status = problem["status"]
    kind = "server_error" if status >= _SERVER_ERROR else _TYPES.get(status, "invalid_request_error")
    fields = problem["errors"]
    detail = "; ".join(f"{field['pointer']}: {field['detail']}" for field in fields) or problem["detail"]
    param = fields[0]["pointer"].strip("/").replace("/", ".") if fields else None
    code = re.sub(r"\W+", "_", problem["title"].lower())
    return {"error": {"message": detail, "type": kind, "param": param, "code": code}}


class OpenAIErrors:
    """The layer that gives problems below `/v1/` OpenAI's form, wherever they come from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through; of its response change only what is a problem."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        start: Asgi | None = None
        body = bytearray()

        async def changed(message: Asgi) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _PROBLEM in message["headers"]:
                start = message
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_error(start, bytes(body), send)

        await self._app(scope, receive, changed)


async def _send_error(start: Asgi, body: bytes, send: Send) -> None:
    error = json.dumps(_error(json.loads(body)), ensure_ascii=False).encode("utf-8")
    kept = [(k, v) for k, v in start["headers"] if k not in (b"content-type", b"content-length")]
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(error)).encode())]
    await send({**start, "headers": [*kept, *own]})
    await send({"type": "http.response.body", "body": error})


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    error = {
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {name: {} for name in ("message", "type", "param", "code")},
                "required": ["message", "type", "param", "code"],
            }
        },
        "required": ["error"],
    }
    content = {"application/json": {"schema": error}}
    return {status: {"description": "An error in OpenAI's form.", "content": content} for status in statuses}
