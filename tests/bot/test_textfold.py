"""Folding and tokens: one spelling for all, and every token's place in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadWording
from bot.phrases import Lexicon
from bot.textfold import MAX_CHARACTERS, fold, tokenize

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("GEFÜHL", "gefuhl"),
        ("Gefuehl", "gefuhl"),
        ("gefuhl", "gefuhl"),
        ("Gefu\u0308hl", "gefuhl"),
        ("Ge\u200bfü\u00adhl", "gefuhl"),
        ("Ｇｅｆｕｅｈｌ", "gefuhl"),
        ("Gef&uuml;hl", "gefuhl"),
        ("<b>Gef&#252;hl</b>", "gefuhl"),
        ("**Gefühl**", "gefuhl"),
        ("Blasen-Schwäche", "blasenschwache"),
        ("can't", "cant"),
        ("can’t", "cant"),
        ("Fuß", "fuss"),
        ("rygsmerter på ø", "rygsmerter pa o"),
        ("10-14 Tage", "10 14 tage"),
    ],
)
def test_spellings_of_one_word_fold_alike(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(ANY_TEXT)
def test_whatever_is_typed_is_folded_without_an_error(text: str) -> None:
    fold(text)


@given(st.lists(ANY_TEXT, max_size=4))
def test_every_token_knows_its_place(messages: list[str]) -> None:
    for token in tokenize(tuple(messages)):
        assert 0 <= token.start < token.end <= len(messages[token.message])


@given(st.text("abcdefghijklmnopqrstuvwxyz äöüß", max_size=60))
def test_a_token_of_plain_letters_folds_to_itself(text: str) -> None:
    for token in tokenize((text,)):
        assert fold(text[token.start : token.end]) == token.text


def test_sentences_and_messages_stand_apart() -> None:
    tokens = tokenize(("eins zwei. drei", "vier"))
    assert [token.sentence for token in tokens] == [0, 0, 1, 2]
    assert tokens[2].position - tokens[1].position > 1


def test_an_abbreviation_ends_no_sentence() -> None:
    assert {token.sentence for token in tokenize(("seit ca. drei Wochen, z. B. nachts",))} == {0}


def test_of_an_endless_message_both_ends_are_read() -> None:
    text = "anfang " + "x " * MAX_CHARACTERS + "ende"
    tokens = tokenize((text,))
    assert (tokens[0].text, tokens[-1].text) == ("anfang", "ende")
    assert text[tokens[-1].start : tokens[-1].end] == "ende"


def found(phrase: str, text: str) -> bool:
    return bool(Lexicon({"list": [phrase]}).find(tokenize((text,))))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("taub", "mein Bein ist TAUB"),
        ("taub*", "Taubheitsgefühl"),
        ("*schmerz", "Rückenschmerz"),
        ("*blase*", "Harnblasenschwäche"),
        ("lahmung", "Lähmumg"),
        ("gefuhl*", "Gefhül"),
        ("kann _3 nicht", "kann ich leider gar nicht"),
        ("#1-17 jahre", "12 Jahre"),
        ("#1-17jahrig*", "12-jährige"),
        ("bin (gar nicht|kaum) da", "bin gar nicht da"),
    ],
)
def test_a_phrase_finds_its_words(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("taub", "Taube"),
        ("=schritt", "Schnitt"),
        ("=schnitt", "Schritt"),
        ("taub", "traub"),
        ("kann _3 nicht", "kann ich das also wirklich nicht"),
        ("kann _3 nicht", "kann ich. Nicht du"),
        ("#1-17 jahre", "18 Jahre"),
    ],
)
def test_a_phrase_leaves_other_words_alone(phrase: str, text: str) -> None:
    assert not found(phrase, text)


@pytest.mark.parametrize("phrase", ["", "_3", "_3 taub", "taub _3", "*", "a&b c&d |"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(BadWording):
        Lexicon({"list": [phrase]})


@given(
    st.text(alphabet="aeouAEOUbq1äÖßåØé", min_size=1, max_size=12)
    | st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=12)
)
def test_a_plain_word_is_folded_the_same_alone_and_in_a_sentence(word: str) -> None:
    assert fold(word) == fold(f"{word}.")
