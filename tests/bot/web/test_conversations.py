"""Conversations over HTTP: nothing without consent, redacted with it, gone after a deletion."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.desk.handoff import Reach
from bot.web.site import Site
from tests.bot.web.client import agree, assert_problem, stream
from tests.bot.web.fake import FakeService, answer

PHRASE = "Quetschkommode"  # planted where nothing may be kept
QUESTION = {"text": f"Meine {PHRASE} drückt, ich heiße Meier. Welche Übungen helfen?"}


def held_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def say(api: str, name: str, key: dict[str, str], body: dict[str, Any] | None = None) -> httpx.Response:
    return httpx.post(f"{api}/api/v1/chat", json={**(body or QUESTION), "conversation": name}, headers=key)


def test_without_consent_nothing_is_written(api: str, tmp_path: Path) -> None:
    reply_id = httpx.post(f"{api}/api/v1/chat", json=QUESTION).headers["x-reply-id"]
    stream(api, QUESTION)
    httpx.post(f"{api}/api/v1/feedback", json={"reply_id": reply_id, "verdict": "helpful"})
    held = held_in(tmp_path)
    assert PHRASE.encode() not in held
    assert reply_id.encode() not in held


def test_with_consent_only_redacted_words_are_written_and_after_a_deletion_none(api: str, tmp_path: Path) -> None:
    name, key = agree(api)
    say(api, name, key)
    stream(api, {**QUESTION, "conversation": name}, **key)
    held = held_in(tmp_path)
    assert held.count(PHRASE.encode()) == 2
    assert b"Meier" not in held
    assert key["X-Conversation-Key"].encode() not in held
    assert httpx.delete(f"{api}/api/v1/conversations/{name}", headers=key).status_code == 204
    held = held_in(tmp_path)
    assert PHRASE.encode() not in held
    assert name.encode() not in held
    assert answer().sentences[0].text.encode() not in held
    assert [path.name for path in tmp_path.iterdir()] == ["conversations.sqlite"]


@pytest.mark.parametrize("body", [{}, {"consent": False}, {"consent": 1}, {"consent": "true"}, {"consent": None}])
def test_only_a_clear_yes_is_consent(api: str, tmp_path: Path, body: dict[str, Any]) -> None:
    assert_problem(httpx.post(f"{api}/api/v1/conversations", json=body), 422)
    assert PHRASE.encode() not in held_in(tmp_path)


def test_a_kept_conversation_is_read_whole(api: str) -> None:
    name, key = agree(api)
    reply_id = say(api, name, key).headers["x-reply-id"]
    found = httpx.get(f"{api}/api/v1/conversations/{name}", headers=key).json()
    assert set(found) == {"id", "lang", "created", "expires", "wants_person", "messages"}
    visitor, bot = found["messages"]
    assert set(visitor) == {"role", "text", "at"}
    assert "[Name]" in visitor["text"]
    assert (bot["role"], bot["reply_id"]) == ("bot", reply_id)
    assert bot["reply"]["text"] == answer().text
    assert found["lang"] == "de"
    assert visitor["at"].endswith("Z")


def test_the_server_knows_what_was_said_before(api: str, service: FakeService) -> None:
    name, key = agree(api)
    say(api, name, key, {"text": "Mein Rücken tut weh."})
    say(api, name, key, {"text": "Und jetzt?"})
    assert service.asked[-1].earlier == ("Mein Rücken tut weh.",)
    assert_problem(say(api, name, key, {"text": "Und?", "earlier": ["Hallo."]}), 422)


def test_an_export_is_the_whole_conversation_as_a_file(api: str) -> None:
    name, key = agree(api)
    say(api, name, key)
    address = f"{api}/api/v1/conversations/{name}"
    export = httpx.get(f"{address}/export", headers=key)
    assert export.headers["content-disposition"].startswith("attachment")
    assert export.json() == httpx.get(address, headers=key).json()


def test_the_sources_of_a_reply_are_told(api: str) -> None:
    name, key = agree(api)
    reply_id = say(api, name, key).headers["x-reply-id"]
    address = f"{api}/api/v1/conversations/{name}/replies"
    found = httpx.get(f"{address}/{reply_id}/sources", headers=key).json()
    assert [c["n"] for c in found["citations"]] == [1, 2, 3]
    assert_problem(httpx.get(f"{address}/none/sources", headers=key), 404)


def test_every_wrong_way_in_looks_the_same(api: str) -> None:
    name, key = agree(api)
    other, other_key = agree(api)
    say(api, name, key)
    wrong: list[tuple[str, dict[str, str]]] = [
        (name, {}),
        (name, other_key),
        (other, key),
        ("none", key),
        (name, {"X-Conversation-Key": ""}),
        (name, {"X-Conversation-Key": "' OR 1=1 --"}),
        ("' OR 1=1 --", key),
    ]
    details = set()
    for known, sent in wrong:
        base = f"{api}/api/v1/conversations/{known}"
        for answered in (
            httpx.get(base, headers=sent),
            httpx.get(f"{base}/export", headers=sent),
            httpx.get(f"{base}/replies/x/sources", headers=sent),
            httpx.delete(base, headers=sent),
            httpx.post(f"{base}/handoff", json={}, headers=sent),
            say(api, known, sent),
            httpx.post(f"{api}/api/v1/chat/stream", json={"text": "a", "conversation": known}, headers=sent),
            httpx.post(
                f"{api}/api/v1/feedback",
                json={"reply_id": "x", "verdict": "helpful", "conversation": known},
                headers=sent,
            ),
        ):
            details.add(assert_problem(answered, 404)["detail"])
    assert len(details) == 1
    assert len(httpx.get(f"{api}/api/v1/conversations/{name}", headers=key).json()["messages"]) == 2


def test_a_verdict_is_counted_and_where_agreed_kept(api: str) -> None:
    name, key = agree(api)
    reply_id = say(api, name, key).headers["x-reply-id"]
    body = {"reply_id": reply_id, "verdict": "wrong_source", "citation": 2, "conversation": name}
    assert httpx.post(f"{api}/api/v1/feedback", json=body, headers=key).status_code == 204
    found = httpx.get(f"{api}/api/v1/conversations/{name}", headers=key).json()["messages"][1]
    assert found["feedback"] == {"verdict": "wrong_source", "citation": 2}
    assert 'rw_verdicts_total{verdict="wrong_source"} 1.0' in httpx.get(f"{api}/metrics").text
    assert_problem(httpx.post(f"{api}/api/v1/feedback", json={**body, "reply_id": "x"}, headers=key), 404)
    assert_problem(httpx.post(f"{api}/api/v1/feedback", json={"reply_id": "x", "verdict": "bad"}), 422)


def test_who_asks_for_a_person_is_told_how_to_reach_one(opened: Callable[[Site], str], shop: Site) -> None:
    reach = Reach(email="hilfe@shop.example", phone="+49 30 1234", country="DE")
    api = opened(replace(shop, reach=reach))
    name, key = agree(api)
    told = httpx.post(f"{api}/api/v1/conversations/{name}/handoff", json={}, headers=key)
    assert told.status_code == 202
    reply = told.json()
    assert reply["kind"] == "handoff"
    assert "hilfe@shop.example" in reply["text"]
    assert reply["contact"][0]["number"] == "+49 30 1234"
    found = httpx.get(f"{api}/api/v1/conversations/{name}", headers=key).json()
    assert found["wants_person"] is not None
    assert found["messages"][-1]["reply"]["kind"] == "handoff"


def test_a_damaged_database_is_told_and_does_not_keep_anybody_from_asking(
    api: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name, key = agree(api)
    (tmp_path / "conversations.sqlite").write_bytes(b"broken" * 5000)
    for answered in (
        httpx.post(f"{api}/api/v1/conversations", json={"consent": True}),
        say(api, name, key),
        httpx.delete(f"{api}/api/v1/conversations/{name}", headers=key),
    ):
        assert "asking works without one" in assert_problem(answered, 503)["detail"]
    assert httpx.post(f"{api}/api/v1/chat", json=QUESTION).status_code == 200
    assert stream(api, QUESTION)[-1].name == "done"
    assert "has to be moved away" in caplog.text


def test_a_conversation_that_is_deleted_while_it_is_answered_stays_deleted(
    api: str, service: FakeService, tmp_path: Path
) -> None:
    name, key = agree(api)
    service.seconds = 0.6
    body = {**QUESTION, "conversation": name}
    with httpx.stream("POST", f"{api}/api/v1/chat/stream", json=body, headers=key, timeout=10) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: triage"
        assert httpx.delete(f"{api}/api/v1/conversations/{name}", headers=key).status_code == 204
    while "rw_places_taken 0.0" not in httpx.get(f"{api}/metrics").text:
        pass
    assert PHRASE.encode() not in held_in(tmp_path)
    assert_problem(httpx.get(f"{api}/api/v1/conversations/{name}", headers=key), 404)


def test_what_has_expired_is_deleted_when_the_server_starts(
    opened: Callable[[Site], str], shop: Site, tmp_path: Path
) -> None:
    past = replace(shop.desk, now=lambda: 1_000_000_000.0)
    kept = past.open()
    past.keep(kept.id, PHRASE, "r1", answer())
    past.database.close()
    assert PHRASE.encode() in held_in(tmp_path)
    opened(shop)
    assert PHRASE.encode() not in held_in(tmp_path)
