"""When the other side is shown, and how much of it."""

from dataclasses import replace
from itertools import product

import pytest

from bot.answer.disagree import MOST, disagreements, opposing
from bot.answer.extractive import Quote
from corpus.document import Disagreement, Document, Paragraph, Section, Sentence, Slice, Statement
from index.passage import Hit, Passage, Scores, SentenceScores, Source

FAR = 0.5


def sentence(text: str) -> Sentence:
    return Slice(hash(text) % 1000, hash(text) % 1000 + len(text), text)


def statement(document: str, text: str, *also: str) -> Statement:
    return Statement(document, sentence(text), tuple(sentence(other) for other in also))


ARTICLE = statement("artikel", "Fersen schaden.", "Fersen sind schlecht.")
SOURCE = statement("quelle", "Fersen schonen.", "Fersen tun gut.")
HEELS = Disagreement("technik", ARTICLE, SOURCE)


SCORES = Scores(
    dense=0.0,
    sentence=0.0,
    pair=0.0,
    lexical=0.0,
    coverage=0.0,
    pair_coverage=0.0,
    missing=0.0,
    asked=0.0,
    words=1,
    unknown=0.0,
    elsewhere=0.0,
    fitted=0.0,
)


def scores(relevance: float) -> SentenceScores:
    return SentenceScores(
        cosine=0.0, coverage=0.0, local=0.0, context=0.0, asked=0.0, number=False, relevance=relevance
    )


def hit(document: str, **relevances: float) -> Hit:
    """A hit whose sentences are the keywords, with blanks for underscores and a full stop, and their hundredths."""
    sentences = tuple(sentence(f"{text.replace('_', ' ')}.") for text in relevances)
    source = Source(document, "v", "digest", "de", "t", "p", (), "facts")
    passage = Passage("id", source, 0, 1, "t", sentences)
    return Hit(passage, 1.0, SCORES, tuple(scores(100 * relevance) for relevance in relevances.values()))


def quote(document: str, text: str) -> Quote:
    return Quote(hit(document).passage, sentence(text))


LEAD = quote("artikel", "Anderes führt.")


def shown(quotes: list[Quote], hits: list[Hit], *known: Disagreement) -> list[list[str]]:
    return [[side.sentence.text for side in o.shown] for o in opposing(quotes, hits, known or (HEELS,))]


def test_what_is_said_against_the_answer_is_shown() -> None:
    hits = [hit("artikel", Fersen_schaden=0.9), hit("quelle", Fersen_schonen=0.88)]
    assert shown([quote("artikel", "Fersen schaden.")], hits) == [["Fersen schonen."]]


def test_where_only_a_source_is_quoted_the_article_is_shown_before_it() -> None:
    hits = [hit("quelle", Fersen_schonen=0.9), hit("artikel", Fersen_schaden=0.88)]
    assert shown([quote("quelle", "Fersen schonen.")], hits) == [["Fersen schaden.", "Fersen schonen."]]


def test_a_sentence_that_says_the_same_is_shown_as_it_was_quoted() -> None:
    hits = [hit("quelle", Fersen_tun_gut=0.9), hit("artikel", Fersen_schaden=0.88)]
    assert shown([quote("quelle", "Fersen tun gut.")], hits) == [["Fersen schaden.", "Fersen tun gut."]]


def test_the_answer_itself_is_opposed_even_where_the_other_side_was_not_found() -> None:
    assert shown([quote("artikel", "Fersen schaden.")], [hit("artikel", Fersen_schaden=0.9)]) == [["Fersen schonen."]]


def test_what_is_quoted_beside_the_point_is_not_opposed() -> None:
    hits = [hit("artikel", Anderes_führt=0.95, Fersen_sind_schlecht=0.8)]
    assert shown([LEAD, quote("artikel", "Fersen sind schlecht.")], hits) == []


def test_a_question_about_the_point_shows_both_sides() -> None:
    hits = [hit("artikel", Anderes_führt=0.9, Fersen_schaden=0.89), hit("quelle", Fersen_schonen=0.88)]
    assert shown([LEAD], hits) == [["Fersen schaden.", "Fersen schonen."]]


@pytest.mark.parametrize(("article", "source"), [(0.89, FAR), (FAR, 0.89), (0.86, 0.86)])
def test_a_question_that_only_brushes_the_point_does_not(article: float, source: float) -> None:
    elsewhere = quote("drittes", "Anderes führt.")
    hits = [
        hit("drittes", Anderes_führt=0.9),
        hit("artikel", Fersen_schaden=article),
        hit("quelle", Fersen_schonen=source),
    ]
    assert shown([elsewhere], hits) == []


def test_an_answer_that_begins_in_the_section_of_a_side_near_the_question_shows_both() -> None:
    hits = [hit("artikel", Anderes_führt=0.9, Fersen_schaden=0.87), hit("quelle", Fersen_schonen=0.5)]
    assert shown([LEAD], hits) == [["Fersen schaden.", "Fersen schonen."]]


def test_without_quotations_hits_or_disagreements_there_is_nothing_to_show() -> None:
    assert shown([], []) == []
    assert opposing([LEAD], [hit("artikel", Anderes_führt=0.9)], ()) == ()


def test_never_more_than_two_and_both_sides_only_in_the_first() -> None:
    names = ("a", "b", "c", "d")
    many = [Disagreement("technik", statement("artikel", f"{n}1."), statement("quelle", f"{n}2.")) for n in names]
    cosines = {f"{n}{side}": 0.9 - 0.001 * i for i, (n, side) in enumerate(product(names, "12"))}
    hits = [
        hit("artikel", **{k: v for k, v in cosines.items() if k.endswith("1")}),
        hit("quelle", **{k: v for k, v in cosines.items() if k.endswith("2")}),
    ]
    quoted = [quote("artikel", "a1."), quote("artikel", "b1."), quote("artikel", "c1.")]
    assert shown(quoted, hits, *many) == [["a2."], ["b2."]]
    assert len(shown([], hits, *many)) == 1
    assert MOST == 2


def test_one_sentence_is_not_shown_against_two() -> None:
    other = replace(HEELS, first=statement("artikel", "Ballen helfen."))
    hits = [hit("artikel", Fersen_schaden=0.9, Ballen_helfen=0.9), hit("quelle", Fersen_schonen=0.9)]
    quoted = [quote("artikel", "Fersen schaden."), quote("artikel", "Ballen helfen.")]
    assert shown(quoted, hits, HEELS, other) == [["Fersen schonen."]]


def test_the_disagreements_of_documents_are_found_in_their_order() -> None:
    text = "Fersen schonen."
    whole = Section("facts", (), None, (Paragraph((Slice(0, 15, text),)),))
    held = replace(HEELS, second=Statement("quelle", Slice(0, 15, text)))
    document = Document(id="quelle", kind="digest", lang="de", title="", publisher="", text=text, sections=(whole,))
    assert disagreements({"quelle": replace(document, disagreements=(held,))}) == (held,)
