"""Builds of the real corpus; most with a fast encoder, the session's index with the real one."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import index.build
from corpus.load import HERE
from index.build import BuildReport, build_index
from index.encode import FourBitEncoder
from index.errors import IndexDamaged, IndexMismatch, IndexProblem
from index.manifest import Recipe, read_manifest
from index.open import open_index
from index.snapshot import published
from tests.fakes import DIMENSIONS, HashEncoder


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> HashEncoder:
    """Takes the place of the model in builds."""
    fake = HashEncoder()
    monkeypatch.setattr(index.build, "passage_encoder", lambda _model: fake)
    monkeypatch.setattr("index.manifest.model_name", lambda _model: fake.name)
    return fake


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    shutil.copytree(HERE / "articles", folder / "articles")
    shutil.copy(HERE / "sources.yaml", folder)
    return folder


def build(corpus_folder: Path, target: Path, *, extras: bool = True, force: bool = False) -> BuildReport:
    return build_index(corpus_folder, target, Recipe(extras=extras), force=force)


def edit(corpus_folder: Path, old: str, new: str) -> None:
    path = next((corpus_folder / "articles").glob("*.txt"))
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_the_manifest_says_how_the_index_was_made(data: Path) -> None:
    manifest = read_manifest(published(data / "index"))
    assert "multilingual-e5-small" in manifest.model
    assert manifest.dimensions == 384
    assert manifest.corpus.startswith("sha256:")
    assert "target=" in manifest.chunking
    assert (manifest.documents, manifest.extras) == (33, True)


def test_a_second_build_of_an_unchanged_corpus_embeds_nothing(
    encoder: HashEncoder, corpus_folder: Path, tmp_path: Path
) -> None:
    first = build(corpus_folder, tmp_path / "index")
    assert first.published
    assert encoder.embedded == first.embedded > 100
    second = build(corpus_folder, tmp_path / "index")
    assert not second.published
    assert encoder.embedded == first.embedded


def test_after_a_change_only_what_is_new_is_embedded(encoder: HashEncoder, corpus_folder: Path, tmp_path: Path) -> None:
    first = build(corpus_folder, tmp_path / "index")
    edit(corpus_folder, "Planks, Seitstütz", "Kniebeugen, Seitstütz")
    report = build(corpus_folder, tmp_path / "index")
    assert report.published
    assert 0 < report.embedded < 5
    assert encoder.embedded == first.embedded + report.embedded
    assert report.manifest.dimensions == DIMENSIONS


def test_force_embeds_everything_again(encoder: HashEncoder, corpus_folder: Path, tmp_path: Path) -> None:
    first = build(corpus_folder, tmp_path / "index")
    again = build(corpus_folder, tmp_path / "index", force=True)
    assert (again.embedded, again.reused) == (first.embedded, 0)
    assert encoder.embedded == 2 * first.embedded


def test_the_extra_sources_are_in_the_index_when_asked_for(
    encoder: HashEncoder, corpus_folder: Path, tmp_path: Path
) -> None:
    assert build(corpus_folder, tmp_path / "index", extras=False).manifest.documents == 9
    assert build(corpus_folder, tmp_path / "index", extras=True).manifest.documents == 33
    assert encoder.embedded > 0


def test_a_corpus_that_cannot_be_read_leaves_the_old_index(
    encoder: HashEncoder, corpus_folder: Path, tmp_path: Path
) -> None:
    build(corpus_folder, tmp_path / "index")
    old = published(tmp_path / "index")
    (corpus_folder / "sources.yaml").write_bytes(b"\x00")
    with pytest.raises(Exception, match="binary"):
        build(corpus_folder, tmp_path / "index")
    assert published(tmp_path / "index") == old
    assert encoder.embedded > 0


def test_the_index_proves_its_quotations_after_the_corpus_on_disk_has_changed(
    encoder: HashEncoder, corpus_folder: Path, tmp_path: Path
) -> None:
    build(corpus_folder, tmp_path / "index")
    edit(corpus_folder, "Läufer", "Schwimmer")
    opened = open_index(tmp_path / "index", Recipe(), encoder)
    assert "Läufer" in opened.corpus.documents["laufen-ohne-schmerzen"].text


@pytest.mark.parametrize("recipe", [Recipe(extras=False), Recipe(model="another")])
def test_an_index_made_otherwise_than_set_is_refused_with_the_command(data: Path, recipe: Recipe) -> None:
    with pytest.raises(IndexMismatch, match="python -m index build"):
        open_index(data / "index", recipe, FourBitEncoder())


@pytest.mark.parametrize(
    "part",
    [
        "manifest.json",
        "passages.json",
        "corpus/sources.yaml",
        "words/passages/de/rows.json",
        "words/sentences/de",
        "subjects.npy",
        "variants.npz",
        "chroma/chroma.sqlite3",
        "chroma",
    ],
)
def test_a_half_deleted_index_is_told_with_the_command(data: Path, tmp_path: Path, part: str) -> None:
    copy = tmp_path / "index"
    shutil.copytree(data / "index", copy, symlinks=True)
    broken = published(copy) / part
    shutil.rmtree(broken) if broken.is_dir() else broken.unlink()
    with pytest.raises(IndexDamaged, match="python -m index build"):
        open_index(copy, Recipe(), FourBitEncoder())


@pytest.mark.parametrize(
    "part", ["manifest.json", "passages.json", "words/passages/de/rows.json", "subjects.npy", "variants.npz"]
)
def test_a_garbled_index_is_told_with_the_command(data: Path, tmp_path: Path, part: str) -> None:
    copy = tmp_path / "index"
    shutil.copytree(data / "index", copy, symlinks=True)
    (published(copy) / part).write_text("{")
    with pytest.raises(IndexDamaged, match="python -m index build"):
        open_index(copy, Recipe(), FourBitEncoder())


# Builds in a process of its own, and says when the part that writes begins.
BUILDER = """
import sys
from pathlib import Path
import index.build, index.manifest
from tests.fakes import HashEncoder
index.build.passage_encoder = lambda model: HashEncoder()
index.manifest.model_name = lambda model: "hash"
print("go", flush=True)
index.build.build_index(Path(sys.argv[1]), Path(sys.argv[2]), index.manifest.Recipe(), force=True)
"""


def test_killed_at_any_moment_the_index_opens_old_or_new(
    encoder: HashEncoder, corpus_folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "index"
    build(corpus_folder, target)
    seconds = _one_build(corpus_folder, target, None)
    moments = random.Random(20)  # noqa: S311 - the same moments in every run
    for _attempt in range(20):
        _one_build(corpus_folder, target, moments.uniform(0, seconds))
        opened = open_index(target, Recipe(), encoder)
        assert len(opened.searcher.search("Rücken", 3)) == 3


def _one_build(corpus_folder: Path, target: Path, kill_after: float | None) -> float:
    """Run the builder; kill it that many seconds after it began, or let it end. Returns how long it ran."""
    command = [sys.executable, "-c", BUILDER, str(corpus_folder), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"go\n"
        began = time.perf_counter()
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        process.wait()
    return time.perf_counter() - began


def test_every_problem_of_the_index_says_what_to_do() -> None:
    """The tree of errors is shown to operators as it is."""
    assert {error.__name__ for error in IndexProblem.__subclasses__()} == {
        "IndexMissing",
        "IndexDamaged",
        "IndexMismatch",
        "IndexBusy",
        "ModelUnavailable",
    }
