"""What stands around quotations: sources, other views, interests."""

from itertools import islice

import pytest

from bot.answer.disagree import LONGEST, disagreements
from bot.assemble import Service
from bot.turn import Kind, Question, Reply
from bot.wording import wordings
from corpus.document import Lang
from evals.case import read_cases


@pytest.fixture(scope="module")
def replies(service: Service) -> list[Reply]:
    """Answers to questions as visitors ask them."""
    cases = islice(read_cases("dev"), 60)
    found = [service.reply(Question(text=case.text, lang=case.lang)) for case in cases]
    return [reply for reply in found if reply.kind is Kind.ANSWER]


def ask(service: Service, text: str, lang: Lang | None = None) -> Reply:
    reply = service.reply(Question(text=text, lang=lang))
    assert reply.kind is Kind.ANSWER, text
    return reply


def publishers(reply: Reply) -> list[str]:
    return [citation.publisher for citation in reply.citations]


def test_a_maker_of_shoes_on_shoes_is_named_as_one_in_the_language_of_the_reader(service: Service) -> None:
    text = "Was sagt Nike zu Laufschuhen?"
    assert "Nike" in publishers(ask(service, text))
    assert ask(service, text).text.endswith("Hinweis: Nike verkauft selbst Laufschuhe.")
    assert ask(service, text, "en").text.endswith("Please note: Nike sells running shoes itself.")


def test_a_maker_of_shoes_on_anything_else_is_not(service: Service) -> None:
    reply = ask(service, "Ist Muskelkater nach dem Laufen normal?")
    assert "Nike" in publishers(reply)
    assert "Hinweis" not in reply.text


def test_what_a_source_says_against_the_article_follows_it_with_its_own_citation(service: Service) -> None:
    reply = ask(service, "Hilft Wärme bei akuten Rückenschmerzen?")
    assert publishers(reply)[:2] == ["Anodyne", "ThermaCare"]
    assert "Entzündung" in reply.citations[1].quote
    assert "Zum Thema Wärme ergänzt eine Quelle" in reply.text
    assert "Hinweis: ThermaCare stellt selbst Wärmeauflagen her." in reply.text


def test_sources_that_the_article_does_not_cite_are_not_called_its_sources(service: Service) -> None:
    reply = ask(service, "Hilft eine Faszienrolle?")
    assert "die der Artikel nicht nennt" in reply.text
    assert "Quellen des Artikels" not in reply.text


def test_both_sides_are_shown_as_lines_the_article_first(service: Service) -> None:
    reply = ask(service, "Soll ich bei Rückenschmerzen pausieren oder weiterlaufen?")
    article, source = (line for line in reply.text.split("\n") if line.startswith("– "))
    assert article.startswith("– Unser Artikel: In einigen Fällen kann es sinnvoll sein")
    assert "Marquardt" in source


def test_a_statement_that_does_not_say_whose_it_is_is_told_with_its_publisher(
    service: Service, replies: list[Reply]
) -> None:
    documents = service.documents
    for reply in replies:
        lines = {line for line in reply.text.split("\n") if line}
        for citation in reply.citations:
            document = documents[citation.document]
            if document.provenance is not None and not any(n in citation.quote for n in document.provenance.names):
                name = document.publisher.partition(" (")[0]
                assert any(f"{name}: {citation.quote}" in line for line in lines), citation.quote


def test_an_answer_never_has_more_than_five_sentences_and_none_twice(replies: list[Reply]) -> None:
    for reply in replies:
        assert len(reply.sentences) <= LONGEST
        assert len({s.text for s in reply.sentences}) == len(reply.sentences)


def test_whoever_quotes_one_side_first_shows_the_other(service: Service, replies: list[Reply]) -> None:
    known = disagreements(service.documents)
    seen = 0
    for reply in replies:
        opposed = {d.second.sentence.text for d in known if d.first.sentence.text == reply.sentences[0].text}
        if opposed:
            seen += 1
            assert opposed & {s.text for s in reply.sentences[1:]}, reply.text
    assert seen > 3


def test_the_frames_of_every_language_hold_in_every_answer(service: Service) -> None:
    text = "Hilft Wärme bei akuten Rückenschmerzen?"
    for lang in wordings():
        assert len(ask(service, text, lang).citations) > 1
