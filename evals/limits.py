"""Setting the limits of the tuned model: how sure it must be before it alone decides; from development cases alone.

A limit is the lowest chance at which no more than its budget of harmless cases is taken for something. Budgets were
set by judgement: a needless appointment costs trust, a needless emergency costs more of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.judging import LEVEL, Judging
from bot.triage.assess import read
from bot.triage.rules import Rules
from bot.triage.second import judged
from bot.triage.triager import MOST
from bot.turn import Level, Reason
from evals.guard import GuardCase
from evals.triage import TriageCase

_BUDGETS: Mapping[Level, float] = {Level.DOCTOR: 0.03, Level.URGENT: 0.025, Level.EMERGENCY: 0.02}
# Where the rules understood a denial or a question, there are few harmless cases to measure on: a surer border.
_LIFTED = 1.15
_HIGHEST = 0.99
# Of the cases that need an appointment, so many may lose it because the model sees nothing.
_LOST = 0.01
_REFUSED = 0.004

_STEP = 0.005


@dataclass(frozen=True, slots=True)
class _Case:
    """The levels that are right for a case, and how likely the model finds a level or a higher one."""

    accepted: frozenset[Level]
    chances: Mapping[Level, float]


def triage_limits(cases: Sequence[TriageCase], rules: Rules, judge: Judging) -> dict[str, float]:
    """The limits of bot/triage/limits.toml."""
    seen = [_seen(case, rules, judge) for case in cases if case.text]
    harmless = [case for case in seen if case.accepted == {Level.NONE}]
    limits: dict[str, float] = {}
    for level, budget in _BUDGETS.items():
        limits[level.value] = _limit([case.chances[level] for case in harmless], budget)
        limits[f"lifted_{level.value}"] = min(_HIGHEST, limits[level.value] * _LIFTED)
    risks = [case.chances[Level.DOCTOR] for case in seen if Level.NONE not in case.accepted]
    limits["cleared"] = float(np.floor(np.quantile(risks, _LOST) / _STEP) * _STEP)
    return limits


def guard_limits(cases: Sequence[GuardCase], chances: Callable[[str], Mapping[Reason, float]]) -> dict[str, float]:
    """The limits of bot/guard/limits.toml, by reason."""
    seen = [(case, chances(case.text)) for case in cases]
    found = {}
    for reason in (Reason.INJECTION, Reason.ABUSE, Reason.PRIVACY, Reason.MEDICATION, Reason.DIAGNOSIS):
        spared = [said[reason] for case, said in seen if reason is not case.reason and reason not in case.also]
        found[reason.value] = _limit(spared, _REFUSED)
    return found


def _seen(case: TriageCase, rules: Rules, judge: Judging) -> _Case:
    reading = read(rules, case.messages)
    windows = [each.judgement[LEVEL] for each in judged(judge, reading, MOST)]

    def chance(level: Level) -> float:
        higher = [other for other in Level if other.rank >= level.rank]
        return max((sum(said[other] for other in higher) for said in windows), default=0.0)

    return _Case(case.accepted, {level: chance(level) for level in _BUDGETS})


def _limit(chances: Sequence[float], budget: float) -> float:
    """The lowest step at which at most a share `budget` of the chances reaches it."""
    for step in np.arange(_STEP, 1.0, _STEP):
        if np.mean([chance >= step for chance in chances]) <= budget:
            return round(float(step), 3)
    return _HIGHEST


def as_toml(limits: Mapping[str, float], table: str = "") -> str:
    """The limits as they are written."""
    head = "# From which chance on the tuned model alone decides. Written by `python -m evals fit limits`, from the\n"
    head += "# development cases of evals/cases; not edited by hand.\n"
    lines = [f"{name} = {value:.3f}" for name, value in limits.items()]
    return head + (f"[{table}]\n" if table else "") + "\n".join(lines) + "\n"
