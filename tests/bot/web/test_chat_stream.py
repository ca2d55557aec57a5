"""Replies as they come: the order of events, and what happens when a connection drops."""

import asyncio
import json
import socket
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from bot.web import streams
from tests.bot.web.client import agree, assert_problem, events, stream
from tests.bot.web.fake import FakeService, answer, referral

QUESTION = {"text": "Welche Übungen helfen?"}


def raw_request() -> bytes:
    """A question as it goes over the wire."""
    body = json.dumps(QUESTION).encode()
    head = "POST /api/v1/chat/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


WAITING = {"text": "Ich bin taub zwischen den Beinen"}


def figures(api: str) -> list[str]:
    return httpx.get(f"{api}/metrics").text.split("\n")


def test_the_sentences_of_a_stream_are_the_text_of_the_reply(api: str) -> None:
    found = stream(api, QUESTION)
    assert [e.name for e in found] == ["triage", *["sentence"] * (len(found) - 2), "done"]
    sentences = [e.data for e in found if e.name == "sentence"]
    assert "".join(s["text"] for s in sentences) == answer().text
    assert [s["index"] for s in sentences] == list(range(len(sentences)))
    assert found[-1].data["reply"]["text"] == answer().text
    assert found[-1].data["reply_id"]


def test_a_sentence_comes_with_its_citations(api: str, service: FakeService) -> None:
    for sentence in (e.data for e in stream(api, QUESTION) if e.name == "sentence"):
        for citation in sentence["citations"]:
            text = service.documents[citation["document"]].text
            assert sentence["text"].startswith(text[citation["start"] : citation["end"]])
            assert f"[{citation['n']}]" in sentence["text"]


def test_events_are_numbered_from_zero(api: str) -> None:
    found = stream(api, QUESTION)
    name = found[0].id.partition(":")[0]
    assert [e.id for e in found] == [f"{name}:{n}" for n in range(len(found))]


def test_a_warning_sign_is_told_before_anything_is_searched(api: str, service: FakeService) -> None:
    service.seconds = 1.5
    came = time.monotonic()
    with httpx.stream("POST", f"{api}/api/v1/chat/stream", json=WAITING, timeout=10) as response:
        first = next(events(response.iter_lines()))
        assert (first.name, first.data["level"]) == ("triage", "emergency")
        assert time.monotonic() - came < 1.2


def test_every_kind_of_reply_streams(api: str) -> None:
    for text in ("taub", "mallorca", "hallo"):
        found = stream(api, {"text": text})
        sentences = [e.data["text"] for e in found if e.name == "sentence"]
        assert "".join(sentences) == found[-1].data["reply"]["text"]
    assert stream(api, {"text": "taub"})[-1].data["reply"]["kind"] == referral().kind


@pytest.mark.parametrize(("body", "status"), [({"text": " "}, 422), ({"text": "absturz"}, 500), ({}, 422)])
def test_what_cannot_be_answered_gets_its_status_instead_of_a_stream(
    api: str, body: dict[str, str], status: int
) -> None:
    assert_problem(httpx.post(f"{api}/api/v1/chat/stream", json=body), status)


def test_a_dropped_connection_is_taken_up_where_it_was(api: str, service: FakeService) -> None:
    service.seconds = 0.5
    with httpx.stream("POST", f"{api}/api/v1/chat/stream", json=QUESTION, timeout=10) as response:
        first = next(events(response.iter_lines()))
    name = first.id.partition(":")[0]
    with httpx.stream(
        "GET", f"{api}/api/v1/chat/stream/{name}", headers={"Last-Event-ID": first.id}, timeout=10
    ) as response:
        rest = list(events(response.iter_lines()))
    assert rest[0].id == f"{name}:1"
    assert "".join(e.data["text"] for e in rest if e.name == "sentence") == answer().text
    assert rest[-1].name == "done"
    again = httpx.get(f"{api}/api/v1/chat/stream/{name}", headers={"Last-Event-ID": rest[-1].id})
    assert (again.status_code, again.text) == (200, "")
    whole = httpx.get(f"{api}/api/v1/chat/stream/{name}")
    assert next(events(whole.text.split("\n"))) == first


def test_a_dropped_connection_loses_nothing_that_was_to_be_kept(api: str, service: FakeService) -> None:
    service.seconds = 0.5
    name, key = agree(api)
    body = {**QUESTION, "conversation": name}
    with httpx.stream("POST", f"{api}/api/v1/chat/stream", json=body, headers=key, timeout=10) as response:
        next(events(response.iter_lines()))
    deadline = time.monotonic() + 10
    while not (held := httpx.get(f"{api}/api/v1/conversations/{name}", headers=key).json()["messages"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [m["role"] for m in held] == ["visitor", "bot"]


def test_many_dropped_connections_leave_nothing_open(api: str, service: FakeService) -> None:
    service.seconds = 0.1
    where, sent = urlsplit(api), raw_request()
    for _ in range(15):
        with socket.create_connection((where.hostname or "", where.port or 0)) as raw:
            raw.sendall(sent)
    deadline = time.monotonic() + 10
    while not {"rw_streams_open 0.0", "rw_places_taken 0.0"} <= set(seen := figures(api)):
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)
    assert len(service.asked) == 15


@pytest.mark.parametrize("last", ["", "x", "x:0", ":0", "{name}:99", "{name}:-1", "{name}:", "{name}:٣", "{name}:1e1"])
def test_nobody_reads_a_stream_by_guessing(api: str, last: str) -> None:
    name = stream(api, QUESTION)[0].id.partition(":")[0]
    header = {b"Last-Event-ID": last.format(name=name).encode()}
    if last:
        assert_problem(httpx.get(f"{api}/api/v1/chat/stream/{name}", headers=header), 404)
    assert_problem(httpx.get(f"{api}/api/v1/chat/stream/{name[:-1]}", headers=header), 404)
    assert_problem(httpx.get(f"{api}/api/v1/chat/stream/..%2f{name}", headers=header), 404)


def test_where_nothing_comes_for_long_a_heartbeat_does(
    api: str, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.1)
    service.seconds = 0.6
    found = stream(api, QUESTION)
    assert [e.name for e in found if e.name in {":", "triage", "done"}][:2] == ["triage", ":"]
    assert found[-1].name == "done"


def test_a_stream_is_forgotten_a_while_after_its_end_and_when_there_are_too_many() -> None:
    async def keep() -> None:
        kept = streams.Streams(most=3, seconds=0.05)
        opened = [kept.open() for _ in range(5)]
        assert [kept.find(s.id) is not None for s in opened] == [False, False, True, True, True]
        kept.close(opened[-1])
        assert kept.find(opened[-1].id) is opened[-1]
        await asyncio.sleep(0.2)
        assert kept.find(opened[-1].id) is None

    asyncio.run(keep())


def test_a_reader_who_takes_nothing_does_not_hold_up_others(api: str) -> None:
    where, sent = urlsplit(api), raw_request()
    slow = [socket.create_connection((where.hostname or "", where.port or 0)) for _ in range(20)]
    for raw in slow:
        raw.sendall(sent)
    results: list[str] = []
    asking = threading.Thread(target=lambda: results.append(stream(api, QUESTION)[-1].name))
    asking.start()
    asking.join(5)
    assert results == ["done"]
    for raw in slow:
        raw.close()
