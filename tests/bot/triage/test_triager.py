"""Both detectors together."""

import pytest

from bot.triage import Rules, Triager, load_rules
from bot.triage.second import Limits
from bot.turn import Level, Triage
from tests.bot.scripted import NOTHING, ScriptedJudge, alarm

LIMITS = Limits(
    emergency=0.6, urgent=0.6, doctor=0.6, lifted_emergency=0.9, lifted_urgent=0.9, lifted_doctor=0.9, cleared=0.05
)
UNHEARD = "irgendwas stimmt da unten ganz und gar nimmer"
HARMLESS = "Welche Laufschuhe passen zu mir?"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


def _triage(rules: Rules, judge: ScriptedJudge, *messages: str) -> Triage:
    return Triager(rules, judge, LIMITS)(messages)


def test_what_no_rule_knows_is_found_by_the_model_with_the_visitors_words(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.EMERGENCY, 0.8, "cauda_equina")})
    found = _triage(rules, judge, UNHEARD)
    assert found == Triage(Level.EMERGENCY, ("cauda_equina",), (UNHEARD,))


def test_a_model_that_is_not_sure_enough_changes_nothing(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.EMERGENCY, 0.5, "cauda_equina")})
    assert _triage(rules, judge, UNHEARD) == Triage()


def test_where_a_sign_is_denied_the_model_must_be_surer(rules: Rules) -> None:
    denied = "Kein Fieber, keine Taubheit, keine Lähmung"
    for chance, level in ((0.8, Level.NONE), (0.95, Level.URGENT)):
        judge = ScriptedJudge({"Taubheit": alarm(Level.URGENT, chance, "leg_weakness")})
        assert _triage(rules, judge, denied).level is level


def test_what_the_rules_found_stays_when_the_model_sees_nothing(rules: Rules) -> None:
    found = _triage(rules, ScriptedJudge({"x": NOTHING}), "Seit gestern kein Gefühl im Schritt")
    assert found.level is Level.EMERGENCY


def test_an_emergency_of_the_rules_needs_no_second_opinion(rules: Rules) -> None:
    judge = ScriptedJudge()
    _triage(rules, judge, "Seit gestern kein Gefühl im Schritt")
    assert judge.asked == []


def test_an_appointment_that_the_model_is_sure_against_is_dropped(rules: Rules) -> None:
    message = "Der Schmerz strahlt ins Bein aus"
    assert (
        _triage(rules, ScriptedJudge({"Bein": alarm(Level.DOCTOR, 0.3, "leg_weakness")}), message).level is Level.DOCTOR
    )
    assert _triage(rules, ScriptedJudge(), message).level is Level.NONE


def test_a_wish_to_die_is_never_sent_to_an_appointment(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.DOCTOR, 0.8, "suicidality")})
    assert _triage(rules, judge, UNHEARD).level is Level.EMERGENCY


def test_an_earlier_message_is_judged_too(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.URGENT, 0.8, "leg_weakness")})
    assert _triage(rules, judge, UNHEARD, HARMLESS, "Danke").level is Level.URGENT


@pytest.mark.parametrize(
    "cleared", ["War beim Arzt, alles abgeklärt, ist harmlos", "Sorry, das war ein Missverständnis"]
)
def test_what_was_cleared_up_is_not_judged_again(rules: Rules, cleared: str) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.URGENT, 0.8, "leg_weakness")})
    assert _triage(rules, judge, UNHEARD, cleared).level is Level.NONE


def test_of_a_long_story_the_most_suspicious_parts_are_judged(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.URGENT, 0.8, "leg_weakness")})
    story = "Gestern war ich zehn Kilometer im Wald laufen und es war sehr schön. " * 12
    found = _triage(rules, judge, f"{story} {UNHEARD}. {story}")
    assert found.level is Level.URGENT
    assert len(judge.asked) <= 3


def test_a_broken_model_never_costs_what_the_rules_found(rules: Rules, caplog: pytest.LogCaptureFixture) -> None:
    message = "Der Schmerz strahlt ins Bein aus"
    assert _triage(rules, ScriptedJudge(breaks_on="Bein"), message).level is Level.DOCTOR
    assert "the rules alone decide" in caplog.text
    assert "strahlt" not in caplog.text


def test_a_broken_model_and_silent_rules_let_nobody_answer(rules: Rules) -> None:
    with pytest.raises(RuntimeError):
        _triage(rules, ScriptedJudge(breaks_on="Laufschuhe"), HARMLESS)
