import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language import LANGUAGES, detect
from evals.case import read_cases


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Welche Übungen helfen bei Rückenschmerzen?", "de"),
        ("Which exercises help with back pain?", "en"),
        ("Hvilke øvelser hjælper mod rygsmerter?", "da"),
        ("Vilka övningar hjälper mot ryggont?", "sv"),
        ("12345 …", "de"),
        ("hohlkreuz", "de"),
        ("is running bad for my back", "en"),
        ("was is mit meim rücken", "de"),
        ("ont i ryggen", "sv"),
        ("ondt i ryggen", "da"),
    ],
)
def test_the_language_of_a_question_is_found(text: str, lang: str) -> None:
    assert detect(text) == lang


@pytest.mark.parametrize(
    ("text", "before", "lang"), [("ok?", "sv", "sv"), ("det?", "da", "da"), ("warum?", "sv", "de")]
)
def test_a_word_that_does_not_tell_is_in_the_language_spoken_before(text: str, before: str, lang: str) -> None:
    assert detect(text, before) == lang


@settings(deadline=None)  # the first text loads the model
@given(st.text(max_size=200))
def test_any_text_has_one_of_our_languages(text: str) -> None:
    assert detect(text) in LANGUAGES


def test_the_language_of_the_questions_we_measure_on_is_found() -> None:
    cases = [case for name in ("dev", "test") for case in read_cases(name)]
    right = [detect(case.text) == case.lang for case in cases]
    assert sum(right) / len(right) >= 0.97


def test_short_questions_do_not_wait_for_the_statistical_model() -> None:
    code = (
        "from corpus.language import detect; import sys; "
        "detect('Welche Übungen helfen?'); detect('hohlkreuz'); print('py3langid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
