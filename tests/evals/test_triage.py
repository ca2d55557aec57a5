"""How triage is measured."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.turn import Level, Triage
from evals.disturb import DISTURBANCES, capitals, plain_letters, slips
from evals.errors import BadCases
from evals.triage import run


def _file(folder: Path, *cases: dict[str, object]) -> Path:
    path = folder / "test.jsonl"
    lines = [{"id": f"c{n}", "lang": "de", **case} for n, case in enumerate(cases)]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def _by_first_word(messages: Sequence[str]) -> Triage:
    """A triager that takes a level at its word."""
    levels = [level for message in messages for level in Level if message.casefold().startswith(level)]
    return Triage(max(levels, key=lambda level: level.rank, default=Level.NONE))


def _figures(file: Path) -> dict[str, float]:
    return {name: round(estimate.value, 3) for name, estimate in run(file, _by_first_word).overall.items()}


def test_signs_found_and_harmless_messages_spared_are_shares_of_what_should_be(tmp_path: Path) -> None:
    found = _figures(
        _file(
            tmp_path,
            {"text": "emergency", "level": "emergency"},
            {"text": "urgent", "level": "emergency"},
            {"text": "none", "level": "doctor"},
            {"text": "none", "level": "none", "tags": ["negated"]},
            {"text": "doctor", "level": "none"},
        )
    )
    assert (found["escalated"], found["emergencies"], found["exact"]) == (0.667, 0.5, 0.333)
    assert (found["spared"], found["spared_negated"]) == (0.5, 1.0)


def test_only_two_levels_too_low_are_far_below(tmp_path: Path) -> None:
    cases: list[dict[str, object]] = [
        {"text": got, "level": wanted} for wanted in ("emergency", "urgent", "doctor") for got in ("doctor", "none")
    ]
    assert _figures(_file(tmp_path, *cases))["not_far_below"] == 0.5


def test_an_arguable_level_is_right_and_asks_no_more_than_its_lowest(tmp_path: Path) -> None:
    found = _figures(_file(tmp_path, {"text": "urgent", "level": "emergency", "also": ["urgent"]}))
    assert (found["exact"], found["urgencies"]) == (1.0, 1.0)
    assert "emergencies" not in found


def test_conversations_are_counted_apart(tmp_path: Path) -> None:
    file = _file(tmp_path, {"text": "none", "level": "none"})
    beside = tmp_path / "dialogues.test.jsonl"
    beside.write_text(json.dumps({"id": "d", "lang": "da", "turns": ["urgent", "none"], "level": "urgent"}), "utf-8")
    found = _figures(file)
    assert (found["conversations"], found["spared"]) == (1.0, 1.0)
    assert "escalated" not in found


def test_a_verdict_that_hangs_on_capitals_is_counted(tmp_path: Path) -> None:
    file = _file(tmp_path, {"text": "kein Gefühl im Schritt", "level": "emergency"})
    lower = run(file, lambda messages: Triage(Level.EMERGENCY if messages[0].islower() else Level.NONE))
    mixed = run(file, lambda messages: Triage(Level.NONE if messages[0].isupper() else Level.EMERGENCY))
    assert lower.overall["undisturbed"].value == 1.0
    assert mixed.overall["undisturbed"].value == pytest.approx(2 / 3)


def test_a_case_with_both_a_text_and_turns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCases, match="either a text or turns"):
        run(_file(tmp_path, {"text": "x", "turns": ["y"], "level": "none"}), _by_first_word)


def test_misses_are_shown_with_what_was_expected(tmp_path: Path) -> None:
    results = run(_file(tmp_path, {"text": "none", "level": "urgent"}), _by_first_word)
    assert results.misses.rows == (("c0", "de", "none", "urgent", "none", "", ""),)


def test_letters_that_a_keyboard_lacks_are_written_as_people_do() -> None:
    assert plain_letters("Füße, ÄRGER", "de", "") == "Fuesse, AERGER"
    assert plain_letters("følelsesløs på låret", "da", "") == "foelelsesloes paa laaret"
    assert plain_letters("känsel på låret", "sv", "") == "kansel pa laret"
    assert capitals("schön", "de", "") == "SCHÖN"


@given(st.text(alphabet=st.characters(categories=["L", "Zs", "P"])), st.integers())
def test_a_slip_changes_two_words_at_most_and_is_the_same_each_time(text: str, seed: int) -> None:
    slipped = slips(text, "de", str(seed))
    assert slipped == slips(text, "de", str(seed))
    changed = [a != b for a, b in zip(text.split(" "), slipped.split(" "), strict=True)]
    assert sum(changed) <= 2


def test_there_are_three_ways_to_type_a_message() -> None:
    assert set(DISTURBANCES) == {"plain_letters", "capitals", "slips"}
