"""The HTTP side against a real server, with good and with hostile input."""

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from bot.turn import Kind
from bot.web.html import brand_file
from bot.web.shield import BODY_LIMIT
from tests.bot.web.fake import FakeService, answer

JSON = {"content-type": "application/json"}


def post(address: str, body: object, **headers: str) -> httpx.Response:
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return httpx.post(f"{address}/api/v1/chat", content=content, headers={**JSON, **headers}, timeout=10)


def assert_problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert set(found) == {"type", "title", "status", "detail", "errors"}
    assert found["status"] == status
    assert found["detail"]
    return dict(found)


def test_a_reply_has_the_fields_of_the_contract(api: str) -> None:
    response = post(api, {"text": "Welche Übungen helfen?"})
    assert response.status_code == 200
    reply = response.json()
    assert list(reply) == [
        "kind",
        "lang",
        "text",
        "triage",
        "sentences",
        "citations",
        "reason",
        "confidence",
        "follow_ups",
        "contact",
        "timings_ms",
    ]
    assert reply["text"] == answer().text
    assert reply["timings_ms"] == {"triage": 0.4, "total": 16.1}
    assert list(reply["citations"][0]) == [
        "n",
        "document",
        "version",
        "title",
        "publisher",
        "section",
        "quote",
        "start",
        "end",
        "url",
        "read",
    ]


def test_every_citation_can_be_proved(api: str, service: FakeService) -> None:
    for citation in post(api, {"text": "Welche Übungen helfen?"}).json()["citations"]:
        text = service.documents[citation["document"]].text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_everything_the_visitor_said_reaches_the_bot(api: str, service: FakeService) -> None:
    post(api, {"text": "Und jetzt?", "earlier": ["Eins.", "Zwei."], "lang": "de", "country": "AT"})
    (question,) = service.asked
    assert question.earlier == ("Eins.", "Zwei.")
    assert (question.lang, question.country) == ("de", "AT")


def test_a_warning_sign_comes_with_numbers_to_call(api: str) -> None:
    reply = post(api, {"text": "Ich bin taub zwischen den Beinen"}).json()
    assert reply["kind"] == Kind.REFERRAL
    assert reply["contact"][0] == {"label": "Notruf", "number": "112", "country": "DE"}


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_what_the_bot_cannot_take_is_explained(api: str, text: str) -> None:
    assert assert_problem(post(api, {"text": text}), 422)["detail"] == "Bitte stellen Sie eine Frage."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"{'text': 'a'}", 400),
        (b'{"text": "\xff\xfe"}', 400),
        (b'{"text": "a\xed\xa0\x80"}', 422),
        (b"[" * 60_000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"text": null}', 422),
        (b'{"text": 7}', 422),
        (b'{"text": ["a"]}', 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "\\u0000"}', 422),
        (b'{"text": "a", "earlier": ["\\udfff"]}', 422),
        (b'{"text": "a", "earlier": ["\\u0000"]}', 422),
        (b'{"text": "a", "earlier": "b"}', 422),
        (b'{"text": "a", "earlier": [1]}', 422),
        (b'{"text": "a", "lang": "deutsch"}', 422),
        (b'{"text": "a", "country": "de"}', 422),
        (b'{"text": "a", "model": "x"}', 422),
        (b'{"text": "a", "\\ud800/~": "x"}', 422),
        (json.dumps({"text": "a", "earlier": ["b"] * 51}).encode(), 422),
    ],
)
def test_a_body_of_the_wrong_form_gets_a_problem(api: str, service: FakeService, body: bytes, status: int) -> None:
    assert_problem(post(api, body), status)
    assert service.asked == []


def test_a_problem_names_the_field(api: str) -> None:
    problem = assert_problem(post(api, {"text": "a", "a/b~c": 1}), 422)
    assert problem["errors"] == [{"pointer": "/a~1b~0c", "detail": "Extra inputs are not permitted"}]


