"""Patterns and the tuned model together: what either of them finds is not answered.

The patterns are exact and take disguises off; the model knows attempts that nobody wrote a pattern for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.guard.check import Guard, check
from bot.guard.pattern import ORDER
from bot.judging import REASON, Judging, read_limits
from bot.textfold import tokenize
from bot.turn import Reason, Verdict
from bot.windows import windows

FILE = Path(__file__).with_name("limits.toml")

JUDGED = "judged"
"""The code of what the model alone found."""

# Windows of a long message that are judged; triage has judged the same ones, so that they cost nothing more.
_MOST = 3


class ScreenLimits(BaseModel):
    """From which chance on the model alone refuses, by reason, as `python -m evals fit limits` found; none: never."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
            return verdict
        chances = self.chances(text)
        for reason in ORDER:
            if chances.get(reason, 0.0) >= self.limits.limits.get(reason, 2.0):
                return Verdict(reason, JUDGED)
        return verdict

    def chances(self, text: str) -> dict[Reason, float]:
        """For each reason the highest chance in any window that was judged."""
        found = sorted(windows(tokenize((text,))), key=lambda window: -self.judge.suspicion(window.words))[:_MOST]
        judgements = [self.judge.judge(text[window.start : window.end])[REASON] for window in found]
        return {reason: max((j.get(reason, 0.0) for j in judgements), default=0.0) for reason in ORDER}
