"""The bot as other people's agents see it, through the protocol's own client."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent

from tests.bot.web.fake import FakeService, answer

ROOT = Path(__file__).parents[3]


def talking(address: str, work: Callable[[Client], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever the work gives
    async def run() -> Any:  # noqa: ANN401 - the same
        async with Client(f"{address}/mcp") as client:
            return await work(client)

    return asyncio.run(run())


def call(address: str, tool: str, **arguments: object) -> CallToolResult:
    result = talking(address, lambda client: client.call_tool(tool, arguments))
    assert isinstance(result, CallToolResult)
    return result


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_two_tools_are_offered_and_described(api: str) -> None:
    listed = talking(api, lambda client: client.list_tools())
    assert {tool.name for tool in listed.tools} == {"ask", "search_articles"}
    for tool in listed.tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations.read_only_hint


def test_an_agent_gets_the_same_reply(api: str, service: FakeService) -> None:
    result = call(api, "ask", text="Welche Übungen helfen?", earlier=["Hallo."], country="AT")
    assert text_of(result) == answer().text
    plain = httpx.post(f"{api}/api/v1/chat", json={"text": "Welche Übungen helfen?"}).json()
    assert result.structured_content == plain
    assert (service.asked[0].earlier, service.asked[0].country) == (("Hallo.",), "AT")


def test_passages_are_found_with_their_places(api: str, service: FakeService) -> None:
    result = call(api, "search_articles", query="Dehnen", limit=1)
    assert isinstance(result.structured_content, dict)
    (found,) = result.structured_content["passages"]
    assert service.documents[found["document"]].text[found["start"] : found["end"]] == found["text"]
    assert service.searched == ["Dehnen"]


def test_what_cannot_be_answered_is_an_error_that_the_agent_can_read(api: str) -> None:
    empty = call(api, "ask", text=" ")
    assert empty.is_error
    assert "Bitte stellen Sie eine Frage." in text_of(empty)
    crashed = call(api, "ask", text="absturz geheim")
    assert crashed.is_error
    assert "geheim" not in text_of(crashed)
    assert call(api, "ask", text="a\0").is_error
    assert call(api, "search_articles", query="a", limit=1000).is_error


def test_pages_of_other_sites_are_kept_out(api: str) -> None:
    headers = {"Origin": "https://evil.example", "Accept": "application/json, text/event-stream"}
    assert httpx.post(f"{api}/mcp", json={}, headers=headers).status_code == 403


def test_over_stdio_it_answers_with_the_real_index(data: Path) -> None:
    environment = {**os.environ, "RW_DATA": str(data)}
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp"], env=environment, cwd=str(ROOT)
    )

    async def run() -> tuple[CallToolResult, CallToolResult]:
        async with Client(stdio_client(parameters)) as client:
            asked = await client.call_tool("ask", {"text": "Welche Übungen stärken den Rumpf?"})
            found = await client.call_tool("search_articles", {"query": "Hilft Wärme?"})
            return asked, found

    asked, found = asyncio.run(run())
    assert isinstance(asked.structured_content, dict)
    assert asked.structured_content["kind"] == "answer"
    assert isinstance(found.structured_content, dict)
    assert json.dumps(found.structured_content["passages"][0]["text"], ensure_ascii=False)
