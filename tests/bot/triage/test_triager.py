"""Both detectors together."""

import pytest

from bot.triage import Rules, Triager, load_rules
from bot.triage.second import Borders, Limits
from bot.triage.triager import MOST
from bot.turn import Level, Triage
from tests.bot.scripted import NOTHING, ScriptedJudge, alarm

SURE, SURER, HARDLY = (Borders(doctor=chance, urgent=chance, emergency=chance) for chance in (0.6, 0.9, 0.05))
LIMITS = Limits(nothing=SURE, lifted=SURER, doctor=HARDLY, urgent=HARDLY, emergency=HARDLY, cleared=0.05)
NUMB = "Seit gestern kein Gefühl im Schritt"
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


def test_what_the_rules_found_stays_when_the_model_only_doubts_it(rules: Rules) -> None:
    judge = ScriptedJudge({"Schritt": alarm(Level.EMERGENCY, 0.06, "cauda_equina")})
    assert _triage(rules, judge, NUMB).level is Level.EMERGENCY


def test_what_the_model_is_all_but_certain_against_is_dropped(rules: Rules) -> None:
    message = "Der Schmerz strahlt ins Bein aus"
    doubted = ScriptedJudge({"Bein": alarm(Level.DOCTOR, 0.3, "leg_weakness")})
    assert _triage(rules, doubted, message).level is Level.DOCTOR
    assert _triage(rules, ScriptedJudge(), message).level is Level.NONE


def test_a_wish_to_die_that_the_rules_found_is_never_dropped(rules: Rules) -> None:
    assert _triage(rules, ScriptedJudge(), "Ich will nicht mehr leben").level is Level.EMERGENCY
    assert _triage(rules, ScriptedJudge(), "Ich will nicht mehr leben", HARMLESS).level is Level.EMERGENCY


def test_nothing_is_dropped_when_a_part_was_not_judged(rules: Rules) -> None:
    story = "Gestern war ich zehn Kilometer im Wald laufen und es war sehr schön. " * 12
    assert _triage(rules, ScriptedJudge(), f"{story} {NUMB}. {story}").level is Level.EMERGENCY
    assert _triage(rules, ScriptedJudge(), NUMB, story).level is Level.EMERGENCY


def test_a_sign_in_parts_is_found_in_the_conversation_as_a_whole(rules: Rules) -> None:
    parts = alarm(Level.DOCTOR, 0.3, "numbness")
    judge = ScriptedJudge({"taub // ja beide": alarm(Level.EMERGENCY, 0.8, "motor_deficit"), "taub": parts})
    found = _triage(rules, judge, "fühlt sich komisch an, taub", "ja beide")
    assert found == Triage(Level.EMERGENCY, ("motor_deficit",), ("fühlt sich komisch an, taub", "ja beide"))


def test_messages_of_which_none_has_anything_of_a_sign_have_none_together(rules: Rules) -> None:
    judge = ScriptedJudge({"// ja beide": alarm(Level.EMERGENCY, 0.95, "motor_deficit")})
    assert _triage(rules, judge, "Linker oder rechter Schuh?", "ja beide").level is Level.NONE


def test_what_a_conversation_as_a_whole_takes_back_does_not_count(rules: Rules) -> None:
    earlier = alarm(Level.EMERGENCY, 0.99, "cauda_equina")
    judge = ScriptedJudge({f"{NUMB} // ": NOTHING, "Schritt": earlier})
    assert _triage(rules, judge, NUMB, "die Hose war gemeint").level is Level.NONE
    judge = ScriptedJudge({f"{NUMB} // ": alarm(Level.EMERGENCY, 0.3, "cauda_equina"), "Schritt": earlier})
    assert _triage(rules, judge, NUMB, "ach, wird schon").level is Level.EMERGENCY


def test_a_sign_of_its_own_in_the_current_message_counts_whatever_was_taken_back(rules: Rules) -> None:
    for again in (NUMB, UNHEARD):
        sure = alarm(Level.EMERGENCY, 0.9, "cauda_equina")
        judge = ScriptedJudge({" // ": NOTHING, "nimmer": sure, "Schritt": sure})
        assert _triage(rules, judge, NUMB, again).level is Level.EMERGENCY


def test_a_wish_to_die_is_never_sent_to_an_appointment(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.DOCTOR, 0.8, "suicidality")})
    assert _triage(rules, judge, UNHEARD).level is Level.EMERGENCY


def test_an_earlier_message_is_judged_too(rules: Rules) -> None:
    judge = ScriptedJudge({"nimmer": alarm(Level.URGENT, 0.8, "leg_weakness")})
    assert _triage(rules, judge, UNHEARD, HARMLESS, "Danke").level is Level.URGENT
    assert len(judge.asked) <= MOST


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
    assert len(judge.asked) <= MOST


def test_a_broken_model_never_costs_what_the_rules_found(rules: Rules, caplog: pytest.LogCaptureFixture) -> None:
    message = "Der Schmerz strahlt ins Bein aus"
    assert _triage(rules, ScriptedJudge(breaks_on="Bein"), message).level is Level.DOCTOR
    assert "the rules alone decide" in caplog.text
    assert "strahlt" not in caplog.text


def test_a_broken_model_and_silent_rules_let_nobody_answer(rules: Rules) -> None:
    with pytest.raises(RuntimeError):
        _triage(rules, ScriptedJudge(breaks_on="Laufschuhe"), HARMLESS)
