"""What the tests of the API have in common."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

JSON = {"content-type": "application/json"}
SHOP = "https://shop.example"


@dataclass(frozen=True)
class Event:
    id: str
    name: str
    data: Any


def events(lines: Iterable[str]) -> Iterator[Event]:
    """Server-sent events as a browser reads them; comments come as events named `:`."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            yield Event("", ":", line[1:].strip())
        elif not line:
            if fields:
                yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
        else:
            name, _, value = line.partition(": ")
            fields[name] = value


def stream(address: str, body: dict[str, Any], **headers: str) -> list[Event]:
    """All events of a reply."""
    with httpx.stream("POST", f"{address}/api/v1/chat/stream", json=body, headers=headers, timeout=30) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(events(response.iter_lines()))


def assert_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """It is a problem of that status; gives its fields."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert set(found) == {"type", "title", "status", "detail", "errors"}
    assert found["status"] == status
    assert found["detail"]
    return found


def agree(address: str) -> tuple[str, dict[str, str]]:
    """A new conversation: its id, and the header with its key."""
    opened = httpx.post(f"{address}/api/v1/conversations", json={"consent": True})
    assert opened.status_code == 201, opened.text
    return opened.json()["id"], {"X-Conversation-Key": opened.json()["key"]}
