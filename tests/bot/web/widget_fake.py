"""A server that speaks the HTTP contract of the widget and breaks where a test wants it to."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import FastAPI, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from bot.turn import Contact, Kind, Level, Reply, Triage
from bot.web import widget
from bot.wire import as_json
from tests.bot.web import fake

HOSTILE = (
    '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script> **fett** ${7*7} [x](javascript:window.hurt=1)'
)
EXAMPLES = {
    "de": ["Welche Übungen stärken den Rumpf?", "Warum tut der untere Rücken nach dem Joggen weh?"],
    "en": ["Which exercises help?"],
}


def listed() -> Reply:
    """Both sides of a point, as a list with words of ours in its items."""
    reply = fake.answer()
    first, second, third = (s.text for s in reply.sentences)
    text = (
        f"{first} [1]\n\nBeim Thema Übungen gehen die Ansichten auseinander:\n\n– Unser Artikel: {second} [2]\n"
        f"– {third} [3]"
    )
    return replace(reply, text=text)


def hostile() -> Reply:
    """A reply whose every field tries to be markup."""
    reply = fake.answer()
    citation = replace(
        reply.citations[0], title=HOSTILE, publisher=HOSTILE, section=(HOSTILE,), quote=HOSTILE, url="javascript:1"
    )
    return replace(
        reply,
        text=f"{HOSTILE}\n\n– {HOSTILE} [1]",
        sentences=(replace(reply.sentences[0], text=HOSTILE),),
        citations=(citation,),
        follow_ups=(HOSTILE,),
        contact=(Contact(HOSTILE, "javascript:alert(1)", "DE"),),
    )


def doctor() -> Reply:
    """The mildest referral, with a quotation from the article."""
    quote = fake.answer().citations[0]
    return replace(
        fake.referral(),
        text=f"Bitte lassen Sie das ärztlich abklären.\n\nIm Artikel steht dazu: {quote.quote} [1]",
        sentences=(fake.answer().sentences[0],),
        citations=(quote,),
        triage=Triage(Level.DOCTOR, ("ten_days",), ("seit drei Wochen",)),
        contact=(),
    )


def english() -> Reply:
    """A reply in English around German quotations."""
    first = fake.answer().sentences[0]
    return replace(
        fake.answer(lang="en"), text=f"The original wording:\n\n{first.text} [1]", sentences=(first,), follow_ups=()
    )


REPLIES: dict[str, Callable[[], Reply]] = {
    "taub": fake.referral,
    "drei wochen": doctor,
    "mallorca": fake.refusal,
    "hallo": fake.smalltalk,
    "ansichten": listed,
    "exercises": english,
    "hurt": hostile,
}


def reply_to(text: str) -> Reply:
    """The canned reply for a word of the message."""
    found = [make for word, make in REPLIES.items() if word in text.casefold()]
    return found[0]() if found else fake.answer()


def events(stream: str, reply_id: str, reply: Reply) -> list[str]:
    """The stream of a reply as the contract has it."""
    cited = {c["n"]: c for c in as_json(reply)["citations"]}
    sent: list[tuple[str, object]] = [("triage", as_json(reply)["triage"])]
    cursor = 0
    parts: list[tuple[str, list[Any]]] = []
    for sentence in reply.sentences:
        marks = re.compile(re.escape(sentence.text) + r"(?: ?\[\d+\])*").search(reply.text, cursor)
        assert marks is not None
        parts.append((reply.text[cursor : marks.start()], []))
        parts.append((marks.group(), [cited[n] for n in sentence.citations]))
        cursor = marks.end()
    parts.append((reply.text[cursor:], []))
    for index, (text, citations) in enumerate(p for p in parts if p[0]):
        sent.append(("sentence", {"index": index, "text": text, "citations": citations}))
    sent.append(("done", {"reply_id": reply_id, "reply": as_json(reply)}))
    return [f"id: {stream}:{n}\nevent: {name}\ndata: {json.dumps(data)}\n\n" for n, (name, data) in enumerate(sent)]


@dataclass
class WidgetFake:
    """The server; what it was asked is in `asked`, what it keeps in `kept`."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    streams: dict[str, list[str]] = field(default_factory=dict)
    resumed: list[str] = field(default_factory=list)
    sessions: int = 0
    handoffs: int = 0
    expires_in: int = 900
    valid: str = ""
    contact: dict[str, str] | None = None
    privacy_url: str | None = None
    pause: float = 0.0
    drop_after: int | None = None
    """Break each new stream after so many events."""
    lose_streams: bool = False
    refuse: list[int] = field(default_factory=list)
    """Statuses for the next questions instead of a reply."""

    def forget(self) -> None:
        """As when it was new."""
        for name, value in vars(WidgetFake()).items():
            setattr(self, name, value)

    def app(self) -> ASGIApp:
        """The widget's files and the API."""
        app = FastAPI()
        app.include_router(widget.router())
        for path, methods, handler in (
            ("/api/v1/sessions", ["POST"], self.begin),
            ("/api/v1/config", ["GET"], self.config),
            ("/api/v1/chat/stream", ["POST"], self.chat),
            ("/api/v1/chat/stream/{stream}", ["GET"], self.resume),
            ("/api/v1/feedback", ["POST"], self.rate),
            ("/api/v1/conversations", ["POST"], self.keep),
            ("/api/v1/conversations/{id}", ["GET", "DELETE"], self.conversation),
            ("/api/v1/conversations/{id}/export", ["GET"], self.conversation),
            ("/api/v1/conversations/{id}/handoff", ["POST"], self.handoff),
            ("/api/v1/documents/{id}/context", ["GET"], self.context),
        ):
            app.add_api_route(path, handler, methods=methods, response_model=None)
        return CORSMiddleware(
            app,
            allow_origin_regex=r"http://127\.0\.0\.1:\d+",
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "last-event-id", "x-conversation-key"],
            expose_headers=["retry-after", "x-reply-id"],
        )

    async def begin(self) -> Response:
        self.sessions += 1
        self.valid = f"token-{self.sessions}"
        return JSONResponse({"token": self.valid, "expires_in": self.expires_in}, 201)

    async def config(self, request: Request, lang: str = "de") -> Response:
        if (denied := self._denied(request)) is not None:
            return denied
        return JSONResponse(
            {
                "lang": lang,
                "langs": ["de", "da", "sv", "en"],
                "examples": EXAMPLES.get(lang, []),
                "contact": self.contact,
                "retention_days": 30,
                "privacy_url": self.privacy_url,
                "documents": {"laufen": "de", "nike": "de"},
            }
        )

    async def chat(self, request: Request) -> Response:
        if (denied := self._denied(request)) is not None:
            return denied
        body = await request.json()
        if self.refuse:
            return problem(self.refuse.pop(0))
        held = self.kept.get(body.get("conversation", ""))
        if "conversation" in body and (held is None or request.headers.get("x-conversation-key") != "key"):
            return problem(404)
        self.asked.append(body)
        reply = reply_to(body["text"])
        reply_id = f"r{len(self.asked)}"
        if held is not None:
            held.append({"role": "visitor", "text": body["text"], "at": "2026-11-23T10:00:00Z"})
            bot = {"role": "bot", "reply_id": reply_id, "reply": as_json(reply), "at": "2026-11-23T10:00:01Z"}
            held.append(bot)
        stream = f"s{len(self.asked)}"
        self.streams[stream] = events(stream, reply_id, reply)
        return self._stream(self.streams[stream], self.drop_after)

    async def resume(self, request: Request, stream: str) -> Response:
        if (denied := self._denied(request)) is not None:
            return denied
        last = request.headers["last-event-id"]
        self.resumed.append(last)
        if self.lose_streams or stream not in self.streams:
            return problem(404)
        return self._stream(self.streams[stream][int(last.rsplit(":", 1)[1]) + 1 :], None)

    def _stream(self, sent: list[str], drop_after: int | None) -> Response:
        async def body() -> AsyncIterator[str]:
            yield ": heartbeat\n\n"
            for event in sent[:drop_after]:
                await asyncio.sleep(self.pause)
                # Half of an event may arrive alone.
                yield event[: len(event) // 2]
                yield event[len(event) // 2 :]

        return StreamingResponse(body(), media_type="text/event-stream")

    async def rate(self, request: Request) -> Response:
        self.feedback.append(await request.json())
        return Response(status_code=204)

    async def keep(self, request: Request) -> Response:
        if (await request.json()).get("consent") is not True:
            return problem(422)
        name = f"c{len(self.kept)}"
        self.kept[name] = []
        return JSONResponse({"id": name, "key": "key", "expires": "2026-12-23"}, 201)

    async def conversation(self, request: Request, id: str) -> Response:  # noqa: A002 - the contract's word
        if id not in self.kept or request.headers.get("x-conversation-key") != "key":
            return problem(404)
        if request.method == "DELETE":
            del self.kept[id]
            return Response(status_code=204)
        times = {"created": "2026-11-23T10:00:00Z", "expires": "2026-12-23"}
        return JSONResponse({"id": id, "lang": "de", **times, "messages": self.kept[id]})

    async def handoff(self, id: str) -> Response:  # noqa: A002 - the contract's word
        self.handoffs += 1
        assert id in self.kept
        reply = replace(fake.smalltalk(), kind=Kind.HANDOFF, text="Ihr Gespräch geht an einen Menschen.")
        return JSONResponse(as_json(reply), 202)

    async def context(self, request: Request, id: str, start: int, end: int) -> Response:  # noqa: A002
        if (denied := self._denied(request)) is not None:
            return denied
        document = fake.FakeService().documents[id]
        text = document.text
        return JSONResponse(
            {
                "before": text[max(0, start - 60) : start],
                "quote": text[start:end],
                "after": text[end : end + 40],
                "section": ["Sofortmaßnahmen"],
                "title": document.title,
                "publisher": document.publisher,
                "url": f"{document.url}#:~:text=Nike" if document.url else None,
                "read": f"/read/{id}?start={start}&end={end}",
            }
        )

    def _denied(self, request: Request) -> Response | None:
        known = request.headers.get("authorization") == f"Bearer {self.valid}"
        return None if known else problem(401)


def problem(status: int) -> Response:
    """An error of the server."""
    headers = {"retry-after": "7"} if status in {429, 503} else {}
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "Not now."}
    return JSONResponse(body, status, headers, media_type="application/problem+json")
