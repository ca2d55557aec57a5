"""An emergency is not lost to load, and everybody else is told whom to call."""

import json

import httpx
import pytest

from bot.turn import Level, Question
from bot.web.ask import Asker
from bot.web.rescue import LONGEST, PER_SECOND, newest, refer
from bot.web.texts import LANGS, refused
from tests.bot.web.client import agree, assert_problem, stream
from tests.bot.web.fake import FakeService

EMERGENCY = "Ich kann kein Wasser lassen und bin taub zwischen den Beinen."
HARMLESS = "Welche Übungen helfen?"
COMPLETION = {"messages": [{"role": "user", "content": EMERGENCY}]}


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a thousand people ask at once."""
    monkeypatch.setattr(Asker, "full", property(lambda _self: True))


@pytest.mark.usefixtures("full")
def test_an_emergency_is_referred_without_asking_the_bot(api: str, service: FakeService) -> None:
    answer = httpx.post(f"{api}/api/v1/chat", json={"text": EMERGENCY, "country": "AT"})
    assert answer.status_code == 200
    reply = answer.json()
    assert (reply["kind"], reply["triage"]["level"]) == ("referral", "emergency")
    assert reply["lang"] == "de"
    assert ("144", "AT") in [(contact["number"], contact["country"]) for contact in reply["contact"]]
    assert set(reply["timings_ms"]) == {"triage", "total"}
    assert answer.headers["x-reply-id"]
    assert service.asked == []
    assert_problem(httpx.post(f"{api}/api/v1/chat", json={"text": HARMLESS}), 503)


@pytest.mark.usefixtures("full")
def test_it_is_told_in_the_form_that_was_asked_for(api: str) -> None:
    told = stream(api, {"text": EMERGENCY})
    assert told[0].data["level"] == "emergency"
    assert "".join(e.data["text"] for e in told if e.name == "sentence") == told[-1].data["reply"]["text"]
    found = httpx.post(f"{api}/v1/chat/completions", json=COMPLETION).json()
    assert "112" in found["choices"][0]["message"]["content"]
    streamed = httpx.post(f"{api}/v1/chat/completions", json={**COMPLETION, "stream": True}).text
    assert "112" in streamed


@pytest.mark.usefixtures("full")
def test_what_was_said_before_counts_too(api: str) -> None:
    body = {"text": "Und seit heute bin ich taub zwischen den Beinen.", "earlier": ["Mein Rücken tut weh.", EMERGENCY]}
    assert httpx.post(f"{api}/api/v1/chat", json=body).json()["triage"]["level"] == "emergency"


def test_a_kept_conversation_keeps_it(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, key = agree(api)
    with monkeypatch.context() as patch:
        patch.setattr(Asker, "full", property(lambda _self: True))
        asked = httpx.post(f"{api}/api/v1/chat", json={"text": EMERGENCY, "conversation": name}, headers=key)
    assert asked.json()["kind"] == "referral"
    held = httpx.get(f"{api}/api/v1/conversations/{name}", headers=key).json()
    assert [message["role"] for message in held["messages"]] == ["visitor", "bot"]


@pytest.mark.usefixtures("full")
def test_only_some_a_second_are_looked_at(api: str) -> None:
    with httpx.Client() as client:
        seen = [client.post(f"{api}/api/v1/chat", json={"text": EMERGENCY}).status_code for _ in range(100)]
    assert set(seen) == {200, 503}
    assert seen[:10] == [200] * 10
    assert seen.count(200) < 100 - PER_SECOND / 2


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("lang", LANGS)
def test_who_is_turned_away_is_told_whom_to_call(api: str, lang: str) -> None:
    headers = {"accept-language": f"xx,{lang}-XX;q=0.9,en;q=0.1"}
    for path in ("chat", "chat/stream"):
        answer = httpx.post(f"{api}/api/v1/{path}", json={"text": HARMLESS}, headers=headers)
        assert assert_problem(answer, 503)["detail"] == refused(lang).busy
        assert "112" in refused(lang).busy


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"text": 1}', b'{"text": "a', b" " * 70_000])
def test_a_body_of_the_wrong_form_is_refused_as_ever(api: str, body: bytes) -> None:
    answer = httpx.post(f"{api}/api/v1/chat", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 413, 422}
    assert json.loads(answer.content)["status"] == answer.status_code


def test_the_reply_is_in_the_language_of_the_message() -> None:
    reply = refer(Question(text="I am numb between my legs and cannot pass urine."))
    assert reply is not None
    assert reply.lang == "en"
    assert reply.triage.level is Level.EMERGENCY
    assert refer(Question(text="Seit drei Wochen tut mir der Rücken weh.")) is None


def test_of_a_long_story_the_end_is_looked_at() -> None:
    assert newest(("abc", "def", "gh"), 4) == ("ef", "gh")
    assert newest(("a",) * 5, 3) == ("a", "a", "a")
    assert refer(Question(text=f"{'Ich laufe. ' * LONGEST}{EMERGENCY}")) is not None
