"""The rules that answers are read by, each on an answer that breaks it."""

from dataclasses import replace

import pytest

from bot.turn import Citation, CitedSentence, Kind, Question, Reply
from corpus.document import Document
from evals.case import read_cases
from evals.reading import faults, questions, read, summary

WARMTH = "Wärme entspannt die Muskulatur des unteren Rückens."
RELAXED = "Dadurch lassen die Schmerzen im unteren Rücken nach."
FRAGMENT = "und dann die Schmerzen"


def quoting(*quotes: str, gap: int = 1) -> Reply:
    """An answer of these sentences, standing behind one another with so many characters between them."""
    citations, place = [], 0
    for number, quote in enumerate(quotes, 1):
        end = place + len(quote)
        citations.append(Citation(number, "a", "v", "", "", ("Wärme",), quote, place, end, None, ""))
        place = end + gap
    sentences = tuple(CitedSentence(c.quote, (c.n,)) for c in citations)
    return Reply(kind=Kind.ANSWER, lang="de", text="", sentences=sentences, citations=tuple(citations))


def test_whole_sentences_in_their_order_read_well() -> None:
    assert faults(quoting(WARMTH, RELAXED)) == ()


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (quoting(RELAXED), "dangling"),
        (quoting(WARMTH, RELAXED, gap=40), "dangling"),
        (quoting(WARMTH, FRAGMENT), "torn"),
        (quoting("Was hilft gegen Schmerzen im unteren Rücken?"), "question"),
        (quoting(WARMTH, "Wärme entspannt oft die Muskulatur des unteren Rückens."), "repeated"),
        (quoting(*(f"Satz {name} steht allein." for name in ("eins", "zwei", "drei", "vier", "fünf", "elf"))), "long"),
    ],
)
def test_what_reads_badly_is_named(reply: Reply, fault: str) -> None:
    assert fault in faults(reply)


def test_a_line_of_the_masthead_is_no_torn_sentence() -> None:
    reply = quoting("Von Anodyne Team | 16. Dezember 2025")
    line = replace(reply.citations[0], section=())
    assert faults(replace(reply, citations=(line,))) == ()


def test_the_same_questions_are_asked_every_time(article: Document) -> None:
    chosen = questions(read_cases("dev"), [article], 50)
    assert chosen == questions(read_cases("dev"), [article], 50)
    assert len({question.text for question in chosen}) == 50


def test_only_answers_are_read_and_the_share_of_faulty_ones_is_told() -> None:
    replies = {
        "gut": quoting(WARMTH),
        "schlecht": quoting(RELAXED),
        "nichts": Reply(kind=Kind.REFUSAL, lang="de", text=""),
    }
    answers = read([Question(text=text) for text in replies], lambda question: replies[question.text])
    faulty, counted = summary(answers)
    assert faulty is not None
    assert (faulty.value, faulty.count) == (0.5, 2)
    assert counted == {"dangling": 1}
