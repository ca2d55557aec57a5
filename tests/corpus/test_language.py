import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import LANGUAGES, detect


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Welche Übungen helfen bei Rückenschmerzen?", "de"),
        ("Which exercises help with back pain?", "en"),
        ("Hvilke øvelser hjælper mod rygsmerter?", "da"),
        ("Vilka övningar hjälper mot ryggont?", "sv"),
        ("12345 …", "de"),
    ],
)
def test_the_language_of_a_question_is_found(text: str, lang: str) -> None:
    assert detect(text) == lang


@given(st.text(max_size=200))
def test_any_text_has_one_of_our_languages(text: str) -> None:
    assert detect(text) in LANGUAGES
