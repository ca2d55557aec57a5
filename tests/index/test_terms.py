"""Words, stop words and stems in four languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import LANGUAGES
from index.terms import informs, stem, terms, words


@pytest.mark.parametrize("spelling", ["Rückenschmerzen", "rueckenschmerz", "RUCKENSCHMERZEN"])
def test_spellings_and_forms_of_a_german_word_have_one_term(spelling: str) -> None:
    assert terms(spelling, "de") == terms("Rückenschmerz", "de")


@pytest.mark.parametrize(
    ("lang", "question"),
    [
        ("de", "Warum ist das so, und was kann man tun?"),
        ("en", "Why is that so, and what should I do?"),
        ("da", "Hvorfor er det sådan, og hvad skal jeg gøre?"),
        ("sv", "Varför är det så, och vad ska jag göra?"),
    ],
)
def test_words_that_carry_no_topic_are_left_out(lang: str, question: str) -> None:
    assert terms(question, lang) == []


def test_what_is_left_keeps_its_order() -> None:
    assert terms("Was ist mit der Wärme und den Muskeln?", "de") == [stem("wärme", "de"), stem("muskeln", "de")]


def test_hyphens_underscores_and_signs_separate_words() -> None:
    assert words("Core-Übungen, 2x_täglich (z. B. Planks)!") == ["core", "übungen", "2x", "täglich", "z", "b", "planks"]


def test_a_language_without_a_stemmer_of_its_own_is_stemmed_by_english_rules() -> None:
    assert terms("running", "fi") == terms("running", "en")
    assert informs("the", "fi")


@given(st.text(max_size=80), st.sampled_from([*LANGUAGES, "fi"]))
def test_any_text_has_terms_and_every_term_comes_from_a_word_that_informs(text: str, lang: str) -> None:
    found = terms(text, lang)
    assert found == [stem(word, lang) for word in words(text) if informs(word, lang)]
    assert all(found)


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_capitals_make_no_difference(text: str, lang: str) -> None:
    assert terms(text.lower(), lang) == terms(text, lang)
