"""Abstention over a small file: what is taken out, on what is fitted, and what the command prints."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import abstention
from evals.__main__ import main
from evals.abstention import KINDS, Abstention, measure
from evals.errors import NotSquad
from evals.scores import Estimate
from evals.squad import Indexed, read_squad
from index.encode import FourBitEncoder
from tests.evals.tiny import BAKER, BEES, TOWN, asked, squad, towns, written
from tests.fakes import HashEncoder

ENCODER = HashEncoder()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Abstention:
    folder = tmp_path_factory.mktemp("abstention")
    encoder = FourBitEncoder()
    return measure(read_squad(written(folder, towns())), folder / "index", encoder, encoder)


def _within(estimate: Estimate | None, count: int) -> bool:
    return (
        estimate is not None and 0 <= estimate.low <= estimate.value <= estimate.high <= 1 and estimate.count == count
    )


def test_every_figure_is_a_share_with_its_interval(measured: Abstention) -> None:
    assert measured.questions == 22
    assert _within(measured.refused, 22)
    for kind in KINDS:
        assert _within(measured.declined[kind], 22)
        assert _within(measured.declined_unseen[kind], 22)
        assert 0 <= measured.area[kind] <= 1


def test_questions_are_told_from_those_whose_answer_was_taken_out(measured: Abstention) -> None:
    assert all(measured.area[kind] > 0.7 for kind in KINDS)


def test_a_missing_article_is_noticed_at_least_as_well_as_a_missing_paragraph(measured: Abstention) -> None:
    assert measured.area["far"] >= measured.area["near"] - 0.05


def test_the_figures_are_printed_in_a_shape_that_programs_read(measured: Abstention) -> None:
    found = json.loads(json.dumps(measured.as_json()))
    assert set(found) == {"questions", "answered", "declined", "auroc", "unseen_articles"}
    assert found["answered"] == pytest.approx(0.95)
    assert set(found["declined"]) == set(found["auroc"]) == set(found["unseen_articles"]["declined"]) == {"near", "far"}
    assert set(found["declined"]["near"]) == {"value", "low", "high", "count"}
    assert found["unseen_articles"]["promised_refused"] == 0.05
    assert set(found["unseen_articles"]) == {"promised_refused", "refused", "declined"}


def test_the_same_file_gives_the_same_figures(tmp_path: Path) -> None:
    dataset = read_squad(written(tmp_path, towns()))
    one, other = (measure(dataset, tmp_path / name, ENCODER, ENCODER).as_json() for name in ("one", "other"))
    assert one == other


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_no_article_is_measured_with_weights_that_have_seen_it(articles: Sequence[int]) -> None:
    numbers = np.array(articles)
    folds = abstention._held_out(numbers)  # noqa: SLF001 - the promise that makes the figures honest
    assert np.sum(folds, axis=0).tolist() == [1] * len(numbers)
    for held in folds:
        assert held.any()
        assert not set(numbers[held]) & set(numbers[~held])


def test_each_question_is_asked_of_all_without_its_paragraph_and_without_its_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[frozenset[str]] = []
    search = Indexed.searcher

    def watched(self: Indexed, *more: Any) -> Any:  # noqa: ANN401 - handed on as it is
        searcher = search(self, *more)
        texts = {p.id: p.text for p in self.passages}
        found = searcher.search

        def noted(*values: Any, without: frozenset[str], **named: Any) -> Any:  # noqa: ANN401 - the same
            taken.append(frozenset(texts[passage] for passage in without))
            return found(*values, without=without, **named)

        monkeypatch.setattr(searcher, "search", noted)
        return searcher

    monkeypatch.setattr(Indexed, "searcher", watched)
    dataset = read_squad(written(tmp_path, towns()))
    measure(dataset, tmp_path / "index", ENCODER, ENCODER)
    texts = {document.id: document.text for document in dataset.documents}
    for number, question in enumerate(dataset.questions):
        article = frozenset(texts[q.document] for q in dataset.questions if q.article == question.article)
        assert taken[3 * number : 3 * number + 3] == [frozenset(), {texts[question.document]}, article]


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    dataset = read_squad(written(tmp_path, towns()))
    measure(dataset, tmp_path / "index", ENCODER, ENCODER, lambda *step: told.append(step))
    assert told[-1] == ("asking", 22, 22)


ONE = squad(("x", [(BAKER, [asked("Wann?", "sechs")])]))
TWINS = squad(("x", [(BAKER, [asked("Wann?", "sechs")])]), ("y", [(BAKER, [asked("Wann denn?", "sechs")])]))
UNASKED = squad(("x", [(BAKER, [asked("Wann?", "sechs")])]), ("y", [(BEES, [])]))


@pytest.mark.parametrize("content", [TOWN, ONE, TWINS, UNASKED], ids=["an article", "a paragraph", "twins", "unasked"])
def test_a_file_from_which_no_article_can_be_taken_is_refused_with_one_line(
    content: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(NotSquad, match="at least two"):
        measure(read_squad(path), tmp_path / "index", ENCODER, ENCODER)
    monkeypatch.setattr("index.encode.passage_encoder", lambda _model: ENCODER)
    assert main(["abstention", "--squad", str(path)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_the_command_prints_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("index.encode.passage_encoder", lambda _model: ENCODER)
    monkeypatch.setattr("index.encode.question_encoder", lambda _model: ENCODER)
    assert main(["abstention", "--squad", str(written(tmp_path, towns())), "--json"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert json.loads(said.out)["questions"] == 22
    assert "asking 22/22" in said.err
