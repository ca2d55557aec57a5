"""Input that means harm or mischief, on every address of the API."""

import json
import logging
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.web import logs, shield
from bot.web.api import create_app
from bot.web.shield import BODY_LIMIT
from bot.web.site import Site
from tests.bot.web.client import JSON, agree, assert_problem, stream
from tests.bot.web.conftest import running
from tests.bot.web.fake import FakeService

POSTS = ("sessions", "chat", "chat/stream", "feedback", "conversations", "conversations/x/handoff")
BAD_BODIES = [
    (b"", 422),
    (b"{", 400),
    (b'{"text": "\xff"}', 400),
    (b"[" * 50_000, 400),
    (b"null", 422),
    (b"[]", 422),
    (b"1e999", 422),
    (b'{"surplus": 1}', 422),
    (b'{"__proto__": {}}', 422),
]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(("body", "status"), BAD_BODIES)
def test_a_body_of_the_wrong_form_is_a_problem_everywhere(steady: str, path: str, body: bytes, status: int) -> None:
    assert_problem(httpx.post(f"{steady}/api/v1/{path}", content=body, headers={**JSON, "Origin": steady}), status)


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_too_long_or_not_json_is_a_problem_everywhere(steady: str, path: str) -> None:
    address = f"{steady}/api/v1/{path}"
    assert_problem(httpx.post(address, content=b" " * (BODY_LIMIT + 1), headers=JSON), 413)
    assert_problem(httpx.post(address, content=b"a=b", headers={"content-type": "text/plain"}), 415)


@pytest.mark.parametrize(
    "path",
    [
        "documents/..%2f..%2fapp.py",
        "documents/%2e%2e/%2e%2e/app.py",
        "documents/laufen%00",
        "documents/%ff",
        "conversations/..%2f..",
        "conversations/%00",
        "conversations/%ed%a0%80",
        "chat/stream/%00",
        "documents/laufen/context?start=0&end=99999",
        "documents/laufen/context?start=5&end=5",
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(steady: str, path: str) -> None:
    assert_problem(httpx.get(f"{steady}/api/v1/{path}"), 404)


@pytest.mark.parametrize(
    "query", ["", "start=-1&end=4", "start=a&end=b", "start=0&end=9999999999", "start=1e2&end=200"]
)
def test_a_place_that_is_none_is_a_problem(steady: str, query: str) -> None:
    assert_problem(httpx.get(f"{steady}/api/v1/documents/laufen/context?{query}"), 422)


def test_no_header_can_be_smuggled_in(api: str) -> None:
    answer = httpx.get(f"{api}/api/v1/documents/x%0d%0aSet-Cookie:%20a=b")
    assert_problem(answer, 404)
    assert "set-cookie" not in answer.headers
    where = urlsplit(api)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as raw:
        raw.sendall(
            b"GET /api/v1/config HTTP/1.1\r\nHost: x\r\nOrigin: http://x\rSet-Cookie: a=b\r\nConnection: close\r\n\r\n"
        )
        received = b""
        while piece := raw.recv(4096):
            received += piece
    assert b"set-cookie" not in received.lower()
    assert received.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))


def test_odd_headers_do_no_harm(api: str) -> None:
    name, _ = agree(api)
    odd = {
        b"X-Conversation-Key": b"\xff\xfe\xed\xa0\x80",
        b"X-Forwarded-For": b"\xff, , ,,::,999.1.1.1",
        b"Last-Event-ID": b"\xff:\xff",
    }
    assert_problem(httpx.get(f"{api}/api/v1/conversations/{name}", headers=odd), 404)
    assert_problem(httpx.get(f"{api}/api/v1/chat/stream/x", headers=odd), 404)
    assert_problem(httpx.get(f"{api}/api/v1/config", headers={b"Authorization": b"Bearer \xff"}), 401)


def test_a_body_that_does_not_arrive_is_waited_for_only_so_long(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shield, "BODY_SECONDS", 0.3)
    where = urlsplit(api)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as raw:
        raw.sendall(
            b"POST /api/v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"
        )
        assert raw.recv(64).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "sent", [(b"",), (b"GET /healthz HTTP/1.1\r\nHost:",), (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /hea")]
)
def test_headers_that_do_not_arrive_are_waited_for_only_so_long(
    service: FakeService, shop: Site, sent: tuple[bytes, ...]
) -> None:
    with running(create_app(service, shop), header_seconds=0.4) as address:
        where = urlsplit(address)
        came = time.monotonic()
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as raw:
            *whole, part = sent
            for request in whole:
                raw.sendall(request)
                assert raw.recv(4096).startswith(b"HTTP/1.1 200")
            raw.sendall(part)
            while raw.recv(4096):
                pass
        assert 0.3 < time.monotonic() - came < 3


def test_a_slow_reply_is_not_cut_off_by_the_wait_for_headers(service: FakeService, shop: Site) -> None:
    service.seconds = 1.0
    with running(create_app(service, shop), header_seconds=0.3) as address:
        assert httpx.post(f"{address}/api/v1/chat", json={"text": "a"}, timeout=10).status_code == 200


def test_no_log_and_no_figure_tells_what_was_said_or_by_whom(
    api: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    phrase = "Quetschkommode"
    body = {"text": f"{phrase} taub"}
    with caplog.at_level(logging.DEBUG, logger="bot"):
        name, key = agree(api)
        for asked in (body, {"text": f"Absturz {phrase}"}, {"text": phrase * 9000}, {"text": [phrase]}, {phrase: 1}):
            httpx.post(f"{api}/api/v1/chat", json=asked)
            httpx.post(f"{api}/api/v1/chat?{phrase}", json=asked)
        said = stream(api, {**body, "conversation": name}, **key)
        httpx.get(f"{api}/api/v1/{phrase}", headers={"User-Agent": phrase, "Origin": phrase})
        httpx.request(phrase.upper(), f"{api}/api/v1/chat")
        figures = httpx.get(f"{api}/metrics").text
        formatted = "\n".join(logs.JsonLines().format(record) for record in caplog.records if record.name != "httpx")
    told = formatted + figures + "".join(capfd.readouterr())
    assert "rw_replies_total" in figures
    assert '"route": "/api/v1/chat"' in formatted
    assert phrase.casefold() not in told.casefold()
    for secret in (
        name,
        key["X-Conversation-Key"],
        said[0].id.partition(":")[0],
        said[-1].data["reply_id"],
        "127.0.0.1",
    ):
        assert secret not in told


def test_a_log_line_is_json_and_holds_no_text_of_an_exception() -> None:
    try:
        int("my secret pain")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "it broke", (), trace)
    entry = json.loads(logs.JsonLines().format(record))
    assert entry["message"] == "it broke"
    assert "ValueError at test_hostile.py" in entry["error"]
    assert "secret" not in json.dumps(entry)


def test_nothing_is_written_where_nobody_agreed(api: str, tmp_path: Path) -> None:
    httpx.post(f"{api}/api/v1/chat", json={"text": "a"})
    assert list(tmp_path.iterdir()) == []
