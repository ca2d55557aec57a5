"""How fast the bot is on this machine, as a Markdown table: `make bench`.

Measured are a single question from the command line, the service inside this process, the real server over HTTP, a
build of the index, a question among 10,000 passages, and a build beside LangChain's. The index of RW_DATA is used, and
built when there is none. Nothing is asserted: the figures depend on the machine and on what else it does.
"""

import http.client
import json
import os
import platform
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench_build import compared, recombined
from bench_figures import Row, Times, holds_torch, markdown, peak_memory, size_of, throughput, timed
from bench_large import SENTENCES_EACH, made_up, searched

from bot.assemble import Service, assemble
from bot.settings import Settings, read_settings
from bot.turn import Question, Reason
from evals.case import read_cases
from index.build import SUBJECTS_FILE
from index.errors import IndexProblem
from index.manifest import read_manifest
from index.open import open_index
from index.search import SENTENCES, sentence_id
from index.snapshot import published
from index.store import ChromaStore
from index.subjects import Subjects

ROOT = Path(__file__).resolve().parent.parent
COLD_QUESTION = "Welche Übungen stärken den Rumpf?"
COLD_RUNS = 7
THREADS = 4
# Enough questions for a p95, enough passages for some seconds of work, and neither for more than half a minute.
LARGE_QUESTIONS = 100
BUILT_PASSAGES, BUILT_ROUNDS = 300, 3

# The server imports Gradio before it listens and opens the index behind that; on a busy machine a minute may pass.
_START_SECONDS = 120.0
_POLL_SECONDS = 0.2
_HTTP_SECONDS = 60.0
_STOP_SECONDS = 10.0


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
        *_among_many(settings, questions),
        *_beside_langchain(settings),
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


def _among_many(settings: Settings, questions: Sequence[str]) -> Iterator[Row]:
    _note("questions among 10,000 passages, which takes a minute to write")
    snapshot = published(settings.index_folder)
    passages = [p for p in open_index(settings.index_folder, settings.recipe).passages if p.source.lang == "de"]
    store = ChromaStore(snapshot / "chroma")
    vectors = store.vectors(SENTENCES, [sentence_id(p.id, n) for p in passages for n in range(len(p.sentences))])
    store.close()
    texts = [sentence.text for passage in passages for sentence in passage.sentences]
    large = made_up(passages, dict(zip(texts, vectors, strict=True)))
    asked = random.Random(0).sample(questions, LARGE_QUESTIONS)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory(prefix="rw-bench-") as folder:
        found = searched(large, asked, Subjects.load(snapshot / SUBJECTS_FILE), Path(folder))
    size = (
        f"{len(large.passages):,} passages, {len(large.passages) * SENTENCES_EACH:,} sentences, {large.words:,} words"
    )
    yield Row(f"search among {size}", str(Times(found.questions)))
    yield Row("of these, on average", ", ".join(f"{part} {ms:.1f} ms" for part, ms in found.parts.items()))
    yield Row("the first of them, which reads the vectors", f"{found.first / 1000:.1f} s")


def _beside_langchain(settings: Settings) -> Iterator[Row]:
    _note("builds of an index, ours and LangChain's by turns")
    passages = recombined(open_index(settings.index_folder, settings.recipe).passages, BUILT_PASSAGES)
    rates = compared(passages, BUILT_ROUNDS)
    for what, figures in (
        ("passages into Chroma, ours", rates.alone),
        (f"the same, {rates.of}", rates.langchain),
        ("passages and their sentences into Chroma, ours", rates.ours),
    ):
        yield Row(what, f"{statistics.median(figures):.1f} passages a second")
    yield Row("ours, times as fast", f"{rates.like_for_like:.2f}")
    yield Row("ours with the sentences, which the other does not have, times as fast", f"{rates.ratio:.2f}")


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
