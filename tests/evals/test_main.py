"""The command line, with a scripted service in place of the real one."""

import json
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import evals.__main__ as command
from bot.turn import Kind, Question, Reason, Reply, Triage, Turn, Verdict
from corpus.document import Document
from evals import answers, gate, guard, triage
from evals.__main__ import main
from evals.case import CASES, Case, read_cases
from evals.fit import Fitted
from evals.results import Results
from index.encode import FourBitEncoder
from index.errors import IndexDamaged
from index.open import Index
from index.ranking import Ranking, ranking
from tests.evals.tiny import TOWN, towns, written
from tests.fakes import HashEncoder

LINES = (
    '{"id": "a", "lang": "de", "kind": "answer", "text": "Welche Übungen helfen?"}',
    '{"id": "b", "lang": "de", "kind": "refusal", "text": "Wie wird das Wetter?"}',
)


@dataclass(frozen=True, slots=True)
class ScriptedService:
    answers: bool = True
    documents: Mapping[str, Document] = field(default_factory=dict)

    def reply(self, question: Question) -> Reply:
        if self.answers and "Übungen" in question.text:
            return Reply(kind=Kind.ANSWER, lang="de", text="…")
        return Reply(kind=Kind.REFUSAL, lang="de", text="…", reason=Reason.OFF_TOPIC)


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that stands for evals/cases/test.jsonl, with a folder for data and no floors yet."""
    file = tmp_path / "test.jsonl"
    file.write_text("\n".join(LINES), "utf-8")
    monkeypatch.setenv("RW_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(gate, "CASES", tmp_path)
    monkeypatch.setattr(command, "BASELINE", tmp_path / "baseline.json")
    _serve(monkeypatch, ScriptedService())
    return file


def _serve(monkeypatch: pytest.MonkeyPatch, service: ScriptedService) -> None:
    monkeypatch.setattr(command, "_service", lambda _settings: service)


def test_a_run_prints_the_figures_and_writes_them_into_the_data_folder(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--cases", str(cases)]) == 0
    said = capsys.readouterr().out
    assert f"2 cases of {cases}, 0 failed" in said
    assert "refusal_recall" in said
    assert "no floors are set" in said
    folder = cases.parent / "data" / "evals"
    assert json.loads((folder / "results.json").read_text("utf-8"))["below"] == []
    assert "<table>" in (folder / "report.html").read_text("utf-8")


def test_a_single_suite_and_another_folder_can_be_asked_for(cases: Path, tmp_path: Path) -> None:
    assert main(["run", "answers", "--cases", str(cases), "--out", str(tmp_path / "a" / "b")]) == 0
    assert list(json.loads((tmp_path / "a" / "b" / "results.json").read_text("utf-8"))["runs"][0]["suites"]) == [
        "answers"
    ]


def test_below_the_floors_the_command_fails_and_says_why(
    cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--cases", str(cases), "--update"]) == 0
    _serve(monkeypatch, ScriptedService(answers=False))
    capsys.readouterr()
    assert main(["run", "--cases", str(cases)]) == 1
    assert "below the gate: answered is 0.000, its floor is 0.98" in capsys.readouterr().err
    assert main(["run", "--cases", str(cases), "--update"]) == 1
    assert main(["run", "--cases", str(cases), "--update", "--force"]) == 0


def test_without_an_index_the_command_that_builds_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RW_DATA", str(tmp_path / "nothing"))
    for arguments in (["run"], ["fit"], ["fit", "evidence"], ["read"]):
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert "python -m index build" in said
        assert said.count("\n") == 1


def test_a_mistake_in_the_cases_or_the_settings_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--cases", str(tmp_path / "missing.jsonl")]) == 2
    monkeypatch.setenv("RW_DATAA", "x")
    assert main(["run"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_a_suite_that_does_not_exist_is_told_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", "speed"])
    assert stopped.value.code == 2
    assert "answers and abstention" in capsys.readouterr().err


def test_retrieval_prints_the_figures_as_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("index.encode.passage_encoder", lambda _model: FourBitEncoder())
    asked = {"question": "Wann öffnet der Bäcker?", "answers": [{"text": "sechs"}]}
    held = {"data": [{"paragraphs": [{"context": "Der Bäcker öffnet um sechs.", "qas": [asked]}]}]}
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(held), "utf-8")
    assert main(["retrieval", "--squad", str(path), "--json"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert json.loads(said.out)["recall@1"] == 1.0
    assert "embedding 2/2" in said.err


@pytest.fixture
def fitting(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The place of the weights of the evidence, with the real index to search."""
    monkeypatch.setenv("RW_DATA", str(data))
    monkeypatch.setattr(command, "FILE", tmp_path / "evidence.toml")
    return tmp_path / "evidence.toml"


