"""What stands around quotations: sources, other views, interests."""

import shutil
from itertools import islice
from pathlib import Path

import pytest

from bot.answer.disagree import LONGEST, disagreements
from bot.assemble import Service, assemble
from bot.settings import Settings
from bot.turn import Kind, Question, Reply
from bot.wording import wordings
from corpus.document import Lang
from corpus.load import HERE
from evals.case import read_cases
from index.build import build_index


@pytest.fixture(scope="module")
def everything(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The service with the sources that complement and contradict; only these are embedded anew."""
    settings = Settings(data=tmp_path_factory.mktemp("extras"), extra_sources=True)
    shutil.copytree(data / "index", settings.index_folder, symlinks=True)
    build_index(HERE, settings.index_folder, settings.recipe)
    return assemble(settings)


@pytest.fixture(scope="module")
def replies(everything: Service) -> list[Reply]:
    """Answers to questions as visitors ask them."""
    cases = islice(read_cases("dev"), 60)
    found = [everything.reply(Question(text=case.text, lang=case.lang)) for case in cases]
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


def test_sources_that_the_article_does_not_cite_are_not_called_its_sources(everything: Service) -> None:
    reply = ask(everything, "Hilft eine Faszienrolle?")
    assert "die der Artikel nicht nennt" in reply.text
    assert "Quellen des Artikels" not in reply.text


def test_both_sides_are_shown_as_lines_the_article_first(everything: Service) -> None:
    reply = ask(everything, "Ist Fersenlauf schlecht für den Rücken?")
    lines = [line for line in reply.text.split("\n") if line.startswith("– ")]
    assert lines[0].startswith("– Unser Artikel: Viele Läufer neigen dazu, mit der Ferse aufzukommen")
    assert "Marquardt" in lines[1]


def test_a_statement_that_does_not_say_whose_it_is_is_told_with_its_publisher(
    everything: Service, replies: list[Reply]
) -> None:
    documents = everything.documents
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


def test_whoever_quotes_one_side_first_shows_the_other(everything: Service, replies: list[Reply]) -> None:
    known = disagreements(everything.documents)
    seen = 0
    for reply in replies:
        opposed = {d.second.sentence.text for d in known if d.first.sentence.text == reply.sentences[0].text}
        if opposed:
            seen += 1
            assert opposed & {s.text for s in reply.sentences[1:]}, reply.text
    assert seen > 3


def test_the_frames_of_every_language_hold_in_every_answer(everything: Service) -> None:
    text = "Hilft Wärme bei akuten Rückenschmerzen?"
    for lang in wordings():
        assert len(ask(everything, text, lang).citations) > 1
