import tomllib
from pathlib import Path

import pytest

from bot.answer.evidence import FEATURES, calibration, features, probability
from bot.assemble import Service
from evals.case import read_cases
from evals.fit import fit
from index.open import Index


def test_without_hits_nothing_is_sure() -> None:
    assert probability((), "de") == 0.0


def test_a_question_of_the_article_is_surer_than_a_flight_to_mallorca(index: Index) -> None:
    search = index.searcher.search
    assert probability(search("Welche Übungen helfen bei Rückenschmerzen?", 10), "de") > 0.9
    assert probability(search("Was kostet ein Flug nach Mallorca?", 10), "de") < 0.1


def test_a_question_in_another_language_is_known_as_such(index: Index) -> None:
    hits = index.searcher.search("Which shoes are good?", 10)
    assert features(hits, "en")[FEATURES.index("foreign")] == 1.0
    assert features(hits, "de")[FEATURES.index("foreign")] == 0.0


def test_the_weights_in_the_repository_are_the_ones_that_the_development_cases_give(
    service: Service, tmp_path: Path
) -> None:
    """Otherwise a change of retrieval has left them behind: run `python -m evals fit`."""
    fitted = tmp_path / "evidence.toml"
    fit(list(read_cases("dev")), service.chat.searching.invoke, fitted)
    again = tomllib.loads(fitted.read_text("utf-8"))
    for name, weight in calibration().weights.items():
        assert again["weights"][name] == pytest.approx(weight, abs=0.05), name
