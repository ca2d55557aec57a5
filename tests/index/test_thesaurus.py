"""What one thing is called: the lexicon, the groups of synonyms, and phrases."""

import tomllib
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.thesaurus
from corpus.language import LANGUAGES
from index.terms import informs, stem, terms, words
from index.thesaurus import Wanted, marks, wanted


def _table(name: str) -> dict[str, dict[str, list[str]]]:
    with open(index.thesaurus.__file__.replace("thesaurus.py", name), "rb") as file:  # noqa: PTH123 - beside the module
        return tomllib.load(file)


LEXICON = _table("lexicon.toml")
GROUPS: dict[str, list[list[str]]] = {
    lang: [list(group) for group in table["groups"]] for lang, table in _table("synonyms.toml").items()
}
TYPED = str.maketrans({"ø": "o", "å": "a", "æ": "ae", "ö": "o", "ä": "a"})
# Questions are made of words that the files know, and of anything else.
KNOWN = sorted({word for entries in LEXICON.values() for word in entries} | {m for g in GROUPS["de"] for m in g})
QUESTIONS = st.lists(st.sampled_from(KNOWN) | st.text(max_size=12), max_size=8).map(" ".join)


def found(question: str, lang: str, into: str = "de") -> set[str]:
    return {term for word in wanted(question, lang, into) for term in (*word.own, *word.same)}


def informing(entry: str, lang: str) -> bool:
    """Whether an entry is looked for: a phrase always is, a single word unless it is a stop word."""
    return len(words(entry)) > 1 or any(informs(word, lang) for word in words(entry))


def held(text: str, lang: str) -> set[str]:
    """The terms under which the lexical index keeps a text."""
    return {*terms(text, lang), *marks(text, lang)}


def test_a_word_of_another_language_is_looked_for_under_its_german_names() -> None:
    (shoes,) = wanted("shoes", "en", "de")
    assert stem("schuh", "de") in shoes.own
    assert not shoes.foreign


def test_a_word_that_the_lexicon_does_not_know_is_looked_for_as_it_is() -> None:
    assert wanted("Mallorca", "en", "de") == (Wanted(("mallorca",), foreign=True),)
    assert wanted("Mallorca", "de", "de") == (Wanted(("mallorca",)),)


def test_between_other_languages_words_stay_as_they_are() -> None:
    assert wanted("sko", "da", "sv") == (Wanted((stem("sko", "sv"),), foreign=True),)


def test_the_longest_phrase_is_taken_before_the_words_in_it() -> None:
    lower, back = wanted("lower back", "en", "de")
    assert lower == back
    assert stem("lendenwirbelsäule", "de") in lower.own
    assert wanted("lower back", "en", "de") != (*wanted("lower", "en", "de"), *wanted("back", "en", "de"))


def test_synonyms_work_both_ways() -> None:
    hexenschuss, lumbago = stem("hexenschuss", "de"), stem("lumbago", "de")
    assert lumbago in wanted("Hexenschuss", "de", "de")[0].same
    assert hexenschuss in wanted("Lumbago", "de", "de")[0].same
    assert hexenschuss in found("Mir ist es ins Kreuz gefahren", "de")


def test_a_translated_word_brings_the_synonyms_of_its_translation() -> None:
    assert stem("joggingschuh", "de") in wanted("shoes", "en", "de")[0].same


def test_another_name_is_never_the_word_itself() -> None:
    for lang, groups in GROUPS.items():
        for word in (word for group in groups for member in group for word in wanted(member, lang, lang)):
            assert not set(word.own) & set(word.same)


def test_a_phrase_in_a_text_is_marked_and_found_by_one_word() -> None:
    (mark,) = marks("Schmerzen in der unteren Wirbelsäule", "de")
    assert mark in found("Lendenwirbelsäule", "de")
    assert mark in found("lower back", "en")


def test_single_words_are_not_marked() -> None:
    assert marks("Hexenschuss und Lumbago", "de") == []
    assert marks("unterer Rücken", "fi") == []


def test_a_mark_is_no_word() -> None:
    (mark,) = marks("unterer Rücken", "de")
    assert words(mark) != [mark]


@pytest.mark.parametrize(
    ("lang", "written", "typed"),
    [
        ("da", "løbesko", "lobesko"),
        ("da", "løbesko", "loebesko"),
        ("sv", "ryggsmärta", "ryggsmarta"),
        ("sv", "ländrygg", "landrygg"),
    ],
)
def test_danish_and_swedish_words_are_known_when_they_are_typed_without_accents(
    lang: str, written: str, typed: str
) -> None:
    assert wanted(typed, lang, "de") == wanted(written, lang, "de") != ()
    assert not wanted(typed, lang, "de")[0].foreign


@pytest.mark.parametrize("lang", ["da", "sv"])
def test_most_longer_words_of_the_lexicon_are_known_without_accents(lang: str) -> None:
    accented = [word for word in LEXICON[lang] if len(word) > 6 and words(word) == [word] and not word.isascii()]
    known = [word for word in accented if found(word, lang) & found(word.translate(TYPED), lang)]
    assert len(known) > 0.9 * len(accented) > 100


def test_every_entry_of_the_lexicon_can_be_reached() -> None:
    for lang, entries in LEXICON.items():
        for entry, meanings in entries.items():
            assert meanings, entry
            meant = {stem(word, "de") for meaning in meanings for word in words(meaning)}
            assert meant <= found(entry, lang) or not informing(entry, lang), (lang, entry)


def test_a_question_with_any_member_of_a_group_finds_texts_with_any_other() -> None:
    for lang, groups in GROUPS.items():
        for group in groups:
            for asked, other in permutations(group, 2):
                if informing(asked, lang) and held(other, lang):
                    assert found(asked, lang, lang) & held(other, lang), (asked, other)


def test_a_phrase_of_words_that_alone_say_nothing_is_looked_for_as_one_word() -> None:
    assert wanted("nach", "de", "de") == wanted("und", "de", "de") == ()
    (gradually,) = wanted("nach und nach", "de", "de")
    assert stem("allmählich", "de") in gradually.same
    assert len(wanted("Wird es nach und nach besser?", "de", "de")) == 1


def test_no_member_stands_in_two_groups() -> None:
    for lang, groups in GROUPS.items():
        members = [m for group in groups for m in {tuple(stem(w, lang) for w in words(member)) for member in group}]
        assert len(members) == len(set(members))
        assert all(len(group) > 1 for group in groups)


@given(QUESTIONS, st.sampled_from([*LANGUAGES, "fi"]))
def test_the_words_are_the_same_ones_in_the_same_order_whatever_is_searched(question: str, lang: str) -> None:
    own = wanted(question, lang, lang)
    for into in LANGUAGES:
        looked_for = wanted(question, lang, into)
        assert len(looked_for) == len(own)
        assert all(word.own and all(word.own) for word in looked_for)


@given(QUESTIONS, st.sampled_from([*LANGUAGES, "fi"]))
def test_every_word_that_says_something_is_looked_for_once_and_in_order(question: str, lang: str) -> None:
    held = dict.fromkeys(words(question))
    said = [stem(word, lang) for word in held if informs(word, lang)]
    looked_for = iter([word.own[0] for word in wanted(question, lang, lang if lang in LANGUAGES else "en")])
    assert all(word in looked_for for word in said)  # in this order: an iterator is used up
    assert len(said) <= len(wanted(question, lang, "de")) <= len(held)


@given(QUESTIONS, st.sampled_from([*LANGUAGES, "fi"]))
def test_marks_never_look_like_words(text: str, lang: str) -> None:
    assert all(mark.startswith("#") for mark in marks(text, lang))
