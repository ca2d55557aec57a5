from itertools import pairwise

import pytest

from bot.answer.extractive import LONGEST, Quote, select
from bot.answer.reading import reading
from evals.case import Case, read_cases
from index.open import Index
from index.passage import Hit

CASES = list(read_cases("dev"))[::4]


@pytest.fixture(scope="module")
def answers(index: Index) -> list[tuple[Case, tuple[Hit, ...], tuple[Quote, ...]]]:
    found = []
    for case in CASES:
        hits = index.searcher.search(case.text, 10)
        found.append((case, hits, select(hits, index.corpus.documents)))
    return found


def test_an_answer_has_one_to_four_sentences_and_none_twice(
    answers: list[tuple[Case, tuple[Hit, ...], tuple[Quote, ...]]],
) -> None:
    for _, _, quotes in answers:
        assert 1 <= len(quotes) <= LONGEST
        assert len({q.sentence for q in quotes}) == len(quotes)


def test_no_sentence_refers_to_one_that_is_not_shown_before_it(
    answers: list[tuple[Case, tuple[Hit, ...], tuple[Quote, ...]]],
) -> None:
    for case, _, quotes in answers:
        for number, quote in enumerate(quotes):
            if reading(quote.passage.source.lang).leans(quote.sentence):
                place = quote.passage.sentences.index(quote.sentence)
                assert number > 0, case.text
                assert quotes[number - 1].sentence == quote.passage.sentences[place - 1], case.text


def test_sentences_of_a_passage_keep_its_order_and_the_article_does_not_come_back(
    answers: list[tuple[Case, tuple[Hit, ...], tuple[Quote, ...]]],
) -> None:
    for case, _, quotes in answers:
        for earlier, later in pairwise(quotes):
            if earlier.passage.id == later.passage.id:
                assert earlier.sentence.start < later.sentence.start, case.text
            if earlier.passage.source.kind == "digest":
                assert later.passage.source.kind == "digest", case.text


def test_advertising_teasers_and_announcements_are_never_quoted(
    answers: list[tuple[Case, tuple[Hit, ...], tuple[Quote, ...]]],
) -> None:
    for case, _, quotes in answers:
        for quote in quotes:
            assert not quote.passage.advertising, case.text
            assert quote.passage.source.section_kind != "teaser", case.text
            assert quote.passage.source.role != "about_article", case.text


def test_without_hits_there_is_no_answer() -> None:
    assert select((), {}) == ()


def test_the_answer_of_the_faq_is_given_whole(index: Index) -> None:
    quotes = select(
        index.searcher.search("Wann sollte ich bei Rückenschmerzen einen Arzt aufsuchen?", 10), index.corpus.documents
    )
    assert [q.sentence for q in quotes[:2]] == list(quotes[0].passage.sentences)
