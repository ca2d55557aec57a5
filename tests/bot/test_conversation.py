"""Conversations on the real index: what is found for the last message, and in which language it is answered."""

from pathlib import Path

import pytest

from bot.assemble import Service
from bot.followup import spoken
from bot.library import Library
from bot.retrieve import Retriever
from bot.rewrite import Rewriter
from bot.turn import Kind, Question, Turn
from index.manifest import Recipe
from index.passage import Hit


@pytest.fixture(scope="module")
def library(data: Path) -> Library:
    return Library(data / "index", Recipe())


def found(library: Library, *messages: str) -> tuple[Hit, ...]:
    """What is found for the last message, said after the others."""
    *earlier, text = messages
    turn = Turn(question=Question(text=text, earlier=tuple(earlier)), lang=spoken(text, earlier))
    return Retriever(library)(Rewriter(library)(turn)).hits


def sections(library: Library, count: int, *messages: str) -> list[str]:
    """Where the best of them stand."""
    hits = found(library, *messages)[:count]
    return [f"{h.passage.source.document}/{'/'.join(h.passage.source.section)}" for h in hits]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (("Was ist ein Hexenschuss?", "Wie lange dauert das?"), "bauerfeind/Verlauf"),
        (("Was sind Crossings?", "wie lange macht man die?"), "css/Übungen"),
        (("Was ist ein Hexenschuss?", "Hallo", "Danke", "wie lange?"), "bauerfeind/"),
        (("What is lumbago?", "How long?"), "bauerfeind/"),
        (("Hvad er et hekseskud?", "hvor længe?"), "bauerfeind/"),
        (("Vad är crossings?", "Vad ska de vara bra för?"), "css/Übungen"),
    ],
)
def test_a_follow_up_is_searched_with_what_it_is_about(
    library: Library, messages: tuple[str, ...], expected: str
) -> None:
    assert any(section.startswith(expected) for section in sections(library, 2, *messages))


@pytest.mark.parametrize(
    "messages",
    [
        ("Hilft Wärme bei akuten Schmerzen?", "Welche Schuhe sind gut?"),
        ("Was bringt eine höhere Schrittfrequenz?", "Was sind Crossings?"),
        ("What is lumbago?", "Is heel striking bad for my back?"),
    ],
)
def test_a_new_topic_finds_what_it_finds_alone(library: Library, messages: tuple[str, ...]) -> None:
    assert sections(library, 1, *messages) == sections(library, 1, messages[-1])


def test_a_remark_on_a_new_topic_finds_that_topic(library: Library) -> None:
    hits = found(library, "Hilft Wärme bei akuten Schmerzen?", "Und welche Schuhe?")
    assert "schuh" in hits[0].passage.text.lower()


def test_a_word_that_does_not_tell_is_answered_in_the_language_of_the_conversation(service: Service) -> None:
    reply = service.reply(Question(text="Ibuprofen dosage?", earlier=("Which exercises help?",)))
    # It may be refused or sent to a doctor; in English either way.
    assert reply.lang == "en"
    assert reply.kind in {Kind.REFUSAL, Kind.REFERRAL}
