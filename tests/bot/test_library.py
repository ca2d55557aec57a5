import shutil
from pathlib import Path

import pytest

from bot.library import Library
from index.errors import IndexMissing
from index.manifest import Recipe
from index.snapshot import building, published


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> Path:
    shutil.copytree(data / "index", tmp_path / "index", symlinks=True)
    return tmp_path / "index"


def publish_copy(folder: Path, *, broken: bool = False) -> None:
    current = published(folder)
    with building(folder) as new:
        shutil.copytree(current, new, dirs_exist_ok=True)
        if broken:
            (new / "passages.json").write_text("{")


def test_the_index_is_opened_once(folder: Path) -> None:
    library = Library(folder, Recipe())
    assert library.current() is library.current()


def test_a_newly_published_index_takes_over(folder: Path) -> None:
    library = Library(folder, Recipe())
    before = library.current()
    publish_copy(folder)
    assert library.current() is not before
    assert library.current().folder == published(folder)


def test_a_new_index_that_cannot_be_opened_leaves_the_old_one_serving(folder: Path) -> None:
    library = Library(folder, Recipe())
    before = library.current()
    publish_copy(folder, broken=True)
    assert library.current() is before
    publish_copy_of(before.folder, folder)
    assert library.current() is not before


def publish_copy_of(snapshot: Path, folder: Path) -> None:
    with building(folder) as new:
        shutil.copytree(snapshot, new, dirs_exist_ok=True)


def test_an_index_that_is_deleted_while_it_serves_goes_on_serving(folder: Path) -> None:
    library = Library(folder, Recipe())
    before = library.current()
    (folder / "current").unlink()
    assert library.current() is before


def test_without_an_index_it_says_so_until_there_is_one(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    library = Library(empty, Recipe())
    with pytest.raises(IndexMissing):
        library.current()
    shutil.copytree(folder, empty, symlinks=True)
    assert library.current().manifest.documents == 33
