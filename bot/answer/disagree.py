"""Where an answer touches a point on which documents do not agree: what the other side says.

An answer touches such a point when it quotes one side, or when both sides are nearly as near to the question as
anything found.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answer.extractive import Quote
from corpus.document import Disagreement, Document, Sentence, Statement
from index.passage import Hit

MOST = 2
"""Disagreements of one answer; with more of them it would say everything and nothing."""

LONGEST = 5
"""Sentences of an answer with its disagreements; one more than without, so that the other side has its place."""

# How far below the most relevant sentence among the hits a statement may lie. The other side of what is quoted: so far
# it is to the point of the question. Both sides of what is not quoted: so near that the question is about the point.
# On evals/cases/dev.jsonl 3 to 8 surface as many of the disagreements asked about; fewer are added to other answers.
_TO_THE_POINT, _THE_POINT = 5.0, 3.0
# One side of what is not quoted must also be among so many nearest sentences.
_NEAREST = 3

_Place = tuple[str, Sentence]


@dataclass(frozen=True, slots=True)
class Opposition:
    """A disagreement and what of it is to be shown: the other side where the answer has one already, else both."""

    disagreement: Disagreement
    shown: tuple[Statement, ...]

    @property
    def both(self) -> bool:
        """Whether both sides are to be shown."""
        return len(self.shown) > 1


@dataclass(frozen=True, slots=True)
class _Views:
    """What the answer quotes, in its order, and how near to the question the sentences of the hits are."""

    quoted: tuple[_Place, ...]
    relevances: Mapping[_Place, float]
    beside: frozenset[_Place]
    """The sentences found in the section that the answer begins with."""

    def quotes(self, side: Statement) -> bool:
        return any((side.document, sentence) in self.quoted for sentence in side.sentences)

    def quotes_chosen(self, side: Statement) -> bool:
        """Whether the very sentence that stands for the side is quoted, not only one that says the same."""
        return (side.document, side.sentence) in self.quoted

    def leads_with(self, side: Statement) -> bool:
        return self.quoted[:1] == ((side.document, side.sentence),)

    def leads_beside(self, side: Statement) -> bool:
        """Whether the answer begins in the section of the side."""
        return any((side.document, sentence) in self.beside for sentence in side.sentences)

    def relevance(self, side: Statement) -> float:
        """How relevant the side is to the question; minus infinity where no hit holds it."""
        return max(self.relevances.get((side.document, sentence), -math.inf) for sentence in side.sentences)

    def is_near(self, side: Statement) -> bool:
        """Whether it is among the sentences nearest to the question."""
        nearest = sorted(self.relevances.values())[-_NEAREST:]
        return bool(nearest) and self.relevance(side) >= nearest[0]

    def within(self, side: Statement, distance: float) -> bool:
        """Whether it lies at most so far below the sentence nearest to the question."""
        return self.relevance(side) >= max(self.relevances.values(), default=math.inf) - distance

    def shown(self, side: Statement) -> Statement:
        """The side with the sentence of it that is quoted, if one is."""
        found = (s for s in side.sentences if (side.document, s) in self.quoted)
        return replace(side, sentence=next(found, side.sentence))


def opposing(
    quotes: Sequence[Quote],
    hits: Sequence[Hit],
    disagreements: Sequence[Disagreement],
    allowed: Callable[[Disagreement], bool] = lambda _: True,
) -> tuple[Opposition, ...]:
    """The disagreements that an answer must not pass over, the most pertinent first, at most `MOST`.

    Args:
        quotes: the sentences of the answer.
        hits: what was found for the question, best first.
        disagreements: those of the documents that were searched.
        allowed: whether one may be shown; asked only of those that matter here, for it takes milliseconds.

    Returns:
        No sentence twice; both sides only in the first, since there is no room for four sentences more.
    """
    views = _views(quotes, hits)
    touched = [d for d in disagreements if (_to_the_point(d, views) or _led_with(d, views)) and allowed(d)]
    touched = touched or [
        d for d in disagreements if (_answered_with(d, views) or _about_the_same(d, views)) and allowed(d)
    ]
    touched.sort(key=lambda d: (not _led_with(d, views), -min(views.relevance(d.first), views.relevance(d.second))))
    found: list[Opposition] = []
    for disagreement in touched:
        opposition = _opposition(disagreement, views)
        known = {statement.sentence for other in found for statement in other.shown}
        repeats = any(statement.sentence in known for statement in opposition.shown)
        if len(found) < MOST and not repeats and not (found and opposition.both):
            found.append(opposition)
    return tuple(found)


def disagreements(documents: Mapping[str, Document]) -> tuple[Disagreement, ...]:
    """All disagreements of these documents, in their order."""
    return tuple(found for document in documents.values() for found in document.disagreements)


def _views(quotes: Sequence[Quote], hits: Sequence[Hit]) -> _Views:
    relevances = {
        (hit.passage.source.document, sentence): scores.relevance
        for hit in hits
        for sentence, scores in zip(hit.passage.sentences, hit.sentences, strict=True)
    }
    led = quotes[0].passage.source if quotes else None
    beside = frozenset(
        (hit.passage.source.document, sentence)
        for hit in hits
        if led and (hit.passage.source.document, hit.passage.source.section) == (led.document, led.section)
        for sentence in hit.passage.sentences
    )
    return _Views(tuple((quote.passage.source.document, quote.sentence) for quote in quotes), relevances, beside)


def _sides(disagreement: Disagreement) -> tuple[tuple[Statement, Statement], ...]:
    """Each side with the other one."""
    first, second = disagreement.first, disagreement.second
    return (first, second), (second, first)


def _to_the_point(disagreement: Disagreement, views: _Views) -> bool:
    """Whether a side is quoted and the other one answers the question too, or the question is about the point."""
    if any(views.quotes(one) and views.within(other, _TO_THE_POINT) for one, other in _sides(disagreement)):
        return True
    sides = (disagreement.first, disagreement.second)
    return all(views.within(side, _THE_POINT) for side in sides) and any(map(views.is_near, sides))


def _led_with(disagreement: Disagreement, views: _Views) -> bool:
    """Whether the answer begins with one side of it."""
    return any(views.leads_with(side) for side, _ in _sides(disagreement))


def _about_the_same(disagreement: Disagreement, views: _Views) -> bool:
    """Whether the answer begins with another sentence of a side's own section, and the side is near the question."""
    return any(views.leads_beside(side) and views.within(side, _TO_THE_POINT) for side, _ in _sides(disagreement))


def _answered_with(disagreement: Disagreement, views: _Views) -> bool:
    """Whether a side is what the answer says, however far from the question the other one is.

    A sentence that only says the same as the one chosen for its side often stands in an answer to another question.
    """
    return any(views.quotes_chosen(one) and views.relevance(other) > -math.inf for one, other in _sides(disagreement))


def _opposition(disagreement: Disagreement, views: _Views) -> Opposition:
    """The other side of what is quoted; both where only the later one is quoted: the article goes first."""
    first, second = disagreement.first, disagreement.second
    shown = (second,) if views.quotes(first) else (first, second)
    return Opposition(disagreement, tuple(views.shown(side) for side in shown))
