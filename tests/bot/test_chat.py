"""The order of the stages, and what happens when one breaks."""

import logging
from dataclasses import replace

import pytest

from bot.chat import LONGEST_MESSAGE, Chat, Stages, chain, checked, searching
from bot.errors import BadQuestion
from bot.turn import Kind, Level, Question, Reason, Reply, Triage, Turn

REPLY = Reply(kind=Kind.SMALLTALK, lang="de", text="Hallo.")


class Recorder:
    """Stages that note their turn; one can be made to answer or to break."""

    def __init__(self, answers: str = "answer", breaks: str = "") -> None:
        self.seen: list[str] = []
        self.answers = answers
        self.breaks = breaks

    def stage(self, name: str, turn: Turn) -> Turn:
        self.seen.append(name)
        if name == self.breaks:
            raise RuntimeError(f"could not handle {turn.question.text!r}")
        return replace(turn, reply=REPLY) if name == self.answers else turn

    def chat(self) -> Chat:
        stages = self.stages()
        return Chat(chain(stages), searching(stages))

    def stages(self) -> Stages:
        return Stages(
            begin=lambda question: Turn(question=question, lang="de"),
            triage=lambda turn: self.stage("triage", turn),
            guard=lambda turn: self.stage("guard", turn),
            small_talk=lambda turn: self.stage("small_talk", turn),
            about=lambda turn: self.stage("about", turn),
            rewrite=lambda turn: self.stage("rewrite", turn),
            retrieve=lambda turn: self.stage("retrieve", turn),
            answer=lambda turn: self.stage("answer", turn),
            verify=lambda turn: self.stage("verify", turn),
        )


ORDER = ["triage", "guard", "small_talk", "about", "rewrite", "retrieve", "answer", "verify"]


def test_the_stages_run_in_the_order_that_the_documents_tell() -> None:
    recorder = Recorder()
    assert recorder.chat().reply(Question(text="x")).text == "Hallo."
    assert recorder.seen == ORDER


@pytest.mark.parametrize("name", ["triage", "guard", "small_talk", "about", "rewrite", "retrieve"])
def test_once_a_reply_is_written_only_verification_follows(name: str) -> None:
    recorder = Recorder(answers=name)
    recorder.chat().reply(Question(text="x"))
    assert recorder.seen == [*ORDER[: ORDER.index(name) + 1], "verify"]


@pytest.mark.parametrize("name", ORDER)
def test_a_stage_that_breaks_gives_a_refusal_and_a_log_entry_without_the_message(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = Recorder(breaks=name).chat().reply(Question(text="mein Geheimnis"))
    assert (reply.kind, reply.reason) == (Kind.REFUSAL, Reason.FAILED)
    assert "112" in reply.text
    assert "RuntimeError" in caplog.text
    assert "Geheimnis" not in caplog.text + reply.text


def test_no_reply_at_all_is_a_refusal() -> None:
    assert Recorder(answers="none").chat().reply(Question(text="x")).reason is Reason.FAILED


def test_the_time_of_every_stage_is_told() -> None:
    assert list(Recorder().chat().reply(Question(text="x")).timings_ms) == [*ORDER, "total"]


def test_the_chain_is_a_runnable_that_can_be_batched() -> None:
    turns = Recorder().chat().runnable.batch([Question(text="a"), Question(text="b")])
    assert [turn.question.text for turn in turns] == ["a", "b"]


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00", "\x00 \x00"])
def test_an_empty_message_is_told_what_to_do(text: str) -> None:
    with pytest.raises(BadQuestion, match="leer"):
        checked(Question(text=text))
    with pytest.raises(BadQuestion, match="empty"):
        checked(Question(text=text, lang="en"))


def test_a_message_of_a_megabyte_is_told_what_to_do_and_whom_to_call() -> None:
    with pytest.raises(BadQuestion, match="112"):
        checked(Question(text="x" * 1_000_000))
    assert len(checked(Question(text="x" * LONGEST_MESSAGE)).text) == LONGEST_MESSAGE


def test_characters_that_are_no_text_are_replaced() -> None:
    assert checked(Question(text="a\x00b \ud800 c")).text == "a b ? c"


def test_who_watches_hears_of_every_stage_in_order_before_the_next_one_begins() -> None:
    recorder = Recorder(answers="answer")
    heard: list[tuple[str, int]] = []
    recorder.chat().reply(Question(text="x"), lambda stage, _turn: heard.append((stage, len(recorder.seen))))
    stages = [(stage, n) for stage, n in heard if stage in ORDER]
    assert stages == [(stage, n) for n, stage in enumerate(ORDER, start=1)]


def test_what_triage_found_stands_when_a_later_stage_breaks() -> None:
    recorder = Recorder(answers="triage", breaks="verify")
    found = Triage(Level.EMERGENCY, ("cauda_equina",), ("taub",))
    stages = recorder.stages()
    chat_ = Chat(
        chain(replace(stages, triage=lambda turn: replace(stages.triage(turn), triage=found))), searching(stages)
    )
    reply = chat_.reply(Question(text="x"))
    assert (reply.kind, reply.reason, reply.triage) == (Kind.REFUSAL, Reason.FAILED, found)
