"""The bundled cases and questions are well-formed. What fails is named by its id: test.jsonl stays unseen."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from corpus.language import LANGUAGES
from corpus.load import load_corpus
from evals.answers import read_file
from evals.case import CASES, Case
from evals.squad import read_squad

FILES = ("dev", "test")
RETRIEVAL = sorted(path.name for path in (CASES / "retrieval").glob("*.json"))


def _cases(name: str) -> Sequence[Case]:
    return read_file(CASES / f"{name}.jsonl")


def _places() -> frozenset[str]:
    """Every place that a reply can cite, written as in the cases."""
    documents = load_corpus(extras=True).documents.values()
    return frozenset(
        f"{document.id}/{section.path[-1] if section.path else '(lead)'}"
        for document in documents
        for section in document.sections
        if section.sentences
    )


def _asked(case: Case) -> tuple[str, ...]:
    return tuple(" ".join(message.casefold().split()) for message in (*case.earlier, case.text))


def test_every_case_can_be_read_and_no_id_stands_twice() -> None:
    cases = [case for name in FILES for case in _cases(name)]
    assert all(len(_cases(name)) > 100 for name in FILES)
    assert [name for name, count in Counter(case.id for case in cases).items() if count > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_every_language_is_asked_in_and_both_kinds_are_there(name: str) -> None:
    cases = _cases(name)
    assert {case.lang for case in cases} == set(LANGUAGES)
    assert {case.kind for case in cases} == {"answer", "refusal"}


@pytest.mark.parametrize("name", FILES)
def test_no_case_is_empty_or_too_long_for_the_bot(name: str) -> None:
    odd = [c.id for c in _cases(name) if not all(0 < len(m.strip()) <= 10_000 for m in (c.text, *c.earlier))]
    assert odd == []


@pytest.mark.parametrize("name", FILES)
def test_sections_exist_and_only_answers_have_them(name: str) -> None:
    places = _places()
    unknown = [
        (case.id, section)
        for case in _cases(name)
        for section in case.sections
        if not any(place.startswith(section) for place in places)
    ]
    assert unknown == []
    assert [case.id for case in _cases(name) if case.sections and case.kind == "refusal"] == []


@pytest.mark.parametrize("name", FILES)
def test_tags_of_contradictions_name_a_source_and_a_topic(name: str) -> None:
    tags = [(case.id, tag) for case in _cases(name) for tag in case.tags if tag.startswith("contradiction:")]
    assert [pair for pair in tags if len(pair[1].split(":")) != 3] == []


@pytest.mark.parametrize("name", FILES)
def test_a_follow_up_that_is_answered_has_something_before_it_and_sections(name: str) -> None:
    follow_ups = [case for case in _cases(name) if "followup" in case.tags]
    assert follow_ups
    assert [case.id for case in follow_ups if not case.earlier] == []
    assert [case.id for case in follow_ups if case.kind == "answer" and not case.sections] == []


@pytest.mark.parametrize("name", FILES)
def test_no_case_stands_twice_in_a_file(name: str) -> None:
    cases = _cases(name)
    seen = Counter(_asked(case) for case in cases)
    assert [case.id for case in cases if seen[_asked(case)] > 1] == []


def test_no_case_of_the_one_file_stands_in_the_other() -> None:
    dev = {_asked(case) for case in _cases("dev")}
    shared = [case.id for case in _cases("test") if _asked(case) in dev]
    assert shared == []


def _questions(name: str) -> list[tuple[dict[str, Any], str]]:
    held = json.loads((CASES / "retrieval" / name).read_text("utf-8"))
    return [(q, p["context"]) for article in held["data"] for p in article["paragraphs"] for q in p["qas"]]


def test_there_are_questions_to_fit_the_order_on() -> None:
    assert RETRIEVAL == ["general.json", "health.json"]


@pytest.mark.parametrize("name", RETRIEVAL)
def test_questions_for_the_order_can_be_read_and_have_ids_of_their_own(name: str) -> None:
    dataset = read_squad(CASES / "retrieval" / name)
    questions = _questions(name)
    assert dataset.skipped == 0
    assert len(dataset.questions) == len(questions) == len({question["id"] for question, _ in questions})
    assert {question["lang"] for question, _ in questions} <= set(LANGUAGES)


@pytest.mark.parametrize("name", RETRIEVAL)
def test_every_answer_stands_where_it_is_said_to_stand(name: str) -> None:
    for question, context in _questions(name):
        assert question["answers"], question["id"]
        for answer in question["answers"]:
            start = answer["answer_start"]
            assert context[start : start + len(answer["text"])] == answer["text"], question["id"]


@pytest.mark.parametrize("name", RETRIEVAL)
def test_no_question_for_the_order_is_asked_twice_or_is_a_case_of_the_test_file(name: str) -> None:
    texts = [(question["id"], " ".join(question["question"].casefold().split())) for question, _ in _questions(name)]
    seen = Counter(text for _, text in texts)
    assert [number for number, text in texts if seen[text] > 1] == []
    test = {_asked(case)[-1] for case in _cases("test")}
    assert [number for number, text in texts if text in test] == []
