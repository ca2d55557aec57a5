"""The file of kept conversations: opened when it is first needed, used by one thread at a time.

What is deleted is overwritten with zeros (`secure_delete`), but SQLite leaves copies of rows behind where it moves them
between pages. So the file is written anew after a deletion (`forgetting`). The journal of a change is removed with it,
and nothing goes to temporary files: after a deletion no file holds a byte of what was said.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.desk.errors import DeskUnavailable

_SCHEMA: Final = Path(__file__).parent / "schema.sql"
_VERSION: Final = 1
_WAIT_SECONDS: Final = 5.0
"""For another process that is writing."""


class Database:
    """One SQLite file; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self._path.exists()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is written, or nothing.

        Raises:
            DeskUnavailable: the file is damaged, locked, or cannot be written.
        """
        with self._lock:
            try:
                connection = self._opened()
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                self._drop()
                raise DeskUnavailable(self._remedy(error)) from error

    @contextmanager
    def forgetting(self) -> Iterator[sqlite3.Connection]:
        """A transaction that deletes; when it has deleted something, nothing of that is left in the file.

        Raises:
            DeskUnavailable: the file is damaged, locked, or cannot be written.
        """
        with self.transaction() as connection:
            before = connection.total_changes
            yield connection
            deleted = connection.total_changes > before
        if deleted:
            with self._lock:
                try:
                    self._opened().execute("VACUUM")
                except sqlite3.Error as error:
                    self._drop()
                    raise DeskUnavailable(self._remedy(error)) from error

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        held, self._connection = self._connection, None
        if held is not None:
            held.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # For the owner only, from its first byte on; the journal takes the rights of the file.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(
                self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _remedy(self, error: Exception) -> str:
        return (
            f"conversations cannot be kept: {self._path} cannot be used ({error}). Free the disk or give the rights "
            "back; a damaged file has to be moved away, a new one is made when it is needed"
        )


def _prepare(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    # A write-ahead log would keep what is deleted until its next checkpoint.
    for pragma in ("journal_mode=DELETE", "secure_delete=ON", "temp_store=MEMORY", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError("the file is damaged")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in {0, _VERSION}:
        raise sqlite3.DatabaseError(f"it has version {version}, this program knows {_VERSION}")
    connection.executescript(_SCHEMA.read_text("utf-8"))
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("VACUUM")  # in case the process ended between a deletion and this
