"""What texts hold of a question's words: over a few sentences in several languages."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import LANGUAGES
from index.errors import IndexDamaged
from index.lexical import SYNONYM, LexicalIndex
from index.vocabulary import Degrees

TEXTS = [
    ("Die Rumpfmuskulatur stabilisiert den Rücken.", "de"),
    ("Laufschuhe sollten gut gedämpft sein.", "de"),
    ("Warm baths relax the muscles.", "en"),
    ("Wärme entspannt die Muskeln.", "de"),
    ("Ein Hexenschuss vergeht meist von allein.", "de"),
    ("Varme afslapper musklerne.", "da"),
    ("Es zieht im unteren Rücken.", "de"),
]
WORDS = ["Wärme", "Rumpf", "Rücken", "Laufschuhe", "Mallorca", "muscles", "varme", "lower back", "der", "Hexenschuss"]
QUESTIONS = st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=8).map(" ".join)


@cache
def _index() -> LexicalIndex:
    return LexicalIndex.build(TEXTS)


@pytest.fixture
def lexical() -> LexicalIndex:
    return _index()


def all_rows(size: int = len(TEXTS)) -> npt.NDArray[np.intp]:
    return np.arange(size, dtype=np.intp)


def best(lexical: LexicalIndex, question: str, lang: str = "de") -> int:
    return int(np.argmax(lexical.ask(question, lang).scores))


def shares(lexical: LexicalIndex, question: str, lang: str = "de") -> list[float]:
    return [float(s) for s in lexical.ask(question, lang).shares(all_rows(len(lexical)))]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Wärme", 3),
        ("Waerme", 3),
        ("WÄRME?", 3),
        ("gedampfter Laufschuh", 1),
        ("Was stärkt den Rumpf?", 0),
        ("Rumpfmuskulatr", 0),
        ("Rückenmuskulatur", 0),
        ("Lumbago", 4),
        ("Lendenwirbelsäule", 6),
    ],
)
def test_inflection_umlauts_compounds_mistakes_and_other_names_make_no_difference(
    lexical: LexicalIndex, question: str, found: int
) -> None:
    assert best(lexical, question) == found


@pytest.mark.parametrize(
    ("question", "lang", "found"),
    [
        ("cushioned shoes", "en", 1),
        ("core strength", "en", 0),
        ("lumbago", "en", 4),
        ("lower back", "en", 6),
        ("løbesko", "da", 1),
        ("lobesko", "da", 1),
        ("löparskor", "sv", 1),
    ],
)
def test_a_question_in_another_language_finds_german_texts_through_the_lexicon(
    lexical: LexicalIndex, question: str, lang: str, found: int
) -> None:
    assert best(lexical, question, lang) == found


def test_texts_of_the_language_of_the_question_hold_its_words_beside_german_ones(lexical: LexicalIndex) -> None:
    baths, relaxed = shares(lexical, "relaxing baths", "en"), shares(lexical, "afslapper", "da")
    assert baths[2] == relaxed[5] == pytest.approx(1.0)
    assert 0 < baths[3] < 1
    assert relaxed[3] > 0


def test_a_share_is_how_much_of_the_question_is_there(lexical: LexicalIndex) -> None:
    assert shares(lexical, "Wärme")[3] == pytest.approx(1.0)
    assert 0 < shares(lexical, "Wärme Mallorca")[3] < 1
    assert max(shares(lexical, "Mallorca")) == 0.0
    assert shares(lexical, "Lumbago")[4] == pytest.approx(SYNONYM)
    assert shares(lexical, "Rumpf")[0] == pytest.approx(Degrees().compound)


def test_a_rare_word_weighs_more_than_a_frequent_one(lexical: LexicalIndex) -> None:
    asked = lexical.ask("Rücken Hexenschuss", "de")
    rows = all_rows()
    assert asked.shares(rows)[4] > asked.shares(rows)[0] > 0


def test_a_word_that_no_text_holds_weighs_as_much_as_a_rare_one(lexical: LexicalIndex) -> None:
    weights = lexical.ask("Laufschuhe Mallorca", "de").weights[:, 0]
    assert weights[0] == pytest.approx(weights[1])


def test_missing_is_the_heaviest_word_that_a_text_lacks(lexical: LexicalIndex) -> None:
    asked = lexical.ask("Laufschuhe Mallorca", "de")
    missing = asked.missing(all_rows())
    assert missing[1] == pytest.approx(0.5)
    assert missing[3] == pytest.approx(0.5)  # two words are missing, the heavier one counts
    assert lexical.ask("Wärme", "de").missing(all_rows())[3] == pytest.approx(0.0)
    assert lexical.ask("Wärme", "de").missing(all_rows())[0] == pytest.approx(1.0)


def test_unknown_is_what_none_of_the_texts_holds(lexical: LexicalIndex) -> None:
    rows = all_rows()
    assert lexical.ask("Wärme", "de").unknown(rows) == pytest.approx(0.0)
    assert lexical.ask("Mallorca", "de").unknown(rows) == pytest.approx(1.0)
    assert lexical.ask("Laufschuhe Mallorca", "de").unknown(rows) == pytest.approx(0.5)
    assert lexical.ask("Wärme Rumpfmuskulatur", "de").unknown(rows) == pytest.approx(0.0)  # in two texts


def test_what_was_taken_out_is_unknown(lexical: LexicalIndex) -> None:
    rows = np.array([n for n in all_rows() if n != 4], dtype=np.intp)
    assert lexical.ask("Hexenschuss", "de").unknown(rows) == pytest.approx(1.0)


def test_a_question_without_words_is_unknown_and_held_by_nothing(lexical: LexicalIndex) -> None:
    asked = lexical.ask("der die das?!", "de")
    assert asked.unknown(all_rows()) == 1.0
    assert asked.shares(all_rows()).tolist() == asked.missing(all_rows()).tolist() == [0.0] * len(TEXTS)


def test_what_is_held_can_be_replaced(lexical: LexicalIndex) -> None:
    asked = lexical.ask("Wärme Hexenschuss", "de")
    rows = all_rows()
    assert asked.shares(rows, np.ones((2, len(rows)), dtype=np.float32)) == pytest.approx(np.ones(len(rows)))


def test_a_pasted_text_is_asked_for_by_its_first_words(lexical: LexicalIndex) -> None:
    assert len(lexical.ask(" ".join(f"wort{n}" for n in range(5000)), "de").held) == 64


def test_what_is_saved_scores_the_same_when_loaded(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert len(loaded) == len(lexical) == len(TEXTS)
    for question in ("Wärme", "warm bath", "Rumpf", "nichts davon", "unterer Rücken", "Rumpfmuskulatr"):
        for lang in LANGUAGES:
            before, after = lexical.ask(question, lang), loaded.ask(question, lang)
            assert np.array_equal(after.scores, before.scores)
            assert np.array_equal(after.held, before.held)
            assert np.array_equal(after.shares(all_rows()), before.shares(all_rows()))
            assert after.unknown(all_rows()) == pytest.approx(before.unknown(all_rows()))


@pytest.mark.parametrize("content", [None, b"", b"{", b"[", b'"x"'], ids=["missing", "empty", "brace", "list", "text"])
@pytest.mark.parametrize("name", ["rows.json", "vocab.index.json", "data.csc.index.npy"])
def test_a_damaged_file_is_told_with_the_command_that_repairs_it(
    lexical: LexicalIndex, tmp_path: Path, name: str, content: bytes | None
) -> None:
    lexical.save(tmp_path)
    path = tmp_path / "de" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="python -m index build"):
        LexicalIndex.load(tmp_path)


def test_a_folder_that_is_not_there_is_told_with_the_command_that_repairs_it(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="python -m index build"):
        LexicalIndex.load(tmp_path / "nowhere")


@pytest.mark.parametrize("texts", [[("Wer? Was?", "de")], [("", "de"), ("Warm baths.", "en")], [("…", "sv")] * 3])
def test_texts_without_words_are_found_by_nothing(texts: Sequence[tuple[str, str]], tmp_path: Path) -> None:
    built = LexicalIndex.build(texts)
    built.save(tmp_path)
    for lexical in (built, LexicalIndex.load(tmp_path)):
        assert len(lexical) == len(texts)
        assert lexical.ask("Wärme # ##", "de").scores.tolist() == [0.0] * len(texts)


def test_nothing_can_be_indexed() -> None:
    asked = LexicalIndex.build([]).ask("Wärme", "de")
    assert asked.scores.shape == (0,)
    assert asked.unknown(all_rows(0)) == 1.0


@given(QUESTIONS, st.sampled_from([*LANGUAGES, "fi"]))
def test_any_question_gets_scores_and_shares_within_bounds(question: str, lang: str) -> None:
    asked = _index().ask(question, lang)
    rows = all_rows()
    assert asked.held.shape == (len(asked.weights), len(TEXTS))
    assert (asked.scores >= 0).all()
    assert (asked.weights > 0).all()
    assert ((asked.held >= 0) & (asked.held <= 1)).all()
    for values in (asked.shares(rows), asked.missing(rows), np.array([asked.unknown(rows)])):
        assert ((values >= -1e-6) & (values <= 1 + 1e-6)).all()
    assert (asked.shares(rows) + asked.missing(rows) <= 1 + 1e-5).all()


@given(QUESTIONS, st.sampled_from(LANGUAGES))
def test_a_text_has_a_score_exactly_when_it_holds_something(question: str, lang: str) -> None:
    asked = _index().ask(question, lang)
    assert ((asked.scores > 0) == (asked.held > 0).any(axis=0)).all()
