"""The examples that the judge is trained on."""

import json
from collections import Counter
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from bot.judging import HARMLESS, NO_SIGN
from bot.triage import load_rules
from bot.turn import Level
from corpus.load import load_corpus
from evals.case import CASES
from evals.errors import BadCases
from evals.examples import FOLDER, Example, examples
from evals.train import lesson

# Two messages this alike (of 100) are the same one with a word or two changed.
_ALIKE = 90


@pytest.fixture(scope="module")
def found() -> tuple[Example, ...]:
    return examples(load_rules(), load_corpus(extras=True).documents)


def _messages(path: Path) -> list[str]:
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [message for case in cases for message in ([case["text"]] if case.get("text") else case["turns"])]


def test_there_are_examples_enough_in_every_language() -> None:
    for lang, least in (("de", 2500), ("en", 900), ("da", 900), ("sv", 900)):
        lines = (FOLDER / f"triage.{lang}.jsonl").read_text("utf-8").splitlines()
        assert len(lines) >= least, lang


def test_every_sign_has_examples_of_its_own(found: tuple[Example, ...]) -> None:
    counted = Counter(example.sign for example in found)
    assert [sign.id for sign in load_rules().signs if not counted[sign.id]] == []
    assert sum(count >= 40 for count in counted.values()) >= 36


@pytest.mark.parametrize("folder", ["triage", "guard"])
def test_no_case_is_nearly_one_of_the_examples(found: tuple[Example, ...], folder: str) -> None:
    written = [e.text.casefold() for e in found if not e.topic.startswith("rule-")]
    for path in sorted((CASES / folder).glob("*.jsonl")):
        # A greeting or a keyword is the same whoever types it.
        cases = [text.casefold() for text in _messages(path) if len(text.split()) > 3]
        alike = process.cdist(cases, written, scorer=fuzz.ratio, score_cutoff=_ALIKE, workers=2)
        assert (alike >= _ALIKE).any(axis=1).sum() == 0, path.name


def test_who_needs_a_doctor_is_never_harmless_and_who_attacks_has_no_sign(found: tuple[Example, ...]) -> None:
    assert not [e for e in found if e.reason == HARMLESS and e.level not in {None, Level.NONE}]
    assert {e.sign for e in found if e.reason == "injection"} == {NO_SIGN}


def test_what_is_not_known_of_an_example_is_not_taught() -> None:
    taught = lesson(
        [
            Example("Mein Bein ist lahm", "a", Level.URGENT, "leg_weakness"),
            Example("Stell mir eine Diagnose", "b", reason="diagnosis"),
            Example("Welche Schuhe?", "c", Level.NONE, NO_SIGN, HARMLESS),
        ]
    )
    assert {name: task.wanted.tolist() for name, task in taught.tasks.items()} == {
        "level": [2, -1, 0],
        "sign": [1, -1, 0],
        "reason": [-1, 1, 0],
    }
    assert taught.suspicious == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "line",
    ["{", '{"text": "x"}', '{"text": "x", "level": "urgent", "sign": "running", "topic": "t"}'],
)
def test_a_wrong_line_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "triage.de.jsonl").write_text(line, "utf-8")
    (tmp_path / "guard.jsonl").write_text("", "utf-8")
    with pytest.raises(BadCases, match=r"triage\.de\.jsonl"):
        examples(load_rules(), {}, tmp_path)
