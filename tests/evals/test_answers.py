"""A run over cases with a scripted service: what is counted as what, and when the gate is shut."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import BadQuestion
from bot.turn import Citation, Kind, Question, Reason, Reply
from corpus.document import Disagreement, Sentence, Statement
from evals import gate
from evals.answers import read_file, run
from evals.case import CASES, Case
from evals.errors import BadCases
from evals.gate import below, read_floors, update
from evals.report import page, table
from evals.results import Results


def _answer(document: str, heading: str) -> Reply:
    place = Citation(1, document, "sha256:0", "", "", (heading,), "x", 0, 1, None, "/read")
    return Reply(kind=Kind.ANSWER, lang="de", text="…", citations=(place,), confidence=0.9)


def _refusal(reason: Reason = Reason.OFF_TOPIC) -> Reply:
    return Reply(kind=Kind.REFUSAL, lang="de", text="…", reason=reason)


REPLIES: Mapping[str, Reply] = {
    "right": _answer("artikel", "Übungen für den Rumpf"),
    "beside the point": _answer("artikel", "Ursachen"),
    "refused": _refusal(),
    "referred": Reply(kind=Kind.REFERRAL, lang="de", text="…"),
    "broken": _refusal(Reason.FAILED),
}


def _reply(question: Question) -> Reply:
    assert question.lang is None
    return REPLIES[question.text]


def _file(folder: Path, *cases: tuple[str, str, str]) -> Path:
    path = folder / "test.jsonl"
    lines = [
        {"id": f"c{n}", "lang": lang, "kind": kind, "text": text}
        | ({"sections": ["artikel/Übungen"]} if kind == "answer" else {})
        for n, (lang, kind, text) in enumerate(cases)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for evals/cases."""
    monkeypatch.setattr(gate, "CASES", tmp_path)
    return tmp_path


def _values(results: Results) -> dict[str, float]:
    return {name: round(estimate.value, 3) for name, estimate in results.overall.items()}


def test_answers_and_citations_are_shares_of_the_answerable_questions(tmp_path: Path) -> None:
    file = _file(tmp_path, *[("de", "answer", text) for text in REPLIES])
    found = run(file, _reply, ["answers"])
    assert _values(found) == {"answered": 0.4, "cited": 0.2}


def test_earlier_messages_reach_the_bot(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    case = {"id": "a", "lang": "de", "kind": "answer", "text": "Und nachts?", "earlier": ["Es zieht.", "Im Kreuz."]}
    file.write_text(json.dumps(case), "utf-8")
    asked: list[Question] = []

    def reply(question: Question) -> Reply:
        asked.append(question)
        return REPLIES["right"]

    run(file, reply)
    assert asked == [Question(text="Und nachts?", earlier=("Es zieht.", "Im Kreuz."))]


def test_what_stands_before_the_first_heading_is_cited_as_the_lead() -> None:
    case = Case(id="a", lang="de", kind="answer", text="?", sections=("artikel/(lead)",))
    lead = Citation(1, "artikel", "sha256:0", "", "", (), "x", 0, 1, None, "/read")
    assert case.cited(Reply(kind=Kind.ANSWER, lang="de", text="…", citations=(lead,)))
    assert not case.cited(_answer("artikel", "Ursachen"))
    assert not case.cited(Reply(kind=Kind.ANSWER, lang="de", text="…"))
    assert not case.cited(Reply(kind=Kind.ANSWER, lang="de", text="…", citations=(replace(lead, document="css"),)))


def test_follow_ups_are_counted_apart(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    cases = [
        {"id": text, "lang": "de", "kind": "answer", "text": text, "sections": ["artikel/Übungen"], "tags": tags}
        for text, tags in (("right", ["followup"]), ("beside the point", ["followup"]), ("refused", []))
    ]
    file.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
    assert _values(run(file, _reply, ["answers"])) == {"answered": 0.667, "cited": 0.333, "followups": 0.5}


def _disagreement() -> Disagreement:
    def side(document: str, text: str) -> Statement:
        return Statement(document, Sentence(0, len(text), text))

    return Disagreement("warmth", side("artikel", "Wärme hilft."), side("css", "Wärme schadet."))


@pytest.mark.parametrize(
    ("quotes", "tag", "surfaced"),
    [
        (["Wärme hilft.", "Wärme schadet."], "contradiction:css:warmth", 1.0),
        (["Wärme hilft.", "Wärme schadet."], "contradiction:nike:warmth", 1.0),
        (["Wärme hilft.", "Wärme schadet."], "contradiction:nike:shoes", 0.0),
        (["Wärme hilft."], "contradiction:css:warmth", 0.0),
        (["Wärme hilft.", "Wärme schadet."], "lay", None),
    ],
)
def test_a_question_on_a_contradiction_wants_both_sides(
    tmp_path: Path, quotes: list[str], tag: str, surfaced: float | None
) -> None:
    documents = {"Wärme hilft.": "artikel", "Wärme schadet.": "css"}
    places = tuple(
        Citation(n, documents[quote], "sha256:0", "", "", (), quote, 0, len(quote), None, "/read")
        for n, quote in enumerate(quotes, 1)
    )
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"id": "a", "lang": "de", "kind": "answer", "text": "?", "tags": [tag]}), "utf-8")
    answer = Reply(kind=Kind.ANSWER, lang="de", text="…", citations=places)
    found = run(file, lambda _: answer, ["answers"], [_disagreement()])
    assert _values(found).get("contradictions") == surfaced


