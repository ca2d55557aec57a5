"""Questions on other subjects: the file, and the vectors of those that are not covered."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import index.subjects
from corpus.language import LANGUAGES
from corpus.load import Corpus
from index.errors import IndexDamaged
from index.subjects import FILE, Subjects, known_subjects, questions
from tests.fakes import HashEncoder

FEW = """
[knee]
de = ["Was hilft gegen Knieschmerzen?", "mein knie tut weh"]
en = ["What helps with knee pain?"]

[tennis]
de = ["Welcher Schläger passt zu mir?"]
"""
ENCODER = HashEncoder()


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two subjects stand for all of them."""
    path = tmp_path / "subjects.toml"
    path.write_text(FEW, "utf-8")
    monkeypatch.setattr(index.subjects, "FILE", path)
    yield
    monkeypatch.undo()


def test_every_bundled_subject_has_questions_in_all_languages() -> None:
    tables = tomllib.loads(FILE.read_text("utf-8"))
    assert set(tables) == known_subjects()
    for name, texts in tables.items():
        assert set(texts) == set(LANGUAGES), name
        assert all(asked and all(text.strip() == text != "" for text in asked) for asked in texts.values()), name


def test_no_bundled_question_stands_twice() -> None:
    asked = [text.casefold() for text in questions()]
    assert sorted(asked) == sorted(set(asked))


def test_what_documents_cover_are_subjects_that_exist(corpus: Corpus) -> None:
    for document in corpus.documents.values():
        assert set(document.covers) <= known_subjects()


@pytest.mark.usefixtures("few")
def test_covered_subjects_are_left_out_in_every_language() -> None:
    assert known_subjects() == {"knee", "tennis"}
    assert len(questions()) == 4
    assert questions(frozenset({"knee"})) == ("Welcher Schläger passt zu mir?",)
    assert questions(frozenset({"tennis"})) == questions()[:3]


@pytest.mark.usefixtures("few")
def test_a_question_of_the_file_is_as_near_as_can_be_and_others_are_not() -> None:
    subjects = Subjects.build(ENCODER.encode_questions)
    assert subjects.nearest(ENCODER.encode_question("mein knie tut weh")) == pytest.approx(1.0, abs=1e-5)
    assert subjects.nearest(ENCODER.encode_question("ganz etwas anderes")) < 0.9


@pytest.mark.usefixtures("few")
def test_what_is_covered_is_not_elsewhere() -> None:
    asked = ENCODER.encode_question("mein knie tut weh")
    assert Subjects.build(ENCODER.encode_questions, frozenset({"knee"})).nearest(asked) < 0.9


def test_without_subjects_nothing_is_near(tmp_path: Path) -> None:
    none = Subjects()
    assert none.nearest(ENCODER.encode_question("Knie")) == 0.0
    none.save(tmp_path / "subjects.npy")
    assert Subjects.load(tmp_path / "subjects.npy").nearest(ENCODER.encode_question("Knie")) == 0.0


@pytest.mark.usefixtures("few")
def test_when_everything_is_covered_nothing_is_near() -> None:
    asked = ENCODER.encode_question("mein knie tut weh")
    assert Subjects.build(ENCODER.encode_questions, known_subjects()).nearest(asked) == 0.0


@pytest.mark.usefixtures("few")
def test_what_is_saved_is_as_near_when_loaded(tmp_path: Path) -> None:
    subjects = Subjects.build(ENCODER.encode_questions)
    subjects.save(tmp_path / "subjects.npy")
    loaded = Subjects.load(tmp_path / "subjects.npy")
    for text in ("Knieschmerzen", "Schläger", "", "mein knie"):
        asked = ENCODER.encode_question(text)
        assert loaded.nearest(asked) == subjects.nearest(asked)


def _cut() -> bytes:
    return b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'"


@pytest.mark.parametrize("content", [None, b"", b"{", _cut()], ids=["missing", "empty", "other", "cut off"])
def test_a_damaged_file_is_told_with_the_command_that_repairs_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "subjects.npy"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="python -m index build"):
        Subjects.load(path)


def test_no_pickle_is_ever_opened(tmp_path: Path) -> None:
    path = tmp_path / "subjects.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(IndexDamaged):
        Subjects.load(path)
