from pathlib import Path

import pytest

from bot.library import Library
from bot.rewrite import Rewriter
from bot.turn import Query, Question, Turn
from index.manifest import Recipe


@pytest.fixture(scope="module")
def rewriter(data: Path) -> Rewriter:
    return Rewriter(Library(data / "index", Recipe()))


def query(rewriter: Rewriter, text: str, lang: str) -> Query | None:
    return rewriter(Turn(question=Question(text=text), lang=lang)).query


def test_a_suggestion_in_another_language_is_searched_in_the_words_of_the_article(rewriter: Rewriter) -> None:
    found = query(rewriter, "when should I see a doctor about back pain", "en")
    assert found == Query("Wann sollte ich mit Rückenschmerzen zum Arzt?", "de")


def test_any_other_question_is_searched_as_it_was_typed(rewriter: Rewriter) -> None:
    assert query(rewriter, "Which shoes?", "en") == Query("Which shoes?", "en")
    assert query(rewriter, "Welche Schuhe?", "de") == Query("Welche Schuhe?", "de")
