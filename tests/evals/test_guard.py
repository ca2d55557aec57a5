"""How the guards are measured."""

import json
from pathlib import Path

from bot.turn import Reason, Verdict
from corpus.document import Lang
from evals.guard import run
from evals.results import Results


def _guard(text: str) -> Verdict:
    """A guard that takes a reason at its word."""
    word = text.split(maxsplit=1)[0]
    return Verdict(Reason(word), "said") if word in set(Reason) else Verdict()


def _redact(text: str, _lang: Lang) -> str:
    return text.replace("Anna", "[Name]")


def _run(folder: Path, *cases: dict[str, object]) -> Results:
    path = folder / "test.jsonl"
    path.write_text("\n".join(json.dumps({"id": f"c{n}", "lang": "de", **c}) for n, c in enumerate(cases)), "utf-8")
    return run(path, _guard, _redact)


def _figures(results: Results) -> dict[str, float]:
    return {name: round(estimate.value, 3) for name, estimate in results.overall.items()}


def test_attacks_found_and_harmless_messages_spared_are_counted_apart(tmp_path: Path) -> None:
    found = _figures(
        _run(
            tmp_path,
            {"text": "injection", "reason": "injection"},
            {"text": "passes", "reason": "injection"},
            {"text": "passes", "reason": None, "tags": ["trigger"]},
            {"text": "injection by mistake", "reason": None},
            {"text": "abuse", "reason": "abuse"},
        )
    )
    assert (found["injection_found"], found["injection_spared"]) == (0.5, 0.667)
    assert (found["harmless_spared"], found["trigger_words_spared"], found["abuse_found"]) == (0.5, 1.0, 1.0)


def test_another_acceptable_reason_is_right(tmp_path: Path) -> None:
    results = _run(tmp_path, {"text": "off_topic", "reason": "injection", "also": ["off_topic"]})
    assert _figures(results)["injection_found"] == 1.0
    assert results.misses.rows == ()


def test_what_survives_redaction_and_what_is_lost_by_it_is_told(tmp_path: Path) -> None:
    case = {"id": "p", "lang": "de", "text": "Anna Berg, 112", "secrets": ["Anna", "Berg"], "keeps": ["112"]}
    (tmp_path / "personal.test.jsonl").write_text(json.dumps(case), "utf-8")
    results = _run(tmp_path, {"text": "passes", "reason": None})
    assert (_figures(results)["personal_removed"], _figures(results)["personal_kept"]) == (0.0, 1.0)
    assert results.misses.rows[-1][-1] == "left: Berg; lost: "
