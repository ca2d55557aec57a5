import json
from pathlib import Path

import pytest

from index.__main__ import main


@pytest.fixture(autouse=True)
def _at(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_DATA", str(data))


def test_search_prints_passages_with_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "Hilft Wärme bei akuten Schmerzen?"]) == 0
    assert "Sofortmaßnahmen" in capsys.readouterr().out


def test_search_prints_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "Hilft Wärme?", "--json", "--count", "2"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert len(hits) == 2
    assert {"score", "scores", "passage"} <= set(hits[0])


def test_info_says_what_the_index_holds_and_that_it_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    assert info["dimensions"] == 384
    assert info["up_to_date"]


def test_a_build_with_nothing_new_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    assert capsys.readouterr().out.startswith("up to date")


@pytest.mark.parametrize("command", [["search", "x"], ["info"]])
def test_without_an_index_one_line_says_what_to_do(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RW_DATA", str(tmp_path))
    assert main(command) == 2
    assert capsys.readouterr().err.strip().endswith("run: python -m index build")


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RW_EXTRA_SOURCES", "perhaps")
    assert main(["info"]) == 2
    assert "RW_EXTRA_SOURCES" in capsys.readouterr().err


def test_a_corpus_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RW_CORPUS", str(tmp_path))
    assert main(["build"]) == 2
    assert str(tmp_path) in capsys.readouterr().err
