"""What is kept, what is not, and that nothing stays of what was deleted."""

import random
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.desk import Desk, DeskUnavailable, Feedback, UnknownConversation, Verdict
from bot.desk.database import Database
from bot.turn import Kind, Level, Question, Reply, Triage
from bot.wire import as_json

DAY = 24 * 3600
REPLY = Reply(kind=Kind.SMALLTALK, lang="de", text="Guten Tag.")


def redact(text: str, lang: str) -> str:
    """Stands in for bot/redact.py: the name Meier is removed."""
    assert lang
    return re.sub("(?i)meier", "[Name]", text)


@dataclass
class Clock:
    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    database = Database(tmp_path / "conversations.sqlite")
    yield Desk(database=database, redact=redact, retention_days=30, now=clock)
    database.close()


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_was_said_is_read_again_with_its_key(desk: Desk) -> None:
    opened = desk.open("de")
    assert desk.keep(opened.id, "Hilft Wärme?", "r1", REPLY)
    conversation = desk.read(opened.id, opened.key)
    assert [(m.role, m.text, m.reply) for m in conversation.messages] == [
        ("visitor", "Hilft Wärme?", None),
        ("bot", None, as_json(REPLY)),
    ]
    assert conversation.asked == ("Hilft Wärme?",)
    assert conversation.lang == "de"


def test_a_conversation_takes_the_language_of_its_first_reply(desk: Desk) -> None:
    opened = desk.open()
    desk.keep(opened.id, "Does heat help?", "r1", replace(REPLY, lang="en"))
    desk.keep(opened.id, "Hilft Wärme?", "r2", REPLY)
    assert desk.read(opened.id, opened.key).lang == "en"


def test_only_redacted_text_is_written(desk: Desk, tmp_path: Path) -> None:
    opened = desk.open("de")
    triage = Triage(Level.URGENT, ("fracture",), ("Meier bin gestürzt", "gestürzt"))
    reply = replace(REPLY, triage=triage)
    desk.keep(opened.id, "Ich heiße Meier bin gestürzt", "r1", reply)
    held = bytes_of(tmp_path)
    assert b"gest\xc3\xbcrzt" in held
    assert b"Meier" not in held
    (_, answer) = desk.read(opened.id, opened.key).messages
    assert answer.reply is not None
    assert answer.reply["triage"]["evidence"] == ["gestürzt"]


def test_when_redaction_fails_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    def broken(_text: str, _lang: str) -> str:
        raise RuntimeError

    opened = desk.open("de")
    with pytest.raises(RuntimeError):
        replace(desk, redact=broken).keep(opened.id, "Geheimnis", "r1", REPLY)
    assert b"Geheimnis" not in bytes_of(tmp_path)


def test_the_key_is_not_written(desk: Desk, tmp_path: Path) -> None:
    opened = desk.open()
    assert opened.key.encode() not in bytes_of(tmp_path)
    assert len(opened.key) >= 22  # 128 bits in base64


def test_no_other_key_or_name_opens_it(desk: Desk) -> None:
    opened, other = desk.open(), desk.open()
    wrong = [
        (opened.id, other.key),
        (other.id, opened.key),
        (opened.id, ""),
        (opened.id, opened.key[:-1]),
        (opened.id, "\ud800"),
        ("none", opened.key),
        ("", ""),
        ("' OR 1=1 --", opened.key),
    ]
    for name, key in wrong:
        with pytest.raises(UnknownConversation) as denied:
            desk.read(name, key)
        with pytest.raises(UnknownConversation):
            desk.erase(name, key)
        assert str(denied.value) == "there is no such conversation, or this is not its key"
    assert desk.read(opened.id, opened.key).messages == ()


def test_after_a_deletion_no_byte_is_left_in_any_file(desk: Desk, tmp_path: Path) -> None:
    """Many conversations of very different lengths, interleaved: SQLite moves rows between pages while it grows."""
    chance = random.Random(7)  # noqa: S311 - a repeatable test, no secret
    opened = [desk.open("de") for _ in range(30)]
    for n in range(400):
        chosen = chance.randrange(30)
        words = " ".join([f"GEHEIM{chosen:02}"] * chance.choice([1, 5, 40, 400, 900]))
        reply = replace(REPLY, text=f"ECHO{chosen:02} " * chance.choice([1, 30, 700]))
        assert desk.keep(opened[chosen].id, words, f"r{n}", reply)
    for gone, conversation in enumerate(opened):
        assert f"GEHEIM{gone:02}".encode() in bytes_of(tmp_path)
        desk.erase(conversation.id, conversation.key)
        held = bytes_of(tmp_path)
        assert f"GEHEIM{gone:02}".encode() not in held
        assert f"ECHO{gone:02}".encode() not in held
        assert conversation.id.encode() not in held
    assert [path.name for path in tmp_path.iterdir()] == ["conversations.sqlite"]