@pytest.mark.parametrize("arguments", [["fit"], ["fit", "evidence"]])
def test_fit_takes_the_development_cases_and_the_real_search(
    arguments: list[str],
    fitting: Path,
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen: list[tuple[Sequence[Case], Turn, Path]] = []

    def fit(cases: Sequence[Case], search: Callable[[Question], Turn], target: Path) -> Fitted:
        seen.append((cases, search(Question(text="Rumpf stärken", lang="de")), target))
        return Fitted(len(cases), 0.5)

    monkeypatch.setattr(command, "fit", fit)
    assert main(arguments) == 0
    ((cases, turn, target),) = seen
    assert tuple(cases) == tuple(read_cases("dev"))
    assert turn.hits == index.searcher.search("Rumpf stärken", 10, "de")
    assert target == fitting
    assert f"evidence.toml fitted on {len(cases)} cases; 50.0%" in capsys.readouterr().out


def _order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts two small files and another place for the weights into the command; gives the place."""
    (folder / "retrieval").mkdir()
    written(folder / "retrieval", towns(), "a.json")
    written(folder / "retrieval", TOWN, "b.json")
    encoder = HashEncoder()
    monkeypatch.setattr("index.encode.passage_encoder", lambda _model: encoder)
    monkeypatch.setattr("index.encode.question_encoder", lambda _model: encoder)
    monkeypatch.setattr(command, "CASES", folder)
    monkeypatch.setattr("index.ranking.FILE", folder / "ranking.toml")
    return folder / "ranking.toml"


def test_fit_order_writes_weights_fitted_on_the_bundled_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = _order(tmp_path, monkeypatch)
    assert main(["fit", "order"]) == 0
    Ranking.model_validate(tomllib.loads(target.read_text("utf-8")))
    assert capsys.readouterr().out == "ranking.toml fitted on 28 questions; run: python -m evals fit\n"


def test_fit_order_repairs_weights_that_are_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = _order(tmp_path, monkeypatch)
    target.write_text("gate_from =", "utf-8")
    ranking.cache_clear()
    try:
        with pytest.raises(IndexDamaged, match="python -m evals fit order"):
            ranking()
        assert main(["fit", "order"]) == 0
        assert ranking().gate_from < ranking().gate_full
    finally:
        ranking.cache_clear()


def test_fit_order_leaves_the_weights_when_a_file_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = _order(tmp_path, monkeypatch)
    (tmp_path / "retrieval" / "b.json").write_text("{", "utf-8")
    assert main(["fit", "order"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert not target.exists()


def test_something_that_cannot_be_fitted_is_told_with_what_can(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["fit", "weather"])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "evidence" in said
    assert "order" in said


def test_the_bundled_floors_belong_to_the_bundled_cases() -> None:
    runs: dict[str, Callable[[Path], Results]] = {
        "test.jsonl": lambda file: answers.run(file, ScriptedService().reply),
        "triage/test.jsonl": lambda file: triage.run(file, lambda _: Triage()),
        "guard/test.jsonl": lambda file: guard.run(file, lambda _: Verdict(), lambda text, _: text),
    }
    for name, run in runs.items():
        results = run(CASES / name)
        floors = gate.read_floors(results, gate.BASELINE)
        assert floors is not None, name
        assert floors.digest == results.digest, name
        assert set(floors.floors) <= {m for groups in results.suites.values() for m in groups["all"]}, name


def test_the_copied_cases_have_no_floors(tmp_path: Path) -> None:
    copy = Path(shutil.copy(CASES / "test.jsonl", tmp_path))
    assert gate.read_floors(answers.run(copy, ScriptedService().reply), gate.BASELINE) is None
