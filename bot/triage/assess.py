"""The warning signs in what a visitor wrote: plain rules over data, no model, no network, and never an exception."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.phrases import Span
from bot.textfold import Token, tokenize
from bot.triage.context import Context, Place
from bot.triage.durations import long_durations
from bot.triage.rules import Combination, Rules, Sign
from bot.turn import Triage

_ONE_QUOTE = 14
"""Finds that lie within so many words are shown as one quotation, else each on its own."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A conversation with its finds, ready to be asked for signs.

    Attributes:
        messages: as they were written, oldest first.
        tokens: their words.
        places: by concept where it was found, unless it was denied or taken back.
        lifted: sentences in which a concept was denied, asked about in general, or told as past.
        cleared: before this message a doctor has seen to everything.
        corrected: before this place (message, offset) everything was a misunderstanding.
    """

    messages: tuple[str, ...]
    tokens: tuple[Token, ...]
    places: Mapping[str, Sequence[Place]]
    lifted: frozenset[int]
    cleared: int
    corrected: tuple[int, int]


def assess(rules: Rules, messages: Sequence[str]) -> Triage:
    """The highest level in the conversation, its signs, and the visitor's words for the most urgent ones.

    Args:
        rules: What to look for.
        messages: Everything the visitor wrote, oldest first.

    Returns:
        `flags` names all signs found, the most urgent first; `evidence` quotes the messages for those of the
        highest level, letter by letter.
    """
    return found_in(read(rules, messages), rules)


def found_in(reading: Reading, rules: Rules) -> Triage:
    """The same of a conversation that has been read."""
    found: list[tuple[Sign, tuple[Span, ...]]] = []
    for sign in rules.signs:
        spans = _first_match(sign, reading)
        if spans is not None:
            found.append((sign, spans))
    if not found:
        return Triage()
    level = found[0][0].level
    quotes = [quote for sign, spans in found if sign.level == level for quote in _quotes(spans, reading)]
    return Triage(level, tuple(sign.id for sign, _ in found), tuple(dict.fromkeys(quotes)))


def read(rules: Rules, conversation: Sequence[str]) -> Reading:
    """A conversation with what the rules look for; raises nothing."""
    messages = tuple(conversation)
    tokens = tokenize(messages)
    found = rules.lexicon.find(tokens)
    found[rules.duration.concept] = long_durations(tokens, messages, found, rules.duration)
    context = Context(tokens, found)
    places: dict[str, list[Place]] = {}
    lifted: set[int] = set()
    for concept, spans in found.items():
        if "." in concept:
            continue
        kept = [context.place(span, lasting=concept in rules.lasting) for span in spans]
        places[concept] = [place for place in kept if place is not None]
        lifted |= {
            tokens[span.first].sentence
            for span, place in zip(spans, kept, strict=True)
            if place is None or place.lifted
        }
    return Reading(messages, tokens, places, frozenset(lifted), *context.cleared)


def _first_match(sign: Sign, reading: Reading) -> tuple[Span, ...] | None:
    for combination in sign.when:
        spans = _match(combination, reading)
        if spans is not None:
            return spans
    return None


def _match(combination: Combination, reading: Reading) -> tuple[Span, ...] | None:
    """The first place where the combination holds, one span for each of its concepts; else None."""
    columns = [
        [place.span for place in reading.places.get(concept, ()) if place.lifted <= combination.keeps]
        for concept in combination.concepts
    ]
    if not all(columns):
        return None
    against = {
        reading.tokens[place.span.first].sentence
        for concept in combination.unless
        for place in reading.places.get(concept, ())
    }
    if combination.within is None:
        return tuple(spans[0] for spans in columns)
    starts = [[span.first for span in spans] for spans in columns]
    for anchor in columns[0]:
        chosen = [anchor]
        for spans, firsts in zip(columns[1:], starts[1:], strict=True):
            chosen.append(_nearest(anchor, spans, firsts))
        if _width(chosen, reading.tokens) > combination.within and len(chosen) > 1:
            continue
        if not against & {reading.tokens[span.first].sentence for span in chosen}:
            return tuple(chosen)
    return None


def _nearest(anchor: Span, spans: Sequence[Span], firsts: Sequence[int]) -> Span:
    index = bisect_left(firsts, anchor.first)
    around = spans[max(0, index - 2) : index + 2]
    return min(around, key=lambda span: max(span.first - anchor.last, anchor.first - span.last, 0))


def _width(spans: Sequence[Span], tokens: Sequence[Token]) -> int:
    """How many words lie between the finds that are farthest apart; 0 where they touch or overlap."""
    latest = max(tokens[span.first].position for span in spans)
    earliest = min(tokens[span.last].position for span in spans)
    return max(0, latest - earliest)


def _quotes(spans: Sequence[Span], reading: Reading) -> list[str]:
    ordered = sorted(spans, key=lambda span: span.first)
    first = reading.tokens[ordered[0].first]
    last = reading.tokens[max(span.last for span in ordered)]
    if first.message == last.message and last.position - first.position <= _ONE_QUOTE:
        return [reading.messages[first.message][first.start : last.end]]
    return [
        reading.messages[reading.tokens[span.first].message][
            reading.tokens[span.first].start : reading.tokens[span.last].end
        ]
        for span in ordered
    ]
