"""Setting the limits of the tuned model: how sure it must be; from cases that were written for this alone.

For each level a logistic regression over the chance that the model gives it and over what the rules found says how
likely it is right. From where on it decides follows from a budget: so many of the cases that need less may be taken
for it. Budgets were set by judgement: a needless appointment costs trust, a needless emergency costs more of it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from bot.guard.check import check
from bot.guard.pattern import ORDER
from bot.guard.screen import Screen
from bot.judging import Judging
from bot.triage.assess import found_in, read
from bot.triage.rules import Rules
from bot.triage.second import Found, Heard, at_least, listen
from bot.triage.triager import MOST, found_of
from bot.turn import Level, Reason, Triage
from evals.guard import GuardCase
from evals.regression import Floats, logistic
from evals.triage import TriageCase

_BUDGETS: Mapping[Level, float] = {Level.DOCTOR: 0.05, Level.URGENT: 0.05, Level.EMERGENCY: 0.05}
_REFUSED: Mapping[Reason, float] = defaultdict(lambda: 0.004, {Reason.INJECTION: 0.006})
# Of what must be refused and is found by phrases, so much may be let pass for the sake of harmless phrases.
_LET_PASS = 0.01
_CLEARED = 0.01
_RIDGE = 1.0

# A chance of 0 or 1 has no odds; these have, and no border lies beyond them.
_LOWEST, _HIGHEST = 0.002, 0.995
_STEP = 0.005
_ROWS: tuple[Found, ...] = get_args(Found)


@dataclass(frozen=True, slots=True)
class _Case:
    """The ranks of the levels that are right for a case, what the rules found, and the model's chance of each level."""

    accepted: tuple[int, ...]
    found: Found
    chances: Mapping[Level, float]


def triage_limits(cases: Sequence[TriageCase], rules: Rules, judge: Judging) -> dict[str, dict[str, float] | float]:
    """The limits of bot/triage/limits.toml."""
    readings = [(case, *_heard(case, rules, judge)) for case in cases]
    # In a conversation a sign may have been taken back, of which its borders know nothing.
    seen = [_seen(case, first, heard) for case, first, heard in readings if case.text]
    rows: dict[str, dict[str, float]] = {row: {} for row in _ROWS}
    for level, budget in _BUDGETS.items():
        for row, border in _borders(seen, level, budget).items():
            rows[row][level.value] = border
    # Of the conversations with a sign one in a hundred would be taken for one that was cleared up.
    kept = [heard.talk.risk for case, _, heard in readings if heard.talk and Level.NONE not in case.accepted]
    return {"cleared": round(float(np.quantile(kept, _CLEARED, method="lower")), 3) if kept else 0.0, **rows}


def _heard(case: TriageCase, rules: Rules, judge: Judging) -> tuple[Triage, Heard]:
    reading = read(rules, case.messages)
    return found_in(reading, rules), listen(judge, reading, MOST)


def _seen(case: TriageCase, first: Triage, heard: Heard) -> _Case:
    pieces = sorted(heard, key=lambda piece: piece.risk)
    chances = {
        level: max((at_least(piece.judgement, level) for piece in pieces), default=_LOWEST) for level in _BUDGETS
    }
    ranks = tuple(sorted(level.rank for level in case.accepted))
    return _Case(ranks, found_of(first, lifted=bool(pieces) and pieces[-1].lifted), chances)


def _borders(seen: Sequence[_Case], level: Level, budget: float) -> dict[Found, float]:
    """For each thing that the rules found the chance from which on a case is at this level."""
    known = [case for case in seen if case.accepted[0] >= level.rank or case.accepted[-1] < level.rank]
    values = np.array([[1.0, _odds(case.chances[level]), *_columns(case.found)] for case in known])
    wanted = np.array([float(case.accepted[0] >= level.rank) for case in known])
    weights = logistic(values, wanted, _RIDGE)
    scores: Floats = values @ weights
    limit = float(np.quantile(scores[wanted == 0.0], 1.0 - budget))
    return {row: _border((limit - weights[0] - weights[2:] @ _columns(row)) / weights[1]) for row in _ROWS}


def _columns(found: Found) -> list[float]:
    return [float(found == row) for row in _ROWS[1:]]


def _odds(chance: float) -> float:
    held = min(max(chance, _LOWEST), _HIGHEST)
    return float(np.log(held / (1.0 - held)))


def _border(odds: float) -> float:
    """Their chance; beyond the lowest and the highest one nothing was measured."""
    chance = 1.0 / (1.0 + np.exp(-odds))
    return 0.0 if chance <= _LOWEST else round(min(float(chance), _HIGHEST), 4)


def guard_limits(cases: Sequence[GuardCase], screen: Screen) -> dict[str, float | dict[str, float]]:
    """The limits of bot/guard/limits.toml; those of `screen` do not matter."""
    seen = [(case, screen.chances(case.text)) for case in cases]
    limits = {}
    for reason in ORDER:
        spared = [said[reason] for case, said in seen if reason is not case.reason and reason not in case.also]
        limits[reason.value] = _limit(spared, _REFUSED[reason])
    known = [case for case in cases if case.reason and check(screen.guard, case.text).reason]
    return {
        "spared": round(float(np.quantile([screen.risk(case.text) for case in known], _LET_PASS)), 4),
        "limits": limits,
    }


def _limit(chances: Sequence[float], budget: float) -> float:
    """The lowest step at which at most a share `budget` of the chances reaches it."""
    for step in np.arange(_STEP, 1.0, _STEP):
        if np.mean([chance >= step for chance in chances]) <= budget:
            return round(float(step), 3)
    return 0.99


def as_toml(limits: Mapping[str, float | Mapping[str, float]]) -> str:
    """The limits as they are written; a table for each name that has several."""
    lines = [
        "# How sure the tuned model must be to decide. Written by `python -m evals fit limits` from the cases in",
        "# evals/cases that are for this alone; not edited by hand.",
    ]
    lines += [f"{name} = {value}" for name, value in limits.items() if not isinstance(value, Mapping)]
    for name, values in limits.items():
        if isinstance(values, Mapping):
            lines += ["", f"[{name}]", *(f"{each} = {value}" for each, value in values.items())]
    return "\n".join(lines) + "\n"
