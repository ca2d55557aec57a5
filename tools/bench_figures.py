"""What the benchmarks share: how a figure is taken, and how it is told."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class Times:
    """Times of a series of questions in milliseconds, asked one after the other."""

    milliseconds: tuple[float, ...]

    def __str__(self) -> str:
        return f"median {statistics.median(self.milliseconds):.1f} ms, p95 {percentile(self.milliseconds, 95):.1f} ms"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that `share` percent of them do not exceed (nearest rank).

    Args:
        values: at least one, in any order.
        share: percent, above 0 and up to 100.
    """
    return sorted(values)[ceil(share / 100 * len(values)) - 1]


def timed(ask: Callable[[str], object], questions: Iterable[str]) -> Times:
    """Ask one question after the other and note how long each takes."""
    times = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - began) * 1000)
    return Times(tuple(times))


def throughput(ask: Callable[[str], object], questions: Sequence[str], threads: int) -> float:
    """How many questions a second are answered when so many threads ask all of them together."""
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(ask, questions):
            pass
    return len(questions) / (time.perf_counter() - began)


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder and below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def peak_memory(status: str) -> float:
    """The highest resident memory in MB (10**6 bytes).

    Args:
        status: the contents of /proc/<pid>/status, whose VmHWM is in KiB (proc_pid_status(5)).

    Raises:
        ValueError: there is no VmHWM in it.
    """
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024 / 1e6
    raise ValueError("no VmHWM in the status of the process")


def holds_torch(maps: str) -> bool:
    """Whether a process has torch loaded, by the contents of its /proc/<pid>/maps."""
    return any("/libtorch" in line or "/torch/" in line for line in maps.splitlines())


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    cells = [("measured", "value"), *((row.what, row.value) for row in rows)]
    left, right = (max(len(cell[n]) for cell in cells) for n in (0, 1))
    lines = [f"| {what:{left}} | {value:{right}} |" for what, value in cells]
    lines.insert(1, f"|{'-' * (left + 2)}|{'-' * (right + 2)}|")
    return "\n".join(lines)
