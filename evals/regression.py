"""Small convex fits by Newton's method: yes or no, and one of several."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Newton's method is at the optimum after about ten steps; the rest costs nothing.
_STEPS = 30
# A step that overshoots is halved; after so many halvings there is nothing left to gain.
_HALVINGS = 20
# Written with five digits, and divided by; what differs by less does so by rounding.
_SAME = 1e-5


def spread(values: Floats) -> Floats:
    """The standard deviation of each column, by which it is scaled; 1 for one that is the same in all rows."""
    deviations = values.std(axis=0)
    return np.where(deviations > _SAME, deviations, 1.0)


def logistic(values: Floats, wanted: Floats, ridge: float, weighing: Floats | None = None) -> Floats:
    """Ridge logistic regression; the first column is the bias and is not held down.

    Args:
        values: of shape (cases, features), the first column ones.
        wanted: 0 or 1 for each case.
        ridge: how much the squares of the weights cost, in cases.
        weighing: how much each case counts; 1 when not given.
    """
    counts = np.ones(len(values)) if weighing is None else weighing
    weights = np.zeros(values.shape[1])
    held = ridge * np.eye(values.shape[1])
    held[0, 0] = 0.0
    for _step in range(_STEPS):
        guess = 1.0 / (1.0 + np.exp(-values @ weights))
        slope = values.T @ (counts * (guess - wanted)) + held @ weights
        curve = (values * (counts * guess * (1 - guess))[:, None]).T @ values + held
        weights -= np.linalg.solve(curve, slope)
    return weights


def choice(offers: Sequence[Floats], chosen: Sequence[int], ridge: float) -> Floats:
    """Conditional logit: weights under which the chosen one of each offer is the likeliest.

    Args:
        offers: for each case the features of what could be chosen, shape (options, features).
        chosen: for each case the number of the option.
        ridge: how much the squares of the weights cost, as a share of the mean case.
    """
    # What all options of an offer have in common decides nothing, and without it the numbers stay small.
    centred = [values - values.mean(axis=0) for values in offers]
    weights = np.zeros(offers[0].shape[1])
    cost, slope, curve = _choice_cost(centred, chosen, ridge, weights)
    for _step in range(_STEPS):
        step = np.linalg.solve(curve, slope)
        for _halving in range(_HALVINGS):
            next_cost, *rest = _choice_cost(centred, chosen, ridge, weights - step)
            if next_cost <= cost:
                weights, cost, (slope, curve) = weights - step, next_cost, rest
                break
            step = step / 2
        else:
            break  # the same step would be tried again
    return weights


def _choice_cost(
    offers: Sequence[Floats], chosen: Sequence[int], ridge: float, weights: Floats
) -> tuple[float, Floats, Floats]:
    """The mean surprise at what was chosen, with the cost of the weights; its slope and its curvature."""
    cost, slope, curve = ridge * float(weights @ weights), 2 * ridge * weights, 2 * ridge * np.eye(len(weights))
    for values, right in zip(offers, chosen, strict=True):
        scores = values @ weights
        chance = np.exp(scores - scores.max())
        cost += float(np.log(chance.sum()) - (scores[right] - scores.max())) / len(offers)
        chance /= chance.sum()
        mean = chance @ values
        slope = slope + (mean - values[right]) / len(offers)
        curve = curve + ((values * chance[:, None]).T @ values - np.outer(mean, mean)) / len(offers)
    return cost, slope, curve
