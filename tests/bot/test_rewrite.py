from pathlib import Path

import pytest

from bot.library import Library
from bot.rewrite import Rewriter
from bot.turn import Query, Question, Turn
from index.manifest import Recipe


@pytest.fixture(scope="module")
def rewriter(data: Path) -> Rewriter:
    return Rewriter(Library(data / "index", Recipe()))


def query(rewriter: Rewriter, text: str, lang: str, *earlier: str) -> Query | None:
    return rewriter(Turn(question=Question(text=text, earlier=earlier), lang=lang)).query


def test_a_suggestion_in_another_language_is_searched_in_the_words_of_the_article(rewriter: Rewriter) -> None:
    found = query(rewriter, "when should I see a doctor about back pain", "en")
    assert found == Query("Wann sollte ich mit Rückenschmerzen zum Arzt?", "de")


def test_any_other_question_is_searched_as_it_was_typed(rewriter: Rewriter) -> None:
    assert query(rewriter, "Which shoes?", "en") == Query("Which shoes?", "en")
    assert query(rewriter, "Welche Schuhe?", "de") == Query("Welche Schuhe?", "de")


def test_a_suggestion_is_taken_as_it_is_whatever_was_said_before(rewriter: Rewriter) -> None:
    found = query(rewriter, "when should I see a doctor about back pain", "en", "Does heat help?")
    assert found == Query("Wann sollte ich mit Rückenschmerzen zum Arzt?", "de")


def test_a_follow_up_is_read_in_its_conversation(rewriter: Rewriter) -> None:
    assert query(rewriter, "Warum?", "de", "Hilft Wärme bei Hexenschuss?") == Query("Wärme Hexenschuss Warum?", "de")


def test_greetings_and_thanks_are_no_topic_to_come_back_to(rewriter: Rewriter) -> None:
    earlier = ("Hallo", "Hilft Wärme bei Hexenschuss?", "ok danke", "super danke")
    assert query(rewriter, "Warum?", "de", *earlier) == Query("Wärme Hexenschuss Warum?", "de")
    assert query(rewriter, "Warum?", "de", "Guten Tag", "kann ich dich etwas fragen") == Query("Warum?", "de")
