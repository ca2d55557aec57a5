"""Fitting puts the good questions on one side and the bad ones on the other."""

import tomllib
from pathlib import Path

from bot.answer.evidence import Calibration
from evals.case import Case
from evals.fit import fit
from index.passage import Hit, Passage, Scores, Source

CASES = [Case(id=str(n), lang="de", kind="answer" if n % 2 else "refusal", text=str(n)) for n in range(40)]


def _search(text: str, _lang: str) -> tuple[Hit, ...]:
    number = int(text)
    good, noise = number % 2, (number * 7 % 11) / 100
    lang = "de" if number % 3 else "en"
    source = Source("a", "sha256:0", "article", lang, "", "", (), "body")
    scores = Scores(0.8 + 0.05 * good + noise, 0.8 + noise, 1.0, 0.3 + 0.4 * good + noise)
    return (Hit(Passage("p", source, 0, 1, "x", ()), 1.0, scores, ()),)


def test_separable_cases_are_told_apart_with_weights_that_stay_finite(tmp_path: Path) -> None:
    target = tmp_path / "evidence.toml"
    assert fit(CASES, _search, target) == 1.0
    fitted = Calibration.model_validate(tomllib.loads(target.read_text("utf-8")))
    assert fitted.weights["coverage"] > 0
    assert fitted.weights["dense"] > 0
    assert max(abs(weight) for weight in fitted.weights.values()) < 20
    assert 0 < fitted.near < fitted.answer < 1


def test_the_same_cases_give_the_same_file(tmp_path: Path) -> None:
    fit(CASES, _search, tmp_path / "a.toml")
    fit(CASES, _search, tmp_path / "b.toml")
    assert (tmp_path / "a.toml").read_bytes() == (tmp_path / "b.toml").read_bytes()
