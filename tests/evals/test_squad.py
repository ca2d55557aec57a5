"""A small file in SQuAD format through the real model, and files that are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.answer import extractive
from corpus.document import Sentence
from evals import squad
from evals.__main__ import main
from evals.squad import Report, best_sentences, measure, read_squad
from index.encode import FourBitEncoder
from index.passage import Hit, Passage, Scores, SentenceScores, Source

BAKER = "Der Bäcker öffnet um sechs Uhr. Am Sonntag bleibt sein Laden geschlossen."
BRIDGE = "Die Brücke wurde 1894 gebaut. Sie ist 320 Meter lang. Über sie fährt heute eine Straßenbahn."
BEES = "Bienen tanzen, um Futterplätze zu zeigen. Ein Volk hat im Sommer rund 40.000 Tiere."


def _asked(question: str, *answers: str, **more: object) -> dict[str, Any]:
    return {"question": question, "answers": [{"text": a, "answer_start": 0} for a in answers], **more}


def _squad(*paragraphs: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    held = [{"context": context, "qas": qas} for context, qas in paragraphs]
    return {"version": "v2.0", "data": [{"title": "Eine_Stadt", "paragraphs": held}]}


TINY = _squad(
    (BAKER, [_asked("Wann macht der Bäcker auf?", "um sechs Uhr", "sechs"), _asked("Wo?", is_impossible=True)]),
    (
        BRIDGE,
        [_asked("Wie lang ist die Brücke?", "320 Meter"), _asked("In welchem Jahr baute man die Brücke?", "1894")],
    ),
    (BEES, [_asked("Warum tanzen Bienen?", "um Futterplätze zu zeigen"), _asked("Was fressen Bienen?")]),
    (BRIDGE, [_asked("Was fährt über die Brücke?", "eine Straßenbahn")]),
)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY), "utf-8")
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("squad") / "tiny.json"
    path.write_text(json.dumps(TINY), "utf-8")
    encoder = FourBitEncoder()
    return measure(read_squad(path), path.parent / "index", encoder, encoder)


def test_paragraphs_become_documents_and_identical_ones_a_single_one(tiny: Path) -> None:
    dataset = read_squad(tiny)
    assert [d.text for d in dataset.documents] == [BAKER, BRIDGE, BEES]
    assert {(d.lang, d.title) for d in dataset.documents} == {("de", "Eine Stadt")}
    assert dataset.questions[-1].document == dataset.questions[1].document == dataset.documents[1].id
    assert dataset.questions[0].answers == ("um sechs Uhr", "sechs")


def test_questions_marked_as_impossible_are_left_out_and_counted(tiny: Path) -> None:
    dataset = read_squad(tiny)
    assert (len(dataset.questions), dataset.skipped) == (6, 1)


def test_easy_questions_find_their_paragraph_and_sentence(report: Report) -> None:
    found = report.as_json()
    assert (found["passages"], found["sentences"], found["questions"], found["skipped"]) == (3, 7, 6, 1)
    assert found["recall@1"] == found["recall@10"] == found["mrr@10"] == 1.0
    assert found["answer_sentence@3"] == 1.0


def test_a_question_without_a_gold_answer_counts_for_the_passages_only(report: Report) -> None:
    figures = report.variants["fused"].figures
    counts = {name: figure.count for name, figure in figures.items() if figure is not None}
    assert (counts["recall@1"], counts["mrr@10"], counts["answer_sentence@1"]) == (6, 6, 5)


def test_both_variants_are_reported_with_intervals_and_times(report: Report) -> None:
    found = report.as_json()
    assert list(found["variants"]) == ["fused", "dense_only"]
    for variant in found["variants"].values():
        assert set(variant["intervals"]) == set(variant) - {"intervals"}
        assert all(low <= variant[name] <= high for name, (low, high) in variant["intervals"].items())
    assert found["seconds"] >= found["index_seconds"] > 0
    assert found["question_ms_median"] > 0
    json.dumps(found)


def test_progress_is_told_to_the_end(tiny: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    encoder = FourBitEncoder()
    measure(read_squad(tiny), tmp_path / "index", encoder, encoder, lambda *step: told.append(step))
    assert ("embedding", 10, 10) in told
    assert ("fused", 6, 6) in told
    assert told[-1] == ("dense_only", 6, 6)


def _hit(document: str, score: float, *sentences: tuple[str, float, float]) -> Hit:
    source = Source(document, "sha256:0", "article", "de", "", "", (), "body")
    text = " ".join(words for words, _, _ in sentences)
    places = tuple(Sentence(at := text.index(words), at + len(words), words) for words, _, _ in sentences)
    passage = Passage(document, source, 0, len(text), text, places)
    rated = tuple(SentenceScores(cosine, coverage) for _, cosine, coverage in sentences)
    return Hit(passage, score, Scores(0.8, 0.8, 1.0, 0.5), rated)


def test_sentences_are_ranked_by_cosine_passage_and_words_together() -> None:
    hits = (_hit("a", 1.0, ("Eins.", 0.80, 0.0), ("Zwei.", 0.84, 0.2)), _hit("b", 0.0, ("Drei.", 0.90, 1.0)))
    assert best_sentences(hits) == [("b", "Drei."), ("a", "Zwei."), ("a", "Eins.")]


def test_without_the_lexical_part_shared_words_count_nothing() -> None:
    hits = (_hit("a", 1.0, ("Eins.", 0.80, 0.0), ("Zwei.", 0.84, 0.2)), _hit("b", 0.0, ("Drei.", 0.85, 1.0)))
    assert best_sentences(hits)[0] == ("b", "Drei.")
    assert best_sentences(hits, lexical=False)[0] == ("a", "Zwei.")


def test_sentences_behind_the_fifth_hit_are_not_looked_at() -> None:
    hits = [_hit(str(number), 1.0, (f"Satz {number}.", 0.8, 0.0)) for number in range(6)]
    assert [document for document, _ in best_sentences(hits)] == ["0", "1", "2", "3", "4"]
    assert best_sentences(()) == []


def test_sentences_are_ranked_with_the_weights_of_the_product() -> None:
    assert (squad.COSINE, squad.PASSAGE, squad.COVERAGE, squad.ANSWERED_FROM) == (
        extractive._COSINE,  # noqa: SLF001 - the two must not drift apart
        extractive._PASSAGE,  # noqa: SLF001
        extractive._COVERAGE,  # noqa: SLF001
        extractive._PASSAGES,  # noqa: SLF001
    )


BAD: dict[str, bytes] = {
    "no JSON": b"Kapitel 1",
    "cut off": json.dumps(TINY).encode()[:80],
    "a list": b"[]",
    "no data": b'{"version": "1.1"}',
    "no paragraphs": b'{"data": [{"title": "x"}]}',
    "data of the wrong kind": b'{"data": "x"}',
    "an empty context": json.dumps(_squad(("  \n", [_asked("Wo?", "hier")]))).encode(),
    "an empty question": json.dumps(_squad((BAKER, [_asked("", "sechs")]))).encode(),
    "no questions": json.dumps(_squad((BAKER, []))).encode(),
    "only impossible ones": json.dumps(_squad((BAKER, [_asked("Wo?", is_impossible=True)]))).encode(),
    "not UTF-8": b'{"data": "\xff"}',
    "half a surrogate pair": json.dumps(_squad(("\ud800", [_asked("Wo?", "hier")]))).encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_another_file_is_refused_with_one_line(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    assert main(["retrieval", "--squad", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith(f"error: {path}: ")


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_refused_with_one_line(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retrieval", "--squad", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_nul_which_no_store_takes_becomes_a_space(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(_squad(("Der Bäcker\x00öffnet um sechs.", [_asked("Wann?", "sechs")]))), "utf-8")
    assert read_squad(path).documents[0].text == "Der Bäcker öffnet um sechs."
