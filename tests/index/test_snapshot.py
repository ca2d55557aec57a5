from pathlib import Path

import pytest

from index.errors import IndexBusy, IndexDamaged, IndexMissing
from index.snapshot import building, published


def build(folder: Path, content: str) -> None:
    with building(folder) as new:
        (new / "content").write_text(content)


def content(folder: Path) -> str:
    return (published(folder) / "content").read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "snapshots").iterdir())


def test_nothing_published_is_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="python -m index build"):
        published(tmp_path)


def test_a_new_snapshot_takes_the_place_of_the_old(tmp_path: Path) -> None:
    build(tmp_path, "old")
    assert content(tmp_path) == "old"
    build(tmp_path, "new")
    assert content(tmp_path) == "new"


def test_a_build_that_fails_leaves_the_old_snapshot_and_nothing_else(tmp_path: Path) -> None:
    build(tmp_path, "old")
    before = names(tmp_path)
    with pytest.raises(FileNotFoundError), building(tmp_path) as new:
        new.joinpath("no such folder", "content").write_text("half")
    assert content(tmp_path) == "old"
    assert names(tmp_path) == before


def test_the_predecessor_is_kept_for_those_who_read_it_and_older_ones_go(tmp_path: Path) -> None:
    for number in range(4):
        build(tmp_path, str(number))
    assert len(names(tmp_path)) == 2
    assert content(tmp_path) == "3"


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path: Path) -> None:
    build(tmp_path, "old")
    (tmp_path / "snapshots" / "20200101T000000-abcdef.new").mkdir()
    build(tmp_path, "new")
    assert not [name for name in names(tmp_path) if name.endswith(".new")]


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    with building(tmp_path) as first:
        (first / "content").write_text("first")
        with pytest.raises(IndexBusy, match="another build"), building(tmp_path):
            pass
    assert content(tmp_path) == "first"


def test_a_link_to_nothing_is_told_with_the_command(tmp_path: Path) -> None:
    build(tmp_path, "old")
    published(tmp_path).rename(tmp_path / "elsewhere")
    with pytest.raises(IndexDamaged, match="python -m index build"):
        published(tmp_path)
