"""Puts a question to the service from asynchronous code: in a thread, a few at a time, without letting a crash out."""

import logging
from dataclasses import dataclass, field

import anyio.to_thread
from anyio import CapacityLimiter

from bot.errors import BadQuestion, where
from bot.turn import Question, Reply
from bot.web.service import ChatService

_log = logging.getLogger(__name__)

# Answering keeps one core busy; more threads than this only make everybody wait longer on a small machine.
THREADS = 8


class Crashed(Exception):
    """The service raised something it had not promised; it is logged, the visitor's words are not."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The door to the service for everything asynchronous; HTTP API and page share its places."""

    service: ChatService
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))

    async def __call__(self, question: Question) -> Reply:
        """The reply to one question.

        Raises:
            BadQuestion: the message cannot be taken; the error's text tells the visitor what to do.
            Crashed: the service broke its promise.
        """
        try:
            return await anyio.to_thread.run_sync(self.service.reply, question, limiter=self.limiter)
        except BadQuestion:
            raise
        except Exception as error:  # noqa: BLE001 - the border of the bot: nothing of it may end a connection
            _log.error("the bot crashed: %s", where(error))  # no trace: an error's text may quote the visitor
            raise Crashed from None
