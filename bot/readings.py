"""From a query with one or two readings to hits: the question alone, and with what the conversation was about.

Words rarely tell whether a question goes on or begins something new; what is found with either reading does, mostly.
A passage that both readings find goes before one that only one of them finds, and how much the other reading counts
depends on how the question reads and on whether the carried words fit it.

The figures were chosen on evals/cases/retrieval (questions behind one of another article, and questions without the
name that an earlier one holds; `python -m evals conversation`) and on the dialogues of evals/cases/dev.jsonl.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from bot.turn import Query
from corpus.document import Lang
from index.passage import Hit, Scores

Search = Callable[[str, int, Lang], tuple[Hit, ...]]
"""From a question, a count and the question's language to hits, best first."""

# Hits of each reading that are compared; with 10 the other reading's best is often missing.
_POOL = 50
# How much the contextual reading counts where the words of the question say that it goes on: as a rule, and where its
# best passage has none of them ("Und welche Schuhe?" behind a question on heat), ...
_REMARK, _REMARK_LOST = 0.6, 0.4
# ... and where they do not say so: the carried words fit the question, or they do not.
_FITTING, _STRANGE = 0.4, 0.1
# They fit when they bring the question this much nearer to some passage: two topics in one question are near to
# nothing. In cosines of e5, of which few questions' best differ by more than 0.1.
_NEARER = 0.025
# And the best passage then has some of the question's own words: this share of the most that one has.
_OWN = 0.1
# A first hit so far ahead of the second in fitted scores is hardly ever overtaken, and the other search is saved: for
# more than half of the questions of evals/cases/retrieval.
_AHEAD = 2.0


def find(query: Query, search: Search, count: int) -> tuple[Query, tuple[Hit, ...]]:
    """At most `count` hits, best first, and the query in the one reading that their scores are for."""
    if query.context is None:
        return query, search(query.text, count, query.lang)
    alone = search(query.text, _POOL, query.lang)
    plain = Query(query.text, query.lang)
    if not query.leans and _decided(alone):
        return plain, alone[:count]
    together = search(query.context, _POOL, query.lang)
    held = _has_own_words(alone, together)
    if query.leans:
        share = _REMARK if held else _REMARK_LOST
        hits = _blended(together, alone, 1 - share)[:count]
        return Query(query.context, query.lang), tuple(_tempered(hit, alone, share) for hit in hits)
    share = _FITTING if held and _nearer(alone, together) else _STRANGE
    return plain, _blended(alone, together, share)[:count]


def _decided(hits: Sequence[Hit]) -> bool:
    return len(hits) > 1 and hits[0].scores.fitted - hits[1].scores.fitted >= _AHEAD


def _nearer(alone: Sequence[Hit], together: Sequence[Hit]) -> bool:
    """Whether the words carried over bring the question nearer to some passage."""
    if not alone or not together:
        return False
    return max(hit.scores.dense for hit in together) - max(hit.scores.dense for hit in alone) >= _NEARER


def _has_own_words(alone: Sequence[Hit], together: Sequence[Hit]) -> bool:
    """Whether the contextual reading's best passage has some of the question's own words, where any passage has."""
    own = {hit.passage.id: hit.scores.coverage for hit in alone}
    return not together or own.get(together[0].passage.id, 0.0) >= _OWN * max(own.values(), default=0.0)


def _blended(first: Sequence[Hit], second: Sequence[Hit], share: float) -> tuple[Hit, ...]:
    """The hits of both, best first; `share` is how much the second list's fitted scores count.

    A passage that one list lacks has there the score of its last one; one found by both keeps what its score is made
    of from the first.
    """
    if not first or not second:
        return tuple(first or second)
    ours, theirs = ({hit.passage.id: hit.scores.fitted for hit in hits} for hits in (first, second))
    lowest = min(ours.values()), min(theirs.values())
    fitted = {
        passage: (1 - share) * ours.get(passage, lowest[0]) + share * theirs.get(passage, lowest[1])
        for passage in {**ours, **theirs}
    }
    most = max(fitted.values())
    chances = {passage: math.exp(value - most) for passage, value in fitted.items()}
    total = sum(chances.values())
    hits = {hit.passage.id: hit for hit in (*second, *first)}
    order = sorted(fitted, key=lambda passage: -fitted[passage])
    return tuple(replace(hits[passage], score=chances[passage] / total) for passage in order)


def _tempered(hit: Hit, alone: Sequence[Hit], share: float) -> Hit:
    """The hit of a remark with what its score is made of taken from both readings, `share` of it from the contextual.

    "Und bei Zahnschmerzen?" is near to many passages once "Wärme" and "Rückenschmerzen" are carried over. Whether one
    of them answers shows in the remark's own words as well: among the development dialogues the mean of both readings
    refused seven of ten follow-ups without an answer, the contextual one alone three.
    """
    if not alone:
        return hit
    # A passage that the remark alone does not find is no nearer to it than the last one it finds.
    same = next((other for other in alone if other.passage.id == hit.passage.id), alone[-1])
    mean = {
        field.name: share * getattr(hit.scores, field.name) + (1 - share) * getattr(same.scores, field.name)
        for field in fields(Scores)
    }
    return replace(hit, scores=Scores(**mean))
