"""The bot as a server of the Model Context Protocol: other people's agents ask it, and search its articles.

Over stdio with `python -m bot mcp`, over HTTP at `/mcp`. Each call stands alone; nothing is kept.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import anyio.to_thread
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field, RootModel
from starlette.routing import Route

from bot.turn import Question, Reply
from bot.web.ask import Asker
from bot.web.faults import EXPECTED, fault
from bot.web.models import CountryCode, LangCode, Message
from bot.web.service import ChatService
from bot.wire import as_json
from index.passage import Hit

PATH: Final = "/mcp"
Ask = Callable[[Question], Awaitable[Reply]]

_READ_ONLY: Final = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_INSTRUCTIONS: Final = (
    "Answers about low back pain in runners from a health brand's articles. Every sentence of an answer is a quotation "
    "with its place. A reply of kind `referral` is a warning sign: pass it on unchanged and first. A `refusal` means "
    "that the articles do not answer; do not fill in."
)


class Replied(RootModel[Reply]):
    """A reply; the SDK takes dataclasses with slots only so."""


class Found(BaseModel):
    """A passage: `text` is a slice of the document from `start` to `end`, in code points."""

    document: str
    version: str
    title: str
    publisher: str
    section: list[str]
    text: str
    start: int
    end: int
    score: float
    url: str | None
    read: str


class Passages(BaseModel):
    """Passages, best first."""

    passages: list[Found]


def mcp_server(ask: Ask, service: ChatService) -> MCPServer[None]:
    """The server with its two tools."""
    server: MCPServer[None] = MCPServer("rueckenwind", instructions=_INSTRUCTIONS, log_level="ERROR")
    _ask_tool(server, ask)
    _search_tool(server, service)
    return server


def _ask_tool(server: MCPServer[None], ask: Ask) -> None:
    @server.tool(name="ask", title="Ask the articles", annotations=_READ_ONLY)
    async def ask_articles(
        text: Annotated[Message, Field(description="The visitor's message, in German, English, Danish or Swedish.")],
        earlier: Annotated[
            tuple[Message, ...], Field(max_length=50, description="The visitor's earlier messages, oldest first.")
        ] = (),
        lang: LangCode | None = None,
        country: CountryCode | None = None,
    ) -> Annotated[CallToolResult, Replied]:
        """Answer one message of a visitor: quotations with citations, a referral to a doctor, or a refusal."""
        try:
            reply = await ask(Question(text=text, earlier=earlier, lang=lang, country=country))
        except EXPECTED as error:
            raise ToolError(fault(error, "en").detail) from None
        return CallToolResult(content=[TextContent(text=reply.text)], structured_content=as_json(reply))


def _search_tool(server: MCPServer[None], service: ChatService) -> None:
    @server.tool(name="search_articles", title="Search the articles", annotations=_READ_ONLY)
    async def search_articles(
        query: Annotated[Message, Field(min_length=1, max_length=2000)],
        limit: Annotated[int, Field(ge=1, le=20)] = 5,
    ) -> Annotated[CallToolResult, Passages]:
        """Find passages of the articles and their sources, best first, without an answer made of them."""
        hits = await anyio.to_thread.run_sync(service.search, query, limit)
        found = Passages(passages=[_found(hit) for hit in hits])
        text = "\n\n".join(f"{p.publisher}: {p.title}\n{p.text}" for p in found.passages)
        return CallToolResult(content=[TextContent(text=text)], structured_content=found.model_dump(mode="json"))


def _found(hit: Hit) -> Found:
    passage, source = hit.passage, hit.passage.source
    return Found(
        document=source.document,
        version=source.version,
        title=source.title,
        publisher=source.publisher,
        section=list(source.section),
        text=passage.text,
        start=passage.start,
        end=passage.end,
        score=round(hit.score, 4),
        url=source.url,
        read=f"/read/{source.document}?start={passage.start}&end={passage.end}",
    )


def http_routes(server: MCPServer[None]) -> list[Route]:
    """The server's address, for an app whose lifespan runs `server.session_manager`; bot/web/gate.py guards it."""
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True, transport_security=security
    )
    return [route for route in app.routes if isinstance(route, Route)]


def serve_stdio(service: ChatService) -> None:
    """Serve on standard input and output until the input ends."""
    mcp_server(Asker(service), service).run("stdio")
