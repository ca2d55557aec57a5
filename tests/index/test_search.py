"""The search over the real index: what is found, by which words, and what its scores mean."""

import threading
from collections.abc import Sequence

import pytest

from index.expect import holds_number
from index.open import Index
from index.passage import Hit

EXERCISES = "Welche Übungen helfen bei Rückenschmerzen nach dem Laufen?"
QUESTIONS = ("Warum schmerzt der Rücken?", "Hilft Wärme?", "Which shoes?", "Mallorca", "Wie lange dauert das?")


def places(index: Index, question: str, count: int = 3) -> list[str]:
    hits = index.searcher.search(question, count)
    return [f"{h.passage.source.document}: {h.passage.source.section[-1]}" for h in hits if h.passage.source.section]


def best_sentence(hits: Sequence[Hit]) -> str:
    rated = [
        (scores.relevance, sentence.text)
        for hit in hits
        for sentence, scores in zip(hit.passage.sentences, hit.sentences, strict=True)
    ]
    return max(rated)[1]


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Welche Übungen stärken den Rumpf?", EXERCISES),
        ("Wann muss ich zum Arzt?", "Wann sollte ich bei Rückenschmerzen einen Arzt aufsuchen?"),
        ("waldboden oder asphalt", "Präventionsstrategien für schmerzfreies Laufen"),
        ("Hilft Wärme?", "Wärme"),
        ("Which shoes are good for my back?", "Präventionsstrategien für schmerzfreies Laufen"),
        ("Hvilke øvelser styrker coremusklerne?", EXERCISES),
        ("Vilka skor är bra för ryggen?", "Präventionsstrategien für schmerzfreies Laufen"),
    ],
)
def test_a_question_finds_its_section(index: Index, question: str, section: str) -> None:
    assert any(place.endswith(section) for place in places(index, question))


def test_a_question_of_the_faq_finds_its_answer_first(index: Index) -> None:
    assert places(index, EXERCISES, 1) == [f"laufen-ohne-schmerzen: {EXERCISES}"]


@pytest.mark.parametrize(
    "question", ["Mir ist es ins Kreuz gefahren", "Was tun bei Lumbago?", "How long does lumbago last?"]
)
def test_other_names_find_the_sources_on_hexenschuss(index: Index, question: str) -> None:
    hits = index.searcher.search(question, 5)
    assert any("Hexenschuss" in h.passage.text or "akuter Kreuzschmerz" in h.passage.text for h in hits)


def test_another_name_counts_nearly_as_much_as_the_word_of_the_texts(index: Index) -> None:
    hits = index.searcher.search("Lumbago", 5)
    held = [hit.scores.coverage for hit in hits if "exenschu" in hit.passage.embedded_text]
    assert held
    assert min(held) > 0.5
    assert hits[0].scores.unknown < 0.5


@pytest.mark.parametrize("typed", ["Rumpfmuskulatr stärken", "Rumpfmuskulatru stärken", "Rumpfmuskullatur stärken"])
def test_a_typing_mistake_changes_nothing_about_what_is_found_first(index: Index, typed: str) -> None:
    assert places(index, typed, 1) == places(index, "Rumpfmuskulatur stärken", 1)
    assert index.searcher.search(typed, 1)[0].scores.coverage > 0.5


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Wie lange dauert ein Hexenschuss?", "vier bis fünf Tage"),
        ("How long does lumbago last?", "vier bis fünf Tage"),
        ("Welche Übungen stärken den Rumpf?", "Planks"),
        ("Welche Laufschuhe sind gut für den Rücken?", "gedämpft"),
    ],
)
def test_relevance_picks_the_sentence_that_answers(index: Index, question: str, answer: str) -> None:
    assert answer in best_sentence(index.searcher.search(question, 5))


def test_a_question_for_a_number_is_answered_by_a_sentence_with_one(index: Index) -> None:
    hits = index.searcher.search("Wie viel Prozent der Menschen haben Rückenschmerzen?", 5)
    assert holds_number(best_sentence(hits), "de")
    for hit in hits:
        for sentence, scores in zip(hit.passage.sentences, hit.sentences, strict=True):
            assert scores.number == holds_number(sentence.text, "de")


