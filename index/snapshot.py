"""Where an index lies on disk, and how a new one takes the place of the old.

    <data>/index/
        build.lock            held while a build runs
        current               symbolic link to the published snapshot, replaced atomically
        snapshots/<name>/     complete and never changed again
            manifest.json  corpus/  passages.json  lexical/  chroma/
        snapshots/<name>.new/ a build under way, or what a killed one left; removed by the next build

A snapshot carries the texts it was made from, so that a quotation can be proved as long as the snapshot serves,
whatever happens to the corpus on disk.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.errors import BUILD, IndexBusy, IndexDamaged, IndexMissing

_CURRENT = "current"
_SNAPSHOTS = "snapshots"
_UNFINISHED = ".new"
# The published one and its predecessor, which a running server may still read.
_KEPT = 2


def published(folder: Path) -> Path:
    """The published snapshot under `folder`.

    Raises:
        IndexMissing: nothing has been published.
        IndexDamaged: the link points at nothing.
    """
    link = folder / _CURRENT
    if not link.is_symlink():
        raise IndexMissing(f"there is no index in {folder}; run: {BUILD}")
    target = link.resolve()
    if not target.is_dir():
        raise IndexDamaged(f"{link} points at {target}, which is gone; run: {BUILD} --force")
    return target


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A new, empty folder for a snapshot; published when the block ends well, removed when it does not.

    Raises:
        IndexBusy: another process is building.
    """
    snapshots = folder / _SNAPSHOTS
    snapshots.mkdir(parents=True, exist_ok=True)
    with (folder / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexBusy(f"another build is running in {folder}; wait for it to end") from error
        for left in snapshots.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(left, ignore_errors=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        new = snapshots / f"{name}{_UNFINISHED}"
        new.mkdir()
        try:
            yield new
            _publish(folder, new, snapshots / name)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _publish(folder: Path, new: Path, final: Path) -> None:
    """Rename the finished folder, then turn the link; a reader sees the old snapshot or the new one, whole."""
    new.rename(final)
    link = folder / f"{_CURRENT}{_UNFINISHED}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(_SNAPSHOTS) / final.name)
    os.replace(link, folder / _CURRENT)  # noqa: PTH105 - os.replace says what matters: it is atomic
    finished = sorted(p for p in final.parent.iterdir() if not p.name.endswith(_UNFINISHED))
    for old in [p for p in finished if p != final][: -(_KEPT - 1)]:
        shutil.rmtree(old, ignore_errors=True)
