import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.terms
from corpus.language import LANGUAGES
from index.terms import terms, terms_in

LEXICON = tomllib.loads(Path(index.terms.__file__).with_name("lexicon.toml").read_text("utf-8"))


@pytest.mark.parametrize("spelling", ["Rückenschmerzen", "rueckenschmerz", "RUCKENSCHMERZEN"])
def test_spellings_and_forms_of_a_german_word_have_one_term(spelling: str) -> None:
    assert terms(spelling, "de") == terms("Rückenschmerz", "de")


def test_words_that_carry_no_topic_are_left_out() -> None:
    assert terms("Warum ist das so, und was kann man tun?", "de") == []
    assert terms("Why is that so?", "en") == []


def test_a_word_of_another_language_is_looked_for_under_its_german_names() -> None:
    (shoes,) = terms_in("shoes", "en", "de")
    assert shoes[0] == terms("Schuh", "de")[0]


def test_a_word_that_the_lexicon_does_not_know_is_looked_for_as_it_is() -> None:
    assert terms_in("Mallorca", "en", "de") == [tuple(terms("Mallorca", "de"))]


def test_every_entry_of_the_lexicon_can_be_reached_and_means_something() -> None:
    for lang, entries in LEXICON.items():
        for word, meanings in entries.items():
            assert meanings, word
            found = {term for wanted in terms_in(word, lang, "de") for term in wanted}
            assert {term for meaning in meanings for term in terms(meaning, "de")} & found or not terms(word, lang), (
                word
            )


@given(st.text(max_size=80), st.sampled_from([*LANGUAGES, "fi"]), st.sampled_from(LANGUAGES))
def test_any_text_has_terms_in_any_language(text: str, lang: str, into: str) -> None:
    assert all(wanted for wanted in terms_in(text, lang, into))
