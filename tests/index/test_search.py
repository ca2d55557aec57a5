import threading

import pytest

from index.open import Index

EXERCISES = "Welche Übungen helfen bei Rückenschmerzen nach dem Laufen?"


def places(index: Index, question: str, count: int = 3) -> list[str]:
    hits = index.searcher.search(question, count)
    return [f"{h.passage.source.document}: {h.passage.source.section[-1]}" for h in hits if h.passage.source.section]


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Welche Übungen stärken den Rumpf?", EXERCISES),
        ("Wann muss ich zum Arzt?", "Wann sollte ich bei Rückenschmerzen einen Arzt aufsuchen?"),
        ("waldboden oder asphalt", "Präventionsstrategien für schmerzfreies Laufen"),
        ("Hilft Wärme?", "Sofortmaßnahmen bei akuten Rückenschmerzen"),
        ("Which shoes are good for my back?", "Präventionsstrategien für schmerzfreies Laufen"),
    ],
)
def test_a_question_finds_its_section(index: Index, question: str, section: str) -> None:
    assert any(place.endswith(section) for place in places(index, question))


def test_a_question_of_the_faq_finds_its_answer_first(index: Index) -> None:
    assert places(index, EXERCISES, 1) == [f"laufen-ohne-schmerzen: {EXERCISES}"]


def test_hits_come_with_where_they_stand_and_with_scores_for_every_sentence(index: Index) -> None:
    for hit in index.searcher.search("Warum schmerzt der Rücken?", 10):
        document = index.corpus.documents[hit.passage.source.document]
        assert hit.passage.source.version == document.version
        assert document.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert len(hit.sentences) == len(hit.passage.sentences)
        assert hit.scores.sentence == pytest.approx(max(s.cosine for s in hit.sentences))
        assert 0 <= hit.score <= 1


def test_hits_are_ordered_and_as_many_as_asked_for(index: Index) -> None:
    hits = index.searcher.search("Laufschuhe", 7)
    assert len(hits) == 7
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("question", ["", "   ", "?!", "🏃", "x" * 10_000, "\x00", "der die das und"])
def test_any_text_can_be_searched_for(index: Index, question: str) -> None:
    assert len(index.searcher.search(question, 3)) == 3


def test_the_same_question_gets_the_same_hits_from_many_threads(index: Index) -> None:
    questions = ["Wärme", "Schuhe", "Hohlkreuz", "Arzt"] * 5
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
