"""Intervals against published and computed values, and what must hold for any data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.scores import Estimate, mean, recall, reciprocal_rank, share

RANKS = st.lists(st.none() | st.integers(1, 20), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: four of the examples every method is tried on.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),  # not from the table: the other end, worked out by hand
    ],
)
def test_wilsons_interval_has_the_published_ends(hits: int, count: int, low: float, high: float) -> None:
    estimate = share([True] * hits + [False] * (count - hits))
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=6e-5)
    assert (estimate.value, estimate.count) == (hits / count, count)


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_a_share_lies_inside_its_interval_and_that_inside_0_and_1(outcomes: list[bool]) -> None:
    estimate = share(outcomes)
    assert estimate is not None
    assert 0.0 <= estimate.low <= estimate.value <= estimate.high <= 1.0
    assert estimate.low < estimate.high


@given(st.lists(st.booleans(), min_size=1, max_size=100))
def test_the_opposite_share_has_the_mirrored_interval(outcomes: list[bool]) -> None:
    one, other = share(outcomes), share([not outcome for outcome in outcomes])
    assert one is not None
    assert other is not None
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_more_of_the_same_makes_the_interval_narrower(outcomes: list[bool]) -> None:
    few, many = share(outcomes), share(outcomes * 4)
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_mean_lies_inside_its_interval_which_is_the_same_every_time(values: list[float]) -> None:
    estimate = mean(values)
    assert estimate == mean(values)
    assert estimate is not None
    assert 0.0 <= estimate.low <= estimate.value <= estimate.high <= 1.0 + 1e-12


def test_the_bootstrap_comes_near_the_interval_of_a_share_when_there_are_many_values() -> None:
    outcomes = [True] * 700 + [False] * 300
    exact, resampled = share(outcomes), mean([float(outcome) for outcome in outcomes])
    assert exact is not None
    assert resampled is not None
    assert (resampled.low, resampled.high) == pytest.approx((exact.low, exact.high), abs=0.01)


@given(RANKS)
def test_looking_at_more_passages_never_finds_fewer(ranks: list[int | None]) -> None:
    found = [estimate.value for at in (1, 3, 5, 10) if (estimate := recall(ranks, at)) is not None]
    assert found == sorted(found)
    assert len(found) == 4


@given(RANKS)
def test_the_reciprocal_rank_lies_between_the_recalls_at_1_and_at_10(ranks: list[int | None]) -> None:
    first, reciprocal, tenth = recall(ranks, 1), reciprocal_rank(ranks, 10), recall(ranks, 10)
    assert first is not None
    assert reciprocal is not None
    assert tenth is not None
    assert first.value - 1e-9 <= reciprocal.value <= tenth.value + 1e-9


def test_ranks_give_the_figures_one_counts_by_hand() -> None:
    ranks = [1, 2, None, 11]
    first, third, reciprocal = recall(ranks, 1), recall(ranks, 3), reciprocal_rank(ranks, 10)
    assert [e.value for e in (first, third, reciprocal) if e is not None] == [0.25, 0.5, 0.375]


def test_a_figure_over_nothing_is_none() -> None:
    assert (share([]), mean([]), recall([], 1), reciprocal_rank([], 10)) == (None, None, None, None)


def test_an_estimate_is_printed_with_its_interval() -> None:
    assert str(Estimate(0.5, 0.25, 0.75, 8)) == "0.500 [0.250, 0.750] of 8"
