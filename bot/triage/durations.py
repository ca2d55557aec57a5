"""How long something has lasted: "seit zwei Wochen" in days, in every language of the rules."""

from collections.abc import Mapping, Sequence

from bot.phrases import Span
from bot.textfold import Token
from bot.triage.rules import DurationRule

_INTRODUCED = 2
"""How many words may stand between "seit" and the number, or between the unit and "lang"."""

_STORY = 9
"""How many words may stand between "vor drei Wochen" and "angefangen"."""


def long_durations(
    tokens: Sequence[Token], messages: Sequence[str], found: Mapping[str, Sequence[Span]], rule: DurationRule
) -> list[Span]:
    """Where the text says that something lasts longer than the rule's days, or lists words that mean as much."""
    spans = list(found.get(rule.concept, ()))
    for index in range(len(tokens) - 1):
        span = _amount(tokens, messages, index, found, rule)
        if span is not None:
            spans.append(span)
    joins = {i for span in found.get("cue.joins", ()) for i in range(span.first, span.last + 1)}
    return sorted((s for s in spans if not _voided(s, tokens, joins, found, rule)), key=lambda s: (s.first, s.last))


def _amount(
    tokens: Sequence[Token],
    messages: Sequence[str],
    index: int,
    found: Mapping[str, Sequence[Span]],
    rule: DurationRule,
) -> Span | None:
    token, unit = tokens[index], tokens[index + 1]
    if unit.text not in rule.units or unit.sentence != token.sentence:
        return None
    if token.text.isascii() and token.text.isdigit() and len(token.text) < 6:  # noqa: PLR2004 - no duration is longer
        number = float(token.text)
    elif token.text in rule.numbers:
        number = rule.numbers[token.text]
    else:
        return None
    between = messages[token.message][tokens[index - 1].end if _same(tokens, index) else 0 : token.start]
    sign = ">" in between
    more = sign or _ends_before(found.get("time.more", ()), index, 1)
    days = number * rule.units[unit.text]
    if days < rule.more_than_days or (days == rule.more_than_days and not more):
        return None
    introduced = sign or _ends_before(found.get("time.before", ()), index, _INTRODUCED)
    followed = any(index + 1 < s.first <= index + 1 + _INTRODUCED for s in found.get("time.after", ()))
    ago = _ends_before(found.get("time.point", ()), index, 1) or any(
        index + 1 < s.first <= index + 1 + _INTRODUCED for s in found.get("time.begun", ())
    )
    begun = any(abs(s.first - index) <= _STORY for s in found.get("time.begun", ()))
    return Span(index, index + 1) if introduced or followed or (ago and begun) else None


def _same(tokens: Sequence[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].message == tokens[index].message


def _ends_before(spans: Sequence[Span], index: int, reach: int) -> bool:
    return any(index - reach <= span.last < index for span in spans)


def _voided(
    span: Span, tokens: Sequence[Token], joins: set[int], found: Mapping[str, Sequence[Span]], rule: DurationRule
) -> bool:
    """Whether the duration belongs to something else than pain: "ich laufe seit zwei Jahren"."""
    first, last = span.first, span.last
    while first > 0 and tokens[first - 1].clause == tokens[span.first].clause and first - 1 not in joins:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].clause == tokens[span.last].clause and last + 1 not in joins:
        last += 1

    def beside(concept: str) -> bool:
        return any(first <= s.first and s.last <= last for s in found.get(concept, ()))

    return beside(rule.voided_by) and not beside(rule.unless_with)
