"""The search without a model: what leaving passages out means, any question, and what is known beforehand."""

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.load import load_corpus
from index.build import fill
from index.chunk import Chunking, passages
from index.passage import Hit, Passage
from index.ranking import ranking
from index.search import AskedBefore, Searcher
from index.spelling import Spelling
from index.subjects import Subjects
from index.variants import Variants
from index.words import Words
from tests.fakes import HashEncoder, ListStore

ENCODER = HashEncoder()
QUESTIONS = ("Hilft Wärme bei Hexenschuss?", "Rumpf", "Wie lange dauert es?", "Which shoes?", "Mallorca", "")


def made(found: tuple[Passage, ...], asked: AskedBefore | None = None) -> Searcher:
    store = ListStore(ENCODER.encode_passages)
    fill(store, found)
    return Searcher(found, store, Words.build(found), ENCODER, asked=asked)


@pytest.fixture(scope="module")
def found() -> tuple[Passage, ...]:
    """More passages than are looked at for one question."""
    return passages(load_corpus(extras=True).documents.values(), Chunking())


@pytest.fixture(scope="module")
def searcher(found: tuple[Passage, ...]) -> Searcher:
    return made(found)


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.id for hit in hits]


@pytest.mark.parametrize("kept", [1, 3, 12])
def test_passages_are_left_out_as_if_nobody_had_indexed_them(
    found: tuple[Passage, ...], searcher: Searcher, kept: int
) -> None:
    left = found[:: len(found) // kept][:kept]
    without = frozenset(p.id for p in found) - {p.id for p in left}
    fresh = made(left)
    for question in QUESTIONS:
        hits, expected = searcher.search(question, 100, "de", without=without), fresh.search(question, 100, "de")
        assert set(ids(hits)) == set(ids(expected)) == {p.id for p in left}
        others = {hit.passage.id: hit for hit in expected}
        for hit in hits:
            other = others[hit.passage.id].scores
            assert (hit.scores.dense, hit.scores.sentence) == pytest.approx((other.dense, other.sentence), abs=1e-5)
            assert hit.scores.pair == pytest.approx(other.pair, abs=1e-5)
            assert (hit.scores.coverage > 0) == (other.coverage > 0)
            assert (hit.scores.unknown == pytest.approx(1)) == (other.unknown == pytest.approx(1))


def test_leaving_nothing_out_changes_nothing_and_leaving_all_out_leaves_nothing(
    found: tuple[Passage, ...], searcher: Searcher
) -> None:
    for question in QUESTIONS:
        assert searcher.search(question, 5, without=frozenset()) == searcher.search(question, 5)
        assert searcher.search(question, 5, without=frozenset(p.id for p in found)) == ()


def test_a_word_that_was_only_in_what_is_left_out_is_unknown(found: tuple[Passage, ...], searcher: Searcher) -> None:
    without = frozenset(p.id for p in found if "exenschu" in p.embedded_text or "umbago" in p.embedded_text)
    (before, *_), (after, *_) = (
        searcher.search("Hexenschuss", 3, "de", without=w) for w in (frozenset[str](), without)
    )
    assert before.scores.unknown == pytest.approx(0.0)
    assert after.scores.unknown > 0.1
    assert after.passage.id not in without


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(question=st.text(max_size=200), count=st.integers(-1, 20), data=st.data())
def test_any_question_finds_as_many_as_asked_for_in_order(
    found: tuple[Passage, ...], searcher: Searcher, question: str, count: int, data: st.DataObject
) -> None:
    without = data.draw(st.frozensets(st.sampled_from([p.id for p in found]), max_size=5))
    hits = searcher.search(question, count, without=without)
    assert len(hits) == max(0, count)
    assert without.isdisjoint(ids(hits))
    assert len(set(ids(hits))) == len(hits)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1 + 1e-5
    assert searcher.search(question, count, without=without) == hits


@pytest.mark.parametrize(
    "question",
    ["x" * 10_000, "Rücken " * 1_428, " ".join(f"wort{n}ung" for n in range(1_000)), "ß\n" * 5_000, "?" * 10_000],
    ids=["one word", "one word again", "many words", "lines", "signs"],
)
def test_a_question_of_ten_thousand_characters_is_searched_for_in_no_time(searcher: Searcher, question: str) -> None:
    began = time.perf_counter()
    assert len(searcher.search(question, 3, "de")) == 3
    assert time.perf_counter() - began < 5


def test_what_is_known_to_answer_a_question_is_found_by_it(found: tuple[Passage, ...], searcher: Searcher) -> None:
    asked, row = "Gibt es einen Namen dafür?", 40
    target = [p for p in found for _ in p.sentences][row]
    size = sum(len(p.sentences) for p in found)
    variants = Variants(ENCODER.encode_questions([asked]), np.array([row], dtype=np.intp), size)
    known = made(found, AskedBefore(Subjects(), variants, Spelling(())))
    before = {hit.passage.id: hit for hit in searcher.search(asked, 1_000, "de")}
    for hit in known.search(asked, 1_000, "de"):
        is_known = hit.passage.id == target.id
        assert hit.scores.asked == pytest.approx(float(is_known), abs=1e-5)
        gain = hit.scores.fitted - before[hit.passage.id].scores.fitted
        assert gain == pytest.approx(float(ranking().of_known(np.array([hit.scores.asked]))[0]), abs=1e-3)
        assert (gain > 1) == is_known
    others = known.search(asked, 10, "de", without=frozenset((target.id,)))
    assert len(others) == 10
    assert all(h.scores.asked == 0.0 for h in others)


def test_other_subjects_are_told_by_their_cosine(found: tuple[Passage, ...]) -> None:
    subjects = Subjects(ENCODER.encode_questions(["Welcher Schläger passt zu mir?"]))
    size = sum(len(p.sentences) for p in found)
    known = made(found, AskedBefore(subjects, Variants.none(size), Spelling(())))
    assert known.search("Welcher Schläger passt zu mir?", 1)[0].scores.elsewhere == pytest.approx(1.0, abs=1e-5)
    assert made(found).search("Welcher Schläger passt zu mir?", 1)[0].scores.elsewhere == 0.0


def test_a_question_is_corrected_before_it_is_searched_for(found: tuple[Passage, ...], searcher: Searcher) -> None:
    size = sum(len(p.sentences) for p in found)
    spelling = Spelling([("Die Rumpfmuskulatur", "de")])
    known = made(found, AskedBefore(Subjects(), Variants.none(size), spelling))
    assert known.search("rumpfmuskulatr", 3, "de") == searcher.search("rumpfmuskulatur", 3, "de")


def test_with_words_a_passage_that_holds_them_comes_before_where_vectors_alone_put_it(
    found: tuple[Passage, ...], searcher: Searcher
) -> None:
    store = ListStore(ENCODER.encode_passages)
    fill(store, found)
    dense = Searcher(found, store, Words.build(found), ENCODER, weights=ranking().without_words())

    def rank(by: Searcher) -> int:
        hits = by.search("Hexenschuss", 1_000, "de")
        return next(n for n, hit in enumerate(hits) if "exenschu" in hit.passage.embedded_text)

    assert rank(searcher) < rank(dense)