def test_numbers_count_only_where_one_is_asked_for(index: Index) -> None:
    hits = index.searcher.search("Warum haben Menschen Rückenschmerzen?", 5)
    assert not any(scores.number for hit in hits for scores in hit.sentences)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_come_with_where_they_stand_and_with_scores_for_every_sentence(index: Index, question: str) -> None:
    for hit in index.searcher.search(question, 10):
        document = index.corpus.documents[hit.passage.source.document]
        assert hit.passage.source.version == document.version
        assert document.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert len(hit.sentences) == len(hit.passage.sentences)
        assert hit.scores.sentence == pytest.approx(max(s.cosine for s in hit.sentences))
        assert hit.scores.asked == pytest.approx(max(s.asked for s in hit.sentences))
        assert hit.scores.pair >= min(s.cosine for s in hit.sentences) - 1e-6
        shares = [hit.scores.coverage, hit.scores.pair_coverage, hit.scores.missing, hit.scores.unknown]
        shares += [share for s in hit.sentences for share in (s.coverage, s.local, s.context)]
        assert all(-1e-5 <= share <= 1 + 1e-5 for share in shares)
        assert hit.scores.pair_coverage >= max(s.coverage for s in hit.sentences) - 1e-5


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_shares_of_a_chance_and_say_the_order(index: Index, question: str) -> None:
    hits = index.searcher.search(question, 10_000)
    scores = [hit.score for hit in hits]
    assert sum(scores) == pytest.approx(1.0, abs=1e-4)
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    fitted = [hit.scores.fitted for hit in hits]
    assert fitted == sorted(fitted, reverse=True)
    assert sum(hit.score for hit in index.searcher.search(question, 5)) <= 1 + 1e-6


def test_fewer_hits_are_the_first_of_more(index: Index) -> None:
    many = index.searcher.search("Laufschuhe", 10)
    few = index.searcher.search("Laufschuhe", 7)
    assert len(few) == 7
    assert few == many[:7]  # the sentences compete with those of the first five hits in both
    assert index.searcher.search("Laufschuhe", 0) == ()


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_says_something_of_the_question_is_the_same_for_every_hit(index: Index, question: str) -> None:
    hits = index.searcher.search(question, 10)
    assert len({(h.scores.words, h.scores.unknown, h.scores.elsewhere) for h in hits}) == 1


def test_other_subjects_lie_nearer_to_what_is_known_of_them(index: Index) -> None:
    own, other = (
        index.searcher.search(q, 1)[0].scores for q in (EXERCISES, "Was hilft gegen Heuschnupfen und Pollenallergie?")
    )
    assert other.elsewhere > own.elsewhere
    assert other.elsewhere > other.dense


@pytest.mark.parametrize("question", ["", "   ", "?!", "🏃", "\x00", "der die das und", "\ud800", "# ##"])
def test_any_text_can_be_searched_for(index: Index, question: str) -> None:
    assert len(index.searcher.search(question, 3)) == 3


def test_what_was_taken_out_is_not_found(index: Index) -> None:
    first, second, *_ = index.searcher.search("Hexenschuss", 5)
    hits = index.searcher.search("Hexenschuss", 5, without=frozenset((first.passage.id,)))
    assert len(hits) == 5
    assert first.passage.id not in [hit.passage.id for hit in hits]
    assert hits[0].passage.id == second.passage.id


def test_the_same_question_gets_the_same_hits_from_many_threads(index: Index) -> None:
    questions = ["Wärme", "Schuhe", "Hohlkreuz", "Rumpfmuskulatr"] * 5
    expected = {q: index.searcher.search(q, 5) for q in set(questions)}
    wrong: list[str] = []

    def ask(question: str) -> None:
        if index.searcher.search(question, 5) != expected[question]:
            wrong.append(question)

    threads = [threading.Thread(target=ask, args=(q,)) for q in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
