import pytest

from bot.smalltalk import small_talk
from bot.turn import Kind, Question, Turn
from bot.wording import wordings
from corpus.document import Lang


def said(text: str, lang: Lang = "de", asked: Lang | None = None) -> Turn:
    return small_talk(Turn(question=Question(text=text, lang=asked), lang=lang))


@pytest.mark.parametrize(
    "text", ["Hallo", "hallo!", "GUTEN TAG", "Danke schön!!", "wer bist du?", "Tschuess", "tschüß"]
)
def test_greetings_thanks_and_questions_about_the_bot_are_answered(text: str) -> None:
    reply = said(text).reply
    assert reply is not None
    assert reply.kind is Kind.SMALLTALK
    assert reply.lang == "de"


@pytest.mark.parametrize(
    "text", ["Hallo, was hilft gegen Rückenschmerzen?", "Danke, und welche Schuhe?", "hallo " * 20, "Rücken", "?", ""]
)
def test_a_message_with_a_purpose_of_its_own_is_left_to_the_other_stages(text: str) -> None:
    assert said(text).reply is None


def test_the_reply_is_in_the_language_of_the_words_whatever_was_detected() -> None:
    reply = said("thank you", lang="de").reply
    assert reply is not None
    assert reply.lang == "en"


def test_a_visitor_whose_language_is_known_is_answered_in_it() -> None:
    reply = said("danke", lang="en", asked="en").reply
    assert reply is not None
    assert reply.text == wordings()["en"].smalltalk["thanks"].text


def test_every_pattern_of_every_language_finds_its_reply() -> None:
    for lang, wording in wordings().items():
        for entry in wording.smalltalk.values():
            for pattern in entry.patterns:
                reply = said(pattern, lang).reply
                assert reply is not None, pattern
                assert reply.text == entry.text, pattern


def test_the_bot_says_that_it_is_a_machine_and_no_doctor() -> None:
    reply = said("Bist du ein Mensch?").reply
    assert reply is not None
    assert "kein Mensch" in reply.text
    assert "kein Arzt" in reply.text
