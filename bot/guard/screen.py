"""Patterns and the tuned model together: what either of them finds is not answered.

The patterns take disguises off; the model knows attempts that nobody wrote a pattern for. Phrases are found in harmless
messages, too: where nothing is disguised and the model is all but certain, such a message is let pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.guard.check import Guard, check
from bot.guard.pattern import ORDER, literally
from bot.judging import HARMLESS, REASON, Judgement, Judging, read_limits
from bot.textfold import tokenize
from bot.turn import Reason, Verdict
from bot.windows import Window, windows

FILE = Path(__file__).with_name("limits.toml")

JUDGED = "judged"
"""The code of what the model alone found."""

# Windows of a long message that are judged; triage has judged the same ones, so that they cost nothing more.
_MOST = 3


class ScreenLimits(BaseModel):
    """From which chance on the model alone refuses, by reason, as `python -m evals fit limits` found; none: never.

    Below `spared` chance of any reason a message passes in which only phrases were found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spared: float
    limits: Mapping[Reason, float]


def load_screen_limits(path: Path = FILE) -> ScreenLimits:
    """The limits of this package. Raises `BadWording` when the file is missing or incomplete."""
    return read_limits(path, ScreenLimits)


@dataclass(frozen=True, slots=True)
class Screen:
    """Says whether a message may be answered; safe to use from several threads."""

    guard: Guard
    judge: Judging
    limits: ScreenLimits

    def __call__(self, text: str) -> Verdict:
        """The verdict on a visitor's current message.

        Raises:
            Exception: the model broke; then nobody may answer.
        """
        verdict = check(self.guard, text)
        if verdict.reason is not None:
            return Verdict() if self._spares(verdict, text) else verdict
        chances = self.chances(text)
        for reason in ORDER:
            if chances.get(reason, 0.0) >= self.limits.limits.get(reason, 2.0):
                return Verdict(reason, JUDGED)
        return verdict

    def chances(self, text: str) -> dict[Reason, float]:
        """For each reason the highest chance in any window that was judged."""
        judgements = [said[REASON] for said in self._judged(text, windows(tokenize((text,))))]
        return {reason: max((j.get(reason, 0.0) for j in judgements), default=0.0) for reason in ORDER}

    def risk(self, text: str) -> float:
        """The chance that there is any reason to refuse a message; 1 where it may be hidden from the model."""
        found = windows(tokenize((text,)))
        if not 0 < len(found) <= _MOST or self.guard.decoder.readings(text) != (text,):
            return 1.0
        return max(1.0 - said[REASON][HARMLESS] for said in self._judged(text, found))

    def _spares(self, verdict: Verdict, text: str) -> bool:
        """Whether phrases alone are no reason here; signs that stand in no sentence, and a message too long, are."""
        plain = literally(text)
        signs = any(piece in plain for pattern in self.guard.patterns for piece in pattern.literal)
        return verdict.reason in ORDER and not signs and self.risk(text) < self.limits.spared

    def _judged(self, text: str, found: Sequence[Window]) -> list[Judgement]:
        ranked = sorted(found, key=lambda window: -self.judge.suspicion(window.words))[:_MOST]
        return [self.judge.judge(text[window.start : window.end]) for window in ranked]