def test_a_problem_does_not_repeat_what_was_sent(api: str) -> None:
    assert "geheim" not in post(api, {"text": ["geheim"]}).text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(api: str, kind: str) -> None:
    assert_problem(post(api, {"text": "a"}, **{"content-type": kind}), 415)


def test_a_charset_behind_the_type_does_not_matter(api: str) -> None:
    assert post(api, {"text": "a"}, **{"content-type": "application/json; charset=utf-8"}).status_code == 200


def test_a_long_body_is_refused_by_its_announced_length(api: str) -> None:
    assert_problem(post(api, b'{"text": "' + b"a" * 1_000_000 + b'"}'), 413)


def test_a_long_body_is_refused_while_it_arrives(api: str) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b" " * 1_000

    response = httpx.post(f"{api}/api/v1/chat", content=pieces(), headers=JSON, timeout=10)
    assert_problem(response, 413)


def test_a_body_at_the_limit_is_taken(api: str) -> None:
    body = b'{"text": "a"}'
    assert post(api, body + b" " * (BODY_LIMIT - len(body))).status_code == 200
    assert_problem(post(api, body + b" " * (BODY_LIMIT - len(body) + 1)), 413)


def test_a_length_that_lies_does_not_hurt(api: str) -> None:
    where = urlsplit(api)
    for length in (b"999999999999", b"-1", b"1e3"):
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as raw:
            raw.sendall(
                b"POST /api/v1/chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + length
                + b'\r\n\r\n{"text": "a"}'
            )
            raw.shutdown(socket.SHUT_WR)
            status = raw.recv(64).split(b" ")[1:2]
            assert status in ([], [b"400"], [b"413"])
    assert httpx.get(f"{api}/healthz").status_code == 200


def test_other_methods_are_refused(api: str) -> None:
    response = httpx.get(f"{api}/api/v1/chat")
    assert_problem(response, 405)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1", "/docs", "/redoc", "/brand/../api.py", "/brand/%2e%2e/api.py"])
def test_an_unknown_address_is_a_problem(api: str, path: str) -> None:
    assert_problem(httpx.get(api + path), 404)


def test_a_crash_says_nothing_of_the_message(api: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        response = post(api, {"text": "Absturz bitte, mein Geheimnis"})
    assert_problem(response, 500)
    assert "RuntimeError" not in response.text
    assert "Geheimnis" not in response.text + caplog.text
    assert "RuntimeError at fake.py" in caplog.text


def test_health(api: str, service: FakeService) -> None:
    assert httpx.get(f"{api}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{api}/readyz").status_code == 200
    service.remedy = "There is no index; build it with: python -m index build"
    assert assert_problem(httpx.get(f"{api}/readyz"), 503)["detail"] == service.remedy
    assert httpx.get(f"{api}/healthz").status_code == 200


def test_the_openapi_document_describes_the_chat(api: str) -> None:
    document = httpx.get(f"{api}/openapi.json").json()
    chat = document["paths"]["/api/v1/chat"]["post"]
    assert chat["requestBody"]["content"]["application/json"]["examples"]["question"]["value"]["text"]
    ok = chat["responses"]["200"]["content"]["application/json"]
    assert ok["schema"] == {"$ref": "#/components/schemas/Reply"}
    assert set(ok["example"]) == set(document["components"]["schemas"]["Reply"]["properties"])
    assert "application/problem+json" in chat["responses"]["422"]["content"]


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/read/laufen", "/openapi.json", "/brand/reader.css"])
def test_every_response_carries_the_security_headers(api: str, path: str) -> None:
    headers = httpx.get(api + path).headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


def test_only_what_never_changes_may_be_kept(api: str) -> None:
    assert "immutable" in httpx.get(api + brand_file("reader.css")).headers["cache-control"]
    for path in ("/read/laufen", "/healthz", "/brand/none.css", "/brand/reader.css"):
        assert httpx.get(api + path).headers["cache-control"] == "no-store"


def test_many_at_once(api: str, service: FakeService) -> None:
    service.seconds = 0.05
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda n: post(api, {"text": f"Frage {n}"}).status_code, range(48)))
    assert statuses == [200] * 48
