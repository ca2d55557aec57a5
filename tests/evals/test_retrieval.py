"""The measure of retrieval: over a small file with the real model, and the sentences that an answer is made from."""

import json
from pathlib import Path

import pytest

from bot.answer import extractive
from corpus.document import Sentence
from evals import retrieval
from evals.retrieval import Report, best_sentences, measure, variants
from evals.squad import read_squad
from index.encode import FourBitEncoder
from index.passage import Hit, Passage, Scores, SentenceScores, Source
from index.ranking import ranking
from index.search import ANSWERED_FROM
from tests.evals.tiny import TOWN, written
from tests.fakes import HashEncoder


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("squad")
    encoder = FourBitEncoder()
    return measure(read_squad(written(folder, TOWN)), folder / "index", encoder, encoder)


def test_easy_questions_find_their_paragraph_and_sentence(report: Report) -> None:
    found = report.as_json()
    assert (found["passages"], found["sentences"], found["questions"], found["skipped"]) == (3, 7, 6, 1)
    assert found["recall@1"] == found["recall@10"] == found["mrr@10"] == 1.0
    assert found["answer_sentence@3"] == 1.0


def test_a_question_without_a_gold_answer_counts_for_the_passages_only(report: Report) -> None:
    figures = report.variants["fused"].figures
    counts = {name: figure.count for name, figure in figures.items() if figure is not None}
    assert (counts["recall@1"], counts["mrr@10"], counts["answer_sentence@1"]) == (6, 6, 5)


def test_what_the_product_does_comes_first_and_vectors_alone_beside_it() -> None:
    assert list(variants().values()) == [ranking(), ranking().without_words()]


def test_both_variants_are_reported_with_intervals_and_times(report: Report) -> None:
    found = report.as_json()
    assert list(found["variants"]) == ["fused", "dense_only"]
    for variant in found["variants"].values():
        assert set(variant["intervals"]) == set(variant) - {"intervals"}
        assert all(low <= variant[name] <= high for name, (low, high) in variant["intervals"].items())
    assert {name: found[name] for name in ("recall@1", "mrr@10", "answer_sentence@1")} == {
        name: found["variants"]["fused"][name] for name in ("recall@1", "mrr@10", "answer_sentence@1")
    }
    assert found["seconds"] >= found["index_seconds"] > 0
    assert found["question_ms_median"] > 0
    json.dumps(found)


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    encoder = HashEncoder()
    dataset = read_squad(written(tmp_path, TOWN))
    measure(dataset, tmp_path / "index", encoder, encoder, lambda *step: told.append(step))
    assert ("embedding", 10, 10) in told
    assert ("fused", 6, 6) in told
    assert told[-1] == ("dense_only", 6, 6)


def _hit(document: str, *sentences: tuple[str, float]) -> Hit:
    source = Source(document, "sha256:0", "article", "de", "", "", (), "body")
    text = " ".join(words for words, _ in sentences)
    places = tuple(Sentence(at := text.index(words), at + len(words), words) for words, _ in sentences)
    passage = Passage(document, source, 0, len(text), text, places)
    rated = tuple(
        SentenceScores(cosine=0.8, coverage=0, local=0, context=0, asked=0, number=False, relevance=relevance)
        for _, relevance in sentences
    )
    return Hit(passage, 0.1, Scores(**dict.fromkeys(Scores.__dataclass_fields__, 0)), rated)


def test_sentences_are_ranked_by_relevance_across_passages() -> None:
    hits = (_hit("a", ("Eins.", 1.0), ("Zwei.", 3.0)), _hit("b", ("Drei.", 2.0)))
    assert best_sentences(hits) == [("a", "Zwei."), ("b", "Drei."), ("a", "Eins.")]


def test_of_equals_the_first_stays_first() -> None:
    assert best_sentences((_hit("a", ("Eins.", 1.0)), _hit("b", ("Zwei.", 1.0)))) == [("a", "Eins."), ("b", "Zwei.")]


def test_sentences_behind_the_fifth_hit_are_not_looked_at() -> None:
    hits = [_hit(str(number), (f"Satz {number}.", float(number))) for number in range(ANSWERED_FROM + 1)]
    assert [document for document, _ in best_sentences(hits)] == ["4", "3", "2", "1", "0"]
    assert best_sentences(()) == []


def test_an_answer_is_made_from_as_many_passages_as_are_measured() -> None:
    used = [module for module in (extractive, retrieval) if getattr(module, "ANSWERED_FROM", None) == ANSWERED_FROM]
    assert used == [extractive, retrieval]
