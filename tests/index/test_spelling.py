"""Questions as they would be spelt: what is corrected, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spelling import Spelling

TEXTS = [
    ("Die Rumpfmuskulatur stabilisiert den Rücken. Übungen für die Rumpfmuskulatur, Laufschuhe, Muskeln.", "de"),
    ("Ryggsmerter efter løb. Løbesko og øvelser.", "da"),
    ("Ryggsmärta efter löpning. Löparskor och övningar.", "sv"),
    ("Running shoes and exercises for the shoulders.", "en"),
]
SPELLING = Spelling(TEXTS)
KNOWN = sorted({word for text, _ in TEXTS for word in text.replace(".", "").replace(",", "").split()})


@pytest.mark.parametrize(
    ("lang", "written", "meant"),
    [
        ("de", "uebungen", "übungen"),
        ("de", "ubungen", "übungen"),
        ("de", "Ruecken", "rücken"),
        ("da", "lobesko", "løbesko"),
        ("da", "loebesko", "løbesko"),
        ("da", "ovelser", "øvelser"),
        ("sv", "ryggsmarta", "ryggsmärta"),
        ("sv", "loparskor", "löparskor"),
    ],
)
def test_accents_that_a_keyboard_lacks_are_put_back(lang: str, written: str, meant: str) -> None:
    assert SPELLING.correct(written, lang) == meant


@pytest.mark.parametrize(
    "written",
    ["rumpfmuskulatr", "rumpfmuskulatuur", "rumpfmuskulautr", "rumpfmuskilatur"],
    ids=["missing", "doubled", "swapped", "wrong"],
)
def test_one_mistake_in_a_long_word_is_corrected(written: str) -> None:
    assert SPELLING.correct(f"Was stärkt die {written}?", "de") == "Was stärkt die rumpfmuskulatur?"


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("de", "muskelm"),  # one letter for another in a word of seven
        ("de", "tumpfmuskulatur"),  # nobody mistypes the first letter
        ("de", "runpfmuskilatur"),  # two mistakes
        ("de", "rückem"),  # too short
        ("de", "Rumpfmuskulaturen"),  # another form of a known word
        ("de", "Mallorca"),
        ("da", "rumpfmuskulatr"),  # known in another language only
        ("fi", "rumpfmuskulatr"),  # a language without texts
    ],
)
def test_other_words_are_left_alone(lang: str, written: str) -> None:
    assert SPELLING.correct(written, lang) == written


def test_of_several_words_the_most_frequent_is_meant() -> None:
    spelling = Spelling([("Belastung Belastung Belastungen", "de"), ("Belüftung", "de")])
    assert spelling.correct("belastunng", "de") == "belastung"
    assert (
        Spelling([("Entlastung Entlastung", "de"), ("Enntlastung", "de")]).correct("entllastung", "de") == "entlastung"
    )


def test_signs_and_spaces_stay_where_they_are() -> None:
    assert SPELLING.correct("  Rumpfmuskulatr-2x,\n(uebungen)!? ", "de") == "  rumpfmuskulatur-2x,\n(übungen)!? "


def test_without_texts_nothing_is_corrected() -> None:
    assert Spelling(()).correct("rumpfmuskulatr", "de") == "rumpfmuskulatr"


@given(st.lists(st.sampled_from(KNOWN), max_size=8).map(" ".join))
def test_what_is_spelt_well_stays_as_it_is(question: str) -> None:
    own = Spelling([(text, "de") for text, _ in TEXTS])
    assert own.correct(question, "de") == question


@given(st.lists(st.sampled_from(KNOWN) | st.text(max_size=15), max_size=6).map(" ".join), st.sampled_from(["de", "fi"]))
def test_words_stay_as_many_and_correcting_again_changes_nothing(question: str, lang: str) -> None:
    once = SPELLING.correct(question, lang)
    assert SPELLING.correct(once, lang) == once
    assert len(once.split(" ")) == len(question.split(" "))
