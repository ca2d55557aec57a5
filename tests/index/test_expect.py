"""Which questions want a number, and which sentences hold one."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.expect
from corpus.language import LANGUAGES
from index.expect import asks_for_number, holds_number

ASKING = {
    "de": ["Wann darf ich wieder laufen?", "wie lange dauert das", "Wie oft soll ich üben?", "Welches Jahr war das?"],
    "en": ["When can I run again?", "how long does it take", "How often should I train?", "In what year was it?"],
    "da": ["Hvornår må jeg løbe igen?", "hvor længe varer det", "Hvor ofte skal jeg træne?", "Hvor mange gange?"],
    "sv": ["När får jag springa igen?", "hur länge varar det", "Hur ofta ska jag träna?", "Hur många gånger?"],
}
NOT_ASKING = {
    "de": ["Welche Übungen helfen?", "Warum tut es weh?", "Ist Wärme gut?"],
    "en": ["Which exercises help?", "Why does it hurt?", "Is heat good?"],
    "da": ["Hvilke øvelser hjælper?", "Hvorfor gør det ondt?", "Er varme godt?"],
    "sv": ["Vilka övningar hjälper?", "Varför gör det ont?", "Är värme bra?"],
}
HOLDING = {
    "de": ["Nach sechs Wochen ist es meist vorbei.", "Etwa 80 Prozent.", "Jeder Dritte, ein Drittel also.", "Im Mai."],
    "en": ["It is over after six weeks.", "About 80 per cent.", "Half of them.", "In May 2020."],
    "da": ["Efter seks uger er det ovre.", "Omkring 80 procent.", "Halvdelen af dem.", "I maj."],
    "sv": ["Efter sex veckor är det över.", "Cirka 80 procent.", "Hälften av dem.", "I maj."],
}
NOT_HOLDING = {
    "de": ["Wärme entspannt die Muskeln.", "Der Rücken ist aufrecht."],
    "en": ["Heat relaxes the muscles.", "The back is upright."],
    "da": ["Varme afslapper musklerne.", "Ryggen er rank."],
    "sv": ["Värme slappnar av musklerna.", "Ryggen är rak."],
}


def _pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(lang, text) for lang, texts in table.items() for text in texts]


@pytest.mark.parametrize(("lang", "question"), _pairs(ASKING))
def test_questions_for_a_number_or_a_date_are_known(lang: str, question: str) -> None:
    assert asks_for_number(question, lang)


@pytest.mark.parametrize(("lang", "question"), _pairs(NOT_ASKING))
def test_other_questions_are_spared(lang: str, question: str) -> None:
    assert not asks_for_number(question, lang)


@pytest.mark.parametrize(("lang", "text"), _pairs(HOLDING))
def test_numbers_are_seen_in_figures_and_in_words(lang: str, text: str) -> None:
    assert holds_number(text, lang)


@pytest.mark.parametrize(("lang", "text"), _pairs(NOT_HOLDING))
def test_a_sentence_without_a_number_holds_none(lang: str, text: str) -> None:
    assert not holds_number(text, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_words_for_both_sides_that_are_regular_expressions(lang: str) -> None:
    with open(index.expect.__file__.replace(".py", ".toml"), "rb") as file:  # noqa: PTH123 - beside the module
        tables = tomllib.load(file)
    assert set(tables[lang]) == {"asking", "numbers"}
    for part in (*tables[lang]["asking"], *tables[lang]["numbers"]):
        assert re.compile(part).groups == 0
    assert set(tables) == set(LANGUAGES)


def test_an_unknown_language_is_read_by_english_rules() -> None:
    assert asks_for_number("how many?", "fi")
    assert holds_number("three", "fi")


@given(st.text(max_size=60), st.integers(0, 10**9), st.sampled_from(LANGUAGES))
def test_figures_count_wherever_they_stand(text: str, number: int, lang: str) -> None:
    assert holds_number(f"{text}{number}{text}", lang)
