"""Conversations made of a small file in SQuAD format, and what is measured on them with the real model."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.__main__ import main
from evals.conversation import Compared, Conversations, changes, follow_ups, measure
from evals.squad import Dataset, read_squad
from index.encode import FourBitEncoder

HARBOUR = "Der Hafen von Brindlau wurde 1894 gebaut. Die Mole von Brindlau ist 320 Meter lang."
TOWER = "Der Leuchtturm von Brindlau ist rot. Er steht seit 1902 und ist 41 Meter hoch."
BEES = "Bienen tanzen, um Futterplätze zu zeigen. Ein Volk hat im Sommer rund 40.000 Tiere."

ASKED: dict[str, dict[str, list[str]]] = {
    "Brindlau": {
        HARBOUR: ["Wann wurde der Hafen von Brindlau gebaut?", "Wie lang ist die Mole von Brindlau?"],
        TOWER: ["Welche Farbe hat der Leuchtturm von Brindlau?"],
    },
    "Bienen": {BEES: ["Warum tanzen Bienen?", "Wie viele Tiere hat ein Volk im Sommer?"]},
}


def _file(asked: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    return {
        "data": [
            {
                "title": title,
                "paragraphs": [
                    {"context": context, "qas": [{"question": question} for question in questions]}
                    for context, questions in paragraphs.items()
                ],
            }
            for title, paragraphs in asked.items()
        ]
    }


def _written(folder: Path, asked: dict[str, dict[str, list[str]]]) -> Path:
    path = folder / "squad.json"
    path.write_text(json.dumps(_file(asked)), "utf-8")
    return path


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return read_squad(_written(tmp_path, ASKED))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Conversations:
    folder = tmp_path_factory.mktemp("conversation")
    encoder = FourBitEncoder()
    return measure(read_squad(_written(folder, ASKED)), folder / "index", encoder, encoder)


def test_a_change_of_topic_follows_questions_of_another_article(dataset: Dataset) -> None:
    made = changes(dataset)
    assert [asked for asked, _ in made] == list(dataset.questions)
    brindlau = {question for questions in ASKED["Brindlau"].values() for question in questions}
    for asked, earlier in made:
        assert 1 <= len(earlier) <= 2
        assert all((question in brindlau) != (asked.text in brindlau) for question in earlier)


def test_the_same_file_gives_the_same_conversations(dataset: Dataset) -> None:
    assert changes(dataset) == changes(dataset)
    assert follow_ups(dataset) == follow_ups(dataset)


def test_a_single_article_has_no_other_topic(tmp_path: Path) -> None:
    assert changes(read_squad(_written(tmp_path, {"Bienen": ASKED["Bienen"]}))) == ()


def test_the_name_that_an_earlier_question_holds_is_cut_out(dataset: Dataset) -> None:
    made = [(f.cut, f.name, f.earlier, f.same_paragraph) for f in follow_ups(dataset)]
    assert made == [
        ("Wie lang ist die Mole von?", "Brindlau", "Wann wurde der Hafen von Brindlau gebaut?", True),
        ("Welche Farbe hat der Leuchtturm von?", "Brindlau", "Wie lang ist die Mole von Brindlau?", False),
    ]


def test_a_word_of_many_articles_is_no_name(tmp_path: Path) -> None:
    asked: dict[str, dict[str, list[str]]] = {
        "Mohn": {"Mohn blüht im Jahr einmal.": ["Wie oft im Jahr blüht er?", "In welchem Jahr kam er?"]},
        "Klee": {"Klee blüht im Jahr zweimal.": []},
        "Lein": {"Lein blüht im Jahr lange.": []},
    }
    assert follow_ups(read_squad(_written(tmp_path, asked))) == ()


def test_a_name_takes_its_genitive_and_its_quotation_marks_along(tmp_path: Path) -> None:
    asked = {"Neptune": {"Neptune's moon Triton is cold.": ["How cold is Neptune?", "What is Neptune's moon?"]}}
    assert [f.cut for f in follow_ups(read_squad(_written(tmp_path, asked)))] == ["What is moon?"]


def test_everything_is_found_in_a_file_this_small(measured: Conversations) -> None:
    found = measured.as_json()
    assert (found["questions"], found["topic_change"]["questions"]) == (5, 5)
    assert found["topic_change"]["alone"]["recall@1"][0] == found["topic_change"]["with_history"]["recall@1"][0] == 1.0
    assert found["topic_change"]["change"] == [0.0, 0.0, 0.0]
    assert {name: held["questions"] for name, held in found["follow_up"].items()} == {
        "same_paragraph": 1,
        "other_paragraph": 1,
    }
    json.dumps(found)


def test_the_share_of_the_gap_is_what_history_wins_back() -> None:
    held = Compared({"whole": (1, 1), "cut": (1, None), "with_history": (1, 1)})
    empty = Compared({"whole": (), "cut": (), "with_history": ()})
    found = Conversations("de", 2, Compared({"alone": (1,), "with_history": (3,)}), {"a": held, "b": empty}).as_json()
    assert found["topic_change"]["change"][0] == -0.5
    assert found["follow_up"]["a"]["gap_closed"] == 1.0
    assert found["follow_up"]["b"]["gap_closed"] is None
    assert found["follow_up"]["b"]["cut"]["ndcg@10"] is None


def test_the_command_prints_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("index.encode.passage_encoder", lambda _model: FourBitEncoder())
    path = _written(tmp_path, {"Bienen": ASKED["Bienen"]})
    assert main(["conversation", "--squad", str(path), "--json"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert json.loads(said.out)["topic_change"]["change"] is None


def test_a_file_that_is_none_is_refused_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conversation", "--squad", str(tmp_path / "missing.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