def test_an_answer_without_known_sections_is_not_held_against_the_citations(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "a", "lang": "de", "kind": "answer", "text": "right"}\n\n', "utf-8")
    found = run(file, _reply)
    assert _values(found) == {"answered": 1.0}
    assert found.suites["answers"]["all"]["cited"] is None


def test_refusals_are_held_against_what_should_have_been_refused(tmp_path: Path) -> None:
    asked = [("de", "refusal", "refused"), ("de", "refusal", "right"), ("en", "refusal", "refused")]
    found = run(_file(tmp_path, *asked, ("en", "answer", "refused")), _reply, ["abstention"])
    assert _values(found) == {"refusal_precision": 0.667, "refusal_recall": 0.667}
    assert list(found.suites["abstention"]) == ["all", "de", "en"]
    german = found.suites["abstention"]["de"]["refusal_recall"]
    assert german is not None
    assert (german.value, german.count) == (0.5, 2)


def test_a_bot_that_broke_has_not_refused(tmp_path: Path) -> None:
    found = run(_file(tmp_path, ("de", "refusal", "broken"), ("de", "refusal", "refused")), _reply)
    assert _values(found) == {"refusal_precision": 1.0, "refusal_recall": 0.5}
    assert found.failed == 1
    assert below(found, None) == ("1 replies say that the bot failed",)


