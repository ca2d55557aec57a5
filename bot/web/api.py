"""The HTTP side: chat, conversations, documents, health, the reader, and the files of the brand."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRouter
from mcp.server.mcpserver import MCPServer
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from bot.desk import DeskUnavailable
from bot.turn import Question, Reply
from bot.web import agents, chat, completions, conversations, documents, faults, logs, problem, reader, sessions, widget
from bot.web.ask import Asker
from bot.web.gate import Gate
from bot.web.limits import Buckets
from bot.web.metrics import MEDIA_TYPE, Counting, Metrics
from bot.web.models import examples
from bot.web.rescue import Rescue
from bot.web.service import ChatService
from bot.web.shield import BodyLimit, Shield
from bot.web.site import Site
from bot.web.streams import Streams
from bot.web.talk import Talk
from bot.web.tokens import Tokens

_log = logging.getLogger(__name__)

STATIC: Final = Path(__file__).parent / "static"
_SWEEP_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the routes of one app share."""

    service: ChatService
    site: Site
    metrics: Metrics
    asker: Asker
    rescue: Rescue
    tokens: Tokens
    streams: Streams
    talk: Talk
    streaming: chat.Streaming
    mcp: MCPServer[None]


def _parts(service: ChatService, site: Site) -> _Parts:
    metrics = Metrics()
    rescue = Rescue()
    asker = Asker(service, waited=metrics.waits.observe, rescue=rescue)
    streams = Streams()
    talk = Talk(asker, site, metrics)
    metrics.places.set_function(lambda: asker.taken)
    metrics.streams.set_function(lambda: streams.listeners)

    async def ask(question: Question) -> Reply:
        return (await talk.answer(await talk.prepare(question, None, None), None)).reply

    mcp = agents.mcp_server(ask, service)
    return _Parts(service, site, metrics, asker, rescue, Tokens(), streams, talk, chat.Streaming(talk, streams), mcp)


def create_app(service: ChatService, site: Site) -> FastAPI:
    """The app without the chat page. Nothing is loaded or read over the network here; `app.state.talk` asks the bot.

    Raises:
        BadWording: the data files with the reader's texts are incomplete.
    """
    parts = _parts(service, site)
    app = FastAPI(
        title="Rückenwind",
        version="1",
        description="Answers from a health brand's articles; every sentence cited, warning signs sent to a doctor.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=_lifespan(parts),
    )
    app.state.talk = parts.talk
    problem.install(app)
    faults.install(app)
    app.include_router(sessions.router(service, site, parts.tokens))
    app.include_router(chat.router(parts.talk, parts.streaming))
    app.include_router(conversations.router(parts.talk, parts.streams))
    app.include_router(documents.router(service))
    app.include_router(completions.router(parts.talk))
    app.include_router(_operation(service, parts.metrics))
    app.include_router(reader.router(service), tags=["reader"], responses=problem.documented(404))
    app.include_router(widget.router())
    app.router.routes.extend(agents.http_routes(parts.mcp))
    app.mount("/brand", StaticFiles(directory=STATIC), name="brand")
    _surround(app, parts)
    _complete_example(app)
    return app


def _surround(app: FastAPI, parts: _Parts) -> None:
    """The layers around the app; the last one added is the outermost."""
    per_second = parts.site.rate / 60
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Gate,
        tokens=parts.tokens,
        origins=parts.site.origins,
        proxies=parts.site.proxies,
        addresses=Buckets(parts.site.rate, per_second),
        full=lambda: parts.asker.full,
        rescues=parts.rescue.admits,
    )
    app.add_middleware(Counting, metrics=parts.metrics, heard=logs.request, clock=time.perf_counter)
    app.add_middleware(completions.OpenAIErrors)
    app.add_middleware(Shield)


def _lifespan(parts: _Parts) -> Any:  # noqa: ANN401 - FastAPI's own type has no public name
    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await _sweep(parts.talk)
        await parts.rescue.warm_up()
        sweeping = asyncio.create_task(_sweep_again(parts.talk))
        try:
            async with parts.mcp.session_manager.run():
                yield
        finally:
            sweeping.cancel()
            parts.streaming.stop()
            await asyncio.to_thread(parts.site.desk.database.close)

    return lifespan


async def _sweep(talk: Talk) -> None:
    """Delete what has expired."""
    try:
        gone = await talk.at_desk(lambda desk: desk.sweep())
    except DeskUnavailable as error:
        _log.error("expired conversations could not be deleted: %s", error)
    else:
        _log.info("sweep", extra={"fields": {"deleted": gone}})


async def _sweep_again(talk: Talk) -> None:
    """The same every hour."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        await _sweep(talk)


def _operation(service: ChatService, metrics: Metrics) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="Does the process live?")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @router.get("/readyz", summary="Can questions be answered?", responses=problem.documented(503))
    def readyz() -> Response:
        remedy = service.ready()
        return JSONResponse({"status": "ready"}) if remedy is None else problem.problem(503, remedy)

    @router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
    async def figures() -> Response:
        """Counts and times; nothing of a visitor."""
        return Response(metrics.text(), media_type=MEDIA_TYPE)

    return router


def _complete_example(app: FastAPI) -> None:
    """Put the example's nulls back: FastAPI drops them, but the contract says that every field is always there."""
    example = examples()["reply"]
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        document = generated()
        document["components"]["schemas"] |= problem.schemas()
        document["components"]["securitySchemes"] = {"session": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{}, {"session": []}]  # pages of other sites only
        document["paths"]["/api/v1/chat"]["post"]["responses"]["200"]["content"]["application/json"]["example"] = (
            example
        )
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI's documentation gives
