"""Fitting the order: what comes of a small file, and the file that is written."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.document import Sentence
from evals import order
from evals.order import as_toml, fit_order
from evals.squad import Dataset, indexed, read_squad
from index.passage import Hit, Passage, Scores, SentenceScores, Source
from index.ranking import FILE, PASSAGE_FEATURES, SENTENCE_FEATURES, Ranking, ranking
from tests.evals.tiny import TOWN, asked, squad, towns, written
from tests.fakes import HashEncoder

ENCODER = HashEncoder()


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    folder = tmp_path_factory.mktemp("order")
    return [read_squad(written(folder, towns(), "towns.json")), read_squad(written(folder, TOWN, "town.json"))]


@pytest.fixture(scope="module")
def fitted(datasets: list[Dataset]) -> Ranking:
    return fit_order(datasets, ENCODER, ENCODER)


def likelihood(dataset: Dataset, weights: Ranking, folder: Path) -> float:
    """The mean logarithm of the chance that the right passage has."""
    with indexed(dataset, folder, ENCODER, ENCODER) as data:
        searcher = data.searcher(weights)
        chances = [
            hit.score
            for question in dataset.questions
            for hit in searcher.search(question.text, 1_000)
            if hit.passage.source.document == question.document
        ]
    assert len(chances) == len(dataset.questions)
    return float(np.log(np.maximum(chances, 1e-30)).mean())


def test_the_fitted_weights_make_the_right_passages_likelier(
    datasets: list[Dataset], fitted: Ranking, tmp_path: Path
) -> None:
    even = fitted.model_copy(update={"passages": dict.fromkeys(PASSAGE_FEATURES, 1.0)})
    before = likelihood(datasets[0], even, tmp_path / "even")
    bundled = likelihood(datasets[0], ranking(), tmp_path / "bundled")
    assert likelihood(datasets[0], fitted, tmp_path / "fitted") > max(before, bundled)


def test_the_weights_follow_the_questions_even_against_all_reason(tmp_path: Path) -> None:
    """The right paragraph is the one that shares fewer words with the question."""
    articles = [
        (
            name,
            [
                (f"Der Turm von {name} steht am alten Hafen.", []),
                (f"Dort bei {name} ist es rot.", [asked(f"Wo steht der Turm von {name} am alten Hafen?", "rot")]),
            ],
        )
        for name in ("Adorf", "Behlen", "Cursdorf", "Dahlum", "Ebstett", "Fohrde")
    ]
    dataset = read_squad(written(tmp_path, squad(*articles)))
    contrary = fit_order([dataset], ENCODER, ENCODER)
    reasonable = likelihood(dataset, ranking(), tmp_path / "bundled")
    assert likelihood(dataset, contrary, tmp_path / "contrary") > reasonable + 1


def _hit(document: str, **local: float) -> Hit:
    """A hit with a sentence for each word, and how much of the question it holds."""
    source = Source(document, "sha256:0", "article", "de", "", "", (), "body")
    text = " ".join(local)
    places = tuple(Sentence(at := text.index(word), at + len(word), word) for word in local)
    rated = tuple(
        SentenceScores(cosine=0.8, coverage=0, local=much, context=0, asked=0, number=False, relevance=0)
        for much in local.values()
    )
    scores = replace(Scores(**dict.fromkeys(Scores.__dataclass_fields__, 0)), coverage=1.0)
    return Hit(Passage(document, source, 0, len(text), text, places), 0.5, scores, rated)


def test_the_sentence_with_the_answer_is_the_right_one_wherever_its_passage_stands() -> None:
    hits = (_hit("first", a=0.0), _hit("second", b=0.0, c=1.0))
    cases = [order._Case(hits, 1, ("c",))] * 5  # noqa: SLF001 - a search would put the right passage first
    assert order._of_sentences(cases, ranking())["local"] > 1  # noqa: SLF001


def test_every_feature_gets_a_finite_weight(fitted: Ranking) -> None:
    assert tuple(fitted.passages) == PASSAGE_FEATURES
    assert tuple(fitted.sentences) == SENTENCE_FEATURES
    assert np.isfinite([*fitted.passages.values(), *fitted.sentences.values()]).all()


def test_the_gate_and_what_is_known_are_not_fitted(fitted: Ranking) -> None:
    held = ranking()
    assert (fitted.gate_from, fitted.gate_full) == (held.gate_from, held.gate_full)
    assert (fitted.known_from, fitted.known) == (held.known_from, held.known)


def test_the_same_data_give_the_same_weights(datasets: list[Dataset], fitted: Ranking) -> None:
    assert as_toml(fit_order(datasets, ENCODER, ENCODER)) == as_toml(fitted)


def test_what_is_written_is_read_again(fitted: Ranking) -> None:
    held = Ranking.model_validate(tomllib.loads(as_toml(fitted)))
    assert held.passages == pytest.approx(fitted.passages, abs=1e-4)
    assert held.sentences == pytest.approx(fitted.sentences, abs=1e-4)
    assert (held.gate_from, held.known_from, held.known) == (fitted.gate_from, fitted.known_from, fitted.known)
    assert as_toml(held) == as_toml(fitted)


def test_the_bundled_file_is_one_that_was_written() -> None:
    assert tomllib.loads(as_toml(ranking())) == tomllib.loads(FILE.read_text("utf-8"))