def test_a_question_that_the_bot_does_not_take_is_a_mistake_in_the_cases(tmp_path: Path) -> None:
    def refuse(question: Question) -> Reply:
        raise BadQuestion(question.text)

    with pytest.raises(BadCases, match="case c0"):
        run(_file(tmp_path, ("de", "answer", "right")), refuse)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"id": "a"}', "line 1: lang"),
        (b"\n{", "line 2: Invalid JSON"),
        (b'{"id": "a", "lang": "de", "kind": "answer", "text": "x", "gold": 1}', "line 1: gold"),
        (b'{"id": "a", "lang": "de", "kind": "refusal", "text": "x"}\n' * 2, "line 2: the id 'a'"),
        (b"\n \n", "no cases"),
        (b"\xff", "not UTF-8"),
        (None, "No such file"),
    ],
)
def test_files_that_hold_no_cases_are_refused(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    path = tmp_path / "cases.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadCases, match=complaint):
        read_file(path)


@pytest.mark.parametrize("name", ["dev", "test"])
def test_the_bundled_cases_are_read(name: str) -> None:
    cases = read_file(CASES / f"{name}.jsonl")
    assert {case.kind for case in cases} == {"answer", "refusal"}


def test_floors_are_set_a_little_below_what_is_measured_and_then_hold(cases: Path) -> None:
    found = run(_file(cases, *[("de", "answer", "right")] * 9, ("de", "answer", "refused")), _reply)
    floors = update(found, cases / "baseline.json")
    assert floors.floors == {"answered": 0.88, "cited": 0.88, "refusal_precision": 0.0}
    assert read_floors(found, cases / "baseline.json") == floors
    assert below(found, floors) == ()


def test_a_figure_below_its_floor_shuts_the_gate(cases: Path) -> None:
    update(run(_file(cases, ("de", "answer", "right")), _reply), cases / "baseline.json")
    worse = run(cases / "test.jsonl", lambda _: REPLIES["refused"])
    shut = below(worse, read_floors(worse, cases / "baseline.json"))
    assert [reason.split(",")[0] for reason in shut] == ["answered is 0.000", "cited is 0.000"]


def test_a_suite_that_was_not_run_is_not_held_to_its_floors(cases: Path) -> None:
    file = _file(cases, ("de", "answer", "right"), ("de", "refusal", "refused"))
    update(run(file, _reply), cases / "baseline.json")
    only = run(file, lambda _: REPLIES["right"], ["answers"])
    assert below(only, read_floors(only, cases / "baseline.json")) == ()


def test_a_figure_that_vanished_shuts_the_gate(cases: Path) -> None:
    file = _file(cases, ("de", "refusal", "refused"))
    update(run(file, _reply), cases / "baseline.json")
    without = run(file, lambda _: REPLIES["right"])
    shut = below(without, read_floors(without, cases / "baseline.json"))
    assert shut[0].startswith("refusal_precision could not be measured")


def test_changed_cases_shut_the_gate_until_the_floors_are_set_anew(cases: Path) -> None:
    baseline = cases / "baseline.json"
    update(run(_file(cases, ("de", "answer", "right")), _reply), baseline)
    changed = run(_file(cases, ("de", "answer", "right"), ("en", "answer", "right")), _reply)
    assert "has changed since" in below(changed, read_floors(changed, baseline))[0]
    assert below(changed, update(changed, baseline)) == ()


def test_an_update_raises_floors_and_lowers_them_only_by_force(cases: Path) -> None:
    baseline = cases / "baseline.json"
    good = run(_file(cases, ("de", "answer", "right")), _reply)
    bad = run(cases / "test.jsonl", lambda _: REPLIES["beside the point"])
    assert update(bad, baseline).floors == {"answered": 0.98, "cited": 0.0}
    assert update(good, baseline).floors == {"answered": 0.98, "cited": 0.98}
    assert update(bad, baseline).floors["cited"] == 0.98
    assert update(bad, baseline, force=True).floors["cited"] == 0.0


def test_floors_are_kept_for_the_bundled_files_only(tmp_path: Path) -> None:
    found = run(_file(tmp_path, ("de", "answer", "right")), _reply)
    assert read_floors(found, gate.BASELINE) is None
    with pytest.raises(BadCases, match="evals/cases only"):
        update(found, tmp_path / "baseline.json")


@pytest.mark.parametrize("content", ["{", "[]", '{"test.jsonl": {"floors": {}}}', '{"test.jsonl": 1}'])
def test_damaged_floors_are_told(cases: Path, content: str) -> None:
    (cases / "baseline.json").write_text(content, "utf-8")
    found = run(_file(cases, ("de", "answer", "right")), _reply)
    with pytest.raises(BadCases, match="no floors can be read"):
        read_floors(found, cases / "baseline.json")


def test_the_table_has_a_line_for_every_figure_and_language(tmp_path: Path) -> None:
    found = run(_file(tmp_path, ("de", "answer", "right"), ("en", "refusal", "refused")), _reply)
    lines = table(found).splitlines()
    assert len(lines) == 1 + 3 * (4 + 2)
    assert lines[1].split() == ["answers", "all", "answered", "1.000", "0.207", "to", "1.000", "1"]
    assert lines[-1].split()[:4] == ["abstention", "en", "refusal_recall", "1.000"]


def test_the_page_shows_the_misses_and_loads_nothing(tmp_path: Path) -> None:
    replies = {**REPLIES, "<b>nein</b>": REPLIES["beside the point"]}
    file = _file(tmp_path, ("de", "answer", "<b>nein</b>"), ("de", "answer", "right"), ("de", "refusal", "referred"))
    found = run(file, lambda question: replies[question.text])
    html = page([(found, ["cited is low"])])
    assert "&lt;b&gt;nein&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "artikel/Ursachen" in html
    assert "referral" in html
    assert "<td>c1</td>" not in html
    assert "cited is low" in html
    assert not any(word in html for word in ("http:", "https:", "src=", "href=", "<script", "url("))


def test_the_results_can_be_written_and_read(tmp_path: Path) -> None:
    found = run(_file(tmp_path, ("de", "answer", "right")), _reply).as_json()
    held = json.loads(json.dumps(found))
    assert held["suites"]["answers"]["all"]["answered"]["value"] == 1.0
    assert held["suites"]["abstention"]["all"]["refusal_recall"] is None
    assert held["outcomes"][0]["places"] == ["artikel/Übungen für den Rumpf"]
    assert held["digest"].startswith("sha256:")
