"""The tuned copy of the bundled model."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.e5s1 import Array, E5Model, bundled_path, read_model, read_part
from index.encode import FourBitEncoder
from index.errors import ModelUnavailable
from index.pieces import BUCKETS, pieces
from index.tuned import BLOCK, Head, Judge, Tuned, _Encoder, quantised

QUESTION = "Welche Übungen stärken den Rumpf?"
_UNITS = 8


@cache
def _model() -> E5Model:
    return read_model(bundled_path())


def _tuned(layers: int = 2, frozen: int = 2) -> Tuned:
    """The bundled model as it is, with heads that know nothing."""
    chance = np.random.default_rng(3)

    def numbers(*shape: int) -> Array:
        return chance.normal(size=shape).astype(np.float32)

    hidden = _model().shape.hidden
    wanted = tuple(f"l{number}." for number in range(frozen, layers))
    return Tuned(
        layers=layers,
        frozen=frozen,
        tokens=np.arange(len(_model().vocabulary.pieces), dtype=np.int64),
        weights={name: _shaped(name, v) for name, v in _model().weights.items() if wanted and name.startswith(wanted)},
        hidden=(numbers(hidden, _UNITS), numbers(_UNITS)),
        heads={"level": Head(("none", "doctor"), numbers(_UNITS, 2), numbers(2))},
        pieces=numbers(BUCKETS),
    )


def _shaped(name: str, values: Array) -> Array:
    if name.endswith(".b") or "ln." in name:
        return values
    return values.reshape(-1, 4 * _model().shape.hidden if name.endswith("fo.w") else _model().shape.hidden)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(_tuned())


def test_with_all_layers_untouched_the_vectors_are_those_of_the_engine() -> None:
    ours, engine = _Encoder(_tuned(layers=12, frozen=12)), FourBitEncoder()
    for text in (QUESTION, "taub", "Jeg har ondt i ryggen, når jeg løber. " * 5):
        assert ours(text) @ engine.encode_question(text) > 0.99


def test_layers_that_are_stored_are_as_good_as_those_of_the_package(tmp_path: Path) -> None:
    _tuned(layers=3, frozen=1).save(tmp_path / "judge.npz")
    stored = _Encoder(Tuned.load(tmp_path / "judge.npz"))
    assert stored(QUESTION) @ _Encoder(_tuned(layers=3, frozen=3))(QUESTION) > 0.9999


def test_a_part_of_the_vocabulary_reads_the_same_words_in_smaller_pieces() -> None:
    whole = _model().vocabulary
    kept = [row for row, (piece, _) in enumerate(whole.pieces) if len(piece) < 3 or row < 4]
    part = read_part(bundled_path(), kept, lambda name: name == "emb.ln.w")
    assert part.vocabulary.pieces == tuple(whole.pieces[row] for row in kept)
    assert set(part.weights) == {"emb.ln.w"}
    rows = np.array([5, 99, 1000], dtype=np.int64)
    assert np.array_equal(part.embeddings.of(rows), _model().weights["emb.word"].reshape(-1, part.shape.hidden)[rows])


def test_eight_bits_lose_less_than_half_a_step() -> None:
    weights = _model().weights["l0.q.w"].reshape(-1, _model().shape.hidden)
    steps, scales = quantised(weights)
    restored = steps.reshape(-1, BLOCK) * scales.astype(np.float32)[:, None]
    # A scale has 11 significant bits, so that the largest step is off by a 2048th of 127 steps at most.
    assert (np.abs(restored - weights.reshape(-1, BLOCK)) <= 0.6 * scales.astype(np.float32)[:, None]).all()


def test_what_is_saved_judges_as_before(tmp_path: Path, judge: Judge) -> None:
    _tuned().save(tmp_path / "judge.npz")
    again = Judge(Tuned.load(tmp_path / "judge.npz"))
    assert again.judge(QUESTION)["level"] == pytest.approx(judge.judge(QUESTION)["level"])
    assert again.suspicion(["rumpf"]) == pytest.approx(judge.suspicion(["rumpf"]), abs=1e-2)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}"])
def test_a_damaged_file_is_told_with_the_command_that_makes_a_new_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "judge.npz").write_bytes(content)
    with pytest.raises(ModelUnavailable, match="python -m evals train"):
        Tuned.load(tmp_path / "judge.npz")


def test_a_missing_file_is_told_the_same_way(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="python -m evals train"):
        Tuned.load(tmp_path / "judge.npz")


def test_the_verdict_is_the_same_each_time_and_from_every_thread(judge: Judge) -> None:
    # A judge of its own for each round, so that nothing is remembered.
    alone = Judge(_tuned()).judge(QUESTION)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == alone for found in pool.map(judge.judge, [QUESTION] * 40))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_whatever_is_written_is_judged(judge: Judge, text: str) -> None:
    chances = judge.judge(text)["level"]
    assert sum(chances.values()) == pytest.approx(1.0)
    assert all(0.0 <= chance <= 1.0 for chance in chances.values())


def test_a_shouted_text_is_judged_as_if_it_were_said(judge: Judge) -> None:
    assert judge.judge("ICH SPÜRE NICHTS MEHR")["level"] == judge.judge("ich spüre nichts mehr")["level"]


def test_words_with_a_slip_share_most_of_their_pieces() -> None:
    right, slipped = set(pieces(["blasenschwache"])), set(pieces(["blasenschwachw"]))
    assert len(right & slipped) > len(right) / 2


def test_no_words_are_the_least_suspicious(judge: Judge) -> None:
    assert judge.suspicion([]) < judge.suspicion(["taub"])
