"""The chat as OpenAI's own client sees it."""

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from bot.web.shield import BODY_LIMIT
from tests.bot.web.fake import FakeService, answer

MODEL = "rueckenwind"
QUESTION: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Welche Übungen helfen?"}]


@pytest.fixture
def client(api: str) -> OpenAI:
    return OpenAI(base_url=f"{api}/v1", api_key="whatever", max_retries=0)


def test_a_question_gets_the_reply_and_where_each_sentence_stands(client: OpenAI, service: FakeService) -> None:
    made = client.chat.completions.create(model=MODEL, messages=QUESTION, temperature=0.2)
    (choice,) = made.choices
    assert choice.finish_reason == "stop"
    assert choice.message.content == answer().text
    assert choice.message.annotations is not None
    assert len(choice.message.annotations) == len(answer().citations)
    for annotation in choice.message.annotations:
        found = annotation.url_citation
        assert found.model_extra is not None
        text = service.documents[found.model_extra["document"]].text
        assert text[found.model_extra["start"] : found.model_extra["end"]] == found.model_extra["quote"]
        assert answer().text[found.start_index : found.end_index].startswith(found.model_extra["quote"])
        assert found.url.startswith("http")


def test_it_is_the_same_reply_as_everywhere(client: OpenAI, api: str) -> None:
    made = client.chat.completions.create(model=MODEL, messages=QUESTION)
    assert made.model_extra is not None
    assert made.model_extra["reply"] == httpx.post(f"{api}/api/v1/chat", json={"text": "Welche Übungen helfen?"}).json()


def test_a_stream_comes_piece_by_piece_and_ends_with_the_annotations(client: OpenAI) -> None:
    stream = client.chat.completions.create(
        model=MODEL, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    deltas = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert deltas[0].delta.role == "assistant"
    assert "".join(d.delta.content or "" for d in deltas) == answer().text
    assert len([d for d in deltas if d.delta.content]) > 3
    assert deltas[-1].finish_reason == "stop"
    assert deltas[-1].delta.model_extra is not None
    assert len(deltas[-1].delta.model_extra["annotations"]) == 3
    assert chunks[-1].usage is not None


def test_only_the_user_s_messages_reach_the_bot(client: OpenAI, service: FakeService) -> None:
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "Mein Rücken tut weh."},
        {"role": "assistant", "content": "Wo?"},
        {"role": "user", "content": [{"type": "text", "text": "Unten."}]},
    ]
    client.chat.completions.create(model=MODEL, messages=messages, extra_body={"lang": "de", "country": "AT"})
    (asked,) = service.asked
    assert (asked.text, asked.earlier) == ("Unten.", ("Mein Rücken tut weh.",))
    assert (asked.lang, asked.country) == ("de", "AT")


def test_the_model_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).id == MODEL


def test_errors_have_the_form_that_its_programs_read(client: OpenAI, api: str) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-5", messages=QUESTION)
    assert unknown.value.type == "invalid_request_error"
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": " "}])
    with pytest.raises(openai.UnprocessableEntityError) as wrong:
        client.chat.completions.create(model=MODEL, messages=[])
    assert wrong.value.param == "messages"
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "absturz"}])
    too_long = httpx.post(f"{api}/v1/chat/completions", content=b" " * (BODY_LIMIT + 1))
    assert (too_long.status_code, set(too_long.json()["error"])) == (413, {"message", "type", "param", "code"})
    assert httpx.get(f"{api}/v1/nowhere").json()["error"]["code"] == "not_found"


def test_a_page_of_another_site_needs_a_token_here_too(api: str) -> None:
    refused = httpx.post(
        f"{api}/v1/chat/completions",
        json={"messages": QUESTION},
        headers={"Origin": "https://evil.example", "Authorization": "Bearer whatever"},
    )
    assert refused.status_code == 403
    assert refused.json()["error"]["type"] == "permission_error"
