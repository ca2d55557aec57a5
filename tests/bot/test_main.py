"""The command line as programs use it; `main` in this process, the cold start in one of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main


@pytest.fixture(autouse=True)
def _at(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_DATA", str(data))


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["ask", *arguments, "--json"]) == 0
    reply: dict[str, Any] = json.loads(capsys.readouterr().out)
    return reply


def test_ask_prints_the_reply_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "Welche Übungen stärken den Rumpf?")["kind"] == "answer"
    sign = asked(capsys, "Seit gestern kein Gefühl im Schritt und ich kann kein Wasser lassen")
    assert (sign["kind"], sign["triage"]["level"]) == ("referral", "emergency")
    assert asked(capsys, "Was kostet ein Flug nach Mallorca?")["kind"] == "refusal"


def test_ask_prints_the_text_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Welche Laufschuhe schonen den Rücken?"]) == 0
    shown = capsys.readouterr().out
    assert "gedämpft" in shown
    assert "[1] Anodyne: Laufen ohne Schmerzen" in shown


def test_the_language_and_country_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    sign = asked(capsys, "Ich spüre nichts mehr im Schritt", "--lang", "en", "--country", "CH")
    assert sign["lang"] == "en"
    assert sign["contact"][0]["number"] == "144"


@pytest.mark.parametrize("text", ["", "   ", "x" * 1_000_000])
def test_a_message_that_cannot_be_taken_gives_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", text]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_without_an_index_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RW_DATA", str(tmp_path))
    assert main(["ask", "Welche Schuhe?"]) == 2
    assert capsys.readouterr().err.strip().endswith("run: python -m index build")


def test_an_unknown_setting_gives_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RW_HOTS", "0.0.0.0")  # noqa: S104 - a name that is not ours
    assert main(["ask", "Welche Schuhe?"]) == 2
    assert "did you mean RW_HOST" in capsys.readouterr().err


def run_batch(tmp_path: Path, lines: list[bytes]) -> list[dict[str, Any]]:
    cases, replies = tmp_path / "cases.jsonl", tmp_path / "replies.jsonl"
    cases.write_bytes(b"\n".join(lines))
    assert main(["batch", "--in", str(cases), "--out", str(replies)]) == 0
    return [json.loads(line) for line in replies.read_text("utf-8").splitlines()]


def test_a_batch_answers_line_by_line_and_bad_lines_do_not_stop_it(tmp_path: Path) -> None:
    results = run_batch(
        tmp_path,
        [
            b'{"id": "a", "text": "Welche Schuhe?"}',
            b"not json",
            b"\xff\xfe",
            b"",
            b'{"id": "b"}',
            b'{"id": "c", "text": ""}',
            b'{"id": "d", "text": "x", "lang": "klingon"}',
            b"[1, 2]",
            b'{"id": "\\ud800", "text": "\\ud800"}',
            b'{"id": 7, "turns": ["Ich sp\\u00fcre nichts im Schritt", "Welche Schuhe?"], "expected": 1}',
        ],
    )
    assert [result["id"] for result in results] == ["a", None, None, "b", "c", "d", None, "\ud800", 7]
    assert ["error" in result for result in results] == [False, True, True, True, True, True, True, False, False]
    assert results[0]["reply"]["kind"] == "answer"
    assert "line 2" in results[1]["error"]


def test_turns_are_one_conversation(tmp_path: Path) -> None:
    turns = ["Ich spüre nichts im Schritt", "Welche Schuhe?"]
    (result,) = run_batch(tmp_path, [json.dumps({"id": "t", "turns": turns}).encode()])
    assert len(result["replies"]) == 2
    assert result["reply"] == result["replies"][-1]
    assert result["reply"]["triage"]["level"] == "emergency"


def test_cases_are_not_overwritten_by_replies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": 1, "text": "x"}')
    assert main(["batch", "--in", str(path), "--out", str(path)]) == 2
    assert path.read_text() == '{"id": 1, "text": "x"}'
    assert "same file" in capsys.readouterr().err


def test_missing_cases_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--in", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert "none" in capsys.readouterr().err


def test_a_process_of_its_own_answers_without_torch(data: Path) -> None:
    code = (
        "import sys; from bot.__main__ import main; "
        "code = main(['ask', 'Welche Laufschuhe?']); print('torch' in sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"RW_DATA": str(data), "PATH": ""}
    )
    assert done.stderr.strip().endswith("False")
    assert "gedämpft" in done.stdout
