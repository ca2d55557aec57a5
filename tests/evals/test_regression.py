"""The small fits: weights that are known are found again, and nothing near them is better."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.regression import Floats, choice, logistic, spread

SEEDS = st.integers(0, 2**32 - 1)


def _cases(random: np.random.Generator, weights: Floats, count: int) -> tuple[Floats, Floats]:
    values = np.column_stack([np.ones(count), random.normal(size=(count, len(weights) - 1))])
    return values, (random.random(count) < 1 / (1 + np.exp(-values @ weights))).astype(np.float64)


def _offers(random: np.random.Generator, weights: Floats, count: int) -> tuple[list[Floats], list[int]]:
    offers = [random.normal(size=(int(random.integers(2, 7)), len(weights))) for _ in range(count)]
    # The largest of utilities with Gumbel noise is chosen as a conditional logit says.
    return offers, [int(np.argmax(values @ weights + random.gumbel(size=len(values)))) for values in offers]


def logistic_cost(values: Floats, wanted: Floats, ridge: float, weights: Floats) -> float:
    scores = values @ weights
    return float((np.logaddexp(0, scores) - wanted * scores).sum() + ridge / 2 * (weights[1:] ** 2).sum())


def choice_cost(offers: list[Floats], chosen: list[int], ridge: float, weights: Floats) -> float:
    surprises = [np.log(np.exp(v @ weights).sum()) - v[c] @ weights for v, c in zip(offers, chosen, strict=True)]
    return float(np.mean(surprises) + ridge * (weights**2).sum())


def test_yes_or_no_recovers_known_weights() -> None:
    known = np.array([-0.5, 2.0, -1.0, 0.0])
    found = logistic(*_cases(np.random.default_rng(1), known, 20_000), ridge=1.0)
    assert found == pytest.approx(known, abs=0.1)


def test_one_of_several_recovers_known_weights() -> None:
    known = np.array([1.5, -1.0, 0.0])
    found = choice(*_offers(np.random.default_rng(2), known, 1_500), ridge=1e-6)
    assert found == pytest.approx(known, abs=0.2)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([0.01, 1.0, 10.0]))
def test_no_weights_near_those_of_yes_or_no_cost_less(seed: int, ridge: float) -> None:
    random = np.random.default_rng(seed)
    values, wanted = _cases(random, np.array([0.2, 1.0, -1.0]), 60)
    found = logistic(values, wanted, ridge)
    least = logistic_cost(values, wanted, ridge, found)
    for _ in range(20):
        other = found + random.normal(scale=0.05, size=3)
        assert logistic_cost(values, wanted, ridge, other) >= least - 1e-9


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([0.0001, 0.01, 1.0]))
def test_no_weights_near_those_of_one_of_several_cost_less(seed: int, ridge: float) -> None:
    random = np.random.default_rng(seed)
    offers, chosen = _offers(random, np.array([1.0, -1.0]), 40)
    found = choice(offers, chosen, ridge)
    least = choice_cost(offers, chosen, ridge, found)
    for _ in range(20):
        assert choice_cost(offers, chosen, ridge, found + random.normal(scale=0.05, size=2)) >= least - 1e-9


def test_a_grid_of_all_weights_finds_the_same_optimum() -> None:
    offers, chosen = _offers(np.random.default_rng(3), np.array([1.0, -0.5]), 30)
    grid = np.linspace(-2, 2, 41)
    costs = {(a, b): choice_cost(offers, chosen, 0.01, np.array([a, b])) for a in grid for b in grid}
    best = min(costs, key=lambda weights: costs[weights])
    assert choice(offers, chosen, 0.01) == pytest.approx(np.array(best), abs=0.05)


def test_what_can_be_told_apart_without_error_keeps_finite_weights() -> None:
    values = np.column_stack([np.ones(20), np.repeat([-1.0, 1.0], 10)])
    assert 1 < logistic(values, np.repeat([0.0, 1.0], 10), 1.0)[1] < 10
    offers = [np.array([[0.0], [1.0]])] * 20
    assert 1 < choice(offers, [1] * 20, 0.001)[0] < 20


def test_features_of_any_size_come_to_an_end() -> None:
    offers = [np.array([[0.0], [1000.0]]), np.array([[500.0], [-500.0]])] * 10
    assert np.isfinite(choice(offers, [1, 0] * 10, 0.001)).all()


def test_what_all_options_have_in_common_decides_nothing() -> None:
    offers, chosen = _offers(np.random.default_rng(4), np.array([1.0, -1.0]), 50)
    moved = [values + 100.0 for values in offers]
    assert choice(moved, chosen, 0.01) == pytest.approx(choice(offers, chosen, 0.01), abs=1e-6)


def test_a_case_that_counts_twice_counts_as_two() -> None:
    values, wanted = _cases(np.random.default_rng(5), np.array([0.0, 1.0]), 30)
    twice = logistic(np.concatenate([values, values[:10]]), np.concatenate([wanted, wanted[:10]]), 1.0)
    weighing = np.concatenate([np.full(10, 2.0), np.ones(20)])
    assert logistic(values, wanted, 1.0, weighing) == pytest.approx(twice)


def test_the_bias_alone_is_not_held_down() -> None:
    wanted = np.array([1.0] * 9 + [0.0])
    (bias,) = logistic(np.ones((10, 1)), wanted, 100.0)
    assert 1 / (1 + np.exp(-bias)) == pytest.approx(0.9)


def test_a_column_that_never_differs_is_divided_by_one() -> None:
    values = np.column_stack([np.full(30, 0.1), np.linspace(0, 1, 30), np.full(30, 0.3) + 1e-12 * np.arange(30)])
    assert spread(values) == pytest.approx(np.array([1.0, values[:, 1].std(), 1.0]))
