"""Starting the program as users do."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent


@contextmanager
def served(data: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`python app.py` on a free port with this data folder; gives its address once it is ready to answer."""
    environment = {**os.environ, "RW_DATA": str(data), "RW_PORT": "0"}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            address = process.stderr.readline().strip().rstrip("/")
            assert address.startswith("http://"), address
            _wait_until_ready(address, process)
            yield address, process
        finally:
            process.terminate()
            process.wait(20)


def _wait_until_ready(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the program ended"
        try:
            if httpx.get(f"{address}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the program was not ready in time")
