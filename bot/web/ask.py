"""Puts a question to the service from asynchronous code: in a thread, a few at a time, without letting a crash out."""

import logging
import traceback
from dataclasses import dataclass, field

import anyio.to_thread
from anyio import CapacityLimiter

from bot.errors import BadQuestion
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


def where(error: BaseException) -> str:
    """The kind of an error and the places it went through, without its text: that may quote the visitor."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames[-6:]))
    return f"{type(error).__name__} at {places}"
