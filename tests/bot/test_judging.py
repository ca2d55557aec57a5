"""The judge as the stages ask it: the real one and the one of the tests keep the same promises."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import BadWording
from bot.guard import load_screen_limits
from bot.judging import HARMLESS, LEVEL, NO_SIGN, REASON, SIGN, Judging, load_judge
from bot.triage import load_limits, load_rules
from bot.turn import Level, Reason
from tests.bot.scripted import ScriptedJudge, alarm


@pytest.fixture(scope="module", params=["real", "scripted"])
def judge(request: pytest.FixtureRequest) -> Judging:
    return (
        load_judge() if request.param == "real" else ScriptedJudge({"taub": alarm(Level.URGENT, 0.9, "leg_weakness")})
    )


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_every_head_gives_chances_of_sum_one(judge: Judging, text: str) -> None:
    judgement = judge.judge(text)
    assert {LEVEL, SIGN, REASON} <= set(judgement)
    for chances in judgement.values():
        assert sum(chances.values()) == pytest.approx(1.0, abs=0.11)
        assert min(chances.values()) >= 0.0


def test_the_heads_know_the_labels_that_the_stages_ask_for(judge: Judging) -> None:
    judgement = judge.judge("Mein Bein ist taub")
    assert set(judgement[LEVEL]) == set(Level)
    assert NO_SIGN in judgement[SIGN]
    assert HARMLESS in judgement[REASON]
    assert set(judgement[REASON]) - {HARMLESS} <= set(Reason)


def test_words_can_be_compared_by_how_suspicious_they_are(judge: Judging) -> None:
    assert judge.suspicion(["mein", "bein", "ist", "taub"]) > judge.suspicion(["welche", "schuhe"])


def test_the_judge_names_no_sign_that_the_rules_do_not_know() -> None:
    known = set(load_judge().judge("x")[SIGN]) - {NO_SIGN}
    assert known <= {sign.id for sign in load_rules().signs}


def test_without_its_file_the_command_that_makes_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWording, match="python -m evals train"):
        load_judge(tmp_path / "judge.npz")


@pytest.mark.parametrize("load", [load_limits, load_screen_limits])
@pytest.mark.parametrize("content", [None, "x", "doctor = [", "doctor = 0.5"])
def test_without_limits_the_command_that_sets_them_is_named(
    tmp_path: Path, load: Callable[[Path], object], content: str | None
) -> None:
    path = tmp_path / "limits.toml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(BadWording, match="python -m evals fit limits"):
        load(path)
