"""Files in SQuAD format: what is read from them, what is indexed, and files that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.__main__ import main
from evals.squad import Remembering, indexed, read_squad
from index.ranking import ranking
from tests.evals.tiny import BAKER, BEES, BRIDGE, TOWN, asked, squad, towns, written
from tests.fakes import HashEncoder


def one(context: str, qas: list[dict[str, Any]]) -> dict[str, Any]:
    return squad(("x", [(context, qas)]))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return written(tmp_path, TOWN)


def test_paragraphs_become_documents_and_identical_ones_a_single_one(town: Path) -> None:
    dataset = read_squad(town)
    assert [d.text for d in dataset.documents] == [BAKER, BRIDGE, BEES]
    assert {(d.lang, d.title) for d in dataset.documents} == {("de", "Eine Stadt")}
    assert dataset.questions[-1].document == dataset.questions[1].document == dataset.documents[1].id
    assert dataset.questions[0].answers == ("um sechs Uhr", "sechs")


def test_questions_marked_as_impossible_are_left_out_and_counted(town: Path) -> None:
    dataset = read_squad(town)
    assert (len(dataset.questions), dataset.skipped) == (6, 1)


def test_questions_know_the_number_of_their_article(tmp_path: Path) -> None:
    dataset = read_squad(written(tmp_path, towns()))
    assert [question.article for question in dataset.questions] == [n for n in range(11) for _ in range(2)]


def test_nul_which_no_store_takes_becomes_a_space(tmp_path: Path) -> None:
    path = written(tmp_path, one("Der Bäcker\x00öffnet um sechs.", [asked("Wann?", "sechs")]))
    assert read_squad(path).documents[0].text == "Der Bäcker öffnet um sechs."


def test_a_paragraph_is_one_passage_however_long(tmp_path: Path) -> None:
    long = " ".join(f"Der Satz {n} handelt von der Brücke und dem Fluss." for n in range(200))
    dataset = read_squad(written(tmp_path, one(long, [asked("Wovon handelt der Satz?", "Brücke")])))
    encoder = HashEncoder()
    with indexed(dataset, tmp_path / "index", encoder, encoder) as data:
        assert [p.text for p in data.passages] == [long]
        assert data.sentences == 200


def test_the_search_is_the_product_s_own_and_can_be_given_other_weights(town: Path, tmp_path: Path) -> None:
    dataset, encoder = read_squad(town), HashEncoder()
    with indexed(dataset, tmp_path / "index", encoder, encoder) as data:
        words = data.searcher().search("Bienen", 3)
        vectors = data.searcher(ranking().without_words()).search("Bienen", 3)
    assert words[0].passage.text == BEES
    assert {hit.passage.id for hit in words} == {hit.passage.id for hit in vectors}
    assert words[0].scores.dense == next(h for h in vectors if h.passage.text == BEES).scores.dense


def test_a_question_is_embedded_once() -> None:
    class Counting(HashEncoder):
        asked = 0

        def encode_question(self, text: str) -> Any:  # noqa: ANN401 - as the fake it stands for
            self.asked += 1
            return super().encode_question(text)

    encoder = Counting()
    remembering = Remembering(encoder)
    for question in ("a", "b", "a", "a"):
        assert (remembering.encode_question(question) == HashEncoder().encode_question(question)).all()
    assert encoder.asked == 2
    assert remembering.name == encoder.name


BAD: dict[str, bytes] = {
    "no JSON": b"Kapitel 1",
    "cut off": json.dumps(TOWN).encode()[:80],
    "a list": b"[]",
    "no data": b'{"version": "1.1"}',
    "no paragraphs": b'{"data": [{"title": "x"}]}',
    "data of the wrong kind": b'{"data": "x"}',
    "an empty context": json.dumps(one("  \n", [asked("Wo?", "hier")])).encode(),
    "an empty question": json.dumps(one(BAKER, [asked("", "sechs")])).encode(),
    "no questions": json.dumps(one(BAKER, [])).encode(),
    "only impossible ones": json.dumps(one(BAKER, [asked("Wo?", is_impossible=True)])).encode(),
    "not UTF-8": b'{"data": "\xff"}',
    "half a surrogate pair": json.dumps(one("\ud800", [asked("Wo?", "hier")])).encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("command", ["retrieval", "abstention"])
@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_another_file_is_refused_with_one_line(
    tmp_path: Path, content: bytes, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    assert main([command, "--squad", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith(f"error: {path}: ")


@pytest.mark.parametrize("command", ["retrieval", "abstention"])
@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_refused_with_one_line(
    tmp_path: Path, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--squad", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
