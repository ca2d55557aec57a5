"""The HTTP side: `POST /api/v1/chat`, the two health checks, the reader, and the files of the brand."""

import email.message
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Body, FastAPI, Request
from fastapi.routing import APIRoute, APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from bot.errors import BadQuestion
from bot.turn import Question, Reply
from bot.web import problem, reader
from bot.web.ask import Asker, Crashed
from bot.web.service import ChatService
from bot.web.shield import Shield
from bot.wire import as_bytes

STATIC: Final = Path(__file__).parent / "static"


def _proper(text: str) -> str:
    """Text that every later stage can store and print: JSON lets lone surrogates and U+0000 through."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "must not contain U+0000 or half of a surrogate pair"
        raise ValueError(message)
    return text


Message = Annotated[str, AfterValidator(_proper)]


class ChatRequest(BaseModel):
    """A visitor's message, and what is known around it. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    text: Message = Field(description="The message itself.")
    earlier: list[Message] = Field(
        default=[], max_length=50, description="The visitor's earlier messages of this conversation, oldest first."
    )
    lang: str | None = Field(default=None, pattern="^[a-z]{2}$", description="ISO 639-1, when the visitor chose one.")
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2, for the numbers.")

    def question(self) -> Question:
        """The same as the bot's own value."""
        return Question(text=self.text, earlier=tuple(self.earlier), lang=self.lang, country=self.country)


class _JsonRoute(APIRoute):
    """A route whose body must be declared as JSON; FastAPI alone would call the mistake a wrong body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            declared = email.message.Message()
            declared["content-type"] = request.headers.get("content-type", "")
            if request.method == "POST" and declared.get_content_type() != "application/json":
                raise HTTPException(415, "Send the body as application/json.")
            return await handle(request)

        return checked


def create_app(service: ChatService, *, asker: Asker | None = None) -> FastAPI:
    """The app without the chat page. Nothing is loaded or read over the network here.

    Raises:
        BadWording: the data files with the reader's texts are incomplete.
    """
    app = FastAPI(
        title="Rückenwind",
        version="1",
        description="Answers from a health brand's articles; every sentence cited, warning signs sent to a doctor.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    problem.install(app)
    app.include_router(_chat(asker or Asker(service)))
    app.include_router(_health(service))
    app.include_router(reader.router(service))
    app.mount("/brand", StaticFiles(directory=STATIC), name="brand")
    app.add_middleware(Shield)
    _complete_example(app)
    return app


def _complete_example(app: FastAPI) -> None:
    """Put the example's nulls back: FastAPI drops them, but the contract says that every field is always there."""
    example = _examples()["reply"]
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        document = generated()
        document["paths"]["/api/v1/chat"]["post"]["responses"]["200"]["content"]["application/json"]["example"] = (
            example
        )
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI's documentation gives


def _examples() -> dict[str, Any]:
    examples: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
    return examples


def _chat(asker: Asker) -> APIRouter:
    router = APIRouter(route_class=_JsonRoute)
    question = _examples()["request"]

    @router.post(
        "/api/v1/chat",
        summary="Ask a question",
        response_model=Reply,
        responses=_problems(400, 413, 415, 422, 500),
    )
    async def chat(
        body: Annotated[ChatRequest, Body(openapi_examples={"question": {"value": question}})],
    ) -> Response:
        """The reply to one message; the server keeps nothing of the conversation."""
        try:
            reply = await asker(body.question())
        except BadQuestion as error:
            return problem.problem(422, str(error))
        except Crashed:
            return problem.problem(500, "Something broke on our side; it has been noted.")
        return Response(as_bytes(reply), media_type="application/json")

    return router


def _health(service: ChatService) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz", summary="Does the process live?")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @router.get("/readyz", summary="Can questions be answered?", responses=_problems(503))
    def readyz() -> Response:
        remedy = service.ready()
        return JSONResponse({"status": "ready"}) if remedy is None else problem.problem(503, remedy)

    return router


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = problem.Problem.model_json_schema()
    return {s: {"description": "Problem", "content": {problem.MEDIA_TYPE: {"schema": schema}}} for s in statuses}
