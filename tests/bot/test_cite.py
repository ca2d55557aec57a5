from dataclasses import replace

import pytest

from bot.cite import check, cite_place
from bot.errors import UnknownCitation
from corpus.document import Slice
from corpus.load import Corpus

ARTICLE = "laufen-ohne-schmerzen"


def test_every_sentence_of_the_corpus_can_be_cited_and_proved(corpus: Corpus) -> None:
    for document in corpus.documents.values():
        for section in document.sections:
            for sentence in section.sentences:
                citation = cite_place(1, corpus.documents, document.id, sentence)
                check(citation, corpus.documents)
                assert document.text[citation.start : citation.end] == citation.quote == sentence.text
                assert citation.section == section.path
                assert citation.read == f"/read/{document.id}?start={citation.start}&end={citation.end}"


@pytest.mark.parametrize(
    "change",
    [{"document": "nowhere"}, {"version": "sha256:0"}, {"quote": "Etwas anderes."}, {"start": 0}, {"end": 10**9}],
)
def test_a_citation_of_anything_else_is_an_error(corpus: Corpus, change: dict[str, object]) -> None:
    sentence = corpus.documents[ARTICLE].sections[3].sentences[0]
    citation = cite_place(1, corpus.documents, ARTICLE, sentence)
    with pytest.raises(UnknownCitation):
        check(replace(citation, **change), corpus.documents)  # type: ignore[arg-type]


def test_what_the_article_says_of_itself_can_be_cited_under_the_heading_where_it_stands(corpus: Corpus) -> None:
    article = corpus.documents[ARTICLE]
    title = article.title_place
    assert title is not None
    expected = [(place, ()) for place in (title, *article.masthead)]
    for place, section in [*expected, *((r.place, ("Quellen",)) for r in article.references)]:
        citation = cite_place(1, corpus.documents, ARTICLE, place)
        check(citation, corpus.documents)
        assert (citation.quote, citation.section) == (place.text, section)


def test_an_advertisement_is_not_cited(corpus: Corpus) -> None:
    for promotion in corpus.documents[ARTICLE].promotions:
        with pytest.raises(UnknownCitation):
            cite_place(1, corpus.documents, ARTICLE, promotion.place)


def test_a_place_that_is_no_sentence_cannot_be_cited(corpus: Corpus) -> None:
    with pytest.raises(UnknownCitation):
        cite_place(1, corpus.documents, ARTICLE, Slice(0, 5, "Laufe"))
    with pytest.raises(UnknownCitation):
        cite_place(1, corpus.documents, "nowhere", Slice(0, 5, "Laufe"))
