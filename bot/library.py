"""The published index, opened when it is first needed, and again when a new one has been published."""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexProblem
from index.manifest import Recipe
from index.snapshot import published

if TYPE_CHECKING:
    from index.open import Index

_log = logging.getLogger(__name__)


class Library:
    """Hands out the current index; safe to use from several threads."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self._folder = folder
        self._recipe = recipe
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._refused: Path | None = None

    def current(self) -> "Index":
        """The published index; the one before it as long as a newer one cannot be opened.

        Raises:
            IndexProblem: no index has been opened yet, and the published one cannot be.
        """
        held = self._index
        if held is not None and not self._replaced(held):
            return held
        with self._lock:
            if self._index is None or self._replaced(self._index):
                self._open()
            if self._index is None:
                raise AssertionError  # `_open` has raised
            return self._index

    def _replaced(self, held: "Index") -> bool:
        try:
            newest = published(self._folder)
        except IndexProblem:
            return False  # what is open goes on serving
        return newest not in (held.folder, self._refused)

    def _open(self) -> None:
        from index.open import open_index  # noqa: PLC0415 - chromadb takes a second, and a referral needs none of it

        try:
            self._index = open_index(self._folder, self._recipe)
        except IndexProblem as problem:
            if self._index is None:
                raise
            self._refused = published(self._folder)
            _log.error("the new index is not used, the old one goes on serving: %s", problem)
