"""Figures with how sure they are: shares with Wilson's interval, means with a bootstrap interval, both at 95 %.

A figure over nothing is no figure: the functions give None for it, never 0.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# The two-sided 95 % quantile of the normal distribution.
_Z = 1.959963984540054
# With 2,000 resamples the ends of the interval move by less than a tenth of its width from seed to seed.
_RESAMPLES = 2000
_SEED = 20260101
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure in [0, 1], the ends of its 95 % interval, and how many cases it was taken over."""

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] of {self.count}"


def share(outcomes: Sequence[bool]) -> Estimate | None:
    """How many of the outcomes are true, with Wilson's interval; None without outcomes.

    The interval is the one of E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927): unlike the usual one it stays inside [0, 1] and keeps its width at 0 and at 1.
    """
    count = len(outcomes)
    if not count:
        return None
    value = sum(outcomes) / count
    squared = _Z**2 / count
    centre = (value + squared / 2) / (1 + squared)
    half = _Z * math.sqrt(value * (1 - value) / count + squared / (4 * count)) / (1 + squared)
    # At 0 and 1 the formula meets the share itself; rounding must not put it a hair outside.
    return Estimate(value, max(0.0, min(value, centre - half)), min(1.0, max(value, centre + half)), count)


def mean(values: Sequence[float]) -> Estimate | None:
    """The mean of values in [0, 1] with the percentile bootstrap's interval; None without values.

    The seed is fixed: the same values give the same interval.
    """
    if not values:
        return None
    held = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(_SEED).integers(0, len(held), size=(_RESAMPLES, len(held)))
    low, high = np.percentile(held[draws].mean(axis=1), _PERCENTILES)
    value = float(held.mean())
    return Estimate(value, min(value, float(low)), max(value, float(high)), len(held))


def recall(ranks: Sequence[int | None], at: int) -> Estimate | None:
    """The share of questions whose passage is among the first `at`.

    Args:
        ranks: for each question the place of its passage, counted from 1, or None where it was not found.
        at: how many passages are looked at.
    """
    return share([rank is not None and rank <= at for rank in ranks])


def reciprocal_rank(ranks: Sequence[int | None], at: int) -> Estimate | None:
    """The mean of 1/rank (MRR), where a passage behind the first `at` counts as not found; `ranks` as for `recall`."""
    return mean([1 / rank if rank is not None and rank <= at else 0.0 for rank in ranks])
