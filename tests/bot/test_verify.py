from dataclasses import replace

import pytest

from bot.answer.compose import answer
from bot.errors import UnknownCitation, Unverified
from bot.turn import CitedSentence, Kind, Question, Reply, Turn
from bot.verify import Verifier, framing
from bot.wording import wording_for
from index.open import Index

VERIFIER = Verifier(frozenset(wording_for("de").answer.model_dump().values()))


@pytest.fixture(scope="module")
def turn(index: Index) -> Turn:
    """An answered turn."""
    asked = Turn(question=Question(text="Welche Laufschuhe schonen den Rücken?"), lang="de")
    hits = index.searcher.search(asked.question.text, 10)
    return answer(replace(asked, hits=hits, documents=index.corpus.documents))


def shown(turn: Turn) -> Reply:
    assert turn.reply is not None
    return turn.reply


def changed(turn: Turn, **fields: object) -> Turn:
    return replace(turn, reply=replace(shown(turn), **fields))  # type: ignore[arg-type]


def test_a_true_answer_passes_unchanged(turn: Turn) -> None:
    assert VERIFIER(turn) is turn


def test_a_changed_word_in_the_text_is_found(turn: Turn) -> None:
    with pytest.raises(Unverified):
        VERIFIER(changed(turn, text=shown(turn).text.replace("gedämpft", "hart")))


def test_an_added_sentence_is_found(turn: Turn) -> None:
    with pytest.raises(Unverified):
        VERIFIER(changed(turn, text=shown(turn).text + "\n\nNehmen Sie Ibuprofen."))


def test_a_sentence_that_is_not_its_quotation_is_found(turn: Turn) -> None:
    first, *rest = shown(turn).sentences
    with pytest.raises(Unverified):
        VERIFIER(changed(turn, sentences=(replace(first, text="Erfunden."), *rest)))


@pytest.mark.parametrize("citations", [(), (99,)])
def test_a_sentence_without_a_known_citation_is_found(turn: Turn, citations: tuple[int, ...]) -> None:
    first, *rest = shown(turn).sentences
    with pytest.raises(Unverified):
        VERIFIER(changed(turn, sentences=(CitedSentence(first.text, citations), *rest)))


def test_a_citation_of_other_text_is_found(turn: Turn) -> None:
    first, *rest = shown(turn).citations
    with pytest.raises(UnknownCitation):
        VERIFIER(changed(turn, citations=(replace(first, start=first.start + 1), *rest)))


def test_an_answer_without_sentences_is_found(turn: Turn) -> None:
    with pytest.raises(Unverified):
        VERIFIER(changed(turn, sentences=(), citations=(), text=""))


def test_a_suggestion_that_nobody_wrote_is_found(turn: Turn) -> None:
    with pytest.raises(Unverified):
        VERIFIER(changed(turn, follow_ups=("Kaufen Sie den Gürtel?",)))


def test_a_turn_without_a_reply_is_found(turn: Turn) -> None:
    with pytest.raises(Unverified):
        VERIFIER(replace(turn, reply=None))


def test_framing_is_what_remains_when_the_sentences_are_cut_out() -> None:
    reply = Reply(
        kind=Kind.ANSWER,
        lang="de",
        text="Vorweg:\n\nEins. [1] Zwei. [2]\n– Danach",
        sentences=(CitedSentence("Eins.", (1,)), CitedSentence("Zwei.", (2,))),
    )
    assert framing(reply) == ("Vorweg:", "Danach")
