"""Questions about the article: which are found, which are left alone, and what is told."""

import tomllib
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.about import FILE, INTENTS, About, patterns, understood
from bot.cite import check
from bot.library import Library
from bot.turn import Kind, Question, Reason, Reply, Turn
from bot.verify import Verifier
from bot.wording import wordings
from corpus.document import Document, Lang
from corpus.load import Corpus, assemble
from evals.case import read_cases
from index.open import Index

ASKS: Final = [
    (lang, intent, text) for lang, table in patterns().items() for intent, texts in table.asks.items() for text in texts
]
SPARED: Final = tomllib.loads(FILE.read_text("utf-8"))["spares"]
SPARES: Final = [(lang, text) for lang, texts in SPARED.items() for text in texts]
PLAIN: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "å": "a", "ø": "o", "ß": "ss"})


def test_every_language_has_enough_examples_of_both_kinds() -> None:
    for lang in wordings():
        assert len([text for known, _, text in ASKS if known == lang]) >= 12
        assert len([text for known, text in SPARES if known == lang]) >= 12
        assert {intent for known, intent, _ in ASKS if known == lang} == set(INTENTS)


def test_frames_are_made_of_classes_that_there_are() -> None:
    for table in patterns().values():
        for intent in INTENTS:
            phrases = getattr(table, intent)
            named = {name for frame in phrases.frames for name in frame.split()} | set(phrases.light)
            assert named | {"noun", "text", "this", "free"} <= set(table.classes)
            assert all(set(frame.split()) - {"noun", "text", "this"} for frame in phrases.frames)


@pytest.mark.parametrize(("lang", "intent", "text"), ASKS)
def test_a_question_about_the_article_is_understood_however_it_is_typed(lang: Lang, intent: str, text: str) -> None:
    for typed in (text, text.upper(), text.translate(PLAIN), text.rstrip("?")):
        asked = understood(typed, lang)
        assert asked is not None, typed
        assert (asked.lang, asked.intents) == (lang, (intent,))


@pytest.mark.parametrize(("lang", "text"), SPARES)
def test_any_other_question_is_left_alone(lang: Lang, text: str) -> None:
    assert understood(text, lang) is None


def test_what_visitors_ask_of_the_subject_is_left_alone() -> None:
    cases = [case for name in ("dev", "test") for case in read_cases(name)]
    # Those that expect something outside all headings may be about the article itself.
    asked = [case for case in cases if not any(section.endswith("/") for section in case.sections)]
    assert len(asked) > 100
    assert [case.text for case in asked if understood(case.text, case.lang)] == []


def test_small_talk_and_examples_are_left_alone() -> None:
    for lang, wording in wordings().items():
        texts = [*wording.examples, *(p for entry in wording.smalltalk.values() for p in entry.patterns)]
        assert [text for text in texts if understood(text, lang)] == []


def test_two_questions_in_one_message_are_both_understood() -> None:
    asked = understood("Wer hat den Artikel geschrieben und welche Quellen nutzt er?", "de")
    assert asked is not None
    assert asked.intents == ("byline", "sources")


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    understood(text, "de")


class Shelf(Library):
    """A library of one index that need not lie anywhere."""

    def __init__(self, index: Index, corpus: Corpus) -> None:
        self._held = replace(index, corpus=corpus)

    def current(self) -> Index:
        return self._held


def told(
    index: Index, text: str, lang: Lang | None = None, *, corpus: Corpus | None = None, earlier: str = ""
) -> Reply:
    """The reply, proved."""
    held = corpus or index.corpus
    question = Question(text=text, lang=lang, earlier=(earlier,) if earlier else ())
    turn = About(Shelf(index, held))(Turn(question=question, lang=lang or "de"))
    assert turn.reply is not None, text
    refusals = {line for words in wordings().values() for t in words.refusal.values() for line in t.split("\n")}
    Verifier(frozenset(refusals))(turn)
    for citation in turn.reply.citations:
        check(citation, held.documents)
    return turn.reply


def test_a_summary_is_the_lead_of_the_article(index: Index, article: Document) -> None:
    reply = told(index, "Fass den Artikel zusammen")
    assert reply.kind is Kind.ANSWER
    assert [s.text for s in reply.sentences] == [s.text for s in article.summary]


def test_the_sources_are_a_list_with_a_citation_a_line(index: Index, article: Document) -> None:
    reply = told(index, "Welche Quellen nutzt der Artikel?")
    lines = [line for line in reply.text.split("\n") if line.startswith("– ")]
    assert len(lines) == len(article.references) == len(reply.citations) == 10
    assert lines[0] == '– Nike. (n.d.). "Rückenschmerzen nach dem Laufen." Nike. [1]'
    assert {c.section for c in reply.citations} == {("Quellen",)}


def test_the_reviewer_is_told_in_the_words_of_the_article(index: Index) -> None:
    reply = told(index, "Wer hat ihn geprüft?")
    assert reply.citations[0].quote == "Geprüft von Christian Vagn Uhre"
    assert reply.citations[1].quote.startswith("Physiotherapeut")


@pytest.mark.parametrize("text", ["Von wann ist er?", "Wer hat ihn geschrieben?", "Wie lange liest man?"])
def test_author_date_and_reading_time_are_told_by_the_byline(index: Index, text: str) -> None:
    assert [c.quote for c in told(index, text).citations] == [
        "Von Anodyne Team | 16. Dezember 2025 | Lesezeit: 7 Minuten"
    ]


def test_a_reader_of_another_language_is_told_that_he_reads_the_original(index: Index) -> None:
    for lang, text in (("en", "Who wrote it?"), ("da", "Hvem har skrevet den?"), ("sv", "Vem har skrivit den?")):
        reply = told(index, text, lang)
        assert reply.lang == lang
        assert reply.text.startswith(wordings()[lang].about.as_written)


def test_the_language_of_the_words_goes_before_the_one_detected(index: Index) -> None:
    turn = About(Shelf(index, index.corpus))(Turn(question=Question(text="Who wrote it?"), lang="de"))
    assert turn.reply is not None
    assert turn.reply.lang == "en"


def test_an_article_without_reviewer_is_not_given_one(index: Index, article: Document) -> None:
    reply = told(index, "Wer hat ihn geprüft?", corpus=assemble([replace(article, reviewer=None)]))
    assert (reply.kind, reply.reason) == (Kind.REFUSAL, Reason.NO_EVIDENCE)
    assert reply.citations == ()


@pytest.fixture
def two(article: Document) -> Corpus:
    other = replace(article, id="anderer", title="Viele Läufer leiden")
    return assemble([article, other])


def test_with_several_articles_it_is_asked_which_one_is_meant(index: Index, two: Corpus) -> None:
    reply = told(index, "Wer hat den Artikel geschrieben?", corpus=two)
    assert [c.quote for c in reply.citations] == [d.title for d in two.documents.values()]


def test_with_several_articles_one_can_be_named(index: Index, two: Corpus) -> None:
    reply = told(index, "Wer hat den Artikel Viele Läufer leiden geschrieben?", corpus=two)
    assert {c.document for c in reply.citations} == {"anderer"}


def test_with_several_articles_the_one_that_the_conversation_was_about_is_meant(index: Index, two: Corpus) -> None:
    reply = told(index, "Wer hat ihn geschrieben?", corpus=two, earlier="Welche Übungen stärken den Rumpf?")
    assert {c.document for c in reply.citations} == {"laufen-ohne-schmerzen"}
