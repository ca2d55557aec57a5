"""Both detectors together: the more cautious of the two decides, within the limits of the second."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import where
from bot.judging import Judging
from bot.triage.assess import Reading, found_in, read
from bot.triage.rules import Rules
from bot.triage.second import Judged, Limits, judged, quotes
from bot.turn import Level, Triage

_log = logging.getLogger(__name__)

MOST = 3
"""Windows of a conversation that the model judges: each takes some ten milliseconds."""


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
        if first.level is Level.EMERGENCY:
            return first
        try:
            found = judged(self.judge, reading, MOST)
        except Exception as error:
            if first.level is Level.NONE:
                raise
            # No traceback: it may hold what was written.
            _log.error("the second detector failed, the rules alone decide: %s", where(error))
            return first
        return self._joined(first, found, reading)

    def _joined(self, first: Triage, found: Sequence[Judged], reading: Reading) -> Triage:
        levels = [self._level(each) for each in found]
        highest = max(levels, key=lambda level: level.rank, default=Level.NONE)
        if highest.rank > first.level.rank:
            deciding = [each for each, level in zip(found, levels, strict=True) if level is highest]
            flags = dict.fromkeys([*(each.sign for each in deciding), *first.flags])
            return Triage(highest, tuple(flags), quotes(deciding, reading))
        surest = max((each.risk for each in found), default=1.0)
        if first.level is Level.DOCTOR and surest < self.limits.cleared:
            return Triage()
        return first

    def _level(self, each: Judged) -> Level:
        """The level of a window. Who may want to die is never sent to next week's appointment."""
        level = self.limits.level(each.judgement, lifted=each.lifted)
        return level if level is Level.NONE else self.rules.never_below.get(each.sign, level)
