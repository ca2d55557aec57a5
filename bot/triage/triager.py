"""Both detectors together: the more cautious of the two decides, within the limits of the second."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import where
from bot.judging import Judging
from bot.triage.assess import Reading, assess, found_in, read
from bot.triage.rules import Rules
from bot.triage.second import Found, Heard, Judged, Limits, listen, quotes
from bot.turn import Level, Triage

_log = logging.getLogger(__name__)

MOST = 3
"""Pieces of a conversation that the model judges: each takes some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Triager:
    """Finds warning signs in a conversation; safe to use from several threads."""

    rules: Rules
    judge: Judging
    limits: Limits

    def __call__(self, messages: Sequence[str]) -> Triage:
        """The level of the whole conversation, its signs, and the visitor's words that led there.

        Args:
            messages: everything the visitor wrote, oldest first.

        Raises:
            Exception: the model broke and the rules found nothing; then nobody may answer.
        """
        reading = read(self.rules, messages)
        first = found_in(reading, self.rules)
        try:
            heard = listen(self.judge, reading, MOST)
        except Exception as error:
            if first.level is Level.NONE:
                raise
            # No traceback: it may hold what was written.
            _log.error("the second detector failed, the rules alone decide: %s", where(error))
            return first
        if self._taken_back(first, heard, messages):
            return Triage()
        return self._joined(first, heard, reading)

    def _taken_back(self, first: Triage, heard: Heard, messages: Sequence[str]) -> bool:
        """Whether what was said earlier does not count any more, and the current message has nothing of its own."""
        if heard.talk is None or not heard.whole or self._stays(first):
            return False
        return (
            heard.talk.risk < self.limits.cleared
            and all(self._level(each, "nothing") is Level.NONE for each in heard.now)
            and assess(self.rules, messages[-1:]).level is Level.NONE
        )

    def _joined(self, first: Triage, heard: Heard, reading: Reading) -> Triage:
        pieces = tuple(heard)
        levels = [self._level(each, found_of(first, lifted=each.lifted)) for each in pieces]
        highest = max(levels, key=lambda level: level.rank, default=Level.NONE)
        if highest.rank > first.level.rank:
            deciding = [each for each, level in zip(pieces, levels, strict=True) if level is highest]
            # Where one piece says it, the conversation around it need not be quoted as well.
            shown = [each for each in deciding if len(each.windows) == 1] or deciding
            flags = dict.fromkeys([*(each.sign for each in shown), *first.flags])
            return Triage(highest, tuple(flags), quotes(shown, reading))
        if highest.rank < first.level.rank and pieces and heard.whole and not self._stays(first):
            return Triage(highest, first.flags, first.evidence) if highest is not Level.NONE else Triage()
        return first

    def _stays(self, first: Triage) -> bool:
        """Whether the rules found what no model may lower: who may want to die is always met with the crisis line."""
        return any(flag in self.rules.never_below for flag in first.flags)

    def _level(self, each: Judged, found: Found) -> Level:
        """The level of a piece. A wish to die is never sent to next week's appointment."""
        level = self.limits.level(each.judgement, found)
        return level if level is Level.NONE else self.rules.never_below.get(each.sign, level)


def found_of(first: Triage, *, lifted: bool) -> Found:
    """What the rules found, as the limits name it; `lifted`: something that they understood is not meant."""
    if first.level is Level.NONE:
        return "lifted" if lifted else "nothing"
    names: dict[Level, Found] = {Level.DOCTOR: "doctor", Level.URGENT: "urgent", Level.EMERGENCY: "emergency"}
    return names[first.level]
