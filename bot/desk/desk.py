"""Keeps conversations of visitors who agreed to it, redacted, until they are deleted or expire."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.desk import keys
from bot.desk.conversation import Conversation, Feedback, Opened, Said, Verdict
from bot.desk.database import Database
from bot.desk.errors import UnknownConversation
from bot.turn import Reply
from bot.wire import as_bytes
from corpus.document import Lang

Redact = Callable[[str, Lang], str]
"""A text without what tells who wrote it: names, addresses, numbers."""

_NOBODY: Final = keys.hashed("")
"""Compared with when there is no such conversation, so that this takes as long as a wrong key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The one place where something a visitor said is written down; every method may be called from any thread.

    Every method raises `DeskUnavailable` when the database cannot be used, and `UnknownConversation` alike for a wrong
    id, a wrong key, and a conversation that has expired.
    """

    database: Database
    redact: Redact
    retention_days: int
    now: Callable[[], float] = time.time
    """Seconds since 1970 in UTC."""

    def open(self, lang: Lang | None = None) -> Opened:
        """Begin a conversation; to be called only after the visitor agreed."""
        opened = int(self.now())
        ends = opened + self._kept_seconds
        name, key = keys.new_id(), keys.new_key()
        with self.database.transaction() as db:
            db.execute(
                "INSERT INTO conversation (id, key_hash, lang, created, expires) VALUES (?, ?, ?, ?, ?)",
                (name, keys.hashed(key), lang, opened, ends),
            )
        return Opened(name, key, _day(ends))

    def read(self, name: str, key: str) -> Conversation:
        """The whole conversation."""
        with self.database.transaction() as db:
            kept = self._held(db, name, key)
            rows = db.execute("SELECT * FROM message WHERE conversation = ? ORDER BY n", (name,)).fetchall()
        return Conversation(
            id=name,
            lang=kept["lang"],
            created=_time(kept["created"]),
            expires=_day(self._ends(kept)),
            wants_person=_time(kept["wants_person"]) if kept["wants_person"] is not None else None,
            messages=tuple(_said(row) for row in rows),
        )

    def keep(self, name: str, question: str, reply_id: str, reply: Reply) -> bool:
        """Write down what was asked and what was replied, redacted; False when the conversation is gone meanwhile.

        The key was checked when the conversation was read.
        """
        text = self.redact(question, reply.lang)
        answer = _redacted(reply, question, text)
        now = int(self.now())
        with self.database.transaction() as db:
            if db.execute("SELECT 1 FROM conversation WHERE id = ?", (name,)).fetchone() is None:
                return False
            db.execute("INSERT INTO message (conversation, at, text) VALUES (?, ?, ?)", (name, now, text))
            db.execute(
                "INSERT INTO message (conversation, at, reply_id, reply) VALUES (?, ?, ?, ?)",
                (name, now, reply_id, as_bytes(answer).decode("utf-8")),
            )
            db.execute("UPDATE conversation SET lang = coalesce(lang, ?) WHERE id = ?", (reply.lang, name))
        return True

    def judge(self, name: str, key: str, reply_id: str, feedback: Feedback) -> bool:
        """Write a verdict beside the reply, in place of an earlier one; False when there is no such reply."""
        with self.database.transaction() as db:
            self._held(db, name, key)
            found = db.execute(
                "UPDATE message SET verdict = ?, citation = ? WHERE conversation = ? AND reply_id = ?",
                (feedback.verdict.value, feedback.citation, name, reply_id),
            )
            return found.rowcount > 0

    def call_person(self, name: str, key: str, reply_id: str, reply: Callable[[Lang | None], Reply]) -> Reply:
        """Note that a person is wanted, and what the visitor was told about it; `reply` makes it in a language."""
        now = int(self.now())
        with self.database.transaction() as db:
            told = reply(self._held(db, name, key)["lang"])
            db.execute("UPDATE conversation SET wants_person = coalesce(wants_person, ?) WHERE id = ?", (now, name))
            db.execute(
                "INSERT INTO message (conversation, at, reply_id, reply) VALUES (?, ?, ?, ?)",
                (name, now, reply_id, as_bytes(told).decode("utf-8")),
            )
        return told

    def erase(self, name: str, key: str) -> None:
        """Delete a conversation: no byte of it stays in any file."""
        with self.database.forgetting() as db:
            self._held(db, name, key)
            db.execute("DELETE FROM conversation WHERE id = ?", (name,))

    def sweep(self) -> int:
        """Delete what has expired, and say how many conversations that were.

        A retention that was shortened holds for older conversations as well.
        """
        if not self.database.exists:
            return 0
        now = int(self.now())
        with self.database.forgetting() as db:
            return db.execute(
                "DELETE FROM conversation WHERE expires <= ? OR created <= ?", (now, now - self._kept_seconds)
            ).rowcount

    @property
    def _kept_seconds(self) -> int:
        return int(timedelta(days=self.retention_days).total_seconds())

    def _ends(self, kept: sqlite3.Row) -> int:
        return min(int(kept["expires"]), int(kept["created"]) + self._kept_seconds)

    def _held(self, db: sqlite3.Connection, name: str, key: str) -> sqlite3.Row:
        """The conversation that this key opens."""
        kept: sqlite3.Row | None = db.execute("SELECT * FROM conversation WHERE id = ?", (name,)).fetchone()
        opens = keys.opens(key, kept["key_hash"] if kept is not None else _NOBODY)
        if kept is None or not opens or self._ends(kept) <= self.now():
            raise UnknownConversation("there is no such conversation, or this is not its key")
        return kept


def _said(row: sqlite3.Row) -> Said:
    if row["text"] is not None:
        return Said(role="visitor", at=_time(row["at"]), text=row["text"])
    reply: dict[str, Any] = json.loads(row["reply"])
    verdict = row["verdict"]
    feedback = Feedback(Verdict(verdict), row["citation"]) if verdict is not None else None
    return Said(role="bot", at=_time(row["at"]), reply_id=row["reply_id"], reply=reply, feedback=feedback)


def _redacted(reply: Reply, question: str, text: str) -> Reply:
    """The reply as it may be kept: of the words of this question that it shows only those that redaction left."""
    evidence = tuple(words for words in reply.triage.evidence if words in text or words not in question)
    return replace(reply, triage=replace(reply.triage, evidence=evidence))


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int) -> date:
    return _time(seconds).date()
