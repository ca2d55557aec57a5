"""Messages cut into windows."""

from hypothesis import given
from hypothesis import strategies as st

from bot.textfold import tokenize
from bot.windows import windows


def test_a_short_message_is_one_window() -> None:
    (window,) = windows(tokenize(("Seit gestern kein Gefühl im Schritt. Was tun?",)))
    assert window.words == ("seit", "gestern", "kein", "gefuhl", "im", "schritt", "was", "tun")
    assert (window.message, window.start, window.end) == (0, 0, 44)


def test_a_long_one_is_cut_between_sentences() -> None:
    text = "Gestern bin ich zehn Kilometer im Wald gelaufen und es war sehr schön. " * 6
    found = windows(tokenize((text,)))
    assert len(found) > 2
    assert all(text[window.start : window.end].endswith("schön") for window in found)


def test_a_sentence_without_an_end_is_cut_all_the_same() -> None:
    assert all(len(window.words) <= 45 for window in windows(tokenize(("laufen " * 400,))))


@given(st.lists(st.text(max_size=400), max_size=4))
def test_every_word_lies_in_one_window_of_its_message(messages: list[str]) -> None:
    tokens = tokenize(tuple(messages))
    found = windows(tokens)
    assert [word for window in found for word in window.words] == [token.text for token in tokens]
    assert all(0 <= window.start < window.end <= len(messages[window.message]) for window in found)
