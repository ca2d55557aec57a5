"""Choosing the sentences of an answer: verbatim, in an order that reads as an answer.

The first sentence is the one that answers best and can stand alone. Up to three more follow: what stands next to it,
or says something else to the point in another passage. A sentence that leans on the one before it ("This …") comes
with that one or not at all, so that nothing shown refers to something missing. What may not be quoted
(bot/quotable.py) is passed over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answer.reading import reading
from bot.quotable import quotable
from corpus.document import Document, Sentence
from index.passage import Hit, Passage
from index.search import ANSWERED_FROM
from index.terms import terms

LONGEST = 4
"""Sentences of an answer; more is not read on a phone."""

# These figures are added to the fitted relevance of sentences (index/ranking.py), whose best and worst usually lie five
# to ten apart in an answer's passages. They were set by hand while reading the answers to evals/cases/dev.jsonl.
# "Also …" reads badly at the beginning of an answer, but better than a sentence beside the point.
_CONTINUING = 0.6
# What the article says itself goes before what its sources say, unless they are clearly better: a shop's visitor wants
# the article.
_ARTICLE_FIRST = 1.2
# When a question of the FAQ is the best hit, its answer was written for the question.
_FAQ_FIRST = 0.6
# A further sentence must come this near to the first one's score, depending on where it stands: right behind it, in
# the same passage, or elsewhere. The answer of an FAQ is taken whole, and so is what a sentence only announces.
_BEHIND, _SAME_PASSAGE, _ELSEWHERE, _WHOLE = 2.4, 1.5, 5.0, 6.0
# Two sentences that share more of their words say the same.
_SAME = 0.5
_LONGEST_UNIT = 2


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence chosen, and the passage it comes from."""

    passage: Passage
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class _Unit:
    """Neighbouring sentences of a passage that can only be shown together; the last one is what is wanted."""

    passage: Passage
    first: int
    last: int
    score: float

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return self.passage.sentences[self.first : self.last + 1]

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return tuple(Quote(self.passage, sentence) for sentence in self.sentences)


def select(hits: Sequence[Hit], documents: Mapping[str, Document], longest: int = LONGEST) -> tuple[Quote, ...]:
    """The sentences of the answer in the order they are shown, none when no passage has a usable one.

    Args:
        hits: what was found, best first.
        documents: those that the hits come from, by id.
        longest: how many sentences are shown at most.
    """
    units = sorted(_units(hits[:ANSWERED_FROM], documents), key=lambda unit: -unit.score)
    if not units:
        return ()
    lead = units[0]
    chosen = [lead]
    for unit in _further(units, lead):
        length = sum(len(u.sentences) for u in chosen)
        if length + len(unit.sentences) <= longest and not _repeats(unit, chosen):
            chosen.append(unit)
    return tuple(quote for unit in _ordered(chosen) for quote in unit.quotes)


def _units(hits: Sequence[Hit], documents: Mapping[str, Document]) -> Iterator[_Unit]:
    usable = [hit for hit in hits if _informs(hit.passage)]
    for hit in usable:
        support = _ARTICLE_FIRST if hit.passage.source.kind == "article" else 0.0
        support += _FAQ_FIRST if hit is usable[0] and hit.passage.source.section_kind == "faq" else 0.0
        rules, document = reading(hit.passage.source.lang), documents[hit.passage.source.document]
        for last, scores in enumerate(hit.sentences):
            first = _beginning(hit.passage, last, document)
            if first is None:
                continue
            continues = rules.continues(hit.passage.sentences[first])
            score = scores.relevance + support - (_CONTINUING if continues else 0.0)
            yield _Unit(hit.passage, first, last, score)


def _informs(passage: Passage) -> bool:
    """Whether a passage says something a visitor asked for, rather than to sell or to draw him in."""
    source = passage.source
    return not passage.advertising and source.section_kind != "teaser" and source.role != "about_article"


def _beginning(passage: Passage, last: int, document: Document) -> int | None:
    """Where one must begin to read so that sentence `last` can be understood; None when it cannot be shown."""
    rules, sentences = reading(passage.source.lang), passage.sentences
    first = last
    while first > 0 and rules.leans(sentences[first]):
        first -= 1
    shown = sentences[first : last + 1]
    if rules.leans(shown[0]) or len(shown) > _LONGEST_UNIT or any(rules.says_nothing(s) for s in shown):
        return None
    path = passage.source.section
    return first if all(quotable(document, sentence.text, path) for sentence in shown) else None


def _further(units: Sequence[_Unit], lead: _Unit) -> list[_Unit]:
    """Candidates behind the lead, best first: near enough in score, and not standing before it in its own passage."""

    def lacks(unit: _Unit) -> float:
        """By how much the unit misses what is asked of it; none at 0 and below."""
        behind = unit.passage.id == lead.passage.id and unit.first == lead.last + 1
        if unit.passage.id != lead.passage.id:
            allowed = _ELSEWHERE
        elif unit.passage.source.section_kind == "faq" or (behind and _completes(unit)):
            allowed = _WHOLE
        else:
            allowed = _BEHIND if behind else _SAME_PASSAGE
        return lead.score - unit.score - allowed

    def rest(unit: _Unit) -> _Unit:
        """What a unit adds to the lead: a sentence that leans on the lead needs it no second time."""
        leans = unit.passage.id == lead.passage.id and unit.first <= lead.last < unit.last
        return replace(unit, first=lead.last + 1) if leans else unit

    def fits(unit: _Unit) -> bool:
        in_order = unit.passage.id != lead.passage.id or unit.first > lead.last
        # Once a source has spoken, the article does not come back: it would read as if the source went on.
        one_way = unit.passage.source.kind == "digest" or lead.passage.source.kind == "article"
        return unit is not lead and in_order and one_way and lacks(unit) <= 0

    return sorted((unit for unit in map(rest, units) if fits(unit)), key=lacks)


def _completes(unit: _Unit) -> bool:
    return reading(unit.passage.source.lang).completes(unit.sentences[0])


def _repeats(unit: _Unit, chosen: Sequence[_Unit]) -> bool:
    """Whether a sentence is there already, or says nearly the same as one that is."""
    new = [_words(unit.passage, sentence) for sentence in unit.sentences]
    old = [_words(u.passage, sentence) for u in chosen for sentence in u.sentences]
    return any(len(a & b) > _SAME * min(len(a), len(b)) for a in new for b in old)


def _words(passage: Passage, sentence: Sentence) -> frozenset[str]:
    return frozenset(terms(sentence.text, passage.source.lang))


def _ordered(chosen: Sequence[_Unit]) -> list[_Unit]:
    """The lead's passage first, then the article, then sources one by one; within a passage as it stands there."""
    lead = chosen[0].passage
    documents = list(dict.fromkeys(unit.passage.source.document for unit in chosen))
    passages = list(dict.fromkeys(unit.passage.id for unit in chosen))

    def place(unit: _Unit) -> tuple[bool, bool, int, int, int]:
        return (
            unit.passage.id != lead.id,
            unit.passage.source.kind == "digest",
            documents.index(unit.passage.source.document),
            passages.index(unit.passage.id),
            unit.first,
        )

    return sorted(chosen, key=place)
