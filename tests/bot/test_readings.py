"""The two readings of a question, on scripted searches: which hits come of them, and what it costs."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.readings import find
from bot.turn import Query
from corpus.document import Lang, Sentence
from index.passage import Hit, Passage, Scores, SentenceScores, Source

SOURCE = Source("d", "sha256:0", "article", "de", "", "", (), "body")
ALONE, BOTH = "und Kälte?", "Wärme und Kälte?"
REMARK = Query(ALONE, "de", context=BOTH, leans=True)
OPEN = Query(ALONE, "de", context=BOTH)


def hit(name: str, fitted: float, *, dense: float = 0.8, coverage: float = 0.5) -> Hit:
    passage = Passage(name, SOURCE, 0, 5, "Satz.", (Sentence(0, 5, "Satz."),))
    scores = Scores(
        dense=dense,
        sentence=dense,
        pair=dense,
        lexical=1.0,
        coverage=coverage,
        pair_coverage=coverage,
        missing=0.0,
        asked=0.0,
        words=2,
        unknown=0.0,
        elsewhere=0.0,
        fitted=fitted,
    )
    sentence = SentenceScores(
        cosine=dense, coverage=coverage, local=coverage, context=0.0, asked=0.0, number=False, relevance=0.0
    )
    return Hit(passage, 0.5, scores, (sentence,))


class Scripted:
    """Gives the hits written down for a text, and counts the searches."""

    def __init__(self, found: Mapping[str, Sequence[Hit]]) -> None:
        self._found = found
        self.asked: list[tuple[str, Lang]] = []

    def __call__(self, text: str, count: int, lang: Lang) -> tuple[Hit, ...]:
        self.asked.append((text, lang))
        return tuple(self._found[text][:count])


def names(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.id for hit in hits]


def test_without_a_context_one_search_is_made_and_its_hits_are_given() -> None:
    search = Scripted({ALONE: [hit("a", 9.0), hit("b", 8.0)]})
    query = Query(ALONE, "de")
    assert find(query, search, 10) == (query, (hit("a", 9.0), hit("b", 8.0)))
    assert search.asked == [(ALONE, "de")]


def test_a_remark_is_answered_in_the_contextual_reading() -> None:
    search = Scripted({ALONE: [hit("a", 9.0), hit("b", 7.0)], BOTH: [hit("b", 10.0), hit("a", 2.0)]})
    query, hits = find(REMARK, search, 10)
    assert query == Query(BOTH, "de")
    assert names(hits) == ["b", "a"]


def test_the_scores_of_a_remark_are_tempered_by_its_own_words() -> None:
    alone = [hit("a", 9.0, coverage=0.0)]
    search = Scripted({ALONE: alone, BOTH: [hit("a", 9.0, coverage=1.0), hit("b", 1.0, coverage=0.5)]})
    _, hits = find(REMARK, search, 10)
    assert [h.scores.coverage for h in hits] == [0.6, 0.3]


def test_a_remark_keeps_to_its_own_words_where_the_other_reading_has_lost_them() -> None:
    alone = [hit("a", 9.0, coverage=1.0), hit("b", 6.0, coverage=0.0)]
    found = [hit("b", 10.0), hit("a", 7.0)]
    assert names(find(REMARK, Scripted({ALONE: alone, BOTH: found}), 10)[1]) == ["a", "b"]
    same = [hit("a", 9.0), hit("b", 6.0)]
    assert names(find(REMARK, Scripted({ALONE: same, BOTH: [hit("b", 12.0), hit("a", 7.0)]}), 10)[1]) == ["b", "a"]


def test_a_question_with_a_clear_answer_of_its_own_costs_no_second_search() -> None:
    search = Scripted({ALONE: [hit("a", 9.0), hit("b", 6.0)]})
    query, hits = find(OPEN, search, 1)
    assert (query, names(hits), len(search.asked)) == (Query(ALONE, "de"), ["a"], 1)


def test_words_that_bring_a_question_nearer_decide_between_passages_that_are_close() -> None:
    alone = [hit("a", 8.0), hit("b", 7.0)]
    search = Scripted({ALONE: alone, BOTH: [hit("b", 10.0, dense=0.9), hit("a", 7.0)]})
    query, hits = find(OPEN, search, 10)
    assert query == Query(ALONE, "de")
    assert names(hits) == ["b", "a"]
    assert hits[0].scores == alone[1].scores


def test_words_of_another_topic_do_not() -> None:
    search = Scripted({ALONE: [hit("a", 8.0), hit("b", 7.0)], BOTH: [hit("b", 10.0, dense=0.78), hit("a", 7.0)]})
    assert names(find(OPEN, search, 10)[1]) == ["a", "b"]


def test_nor_does_a_passage_without_the_questions_own_words() -> None:
    alone = [hit("a", 8.0, coverage=1.0), hit("b", 7.0, coverage=0.0)]
    search = Scripted({ALONE: alone, BOTH: [hit("b", 10.0, dense=0.9), hit("a", 7.0)]})
    assert names(find(OPEN, search, 10)[1]) == ["a", "b"]


def test_an_empty_index_gives_nothing() -> None:
    nothing = Scripted({ALONE: (), BOTH: ()})
    assert find(OPEN, nothing, 10)[1] == find(REMARK, nothing, 10)[1] == ()


scored = st.lists(st.floats(-50, 100), max_size=12)


@given(scored, scored, st.sampled_from([REMARK, OPEN]), st.integers(1, 10))
def test_hits_come_once_each_in_order_and_from_two_searches_at_most(
    first: list[float], second: list[float], query: Query, count: int
) -> None:
    alone = [hit(f"p{n}", score) for n, score in enumerate(sorted(first, reverse=True))]
    both = [hit(f"p{n + 3}", score) for n, score in enumerate(sorted(second, reverse=True))]
    search = Scripted({ALONE: alone, BOTH: both})
    _, hits = find(query, search, count)
    assert len(hits) == len(set(names(hits))) <= count
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert len(search.asked) <= 2
