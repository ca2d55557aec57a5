"""The linear models: what the gate does, what counts how much, and a file that cannot be used."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.ranking
from index.errors import IndexDamaged
from index.ranking import (
    FILE,
    PASSAGE_FEATURES,
    SENTENCE_FEATURES,
    Ranking,
    passage_features,
    ranking,
    sentence_features,
)

SHARES = st.floats(0, 1)
PASSAGE_SCORES = ("dense", "sentence", "pair", "coverage", "pair_coverage", "lexical")
SENTENCE_SCORES = ("cosine", "local", "context", "passage", "number")
WORDS = {"coverage", "pair_coverage", "lexical"}


def _one(names: tuple[str, ...], **values: float) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]:
    return {name: np.array([values.get(name, 0.5)], dtype=np.float32) for name in names}


def _of_passage(gate: float, **values: float) -> float:
    return float(ranking().of_passages(passage_features(_one(PASSAGE_SCORES, **values), gate))[0])


def _of_sentence(gate: float, **values: float) -> float:
    return float(ranking().of_sentences(sentence_features(_one(SENTENCE_SCORES, **values), gate))[0])


def test_the_bundled_weights_are_those_of_the_features() -> None:
    assert tuple(ranking().passages) == PASSAGE_FEATURES
    assert tuple(ranking().sentences) == SENTENCE_FEATURES
    assert 0 <= ranking().gate_from < ranking().gate_full <= 1


@given(SHARES, SHARES)
def test_the_gate_opens_from_nothing_to_all_and_never_closes_again(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= ranking().gate(low) <= ranking().gate(high) <= 1


def test_the_gate_is_shut_below_and_open_above() -> None:
    held = ranking()
    assert held.gate(held.gate_from) == 0.0
    assert held.gate((held.gate_from + held.gate_full) / 2) == pytest.approx(0.5)
    assert held.gate(held.gate_full) == held.gate(1.0) == 1.0


@given(st.sampled_from(PASSAGE_SCORES), SHARES, SHARES, SHARES)
def test_a_passage_never_loses_by_a_better_score(name: str, one: float, other: float, gate: float) -> None:
    low, high = sorted((one, other))
    assert _of_passage(gate, **{name: low}) <= _of_passage(gate, **{name: high}) + 1e-4


@given(st.sampled_from(SENTENCE_SCORES), SHARES, SHARES, SHARES)
def test_a_sentence_never_loses_by_a_better_score(name: str, one: float, other: float, gate: float) -> None:
    low, high = sorted((one, other))
    assert _of_sentence(gate, **{name: low}) <= _of_sentence(gate, **{name: high}) + 1e-4


@given(st.sampled_from(sorted(WORDS)), SHARES)
def test_behind_a_shut_gate_the_words_of_a_passage_count_nothing(name: str, value: float) -> None:
    assert _of_passage(0.0, **{name: value}) == _of_passage(0.0)


@given(SHARES, SHARES, SHARES)
def test_behind_a_shut_gate_the_words_of_a_sentence_count_nothing(local: float, context: float, gate: float) -> None:
    assert _of_sentence(0.0, local=local, context=context) == _of_sentence(0.0)
    without = ranking().without_words()
    columns = _one(SENTENCE_SCORES, local=local, context=context)
    assert without.of_sentences(sentence_features(columns, gate)) == without.of_sentences(
        sentence_features(_one(SENTENCE_SCORES), gate)
    )


def test_without_words_the_vectors_keep_their_weights() -> None:
    held, without = ranking(), ranking().without_words()
    vectors = ("dense", "sentence", "pair")
    assert {name for name, weight in without.passages.items() if weight} == set(vectors)
    assert all(without.passages[name] == held.passages[name] for name in vectors)
    assert without.sentences["cosine"] == held.sentences["cosine"]
    assert without.sentences["local"] == without.sentences["context"] == without.sentences["number"] == 0.0
    assert held.passages["coverage"] != 0.0  # the product's weights are not touched


GOOD = FILE.read_text("utf-8")
DAMAGED = {
    "no TOML": "gate_from = ",
    "nothing": "",
    "another field": f"{GOOD}\ntemperature = 1.0\n",
    "a word for a weight": GOOD.replace("gate_from = 0.2", 'gate_from = "low"'),
    "a weight is missing": GOOD.replace("dense = ", "thick = "),
    "a weight of sentences is missing": GOOD.replace("local = ", "global = "),
    "a gate without width": GOOD.replace("gate_full = 0.5", "gate_full = 0.2"),
    "not UTF-8": None,
    "missing": None,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_told_with_the_command_that_writes_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ranking.toml"
    content = DAMAGED[name]
    if content is not None:
        path.write_text(content, "utf-8")
    elif name == "not UTF-8":
        path.write_bytes(b"gate_from = \xff")
    monkeypatch.setattr(index.ranking, "FILE", path)
    ranking.cache_clear()
    try:
        with pytest.raises(IndexDamaged, match=r"^ranking\.toml.*run: python -m evals fit order$"):
            ranking()
    finally:
        ranking.cache_clear()


def test_the_file_says_all_there_is_to_say() -> None:
    assert Ranking.model_validate(tomllib.loads(GOOD)) == ranking()
