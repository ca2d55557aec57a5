"""Which terms a question's term matches: the word itself, compounds and their parts, one wrong letter, cognates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.vocabulary import Degrees, Matches, Vocabulary

TERMS = ("rumpfmuskulatur", "muskulatur", "wirbelsaul", "belast", "schuh", "laufschuh", "ruck", "#unt ruck")
GERMAN = Vocabulary(TERMS, "de")
DEGREES = Degrees()
LETTERS = "abcdefghijklmnoprstuvwzäöü"
LONG = st.text(LETTERS, min_size=6, max_size=16)


def test_a_term_that_is_there_counts_fully() -> None:
    assert "schuh" in GERMAN
    assert GERMAN.matches("schuh").whole["schuh"] == 1.0
    assert GERMAN.matches("ruck") == Matches({"ruck": 1.0}, {}, {})


def test_a_term_finds_longer_words_that_begin_or_end_with_it() -> None:
    assert GERMAN.matches("rumpf").whole == {"rumpfmuskulatur": DEGREES.compound}
    assert GERMAN.matches("muskulatur").whole == {"muskulatur": 1.0, "rumpfmuskulatur": DEGREES.compound}
    assert GERMAN.matches("schuh").whole == {"schuh": 1.0, "laufschuh": DEGREES.compound}


def test_a_compound_finds_its_first_and_its_last_part() -> None:
    found = GERMAN.matches("wirbelsaulenbelast")
    assert found == Matches({}, {"wirbelsaul": DEGREES.part}, {"belast": DEGREES.part})
    assert DEGREES.part + DEGREES.part <= 1


def test_parts_that_are_too_short_are_no_parts() -> None:
    assert Vocabulary(["arm", "armband"], "de").matches("arm").whole == {"arm": 1.0}
    assert Vocabulary(["fuss"], "de").matches("fussab") == Matches({}, {}, {})
    assert Vocabulary(["fuss"], "de").matches("fussweg").first == {"fuss": DEGREES.part}


@pytest.mark.parametrize("lang", ["de", "da", "sv"])
def test_three_languages_write_compounds_as_one_word(lang: str) -> None:
    assert Vocabulary(["background"], lang).matches("back").whole == {"background": DEGREES.compound}


def test_english_does_not() -> None:
    assert Vocabulary(["background", "back"], "en").matches("back").whole == {"back": 1.0}
    assert Vocabulary(["back"], "en").matches("background") == Matches({}, {}, {})


@pytest.mark.parametrize(
    "typed",
    ["rumpfmuskilatur", "rumpfmuskulatr", "rumpfmuskulatuur", "rumpfmuskulautr", "tumpfmuskulatur", "rumpfmuskulatu"],
    ids=["wrong", "missing", "doubled", "swapped", "first", "last"],
)
def test_one_mistake_in_a_long_word_is_forgiven(typed: str) -> None:
    assert Vocabulary(["rumpfmuskulatur", "laufschuh"], "de").matches(typed).whole == {"rumpfmuskulatur": DEGREES.typo}


def test_two_mistakes_are_not() -> None:
    assert GERMAN.matches("runpfmuskilatur").whole == {}


def test_a_mistake_in_a_short_word_makes_another_word() -> None:
    assert Vocabulary(["schuh", "hose"], "de").matches("schih") == Matches({}, {}, {})
    assert Vocabulary(["hose"], "de").matches("dose") == Matches({}, {}, {})


def test_a_word_that_is_there_is_not_taken_for_a_mistake() -> None:
    assert Vocabulary(["muskel", "muskeln"], "en").matches("muskel").whole == {"muskel": 1.0}


def test_only_words_of_another_language_are_compared_as_cognates() -> None:
    vocabulary = Vocabulary(["funktional", "ruckenschmerz"], "de")
    assert vocabulary.matches("functionality").whole == {}
    assert vocabulary.matches("functionality", foreign=True).whole == {"funktional": DEGREES.cognate}
    assert vocabulary.matches("federation", foreign=True).whole == {}


def test_marks_of_phrases_are_found_as_they_are_and_never_by_parts() -> None:
    assert GERMAN.matches("#unt ruck").whole == {"#unt ruck": 1.0}
    assert "#unt ruck" not in GERMAN.matches("unt ruck").whole
    assert "#unt ruck" not in GERMAN.matches(" ruck").whole


def test_how_much_each_kind_counts_can_be_set() -> None:
    degrees = Degrees(compound=0.1, part=0.2, typo=0.3, cognate=0.4)
    assert Vocabulary(TERMS, "de", degrees).matches("rumpf").whole == {"rumpfmuskulatur": 0.1}
    assert Vocabulary(TERMS, "de", degrees).matches("laufschih").whole == {"laufschuh": 0.3}


@given(st.text("abcdefghij", min_size=6, max_size=16), st.text("klmnoprstu", min_size=6, max_size=16))
def test_an_empty_vocabulary_and_an_unlike_word_match_nothing(one: str, other: str) -> None:
    assert Vocabulary([], "de").matches(one, foreign=True) == Matches({}, {}, {})
    assert Vocabulary([other], "de").matches(one, foreign=True) == Matches({}, {}, {})


@given(LONG, st.data())
def test_any_single_mistake_in_a_long_word_is_found(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    missing, doubled, wrong = (word[:at] + put for put in (word[at + 1 :], letter + word[at:], letter + word[at + 1 :]))
    for typed in (missing, doubled, wrong, swapped):
        if typed != word and len(typed) >= 6:
            assert word in set(Vocabulary([word], "en").near(typed)), typed


@given(st.lists(st.text("abcde", min_size=1, max_size=9), max_size=8), st.text("abcde", min_size=1, max_size=12))
def test_whatever_matches_is_in_the_vocabulary_and_counts_at_most_fully(terms: list[str], term: str) -> None:
    for lang in ("de", "en"):
        found = Vocabulary(terms, lang).matches(term, foreign=True)
        for kind in (found.whole, found.first, found.last):
            assert set(kind) <= set(terms)
            assert all(0 < degree <= 1 for degree in kind.values())
        assert all(term.startswith(part) for part in found.first)
        assert all(term.endswith(part) for part in found.last)
        assert (found.whole.get(term) == 1.0) == (term in terms)
