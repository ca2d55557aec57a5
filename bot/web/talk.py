"""One message of a visitor, from any surface: what is known of the conversation, the reply, and keeping both.

Without a conversation that the visitor agreed to, nothing is kept.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from bot.desk import Conversation, Desk, DeskUnavailable
from bot.errors import where
from bot.turn import Question, Reply, Turn, Watch
from bot.web.ask import Asker
from bot.web.problem import Refused
from bot.web.site import Site

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

EARLIER: Final = 50
"""So many of the visitor's messages are looked at with a new one."""
_REPLY_BYTES: Final = 12
_DESK_THREADS: Final = 2


class Counter(Protocol):
    """Hears of every reply and verdict, to count them."""

    def replied(self, reply: Reply, code: str) -> None:
        """A reply was made; `code` is what the guard found."""
        ...

    def judged(self, verdict: str) -> None:
        """A visitor said what he thinks of a reply."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply and its name."""

    reply_id: str
    reply: Reply


def new_reply_id() -> str:
    """A name for a reply that cannot be guessed."""
    return secrets.token_urlsafe(_REPLY_BYTES)


@dataclass(frozen=True, slots=True)
class Talk:
    """What every surface does with a message."""

    asker: Asker
    site: Site
    counter: Counter
    _limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_DESK_THREADS))

    async def at_desk(self, work: Callable[[Desk], _T]) -> _T:
        """What the desk says; it works with files, so it has threads of its own.

        Raises:
            DeskError: see `Desk`.
        """
        return await anyio.to_thread.run_sync(work, self.site.desk, limiter=self._limiter)

    async def prepare(self, question: Question, conversation: str | None, key: str | None) -> Question:
        """The question with what is known of its conversation and of the shop.

        Raises:
            Refused: the message comes with earlier ones although the conversation is kept here.
            DeskError: see `Desk`.
        """
        question = replace(question, country=question.country or self.site.country)
        if conversation is None:
            return question
        if question.earlier:
            raise Refused(422, "With a conversation, earlier must be empty: the server knows them.")
        held: Conversation = await self.at_desk(lambda desk: desk.read(conversation, key or ""))
        return replace(question, earlier=held.asked[-EARLIER:])

    async def answer(self, question: Question, conversation: str | None, watch: Watch | None = None) -> Answered:
        """The reply to a prepared question, kept when the visitor agreed.

        Raises:
            BadQuestion, Busy, Crashed: see `Asker`.
        """
        code = "ok"

        def watching(stage: str, turn: Turn) -> None:
            nonlocal code
            code = turn.verdict.code
            if watch is not None:
                watch(stage, turn)

        reply = await self.asker(question, watching)
        self.counter.replied(reply, code)
        answered = Answered(new_reply_id(), reply)
        if conversation is not None:
            await self._keep(conversation, question, answered)
        return answered

    async def _keep(self, conversation: str, question: Question, answered: Answered) -> None:
        """A visitor gets his reply even where it cannot be kept."""
        try:
            await self.at_desk(lambda desk: desk.keep(conversation, question.text, answered.reply_id, answered.reply))
        except DeskUnavailable as error:
            _log.error("a reply was not kept: %s", error)
        except Exception as error:  # noqa: BLE001 - a fault in redaction must not cost the reply; it is not kept then
            _log.error("a reply was not kept: %s", where(error))
