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


def test_a_place_that_is_no_sentence_cannot_be_cited(corpus: Corpus) -> None:
    with pytest.raises(UnknownCitation):
        cite_place(1, corpus.documents, ARTICLE, Slice(0, 5, "Laufe"))
    with pytest.raises(UnknownCitation):
        cite_place(1, corpus.documents, "nowhere", Slice(0, 5, "Laufe"))
