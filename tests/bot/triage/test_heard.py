"""Three lists of messages as visitors write them, each with the level it must get."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import evals
from bot.triage import Rules, assess, load_rules

HERE = Path(evals.__file__).parent / "training"
LISTS = ("heard.toml", "unheard.toml", "probed.toml", "nordic.toml")


def cases(name: str) -> list[tuple[str, list[str]]]:
    content: dict[str, Any] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    talks = [(case["level"], case["messages"]) for case in content.pop("conversation", [])]
    return [(level, [text]) for level, texts in content.items() for text in texts] + talks


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


@pytest.mark.parametrize(("level", "messages"), [case for name in LISTS for case in cases(name)])
def test_a_visitor_is_sent_where_he_belongs(rules: Rules, level: str, messages: list[str]) -> None:
    assert assess(rules, messages).level == level


def test_the_lists_are_long_enough_to_mean_something() -> None:
    levels = [level for name in LISTS for level, _ in cases(name)]
    assert len(levels) >= 150
    assert levels.count("none") >= 60
