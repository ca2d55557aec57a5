"""The order of things: triage → guard → small talk → about → rewrite → retrieve → answer → verify.

The chain is a LangChain `Runnable` from `Question` to `Turn`: invoke, batch, stream and trace it like any other.
`Chat.reply` is the chain with a net under it: whatever breaks, the visitor gets a refusal and the log an entry.
Who wants to know how far it is passes a `Watch`; that is how a warning sign is shown before anything is searched.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableLambda

from bot.answer.compose import refusal
from bot.errors import BadQuestion, where
from bot.turn import Question, Reason, Reply, Stage, Turn, Watch
from bot.wording import wording_for
from corpus.document import Lang

_log = logging.getLogger(__name__)

LONGEST_MESSAGE = 10_000
"""Characters; about six pages. What is longer is turned away before anything looks at it."""

_DEFAULT: Lang = "de"
"""The language of the articles, for visitors of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of the chain, in their order. `begin` makes a turn of a question."""

    begin: Callable[[Question], Turn]
    triage: Stage
    guard: Stage
    small_talk: Stage
    about: Stage
    rewrite: Stage
    retrieve: Stage
    answer: Stage
    verify: Stage


def searching(stages: Stages) -> Runnable[Question, Turn]:
    """The first half of the flow, up to what is found; a stage that finds a reply written leaves the turn as it is."""
    return (
        RunnableLambda(stages.begin, name="begin")
        | _unless_replied("triage", stages.triage)
        | _unless_replied("guard", stages.guard)
        | _unless_replied("small_talk", stages.small_talk)
        | _unless_replied("about", stages.about)
        | _unless_replied("rewrite", stages.rewrite)
        | _unless_replied("retrieve", stages.retrieve)
    )


def chain(stages: Stages) -> Runnable[Question, Turn]:
    """The flow of every question."""
    return searching(stages) | _unless_replied("answer", stages.answer) | _timed("verify", stages.verify)


@dataclass(frozen=True, slots=True)
class Chat:
    """Answers questions; safe to use from several threads."""

    runnable: Runnable[Question, Turn]
    searching: Runnable[Question, Turn]
    """The chain up to what is found, for those who measure or fit what is made of it."""

    def reply(self, question: Question, watch: Watch | None = None) -> Reply:
        """The reply to a question; `watch` hears of every stage in this thread, before the next one begins.

        Raises:
            BadQuestion: the message is empty or too long; nothing else is ever raised.
        """
        asked = checked(question)
        began = time.perf_counter()
        progress = _Progress(watch, Turn(question=asked, lang=asked.lang or _DEFAULT))
        try:
            turn = self.runnable.invoke(asked, {"callbacks": [progress]})
        except Exception as error:  # noqa: BLE001 - the one broad net: a broken check must not become an answer
            # Messages of exceptions may repeat what the visitor wrote; the log gets the kind and the place only.
            _log.error("a stage failed, the reply is a refusal: %s", where(error))
            # What triage found stands all the same, and a watcher has heard of it.
            turn = replace(progress.turn, reply=None)
        written = turn.reply or refusal(turn, Reason.FAILED)
        total = ("total", (time.perf_counter() - began) * 1000)
        times = {name: round(milliseconds, 3) for name, milliseconds in (*turn.timings_ms, total)}
        return replace(written, timings_ms=times)


class _Progress(BaseCallbackHandler):
    """Keeps the turn as the last stage left it, and tells the watcher."""

    def __init__(self, watch: Watch | None, turn: Turn) -> None:
        self._watch = watch
        self._stages: dict[UUID, str] = {}
        self.turn = turn

    def on_chain_start(self, *_given: object, run_id: UUID, **more: Any) -> None:  # noqa: ANN401 - LangChain's own
        """A stage begins; only here LangChain tells its name."""
        self._stages[run_id] = str(more.get("name"))

    def on_chain_end(self, outputs: object, *, run_id: UUID, **_more: Any) -> None:  # noqa: ANN401 - LangChain's own
        """A stage is done."""
        if isinstance(outputs, Turn):
            self.turn = outputs
            if self._watch is not None:
                self._watch(self._stages[run_id], outputs)


def checked(question: Question) -> Question:
    """The question with text that can be worked with: no NUL, no lone surrogates, no white space around it.

    Raises:
        BadQuestion: nothing is left, or it is too long.
    """
    text, *earlier = [_printable(message) for message in (question.text, *question.earlier)]
    words = wording_for(question.lang or _DEFAULT).errors
    if not text:
        raise BadQuestion(words.empty)
    if len(text) > LONGEST_MESSAGE:
        raise BadQuestion(words.too_long.format(limit=LONGEST_MESSAGE))
    return replace(question, text=text, earlier=tuple(message[:LONGEST_MESSAGE] for message in earlier if message))


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ").strip()


def _unless_replied(name: str, stage: Stage) -> Runnable[Turn, Turn]:
    return _timed(name, lambda turn: turn if turn.reply is not None else stage(turn))


def _timed(name: str, stage: Stage) -> Runnable[Turn, Turn]:
    def step(turn: Turn) -> Turn:
        began = time.perf_counter()
        return stage(turn).timed(name, (time.perf_counter() - began) * 1000)

    return RunnableLambda(step, name=name)