def test_an_expired_conversation_is_gone_at_once_and_swept_later(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    opened = desk.open("de")
    desk.keep(opened.id, "Geheimnis", "r1", REPLY)
    clock.at += 30 * DAY - 1
    assert desk.sweep() == 0
    assert desk.read(opened.id, opened.key).asked == ("Geheimnis",)
    clock.at += 1
    with pytest.raises(UnknownConversation):
        desk.read(opened.id, opened.key)
    assert desk.sweep() == 1
    assert b"Geheimnis" not in bytes_of(tmp_path)


def test_a_shorter_retention_holds_for_older_conversations(desk: Desk, clock: Clock) -> None:
    opened = desk.open()
    clock.at += 8 * DAY
    shorter = replace(desk, retention_days=7)
    with pytest.raises(UnknownConversation):
        shorter.read(opened.id, opened.key)
    assert shorter.sweep() == 1


def test_what_comes_after_a_deletion_is_not_written(desk: Desk, tmp_path: Path) -> None:
    opened = desk.open()
    desk.erase(opened.id, opened.key)
    assert not desk.keep(opened.id, "Geheimnis", "r1", REPLY)
    assert b"Geheimnis" not in bytes_of(tmp_path)


def test_a_verdict_stands_beside_its_reply(desk: Desk) -> None:
    opened = desk.open()
    desk.keep(opened.id, "Hilft Wärme?", "r1", REPLY)
    assert desk.judge(opened.id, opened.key, "r1", Feedback(Verdict.WRONG_SOURCE, 2))
    assert not desk.judge(opened.id, opened.key, "r2", Feedback(Verdict.HELPFUL))
    answer = desk.read(opened.id, opened.key).messages[-1]
    assert answer.feedback == Feedback(Verdict.WRONG_SOURCE, 2)


def test_a_person_is_called_once_and_the_visitor_is_told(desk: Desk, clock: Clock) -> None:
    opened = desk.open("sv")
    told = desk.call_person(opened.id, opened.key, "r1", lambda lang: replace(REPLY, lang=lang or "de"))
    assert told.lang == "sv"
    first = desk.read(opened.id, opened.key).wants_person
    clock.at += 60
    desk.call_person(opened.id, opened.key, "r2", lambda _: REPLY)
    conversation = desk.read(opened.id, opened.key)
    assert conversation.wants_person == first
    assert [m.reply_id for m in conversation.messages] == ["r1", "r2"]


def test_a_damaged_file_says_what_to_do_and_works_again_once_it_is_moved(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    file.write_bytes(b"this is no database at all, but long enough to be looked at" * 50)
    with pytest.raises(DeskUnavailable, match="has to be moved away"):
        desk.open()
    assert file.read_bytes().startswith(b"this is no database")
    file.rename(tmp_path / "old")
    assert desk.open().id


def test_a_file_damaged_in_the_middle_is_noticed_when_it_is_opened(desk: Desk, tmp_path: Path) -> None:
    opened = desk.open()
    for n in range(50):
        desk.keep(opened.id, "x" * 2000, f"r{n}", REPLY)
    desk.database.close()
    file = tmp_path / "conversations.sqlite"
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 12] = b"\xff" * 4096 * 10
    file.write_bytes(content)
    with pytest.raises(DeskUnavailable):
        desk.read(opened.id, opened.key)


def test_a_database_of_a_later_version_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "conversations.sqlite") as later:
        later.execute("PRAGMA user_version = 9")
    later.close()
    with pytest.raises(DeskUnavailable, match="version 9"):
        desk.open()


def test_the_file_is_for_its_owner_only(desk: Desk, tmp_path: Path) -> None:
    desk.open()
    assert (tmp_path / "conversations.sqlite").stat().st_mode & 0o077 == 0


def test_another_process_may_write_as_well(desk: Desk, tmp_path: Path) -> None:
    other = replace(desk, database=Database(tmp_path / "conversations.sqlite"))
    opened = desk.open()
    other.keep(opened.id, Question(text="Hilft Wärme?").text, "r1", REPLY)
    assert desk.read(opened.id, opened.key).asked == ("Hilft Wärme?",)
    other.database.close()
