"""Fitting puts the good questions on one side and the bad ones on the other."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer.evidence import FEATURES, Calibration, probability
from bot.turn import Kind, Query, Question, Reply, Turn
from evals.case import Case
from evals.fit import fit
from index.passage import Hit, Passage, Scores, Source

CASES = [Case(id=str(n), lang="de", kind="answer" if n % 2 else "refusal", text=str(n)) for n in range(40)]
NOTHING = Scores(**dict.fromkeys(Scores.__dataclass_fields__, 0))


def _search(question: Question) -> Turn:
    number = int(question.text)
    good, noise = number % 2, (number * 7 % 11) / 100
    lang = "de" if number % 3 else "en"
    source = Source("a", "sha256:0", "article", lang, "", "", (), "body")
    scores = replace(
        NOTHING, dense=0.8 + 0.05 * good + noise, sentence=0.8 + noise, coverage=0.3 + 0.4 * good + noise, words=3
    )
    hit = Hit(Passage("p", source, 0, 1, "x", ()), 1.0, scores, ())
    return Turn(question=question, lang="de", query=Query(question.text, "de"), hits=(hit,))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "evidence.toml"


def _read(path: Path) -> Calibration:
    return Calibration.model_validate(tomllib.loads(path.read_text("utf-8")))


def test_separable_cases_are_told_apart_with_weights_that_stay_finite(target: Path) -> None:
    fitted = fit(CASES, _search, target)
    assert (fitted.cases, fitted.right) == (40, 1.0)
    held = _read(target)
    assert held.weights["coverage"] > 0
    assert held.weights["dense"] > 0
    assert max(abs(weight) for weight in held.weights.values()) < 20
    assert 0 < held.near < held.answer < 1
    assert set(held.weights) == {"bias", *FEATURES}
    assert set(held.means) == set(held.deviations) == set(FEATURES)


def test_a_feature_that_is_the_same_in_all_cases_counts_nothing_and_divides_nothing_by_zero(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(CASES, _search, target)
    held = _read(target)
    assert held.weights["lexical"] == held.weights["words"] == 0.0
    assert min(held.deviations.values()) > 0
    monkeypatch.setattr("bot.answer.evidence.calibration", lambda: held)
    sure = [probability(_search(case.question).hits, "de") for case in CASES]
    assert all((chance > 0.5) == (case.kind == "answer") for chance, case in zip(sure, CASES, strict=True))


def test_the_same_cases_give_the_same_file(tmp_path: Path) -> None:
    fit(CASES, _search, tmp_path / "a.toml")
    fit(CASES, _search, tmp_path / "b.toml")
    assert (tmp_path / "a.toml").read_bytes() == (tmp_path / "b.toml").read_bytes()


def test_cases_that_are_answered_before_a_search_are_left_out(target: Path) -> None:
    def search(question: Question) -> Turn:
        turn = _search(question)
        if int(question.text) < 30:
            return turn
        return Turn(question=question, lang="de", reply=Reply(kind=Kind.REFERRAL, lang="de", text="…"))

    assert fit(CASES, search, target).cases == 30


def test_earlier_messages_reach_the_search(target: Path) -> None:
    seen: list[tuple[str, ...]] = []

    def search(question: Question) -> Turn:
        seen.append(question.earlier)
        return _search(question)

    fit([case.model_copy(update={"earlier": ("Hallo", case.id)}) for case in CASES], search, target)
    assert seen == [("Hallo", case.id) for case in CASES]
