"""Starting and stopping the real process."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from bot.web.serve import serve
from tests.bot.web.conftest import site_in
from tests.bot.web.fake import FakeService

ROOT = Path(__file__).parents[3]


def test_an_occupied_port_ends_with_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            serve(FakeService(), site_in(tmp_path), "127.0.0.1", port)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "RW_PORT=" in said
    assert str(port) in said


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 7860), ("127.0.0.1", 70_000)])
def test_an_impossible_address_ends_with_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, host: str, port: int
) -> None:
    with pytest.raises(SystemExit) as ended:
        serve(FakeService(), site_in(tmp_path), host, port)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_terminated_server_ends_cleanly_and_says_nothing_of_the_questions(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = (
        "from bot.web.serve import serve; from tests.bot.web.fake import FakeService; "
        "from tests.bot.web.conftest import site_in; from pathlib import Path; "
        f"serve(FakeService(), site_in(Path({str(tmp_path)!r})), '127.0.0.1', {port})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "True"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                assert httpx.get(f"{address}/healthz", timeout=60).status_code == 200
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        httpx.post(f"{address}/api/v1/chat", json={"text": "mein Geheimnis"})
        httpx.post(f"{address}/api/v1/chat", json={"text": "Absturz Geheimnis"})
    finally:
        process.send_signal(signal.SIGTERM)
        said, complained = process.communicate(timeout=30)
    assert process.returncode in {0, -signal.SIGTERM}
    assert "Geheimnis" not in said + complained
    assert "Traceback" not in complained
    assert address in complained


def test_the_http_side_does_not_import_gradio() -> None:
    code = "import bot.web.api, bot.web.reader, bot.web.serve, sys; print('gradio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
