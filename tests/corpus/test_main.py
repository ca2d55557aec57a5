import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from corpus.__main__ import main
from corpus.load import HERE
from tests.conftest import ARTICLE


class Pages(BaseHTTPRequestHandler):
    """A real server with a few pages."""

    def do_GET(self) -> None:
        kind = {"/a.txt": "text/plain; charset=utf-8", "/a.html": "text/html"}.get(self.path)
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.end_headers()
        self.wfile.write("Ein Titel\n\nEin Absatz über den Rücken. Noch ein Satz.".encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Pages) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_the_article_is_shown_with_all_that_was_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(ARTICLE)]) == 0
    shown = capsys.readouterr().out
    for part in (
        "2025-12-16",
        "Christian Vagn Uhre",
        "Wann zum Arzt?",
        "Lendengurt",
        "Blackroll",
        "not found, no text",
    ):
        assert part in shown


def test_everything_is_shown_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--json", str(HERE / "sources.yaml")]) == 0
    documents = json.loads(capsys.readouterr().out)
    assert {document["kind"] for document in documents} == {"digest"}
    assert len(documents) == 32


def test_a_page_without_a_sidecar_is_understood_as_far_as_possible(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", f"{server}/a.txt"]) == 0
    assert "Ein Titel" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["/a.html", "/missing"])
def test_an_address_without_plain_text_gives_one_line_and_no_trace(
    server: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", server + path]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\xff\xfe"])
def test_a_file_without_text_gives_one_line_and_no_trace(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    assert main(["show", str(path)]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nowhere.txt"]) == 2
    assert "nowhere.txt does not exist" in capsys.readouterr().err
