from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import LANGUAGES
from index.errors import IndexDamaged
from index.lexical import LexicalIndex
from index.terms import terms

TEXTS = [
    ("Die Rumpfmuskulatur stabilisiert den Rücken.", "de"),
    ("Laufschuhe sollten gut gedämpft sein.", "de"),
    ("Wärme entspannt die Muskeln.", "de"),
    ("Warm baths relax the muscles.", "en"),
]


@pytest.fixture(scope="module")
def lexical() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


def best(lexical: LexicalIndex, question: str, lang: str = "de") -> int:
    return int(np.argmax(lexical.score(question, lang).scores))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Wärme", 2),
        ("Waerme", 2),
        ("WÄRME?", 2),
        ("gedampfter Laufschuh", 1),
        ("Was stärkt den Rumpf?", 0),
        ("Rückenmuskulatur", 0),
    ],
)
def test_inflection_umlauts_capitals_and_compounds_make_no_difference(
    lexical: LexicalIndex, question: str, found: int
) -> None:
    assert best(lexical, question) == found


def test_a_question_finds_texts_of_its_own_language_and_through_the_lexicon_those_of_another(
    lexical: LexicalIndex,
) -> None:
    assert best(lexical, "relaxing baths", "en") == 3
    assert best(lexical, "cushioned shoes", "en") == 1
    assert best(lexical, "core strength", "en") == 0


def test_coverage_is_the_share_of_the_question_that_is_there(lexical: LexicalIndex) -> None:
    assert lexical.score("Wärme", "de").coverage[2] == pytest.approx(1.0)
    assert 0 < lexical.score("Wärme Mallorca", "de").coverage[2] < 1
    assert lexical.score("Mallorca", "de").coverage.max() == 0


def test_words_that_carry_no_topic_are_left_out() -> None:
    assert terms("Was ist mit der Wärme?", "de") == terms("Wärme", "de")


def test_what_is_saved_scores_the_same_when_loaded(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    for question in ("Wärme", "warm bath", "Rumpf", "nichts davon"):
        before, after = lexical.score(question, "de"), loaded.score(question, "de")
        assert np.array_equal(after.scores, before.scores)
        assert np.array_equal(after.coverage, before.coverage)


def test_a_missing_file_is_told_with_the_command_that_repairs_it(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path)
    (tmp_path / "de" / "rows.json").unlink()
    with pytest.raises(IndexDamaged, match="python -m index build"):
        LexicalIndex.load(tmp_path)


@given(st.text(max_size=100), st.sampled_from([*LANGUAGES, "fi"]))
def test_any_question_gets_scores_and_shares_within_bounds(question: str, lang: str) -> None:
    lexical = LexicalIndex.build(TEXTS)
    scored = lexical.score(question, lang)
    assert (scored.scores >= 0).all()
    assert ((scored.coverage >= 0) & (scored.coverage <= 1 + 1e-6)).all()
    shares = lexical.overlap(question, lang, [text for text, into in TEXTS if into == "de"], "de")
    assert all(0 <= share <= 1 + 1e-9 for share in shares)
