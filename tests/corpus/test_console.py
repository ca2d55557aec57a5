import subprocess
import sys

import pytest

RUN = "import sys; from corpus.console import run; run(lambda: {body})"


def ended(body: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", RUN.format(body=body)]
    return subprocess.run(command, capture_output=True, check=False, env=settings or None)


@pytest.mark.parametrize("code", [0, 2])
def test_a_command_ends_with_its_code(code: int) -> None:
    assert ended(str(code)).returncode == code


def test_an_interrupted_command_leaves_no_trace() -> None:
    done = ended("(_ for _ in ()).throw(KeyboardInterrupt)")
    assert (done.returncode, done.stderr) == (130, b"")


def test_a_reader_that_has_gone_is_no_error() -> None:
    command = [sys.executable, "-c", RUN.format(body="print('x' * 10_000_000) or 0")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert (process.wait(20), process.stderr.read()) == (0, b"")


def test_a_terminal_that_cannot_show_a_character_shows_another() -> None:
    done = ended(r"print('R\u00fccken \u203a x') or 0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout.strip()) == (0, b"R?cken ? x")
