"""What the server does under load: `make load`, or `python tools/load.py --seconds 10` to try it.

A real server process on loopback, and visitors as they are: each asks a question, reads the streamed reply, thinks for
10 to 30 seconds, and asks the next one; every tenth agreed to have the conversation kept. They come from different
addresses, which the server learns from X-Forwarded-For as it would behind a proxy. The first round has 200 of them, the
second ten times as many: then those who find no place must be told so at once, and the others must not wait longer.

Visitors and server share the processor, so the figures are a lower bound. Questions are those of `corpus/questions`.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench_figures import Row, markdown, percentile
from load_visitors import SHED, Round, visit

from bot.settings import read_settings
from corpus.load import load_corpus

ROOT: Final = Path(__file__).resolve().parent.parent
FACTOR: Final = 10
PROMISED_MS: Final = 1_500.0
"""The p95 to the first sentence that both rounds must keep, on two cores."""
_START_SECONDS: Final = 120.0
_FILES: Final = 16_384
_OK: Final = 200


def main() -> int:
    """Run both rounds and print them; 1 when a promise was not kept."""
    options = _options()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_FILES, hard), hard))
    texts = [variant.question for document in load_corpus().documents.values() for variant in document.variants]
    rows: list[Row] = []
    kept = True
    with _served(read_settings().index_folder) as (port, pid):
        asyncio.run(visit(port, options.visitors // FACTOR, 5, texts))  # warms it up
        for visitors in (options.visitors, options.visitors * FACTOR):
            before = resident(pid)
            seen = asyncio.run(visit(port, visitors, options.seconds, texts))
            rows += _rows(seen, options.seconds, before, resident(pid))
            kept = kept and is_kept(seen)
    print(markdown(rows))
    return 0 if kept else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120, help="length of each of the two rounds")
    parser.add_argument("--visitors", type=int, default=200)
    return parser.parse_args()


@contextmanager
def _served(index: Path) -> Iterator[tuple[int, int]]:
    """The program with a data folder of its own and the index of RW_DATA; gives its port and process id."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index").symlink_to(index.resolve())
        environment = {**os.environ, "RW_DATA": folder, "RW_PORT": "0", "RW_PROXIES": "127.0.0.1"}
        command = [sys.executable, "app.py"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
            try:
                port = _port(process)
                _wait(port)
                yield port, process.pid
            finally:
                process.terminate()
                process.wait(20)


def _port(process: "subprocess.Popen[str]") -> int:
    line = process.stderr.readline() if process.stderr is not None else ""
    if not line.startswith("http://"):
        raise SystemExit(f"the server did not start: {line.strip()}")
    return int(line.strip().rstrip("/").rpartition(":")[2])


def _wait(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
                if answer.status == _OK:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server is not ready; build the index with: python -m index build")


def resident(pid: int) -> float:
    """Memory in MB (10**6 bytes); VmRSS is in KiB (proc_pid_status(5))."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS"))


def _rows(seen: Round, seconds: float, before: float, after: float) -> list[Row]:
    shed = sum(seen.statuses[status] for status in SHED)
    asked = seen.statuses.total() + seen.errors.total()
    who = f"{seen.visitors} visitors"
    return [
        Row(f"{who}: questions, a second", f"{asked}, {asked / seconds:.1f}"),
        Row(f"{who}: to the first sentence", _spread(seen.first)),
        Row(f"{who}: turned away (429, 503)", f"{shed}, {_spread(seen.turned_away)}"),
        Row(f"{who}: errors", ", ".join(f"{n} {kind}" for kind, n in seen.errors.items()) or "none"),
        Row(f"{who}: memory of the server", f"{before:.0f} MB before, {after:.0f} MB after"),
    ]


def _spread(milliseconds: Sequence[float]) -> str:
    if not milliseconds:
        return "none"
    shares = (f"p{share} {percentile(milliseconds, share):.0f} ms" for share in (50, 95, 99))
    return ", ".join(shares)


def is_kept(seen: Round) -> bool:
    """Everybody got a whole reply or was turned away, and who got one did not wait."""
    foreign = set(seen.statuses) - {_OK} - SHED
    return not seen.errors and not foreign and bool(seen.first) and percentile(seen.first, 95) <= PROMISED_MS


if __name__ == "__main__":
    sys.exit(main())
