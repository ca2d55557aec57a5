"""How messages read by their words, in four languages, and what a conversation hands on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followup import Lean, read, spoken, understood
from bot.turn import Query

WHOLLY = {
    "de": [
        "Warum?",
        "wie oft?",
        "Wie lange dauert das?",
        "und dann?",
        "was hilft dagegen",
        "Ist das gefährlich?",
        "???",
    ],
    "en": ["why?", "How long?", "what else?", "how many rounds?", "and then?"],
    "da": ["hvorfor?", "hvor længe?", "og så?", "Hvor lang tid?"],
    "sv": ["varför?", "hur länge?", "och sen då?", "Hur många gånger?"],
}
REMARKS = {
    "de": [
        "und im Winter?",
        "Und bei Hohlkreuz?",
        "auch für Anfänger?",
        "hilft das auch beim Sitzen?",
        "was ist mit Eis?",
    ],
    "en": ["what about heat?", "and for beginners?", "Does it help in winter?", "How quickly do they heal?"],
    "da": ["og om vinteren?", "hvad med varme?", "hjælper det mod hekseskud?"],
    "sv": ["och på vintern?", "hur är det med värme?", "Hur stärker man den?"],
}
COMPLETE = {
    "de": ["Welche Übungen stärken den Rumpf?", "Haben Sie Tipps gegen Schmerzen?", "Hilft Wärme bei Rückenschmerzen?"],
    "en": ["Which exercises strengthen the core?", "Should runners stretch before training?"],
    "da": ["Hvilke øvelser styrker ryggen?"],
    "sv": ["Vilka övningar stärker ryggen?"],
}


def _each(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(lang, text) for lang, texts in table.items() for text in texts]


@pytest.mark.parametrize(("lang", "text"), _each(WHOLLY))
def test_a_message_that_names_nothing_leans_wholly_on_those_before_it(lang: str, text: str) -> None:
    message = read(text, lang)
    assert (message.topic, message.lean) == ((), Lean.WHOLLY)


@pytest.mark.parametrize(("lang", "text"), _each(REMARKS))
def test_a_remark_leans_on_what_was_said(lang: str, text: str) -> None:
    assert read(text, lang).lean is Lean.LIKELY


@pytest.mark.parametrize(("lang", "text"), _each(COMPLETE))
def test_a_question_that_names_its_topic_does_not_lean(lang: str, text: str) -> None:
    assert read(text, lang).lean is Lean.NOT


def test_a_long_question_stays_open_even_where_it_refers() -> None:
    assert read("Und wie stark dämpfen neue Laufschuhe den Aufprall?", "de").lean is Lean.MAYBE
    assert read("Hohlkreuz", "de").lean is Lean.MAYBE


def test_a_relative_pronoun_refers_to_nothing_before_the_message() -> None:
    assert read("Welche Laufschuhe, die man kennt, dämpfen?", "de").lean is Lean.NOT


def test_an_unknown_language_is_read_with_the_words_of_english() -> None:
    assert read("why?", "fr").lean is Lean.WHOLLY


def test_a_question_word_is_searched_with_the_words_of_before() -> None:
    assert understood("Warum?", "de", ("Hilft Wärme bei akuten Schmerzen?",)) == Query(
        "Wärme akuten Schmerzen Warum?", "de"
    )


def test_a_remark_has_two_readings() -> None:
    assert understood("und bei Hohlkreuz?", "de", ("Welche Übungen helfen bei Hexenschuss?",)) == Query(
        "und bei Hohlkreuz?", "de", context="Übungen Hexenschuss und bei Hohlkreuz?", leans=True
    )


def test_a_question_that_names_its_topic_has_two_readings_and_does_not_lean() -> None:
    query = understood("Welche Schuhe dämpfen gut?", "de", ("Hilft Wärme?",))
    assert (query.text, query.leans) == ("Welche Schuhe dämpfen gut?", False)
    assert query.context == "Wärme Welche Schuhe dämpfen gut?"


def test_a_chain_of_remarks_keeps_what_it_is_about() -> None:
    earlier = ("Welche Übungen helfen bei Hexenschuss?", "warum?", "und bei Hohlkreuz?")
    assert understood("wie oft?", "de", earlier).text == "Übungen Hexenschuss Hohlkreuz wie oft?"


def test_a_new_topic_ends_the_old_one() -> None:
    earlier = ("Was ist ein Hexenschuss?", "Welche Laufschuhe dämpfen den Aufprall?")
    assert understood("warum?", "de", earlier).text == "Laufschuhe dämpfen Aufprall warum?"


def test_a_word_that_the_question_has_is_not_carried_again() -> None:
    query = understood("Hilft Wärme im Winter?", "de", ("Hilft Wärme bei Hexenschuss?",))
    assert query.context == "Hexenschuss Hilft Wärme im Winter?"


def test_carried_words_are_looked_up_in_their_own_language() -> None:
    assert understood("Warum?", "de", ("Does heat help with acute pain?",)) == Query("heat acute pain Warum?", "en")


@pytest.mark.parametrize("earlier", [(), ("Warum?",), ("???", "und?")])
def test_where_nothing_was_named_the_query_is_the_question(earlier: tuple[str, ...]) -> None:
    assert understood("Wie oft?", "de", earlier) == Query("Wie oft?", "de")


@given(st.text(max_size=80), st.sampled_from(["de", "en", "da", "sv"]))
def test_without_a_history_the_query_is_the_question(text: str, lang: str) -> None:
    assert understood(text, lang) == Query(text, lang)


WORDS = [
    "und",
    "im",
    "Winter",
    "Wärme",
    "hilft",
    "das",
    "beim",
    "Sitzen,",
    "die",
    "warum",
    "heat",
    "why",
    "øvelser",
    "?",
]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


@settings(deadline=None)  # detecting a language may load the model
@given(texts, st.sampled_from(["de", "en", "da", "sv"]), st.lists(texts, max_size=9).map(tuple))
def test_the_question_is_kept_whole_and_the_query_stays_short(text: str, lang: str, earlier: tuple[str, ...]) -> None:
    query = understood(text, lang, earlier)
    for reading in (query.text, query.context or query.text):
        assert reading.endswith(text)
        assert len(reading.removesuffix(text).split()) <= 8


@pytest.mark.parametrize(
    ("earlier", "text", "lang"),
    [
        (("What is lumbago?",), "ok?", "en"),
        (("Hvad er et hekseskud?",), "crossings?", "da"),
        (("Vad är ryggskott?",), "det?", "sv"),
        (("Was hilft?", "and what about heat?"), "ok?", "en"),
        (("What is lumbago?",), "warum?", "de"),
        ((), "ok?", "de"),
    ],
)
def test_a_message_too_short_to_tell_is_in_the_language_of_the_conversation(
    earlier: tuple[str, ...], text: str, lang: str
) -> None:
    assert spoken(text, earlier) == lang
