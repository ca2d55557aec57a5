"""How fast the bot is on this machine, as a Markdown table: `make bench`.

Measured are a single question from the command line, the service inside this process, the real server over HTTP, and
a build of the index. The index of RW_DATA is used, and built when there is none. Nothing is asserted: the figures
depend on the machine and on what else it does.
"""

import http.client
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from bot.assemble import Service, assemble
from bot.settings import Settings, read_settings
from bot.turn import Question, Reason
from evals.case import read_cases
from index.errors import IndexProblem
from index.manifest import read_manifest
from index.snapshot import published

ROOT = Path(__file__).resolve().parent.parent
COLD_QUESTION = "Welche Übungen stärken den Rumpf?"
COLD_RUNS = 7
THREADS = 4

# The server imports Gradio before it listens and opens the index behind that; on a busy machine a minute may pass.
_START_SECONDS = 120.0
_POLL_SECONDS = 0.2
_HTTP_SECONDS = 60.0
_STOP_SECONDS = 10.0


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


def main() -> int:
    """Measure everything and print the table."""
    settings = read_settings()
    _require_index(settings)
    questions = tuple(case.text for case in read_cases("test"))
    rows = [
        Row("machine", f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"),
        *_cold(settings),
        *_service(settings, questions),
        *_server(settings, questions),
        *_build(settings),
    ]
    print(markdown(rows))
    return 0


def _require_index(settings: Settings) -> None:
    try:
        published(settings.index_folder)
        assemble(settings).library.current()
    except IndexProblem as problem:
        _note(f"{problem} (done now)")
        _python(["-m", "index", "build"], settings)


def _cold(settings: Settings) -> Iterator[Row]:
    _note(f"a single question from the command line, {COLD_RUNS} times")
    times = timed(
        lambda question: _python(["-m", "bot", "ask", question, "--json"], settings), [COLD_QUESTION] * COLD_RUNS
    )
    seconds = [ms / 1000 for ms in times.milliseconds]
    yield Row("cold `python -m bot ask`", f"median {statistics.median(seconds):.2f} s, max {max(seconds):.2f} s")


def _service(settings: Settings, questions: Sequence[str]) -> Iterator[Row]:
    _note(f"{len(questions)} questions to the service")
    service: Service = assemble(settings)
    service.warm_up()

    def ask(question: str) -> None:
        if service.reply(Question(text=question)).reason is Reason.FAILED:
            raise SystemExit(f"the bot failed at {question!r}")  # a failure is quick and would pass for a good figure

    yield Row("reply in the service, one thread", str(timed(ask, questions)))
    rate = throughput(ask, questions, THREADS)
    yield Row(f"replies of the service, {THREADS} threads", f"{rate:.1f} a second")
    yield Row("torch imported by the service", "yes" if "torch" in sys.modules else "no")


def _server(settings: Settings, questions: Sequence[str]) -> Iterator[Row]:
    _note(f"{len(questions)} questions to the server")
    with tempfile.TemporaryDirectory(prefix="rw-bench-") as folder:
        shutil.copytree(settings.index_folder, Path(folder) / "index", symlinks=True)
        with _running(settings.model_copy(update={"data": Path(folder)})) as (process, port, seconds):
            yield Row("start of `app.py` until it is ready", f"{seconds:.1f} s")
            yield Row("reply over HTTP, one thread", str(timed(lambda text: _post(port, text), questions)))
            rate = throughput(lambda text: _post(port, text), questions, THREADS)
            yield Row(f"replies over HTTP, {THREADS} threads", f"{rate:.1f} a second")
            proc = Path("/proc") / str(process.pid)
            if proc.is_dir():  # Linux
                yield Row("peak memory of the server", f"{peak_memory((proc / 'status').read_text()):.0f} MB")
                yield Row("torch loaded by the server", "yes" if holds_torch((proc / "maps").read_text()) else "no")


def _build(settings: Settings) -> Iterator[Row]:
    _note("a build of the index")
    with tempfile.TemporaryDirectory(prefix="rw-bench-") as folder:
        fresh = settings.model_copy(update={"data": Path(folder)})
        began = time.perf_counter()
        _python(["-m", "index", "build"], fresh)
        seconds = time.perf_counter() - began
        snapshot = published(fresh.index_folder)
        manifest = read_manifest(snapshot)
        rate = manifest.passages / seconds
        texts = f"{manifest.passages} passages and {manifest.sentences} sentences in {seconds:.1f} s"
        yield Row("index build, cold", f"{rate:.1f} passages a second ({texts})")
        yield Row("index on disk", f"{size_of(snapshot) / 1e6:.1f} MB")


def _python(arguments: Sequence[str], settings: Settings) -> None:
    """Run one of our programs to its end.

    Raises:
        SystemExit: it failed; what it said is passed on.
    """
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=_environment(settings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"python {' '.join(arguments)} failed:\n{done.stderr}")


def _environment(settings: Settings) -> dict[str, str]:
    paths = {"RW_DATA": settings.data, "RW_CORPUS": settings.corpus}
    return {**os.environ, **{name: str(path.resolve()) for name, path in paths.items()}}


@contextmanager
def _running(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """The server on a free port, with the seconds until it was ready; stopped at the end."""
    port = _free_port()
    environment = {**_environment(settings), "RW_HOST": "127.0.0.1", "RW_PORT": str(port)}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, ROOT / "app.py"], cwd=settings.data, env=environment)
    try:
        while not _ready(port):
            if process.poll() is not None or time.perf_counter() - began > _START_SECONDS:
                raise SystemExit("the server does not get ready")
            time.sleep(_POLL_SECONDS)
        yield process, port, time.perf_counter() - began
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _ready(port: int) -> bool:
    try:
        return _request(port, "GET", "/readyz")[0] == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def _post(port: int, text: str) -> None:
    status, body = _request(port, "POST", "/api/v1/chat", json.dumps({"text": text}))
    if status != http.client.OK or json.loads(body)["reason"] == Reason.FAILED:
        raise SystemExit(f"the server failed at {text!r} with status {status}")


def _request(port: int, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    """Status and body of the response; every request has a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_HTTP_SECONDS)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
